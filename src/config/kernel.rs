//! Which hash kernels run: the fastest there are, or the one somebody asks for by name.

use crate::exit::{CommandError, ErrorKind};
use crate::hash::{Engine, UnknownKernel};

/// The engine with the kernel `name`, or with the fastest kernels of this machine.
pub(super) fn engine(name: Option<&str>) -> Result<Engine, CommandError> {
    match name {
        None | Some("auto") => Ok(Engine::detect()),
        Some(name) => Engine::with_kernel(name).map_err(unknown),
    }
}

fn unknown(error: UnknownKernel) -> CommandError {
    let names: Vec<String> = error.available.iter().map(|kernel| format!("`{kernel}`")).collect();
    let error =
        anyhow::anyhow!("choosing a hash kernel: `{}`: this machine has none of this name", error.name);
    CommandError::new(ErrorKind::Usage, error).hint(format!(
        "this machine has {}; `CCBT_HASH_KERNEL` or `hash-kernel` names one, or `auto`",
        names.join(", ")
    ))
}

/// The kernels an engine uses, for people.
pub(crate) fn describe(engine: Engine) -> String {
    engine.choices().map(|choice| choice.to_string()).join("; ")
}
