//! The `ccbt` binary: hands the process to the library.

fn main() -> std::process::ExitCode {
    ccbt::run(ccbt::env::Env::system()).into()
}
