//! How the disk under some files wants to be read.
//!
//! A rotating disk or a network mount wants one reader going forward; anything else, and anything that
//! is in the page cache already, is read at many places at once.

use super::open::Source;

/// How content is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Every thread reads pieces of its own; with `ahead`, the system is asked to fetch early.
    Parallel {
        /// Whether the data is likely not in the page cache.
        ahead: bool,
    },
    /// One reader from the first byte to the last, hashing beside it.
    Sequential,
}

impl Access {
    /// Whether the system is asked to fetch early: not where all is cached already, as that takes a look at every
    /// file.
    pub fn reads_ahead(self) -> bool {
        match self {
            Self::Parallel { ahead } => ahead,
            Self::Sequential => true,
        }
    }
}

/// How many places are probed to learn whether the content is cached: enough to notice a half-cached
/// set, few enough to cost nothing.
const PROBES: usize = 16;

/// Decides from where the files lie and whether they are cached. Files that can't be opened are left
/// for the reader to complain about.
pub fn detect(sources: &[Source]) -> Access {
    let filled: Vec<&Source> = sources.iter().filter(|source| source.stamp.length > 0).collect();
    let mut probes = Vec::with_capacity(PROBES);
    for probe in 0..PROBES {
        // Spread over the files, and within each over its length.
        let Some(source) = filled.get(probe * filled.len() / PROBES) else { break };
        let Ok(opened) = source.open() else { continue };
        let within = (source.stamp.length - 1) / PROBES as u64 * probe as u64;
        probes.push(Probe { slow: is_slow(opened.file()), cached: opened.is_cached(within) });
    }
    decide(&probes)
}

/// What is known of one place.
#[derive(Clone, Copy, Debug)]
struct Probe {
    /// It lies on a rotating disk or a network mount.
    slow: bool,
    /// Whether it is in the page cache, where the file system can tell.
    cached: Option<bool>,
}

/// A few cold places among many cached ones are read in passing. A file system that can't tell what is
/// cached (most network ones) is taken at its word only where waiting costs little.
fn decide(probes: &[Probe]) -> Access {
    let cold = |probe: &&Probe| probe.cached == Some(false) || (probe.slow && probe.cached.is_none());
    if probes.iter().filter(cold).count() * 8 <= probes.len() {
        Access::Parallel { ahead: false }
    } else if probes.iter().any(|probe| probe.slow) {
        Access::Sequential
    } else {
        Access::Parallel { ahead: true }
    }
}

/// Whether the file lies on a rotating disk or a network mount.
#[cfg(target_os = "linux")]
fn is_slow(file: &std::fs::File) -> bool {
    is_network(file) || is_rotating(file)
}

#[cfg(not(target_os = "linux"))]
fn is_slow(_file: &std::fs::File) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn is_network(file: &std::fs::File) -> bool {
    // Magic numbers of statfs(2): NFS, SMB, SMB2, CIFS, Ceph, AFS, 9P, FUSE (sshfs, rclone).
    const NETWORK: [u64; 8] =
        [0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x00c3_6400, 0x5346_414f, 0x0102_1997, 0x6573_5546];
    rustix::fs::fstatfs(file).is_ok_and(|stat| {
        // The field is signed on some targets; the numbers above are 32 bits wide.
        let magic = stat.f_type as u64 & 0xffff_ffff;
        NETWORK.contains(&magic)
    })
}

/// `/sys` says for the whole device; a partition's flag is its parent's.
#[cfg(target_os = "linux")]
fn is_rotating(file: &std::fs::File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = file.metadata() else { return false };
    let (major, minor) = (rustix::fs::major(metadata.dev()), rustix::fs::minor(metadata.dev()));
    let device = format!("/sys/dev/block/{major}:{minor}");
    ["queue/rotational", "../queue/rotational"]
        .iter()
        .find_map(|flag| std::fs::read_to_string(format!("{device}/{flag}")).ok())
        .is_some_and(|flag| flag.trim() == "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reader_only_where_the_disk_is_slow_and_the_content_not_cached() {
        let decided = |slow, cached| decide(&[Probe { slow, cached }; PROBES]);
        assert_eq!(decided(false, Some(true)), Access::Parallel { ahead: false });
        assert_eq!(decided(true, Some(true)), Access::Parallel { ahead: false });
        assert_eq!(decided(false, Some(false)), Access::Parallel { ahead: true });
        assert_eq!(decided(false, None), Access::Parallel { ahead: false });
        assert_eq!(decided(true, Some(false)), Access::Sequential);
        assert_eq!(decided(true, None), Access::Sequential);
        assert_eq!(decide(&[]), Access::Parallel { ahead: false });
    }
}
