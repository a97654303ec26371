//! Extended attributes, which a file that takes the place of another has to bring along: where it came from, how
//! it is labelled, who beside its owner may read it.

use std::fs::File;
use std::io;
use std::path::Path;

/// Gives a file the extended attributes of the one at `path`, as far as this user may set them.
///
/// # Errors
/// When those of the old file can't be read, or its access control list can't be kept: with its mode alone, others
/// might read what they may not.
#[cfg(target_os = "linux")]
pub(super) fn keep(path: &Path, file: &File) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fremovexattr, fsetxattr, getxattr};
    use rustix::io::Errno;
    let names = match filled(|room| rustix::fs::listxattr(path, room)) {
        Err(Errno::NOTSUP) => return Ok(()),
        names => names?,
    };
    // Each has a NUL behind it.
    let names = || names.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    if !names().any(|name| name == ACCESS) {
        // One that the directory gives to new files is not the old file's.
        match fremovexattr(file, ACCESS) {
            Ok(()) | Err(Errno::NODATA | Errno::NOTSUP) => {}
            Err(error) => return Err(error.into()),
        }
    }
    for name in names() {
        let value = filled(|room| getxattr(path, name, room));
        let kept = value.and_then(|value| fsetxattr(file, name, &value, XattrFlags::empty()));
        match kept {
            Err(error) if name == ACCESS => return Err(error.into()),
            // Labels and the like are for others to set; one that was removed meanwhile is gone.
            Err(_) | Ok(()) => {}
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn keep(_path: &Path, _file: &File) -> io::Result<()> {
    Ok(())
}

/// The access control list (acl(5)).
#[cfg(target_os = "linux")]
const ACCESS: &[u8] = b"system.posix_acl_access";

/// What a call has to say that takes room for it. Linux has at most 64 KiB of names, and as much of a value
/// (xattr(7)).
#[cfg(target_os = "linux")]
fn filled(call: impl Fn(&mut [u8]) -> rustix::io::Result<usize>) -> rustix::io::Result<Vec<u8>> {
    let mut room = vec![0; 64 << 10];
    let length = call(&mut room)?;
    room.truncate(length);
    Ok(room)
}
