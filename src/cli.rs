//! The command line's root: skeleton.

/// Runs the command line of `env` and gives the exit status.
pub fn run(env: crate::env::Env) -> crate::exit::ExitStatus {
    let _unused = env;
    crate::exit::ExitStatus::Usage
}
