//! `create-torrent --like` beside the programs themselves: the same info-hash for two hundred random trees each.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ccbt::env::testing::TestEnv;
use ccbt::metainfo::{Limits, Metainfo};

use super::peers::{Peer, need};

/// Trees for each program, so many that enough are left where both refuse what has broken links.
const TREES: usize = 320;
/// Trees that have to get the same info-hash.
const SAME: usize = 200;

/// Names that programs order, skip or encode differently.
const NAMES: &[&str] = &[
    "a",
    "A",
    "b",
    "B",
    "aa",
    "a.txt",
    "A.TXT",
    "a b",
    "a-b",
    "a~",
    "_",
    "-x",
    "Z",
    "z",
    "é",
    "É",
    "e\u{301}",
    "ß",
    "ÀΣ",
    "Σ",
    "İ",
    "日本",
    "file1",
    "file2",
    "file10",
    "File2",
    ".hidden",
    ".H",
    ".a",
    "Thumbs.db",
    "Desktop.ini",
    "desktop.ini",
    ".DS_Store",
    "x.torrent",
    "#1",
    "100%",
    "[x]",
    "a=b",
    "😀",
];

/// Why ours refuses what the program makes something of; said in docs/LIKE.md.
const REASONS: &[&str] = &["leads in a circle", "torrent of one file has what", "holds no file"];

/// xorshift64*.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// The seed of all trees: `LIKE_SEED`, or always the same.
fn seed() -> u64 {
    std::env::var("LIKE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0x5eed)
}

/// Writes a tree, or now and then a single file.
fn plant(random: &mut Random, root: &Path) {
    if random.one_in(20) {
        return file(random, root, 1);
    }
    fs::create_dir(root).expect("a directory");
    // Something that every program takes.
    file(random, &root.join("kept"), 1);
    let count = random.below(14);
    for _ in 0..count {
        let mut path = root.to_owned();
        for _ in 0..random.below(4) {
            path.push(random.of(NAMES));
        }
        // A file may lie where this one wants a directory.
        if fs::create_dir_all(&path).is_err() {
            continue;
        }
        path.push(random.of(NAMES));
        match random.below(12) {
            _ if path.symlink_metadata().is_ok() => {}
            0 if random.one_in(8) => fs::create_dir(&path).expect("a directory"),
            1 if random.one_in(2) => {
                let target = random.of(&["kept", "a", "b", "A", "file2", ".hidden", "nowhere"]);
                let up =
                    path.parent().expect("a parent").strip_prefix(root).expect("below").components().count();
                // Up to the root, so that links to directories lead elsewhere than around themselves, mostly.
                symlink(Path::new(&"../".repeat(up)).join(target), &path).expect("a link");
            }
            _ => file(random, &path, 0),
        }
    }
}

fn file(random: &mut Random, path: &Path, least: usize) {
    let length = match random.below(20) {
        0..=3 => least,
        4 => 16_384,
        5 => 40_000 + random.below(60_000),
        6 if random.one_in(6) => 2_600_000 + random.below(4_000_000),
        _ => least + random.below(3_000),
    };
    fs::write(path, vec![random.below(256) as u8; length]).expect("a file");
    let mode = if random.one_in(5) { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

/// A content, the torrent to make of it, and whether with options.
type Job = (PathBuf, PathBuf, bool);

/// Holds what a program makes of each content against ours: the same info-hash, or none where it fails or makes a
/// torrent that is none. Every third tree is made with options.
fn compare(test: &str, like: &[&str], options: &[&str], theirs: impl Fn(&[Job])) {
    let dir = tempfile::tempdir().expect("a directory to work in");
    let seed = seed();
    let mut random = Random(seed | 1);
    let mut jobs = Vec::new();
    for index in 0..TREES {
        let parent = dir.path().join(index.to_string());
        fs::create_dir(&parent).expect("a directory");
        plant(&mut random, &parent.join("Content"));
        jobs.push((parent.join("Content"), dir.path().join(format!("{index}.theirs")), index % 3 == 0));
    }
    theirs(&jobs);
    let (mut same, mut failed, mut alone) = (0, 0, 0);
    for (index, (content, torrent, with)) in jobs.iter().enumerate() {
        let ours = dir.path().join(format!("{index}.ours"));
        let args =
            ["create-torrent", "--quiet", "--no-creation-date", "--output", ours.to_str().expect("UTF-8")];
        let options = options.iter().filter(|_| *with);
        let args = args.into_iter().chain(like.iter().chain(options).copied());
        let args = args.chain([content.to_str().expect("UTF-8")]);
        let outcome = TestEnv::new(content.parent().expect("a parent")).args(args).run();
        let hashes = |path: &Path| {
            let torrent = Metainfo::parse(fs::read(path).ok()?, &Limits::default()).ok()?;
            Some((torrent.info_hash_v1, torrent.info_hash_v2))
        };
        match (hashes(&ours), hashes(torrent)) {
            (Some(ours), Some(theirs)) if ours == theirs => same += 1,
            (None, None) => failed += 1,
            (None, Some(_)) if REASONS.iter().any(|reason| outcome.stderr.contains(reason)) => alone += 1,
            (ours, theirs) => {
                let kept = dir.keep();
                panic!(
                    "{test}, LIKE_SEED={seed}, tree {index} in {}: ours {ours:?}, theirs {theirs:?}\n{}",
                    kept.display(),
                    outcome.stderr
                )
            }
        }
    }
    println!("{test}: LIKE_SEED={seed}: {same} trees the same, {failed} refused by both, {alone} by ours");
    assert!(same >= SAME, "{test}, LIKE_SEED={seed}: only {same} trees could be compared");
}

/// Processes at once: transmission-create looks only twice a second whether it is done.
const AT_ONCE: usize = 25;

/// One process for each tree.
fn each(command: impl Fn(&Path, &Path) -> Command, options: &[&str]) -> impl Fn(&[Job]) {
    let start = move |(content, torrent, with): &Job| {
        let mut command = command(content, torrent);
        command.args(options.iter().filter(|_| *with));
        let home = content.parent().expect("a parent");
        command.env("HOME", home).env("LC_ALL", "C.UTF-8").current_dir(home);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
    };
    move |jobs| {
        for jobs in jobs.chunks(AT_ONCE) {
            let running: Vec<_> = jobs.iter().map(|job| (job, start(job))).collect();
            for ((_, torrent, _), mut child) in running {
                let status = child.wait().expect("a program ends");
                if !status.success() && torrent.exists() {
                    fs::remove_file(torrent).expect("a torrent of a failure");
                }
            }
        }
    }
}

/// One process of Python for all of them.
fn together(python: PathBuf, program: &'static str) -> impl Fn(&[Job]) {
    move |jobs| {
        let mut command = Command::new(&python);
        command.env("PYTHONUTF8", "1").args(["-c", include_str!("like.py"), program]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("python starts");
        let lines: String = jobs.iter().map(|job| format!("{}\n", serde_json::json!(job))).collect();
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(lines.as_bytes()).expect("the jobs fit");
        drop(stdin);
        let output = child.wait_with_output().expect("python ends");
        assert!(output.status.success(), "{}", super::both(&output));
    }
}

#[test]
fn like_mktorrent() {
    let Some(program) = need("like_mktorrent", Peer::Program("mktorrent")) else { return };
    let make = |content: &Path, torrent: &Path| {
        let mut command = Command::new(&program);
        command.arg("-o").args([torrent, content]);
        command
    };
    let options = ["--private", "--source", "SRC", "--piece-length", "32KiB", "--comment", "text"];
    let theirs = each(make, &["-p", "-s", "SRC", "-l", "15", "-c", "text"]);
    compare("like_mktorrent", &["--like", "mktorrent@1.1"], &options, theirs);
}

#[test]
fn like_imdl() {
    let Some(program) = need("like_imdl", Peer::Program("imdl")) else { return };
    let taken = ["--include-hidden", "--include-junk", "--follow-symlinks"];
    let ours = ["--hidden", "--junk", "--symlinks", "follow"];
    for (theirs, ours) in [(&[][..], &[][..]), (&taken[..], &ours[..])] {
        let make = |content: &Path, torrent: &Path| {
            let mut command = Command::new(&program);
            command.args(["--quiet", "torrent", "create"]).args(theirs);
            command.arg("--input").arg(content).arg("--output").arg(torrent);
            command
        };
        let theirs =
            ["--private", "--allow", "private-trackerless", "--source", "SRC", "--md5", "--sort-by", "size"];
        let options = ["--private", "--source", "SRC", "--md5", "--sort", "size"];
        let like = [&["--like", "imdl@0.1.16"], ours].concat();
        compare("like_imdl", &like, &options, each(make, &theirs));
    }
}

#[test]
fn like_transmission() {
    let Some(program) = need("like_transmission", Peer::Program("transmission-create")) else { return };
    let make = |content: &Path, torrent: &Path| {
        let mut command = Command::new(&program);
        command.arg("-o").args([torrent, content]);
        command
    };
    let theirs = each(make, &["-p", "-s", "64", "-c", "text", "-t", "http://a.example/announce"]);
    let options = ["--private", "--piece-length", "64KiB", "--tracker", "http://a.example/announce"];
    compare("like_transmission", &["--like", "transmission@3.00"], &options, theirs);
}

#[test]
fn like_torf() {
    let Some(python) = need("like_torf", Peer::Module("torf")) else { return };
    let options = ["--private", "--source", "SRC", "--max-piece-length", "16KiB"];
    compare("like_torf", &["--like", "torf@5.2.1"], &options, together(python, "torf"));
}

#[test]
fn like_torrentfile() {
    let Some(python) = need("like_torrentfile", Peer::Module("torrentfile")) else { return };
    let options = ["--private", "--source", "SRC", "--comment", "text"];
    for (version, program) in
        [("--v1", "torrentfile-1"), ("--v2", "torrentfile-2"), ("--hybrid", "torrentfile-3")]
    {
        let like = ["--like", "torrentfile@0.9.2", version];
        compare(program, &like, &options, together(python.clone(), program));
    }
}

#[test]
fn like_py3createtorrent() {
    let Some(python) = need("like_py3createtorrent", Peer::Module("py3createtorrent")) else { return };
    let theirs = together(python, "py3createtorrent");
    let options = ["--private", "--source", "SRC", "--md5"];
    compare("like_py3createtorrent", &["--like", "py3createtorrent@1.2.1"], &options, theirs);
}

#[test]
fn like_libtorrent() {
    let Some(python) = need("like_libtorrent", Peer::Libtorrent) else { return };
    let options = ["--private", "--mtime", "--collection", "c"];
    for (like, program) in [
        (&["--like", "libtorrent"][..], "libtorrent-v1"),
        (&["--like", "libtorrent@2.0", "--v2"][..], "libtorrent-v2"),
        (&["--like", "libtorrent@2.0.15", "--hybrid"][..], "libtorrent-hybrid"),
    ] {
        compare(program, like, &options, together(python.clone(), program));
    }
}
