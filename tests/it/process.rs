//! Commands as processes at work: how much memory they take, and what becomes of them when they are
//! interrupted or their content changes under them.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::Value;

use crate::cli_frame::send;
use crate::random::Random;
use crate::torrents::{dict, int, text};
use crate::{schema, skip, tree};

/// Size of a file that no machine has hashed by the time it shows progress.
const ENDLESS: u64 = 64 << 30;

/// Most memory of a process, whatever the piece length and the number of threads.
const MEMORY: u64 = 64 << 20;

/// How often a torrent may be in memory besides: its digests, its bytes, and both once more to be checked.
const COPIES: u64 = 4;

/// Runs its arguments and prints the peak of the memory they had, which std has no call for. Linux counts
/// it in KiB.
const PEAK: &str = "
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)";

/// A file without blocks on the disk.
fn sparse(root: &Path, name: &str, length: u64) {
    File::create(root.join(name)).unwrap().set_len(length).unwrap();
}

fn names(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// `ccbt` in the middle of its work.
struct Working {
    child: Child,
    stderr: BufReader<ChildStderr>,
}

impl Working {
    /// Starts it and waits until it shows progress.
    fn start(root: &Path, args: &[&str], vars: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ccbt"))
            .args(args)
            .args(["--progress", "json"])
            .envs(vars.iter().copied())
            .current_dir(root)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut working = Self { child, stderr };
        let progress = working.progress();
        schema::check(&progress);
        let (done, total) = (progress["done"].as_u64().unwrap(), progress["total"].as_u64().unwrap());
        assert!(done < total, "too little work to be in the middle of: {progress}");
        working
    }

    /// The next line that is no warning.
    fn progress(&mut self) -> Value {
        let mut before = String::new();
        loop {
            let mut line = String::new();
            assert!(self.stderr.read_line(&mut line).unwrap() > 0, "ended without progress: {before}");
            if line.starts_with('{') {
                return serde_json::from_str(&line).unwrap();
            }
            before.push_str(&line);
        }
    }

    /// Waits until it ends; the exit code, and what it told at last.
    fn finish(mut self) -> (Option<i32>, String) {
        let mut told = String::new();
        self.stderr.read_to_string(&mut told).unwrap();
        (self.child.wait().unwrap().code(), told)
    }
}

/// A test that fails leaves nothing behind that works on for minutes.
impl Drop for Working {
    fn drop(&mut self) {
        // Of a process that has ended there is nothing to kill.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn memory_is_bounded_whatever_the_pieces_and_threads() {
    let version = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if version.is_err() {
        return skip::missing("memory_is_bounded_whatever_the_pieces_and_threads", "python3");
    }
    let root = tempfile::tempdir().unwrap();
    // Four pieces of the largest kind; with a buffer for each the limit would be passed four times over.
    sparse(root.path(), "content", 256 << 20);
    for pieces in ["16KiB", "1MiB", "64MiB"] {
        for reader in ["sequential", "parallel"] {
            let how = ["--threads", "16", "--reader", reader];
            let make = ["create-torrent", "--hybrid", "--piece-length", pieces, "--force", "content"];
            let make = peak(root.path(), &[&make[..], &how].concat());
            let verify = peak(root.path(), &[&["verify", "content.torrent", "content"], &how[..]].concat());
            let torrent = root.path().join("content.torrent").metadata().unwrap().len();
            let most = MEMORY + COPIES * torrent;
            assert!(
                make <= most && verify <= most,
                "pieces of {pieces}, {reader}: {make} bytes to make and {verify} to verify, more than {most}"
            );
        }
    }
}

/// The bytes that `ccbt` reads.
fn read(root: &Path, args: &[&str]) -> u64 {
    let mut shell = Command::new("sh");
    shell.args(["-c", READ, "sh", env!("CARGO_BIN_EXE_ccbt")]).args(args).current_dir(root);
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    told.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap().parse().unwrap()
}

#[test]
fn an_upgrade_reads_its_content_once() {
    const LENGTH: u64 = 128 << 20;
    if std::fs::metadata("/proc/self/io").is_err() {
        return skip::missing("an_upgrade_reads_its_content_once", "/proc/self/io");
    }
    let root = tempfile::tempdir().unwrap();
    sparse(root.path(), "content", LENGTH);
    read(root.path(), &["create-torrent", "content", "-l", "1MiB"]);
    let read = read(root.path(), &["create-torrent", "--upgrade", "content.torrent"]);
    assert!((LENGTH..LENGTH + (16 << 20)).contains(&read), "{read} bytes were read of {LENGTH}");
}

/// What a command has read counts for the shell that waited for it.
const READ: &str = "\"$@\" >/dev/null || exit; cat /proc/$$/io";

#[test]
fn torrents_of_one_content_read_it_once_and_keep_memory_bounded() {
    const LENGTH: u64 = 256 << 20;
    const TEST: &str = "torrents_of_one_content_read_it_once_and_keep_memory_bounded";
    if std::fs::metadata("/proc/self/io").is_err() {
        return skip::missing(TEST, "/proc/self/io");
    }
    let root = tempfile::tempdir().unwrap();
    sparse(root.path(), "content", LENGTH);
    let also = [
        "format=v2,piece-length=1MiB,output=b",
        "format=hybrid,piece-length=64MiB,output=c",
        "piece-length=100000,output=d",
        "piece-length=64MiB,source=S,output=e",
        "piece-length=16KiB,source=T,output=f",
    ];
    let mut args = vec!["create-torrent", "content", "-o", "a", "-l", "256KiB", "--force", "--threads", "4"];
    also.iter().for_each(|keys| args.extend(["--also", keys]));
    let read = read(root.path(), &args);
    // Each torrent is read back, and then some of its pieces: two, and 8 MiB.
    let again = 4 * (2 * (1 << 20) + (8 << 20)) + 2 * (2 * (64 << 20)) + (16 << 20);
    assert!((LENGTH..LENGTH + again).contains(&read), "{read} bytes were read of {LENGTH}");
    if Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_err() {
        return skip::missing(TEST, "python3");
    }
    let torrents: u64 = ["a", "b", "c", "d", "e", "f"]
        .iter()
        .map(|name| root.path().join(name).metadata().unwrap().len())
        .sum();
    let (peak, most) = (peak(root.path(), &args), MEMORY + COPIES * torrents);
    assert!(peak <= most, "{peak} bytes, more than {most}");
}

/// The most memory that `ccbt` has at once, in bytes.
fn peak(root: &Path, args: &[&str]) -> u64 {
    let mut python = Command::new("python3");
    python.args(["-c", PEAK, env!("CARGO_BIN_EXE_ccbt")]).args(args).current_dir(root);
    let output = python.output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().parse::<u64>().unwrap() * 1024
}

#[test]
fn an_interrupt_while_hashing_leaves_no_torrent_and_no_part_of_one() {
    let root = tempfile::tempdir().unwrap();
    sparse(root.path(), "content", ENDLESS);
    for reader in ["sequential", "parallel"] {
        let working = Working::start(root.path(), &["create-torrent", "content", "--reader", reader], &[]);
        send("INT", working.child.id());
        let (code, told) = working.finish();
        assert_eq!(code, Some(130), "{told}");
        assert!(told.contains("error: interrupted"), "{told}");
        assert_eq!(names(root.path()), ["content"]);
    }
}

#[test]
fn an_interrupt_ends_a_verification() {
    let root = tempfile::tempdir().unwrap();
    sparse(root.path(), "content", ENDLESS);
    let piece_length: u64 = 16 << 20;
    let info = dict([
        ("length", int(ENDLESS.cast_signed())),
        ("name", text("content")),
        ("piece length", int(piece_length.cast_signed())),
        ("pieces", text(vec![7; 20 * (ENDLESS / piece_length) as usize])),
    ]);
    tree::write(root.path(), "content.torrent", &dict([("info", info)]));
    for reader in ["sequential", "parallel"] {
        let working = Working::start(root.path(), &["verify", "content.torrent", "--reader", reader], &[]);
        send("INT", working.child.id());
        let (code, told) = working.finish();
        assert_eq!(code, Some(130), "{told}");
    }
}

#[test]
fn content_that_shrinks_while_it_is_hashed_is_an_error_with_its_name() {
    let root = tempfile::tempdir().unwrap();
    for reader in ["sequential", "parallel"] {
        sparse(root.path(), "content", ENDLESS);
        let working = Working::start(root.path(), &["create-torrent", "content", "--reader", reader], &[]);
        File::options().write(true).open(root.path().join("content")).unwrap().set_len(1000).unwrap();
        changed(root.path(), working);
    }
}

#[test]
fn torrents_without_the_file_that_fails_are_made_all_the_same() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("t")).unwrap();
    std::fs::write(root.path().join("t/a"), [1; 100_000]).unwrap();
    sparse(root.path(), "t/content", ENDLESS);
    let args = [
        "create-torrent",
        "t",
        "-o",
        "all",
        "--also",
        "output=v2,format=v2",
        "--also",
        "output=one,exclude=content",
    ];
    let working = Working::start(root.path(), &args, &[]);
    File::options().write(true).open(root.path().join("t/content")).unwrap().set_len(1000).unwrap();
    let (code, told) = working.finish();
    assert_eq!(code, Some(4), "{told}");
    let errors = told.lines().filter(|line| line.contains("/t/content` changed while it was being read: "));
    assert_eq!(errors.count(), 2, "{told}");
    assert_eq!(names(root.path()), ["one", "t"]);
}

/// That a file has grown is seen at its end, so this one has to end, but not before it has grown: one
/// thread and the slower kernel take their time.
#[test]
fn content_that_grows_while_it_is_hashed_is_an_error_with_its_name() {
    let root = tempfile::tempdir().unwrap();
    sparse(root.path(), "content", 2 << 30);
    let args = ["create-torrent", "content", "--hybrid", "--threads", "1"];
    let working = Working::start(root.path(), &args, &[("CCBT_HASH_KERNEL", "portable")]);
    let content = File::options().append(true).open(root.path().join("content")).unwrap();
    (&content).write_all(b"more").unwrap();
    changed(root.path(), working);
}

/// Waits for something that another process or the clock brings about.
fn until(mut there: impl FnMut() -> bool) {
    for _ in 0..30_000 {
        if there() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    panic!("it never came to be");
}

/// Makes `content.torrent`; what it told.
fn make_cached(root: &Path, more: &[&str]) -> String {
    let args = ["create-torrent", "content", "--force", "--no-creation-date", "-l", "1MiB", "--hybrid"];
    let output = Command::new(env!("CARGO_BIN_EXE_ccbt")).args(args).args(more).current_dir(root).output();
    let output = output.unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    told
}

const CACHED: [&str; 3] = ["--cache", "--cache-dir", "cache"];

/// SIGKILL leaves no time to save anything, so that what is known afterwards was saved on the way.
#[test]
fn a_run_that_was_killed_goes_on_where_it_last_saved() {
    use std::os::unix::fs::MetadataExt as _;
    const SEED: u64 = 0x6b69_6c6c_2d39;
    println!("seed {SEED:#x}");
    let mut numbers = Random::new(SEED);
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    std::fs::create_dir(root.join("content")).unwrap();
    for (name, length) in [("a", 300 << 20), ("b", (500 << 20) + 17), ("c", 700 << 20)] {
        sparse(root, &format!("content/{name}"), length);
        let bytes = crate::tree::payload(100_000);
        File::options().write(true).open(root.join("content").join(name)).unwrap().write_all(&bytes).unwrap();
    }
    make_cached(root, &[]);
    let read = || std::fs::read(root.join("content.torrent")).unwrap();
    let mut fresh = read();
    // A file that was changed within the last seconds is not remembered.
    let settled = || {
        let changed = root.join("content/c").metadata().unwrap().ctime();
        // The clock of the file system is the one that counts.
        let probe = root.join("probe");
        until(|| {
            std::fs::write(&probe, "").unwrap();
            probe.metadata().unwrap().ctime() > changed + 4
        });
    };
    settled();
    let cache = || {
        let file = std::fs::read_dir(root.join("cache")).ok()?.next()?.ok()?;
        file.metadata().ok().map(|metadata| metadata.len())
    };
    let slow = ["--threads", "1"];
    for round in 0..3 {
        drop(std::fs::remove_dir_all(root.join("cache")));
        std::fs::remove_file(root.join("content.torrent")).unwrap();
        let args = ["create-torrent", "content", "--no-creation-date", "-l", "1MiB", "--hybrid"];
        let args = [&args[..], &CACHED, &slow].concat();
        let mut working = Working::start(root, &args, &[("CCBT_HASH_KERNEL", "portable")]);
        // At least one save, and then a moment more or less.
        let records = 1 + numbers.below(600) as u64;
        until(|| {
            cache().is_some_and(|bytes| bytes > 8 + 76 * records)
                || working.child.try_wait().unwrap().is_some()
        });
        working.child.kill().unwrap();
        assert_eq!(working.finish().0, None, "round {round}: it ended before it was killed");
        assert_eq!(names(&root.join("cache")).len(), 1);
        assert!(!root.join("content.torrent").exists());
        if round == 2 {
            // Changed behind the cache: as many bytes, and the time of before.
            let path = root.join("content/a");
            let modified = path.metadata().unwrap().modified().unwrap();
            let file = File::options().write(true).open(&path).unwrap();
            std::os::unix::fs::FileExt::write_all_at(&file, b"another", 50_000).unwrap();
            file.set_modified(modified).unwrap();
            make_cached(root, &[]);
            assert!(read() != fresh, "the change is one that the torrent shows");
            fresh = read();
        }
        let told = make_cached(root, &CACHED);
        assert!(told.contains("were hashed before and not read again"), "round {round}: {told}");
        assert!(read() == fresh, "round {round}: the torrent is another one");
    }
}

/// Whenever it is killed, under the name stands the old torrent or the new one, whole.
#[test]
fn an_edit_that_was_killed_leaves_the_old_torrent_or_the_new_one() {
    const SEED: u64 = 0x6564_6974_2d39;
    println!("seed {SEED:#x}");
    let mut numbers = Random::new(SEED);
    let root = tempfile::tempdir().unwrap();
    let pieces: i64 = 1 << 20;
    let info = dict([
        ("length", int(pieces << 14)),
        ("name", text("content")),
        ("piece length", int(1 << 14)),
        ("pieces", text(vec![7; 20 << 20])),
    ]);
    let torrent = |comment: &str| dict([("comment", text(comment)), ("info", info.clone())]);
    let (old, new) = (torrent("old"), torrent("new"));
    let path = root.path().join("t.torrent");
    let edit = || {
        Command::new(env!("CARGO_BIN_EXE_ccbt"))
            .args(["edit", "t.torrent", "--comment", "new"])
            .current_dir(root.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    std::fs::write(&path, &old).unwrap();
    // How often one can look while it works, as a measure of time.
    let mut whole = edit();
    let takes = (1..).find(|_| whole.try_wait().unwrap().is_some()).unwrap();
    let whole = whole.wait_with_output().unwrap();
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    assert!(std::fs::read(&path).unwrap() == new);
    let (mut killed, mut left_behind) = (0, 0);
    for round in 0..40 {
        std::fs::write(&path, &old).unwrap();
        let mut child = edit();
        for _ in 0..numbers.below(takes) {
            if child.try_wait().unwrap().is_some() {
                break;
            }
        }
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        let found = std::fs::read(&path).unwrap();
        assert!(found == old || found == new, "round {round}: {} bytes of neither", found.len());
        // What was being written goes by a name that no command takes for a torrent.
        for name in names(root.path()).iter().filter(|name| *name != "t.torrent") {
            assert!(name.starts_with(".ccbt-") && name.ends_with(".tmp"), "{name}");
            std::fs::remove_file(root.path().join(name)).unwrap();
            left_behind += 1;
        }
    }
    println!("{killed} of 40 were killed, {left_behind} of them while they wrote");
    assert!(killed > 10, "{killed}");
}

#[track_caller]
fn changed(root: &Path, working: Working) {
    let (code, told) = working.finish();
    assert_eq!(code, Some(4), "{told}");
    let error = told.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    assert!(error.contains("/content` changed while it was being read: "), "{told}");
    assert_eq!(names(root), ["content"]);
}

/// Root reads everything, so the test gives its rights away; where it is not root it has none to give.
#[test]
fn a_file_that_can_not_be_read_is_named_and_the_others_are_checked() {
    use std::os::unix::fs::PermissionsExt;
    const TEST: &str = "a_file_that_can_not_be_read_is_named_and_the_others_are_checked";
    let root = tempfile::tempdir().unwrap();
    let permit = |path: &Path, mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(path, mode).unwrap();
    };
    permit(root.path(), 0o755);
    let program = root.path().join("ccbt");
    std::fs::copy(env!("CARGO_BIN_EXE_ccbt"), &program).unwrap();
    std::fs::create_dir(root.path().join("t")).unwrap();
    for (name, byte) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
        std::fs::write(root.path().join("t").join(name), vec![byte; 100_000]).unwrap();
    }
    let make = Command::new(&program)
        .args(["create-torrent", "--hybrid", "-l", "16KiB", "t"])
        .current_dir(root.path())
        .output();
    assert!(make.unwrap().status.success());
    permit(&root.path().join("t/b"), 0);
    permit(&root.path().join("t/d"), 0);
    let as_nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let mut verify = if std::fs::File::open(root.path().join("t/b")).is_err() {
        Command::new(&program)
    } else if Command::new("setpriv").args(as_nobody).arg(&program).arg("--version").output().is_ok() {
        let mut verify = Command::new("setpriv");
        verify.args(as_nobody).arg(&program);
        verify
    } else {
        return skip::missing(TEST, "setpriv");
    };
    verify.args(["verify", "--json", "t.torrent", "t"]).current_dir(root.path());
    let output = verify.output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    schema::check(&document);
    let states: Vec<_> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["state"].as_str().unwrap(), file["error"].is_string()))
        .collect();
    assert_eq!(states, [("ok", false), ("missing", true), ("ok", false), ("missing", true)]);
    assert_eq!(document["verified_size"], 200_000);
}
