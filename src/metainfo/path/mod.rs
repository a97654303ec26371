//! The one safe relative path, and how the names of a torrent become such paths.
//!
//! Owns sanitising, the rules by which colliding paths are told apart, and the check of symlink
//! targets (BEP 47). Touches no file system: what a [`RelPath`] is joined to, and that no
//! component of it is a link on disk, is the affair of whoever opens files.

mod links;
mod resolve;
mod safe;
mod sanitise;
mod tree;

#[cfg(test)]
mod tests;

pub(super) use sanitise::is_usable_name;

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

pub use resolve::{Change, ChangeKind, Link, PathError, Resolved, ResolvedFile, resolve, resolve_for};
pub use safe::SafePath;
pub use sanitise::{is_portable, sanitise_component, sanitise_component_for};

/// A relative path that stays below what it is joined to.
///
/// It has at least one component; none is empty, `.` or `..`, holds a separator, a NUL or another
/// control character. Only sanitising makes one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RelPath {
    /// Components joined by `/` on every platform.
    joined: Box<str>,
}

impl RelPath {
    /// Sanitises components for the platform this program runs on; `None` when there are none.
    pub fn from_raw<'a>(components: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut joined = String::new();
        for component in components {
            if !joined.is_empty() {
                joined.push('/');
            }
            joined.push_str(&sanitise_component(component));
        }
        (!joined.is_empty()).then(|| Self::new(joined))
    }

    /// From components that are sanitised already, joined by `/`.
    fn new(joined: String) -> Self {
        debug_assert!(joined.split('/').all(|part| !matches!(part, "" | "." | "..")));
        Self { joined: joined.into_boxed_str() }
    }

    /// The components joined by `/`.
    pub fn as_str(&self) -> &str {
        &self.joined
    }

    /// The components.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.joined.split('/')
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.joined.rsplit('/').next().unwrap_or(&self.joined)
    }

    /// The path without its last component, if it has more than one.
    pub fn parent(&self) -> Option<Self> {
        self.joined.rsplit_once('/').map(|(parent, _)| Self { joined: parent.into() })
    }

    /// With the separators of this platform.
    pub fn to_path_buf(&self) -> PathBuf {
        self.components().collect()
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined)
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.joined)
    }
}

/// Whose rules a name has to obey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// Linux, the BSDs, macOS.
    Posix,
    /// Windows, where more characters and names are reserved.
    Windows,
}

impl Platform {
    /// The platform this program runs on.
    pub const HOST: Self = if cfg!(windows) { Self::Windows } else { Self::Posix };
}
