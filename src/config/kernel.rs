//! Which hash kernels run: the fastest there are, or the one somebody asks for by name.

use crate::exit::CommandError;
use crate::hash::Engine;

/// The engine with the kernel `name`, or with the fastest kernels of this machine.
pub(super) fn engine(name: Option<&str>) -> Result<Engine, CommandError> {
    match name {
        None | Some("auto" | "portable") => Ok(Engine::detect()),
        Some(name) => {
            let error = anyhow::anyhow!("choosing a hash kernel: `{name}`: there is none of this name");
            Err(CommandError::new(crate::exit::ErrorKind::Usage, error)
                .hint("this machine has `portable`; `CCBT_HASH_KERNEL` or `hash-kernel` names one"))
        }
    }
}

/// The kernels an engine uses, for people.
pub(crate) fn describe(_engine: Engine) -> String {
    "portable".to_owned()
}
