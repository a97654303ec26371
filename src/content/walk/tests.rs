use super::*;

fn tree(files: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let path = root.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file).unwrap();
    }
    root
}

fn names(walk: &Walk) -> Vec<String> {
    walk.files.iter().map(|file| file.path.clone()).collect()
}

#[test]
fn order_is_by_component_so_that_a_directory_comes_before_its_longer_sibling() {
    let root = tree(&["a.txt", "a/b", "B", "a-", "Season 1/x", "Season 1 Extras/y"]);
    let walk = walk(root.path(), &Rules::default()).unwrap();
    assert_eq!(names(&walk), ["B", "Season 1/x", "Season 1 Extras/y", "a/b", "a-", "a.txt"]);
}

#[test]
fn hidden_and_junk_files_are_left_out_with_a_note_unless_asked_for() {
    let root = tree(&["a", ".hidden", ".dir/x", "Thumbs.db", "f:Zone.Identifier"]);
    let found = walk(root.path(), &Rules::default()).unwrap();
    assert_eq!(names(&found), ["a"]);
    assert_eq!(found.skipped.len(), 4);
    let all = walk(root.path(), &Rules { hidden: true, junk: true, ..Rules::default() }).unwrap();
    assert_eq!(names(&all).len(), 5);
}

#[test]
fn patterns_without_a_slash_match_names_and_with_one_match_paths() {
    let root = tree(&["a.mkv", "a.txt", "sub/b.mkv", "sub/c.nfo", "sub/deep/d.mkv", "other/e.mkv"]);
    let rules = |include: &[&str], exclude: &[&str]| Rules {
        include: Patterns::new(include).unwrap(),
        exclude: Patterns::new(exclude).unwrap(),
        ..Rules::default()
    };
    let found = |rules: &Rules| names(&walk(root.path(), rules).unwrap());
    assert_eq!(found(&rules(&["*.mkv"], &[])), ["a.mkv", "other/e.mkv", "sub/b.mkv", "sub/deep/d.mkv"]);
    assert_eq!(found(&rules(&["*.mkv"], &["deep", "other/"])), ["a.mkv", "sub/b.mkv"]);
    assert_eq!(found(&rules(&["sub/*.mkv"], &[])), ["sub/b.mkv"]);
    assert_eq!(found(&rules(&["/sub/**"], &["**/d.*"])), ["sub/b.mkv", "sub/c.nfo"]);
    assert!(Patterns::new(&["a[b"]).is_err());
}

#[test]
fn what_patterns_leave_out_is_counted_and_listed_when_asked_for() {
    let root = tree(&["a.mkv", "a.txt", "b.txt", "cache/x", "cache/y", "log/l.mkv"]);
    std::fs::write(root.path().join(".ignore"), "log/\n").unwrap();
    let with = |list_left_out| {
        let include = Patterns::new(&["*.mkv", "a.*"]).unwrap();
        let exclude = Patterns::new(&["cache"]).unwrap();
        let rules = Rules { include, exclude, gitignore: true, list_left_out, ..Rules::default() };
        walk(root.path(), &rules).unwrap()
    };
    let counted = with(false).left_out;
    // The ignore file itself is one that is not included.
    let expected = [(Skipped::Excluded, 1), (Skipped::NotIncluded, 2), (Skipped::Ignored, 1)];
    assert_eq!(counted.counts, expected.into());
    assert!(counted.listed.is_empty());
    let listed = with(true).left_out.listed;
    let expected = [
        (Skipped::NotIncluded, ".ignore"),
        (Skipped::NotIncluded, "b.txt"),
        (Skipped::Excluded, "cache"),
        (Skipped::Ignored, "log"),
    ];
    assert_eq!(listed, expected.map(|(why, path)| (why, PathBuf::from(path))));
}

#[cfg(unix)]
#[test]
fn symlinks_are_skipped_and_followed_out_of_the_root_only_when_told() {
    use std::os::unix::fs::symlink;
    let outside = tree(&["secret"]);
    let root = tree(&["real/f"]);
    let link = |target: &Path, name: &str| symlink(target, root.path().join(name)).unwrap();
    link(&outside.path().join("secret"), "leak");
    link(outside.path(), "leakdir");
    link(Path::new("real"), "inside");
    link(Path::new("nowhere"), "broken");
    link(Path::new("."), "loop");
    let with = |symlinks| walk(root.path(), &Rules { symlinks, ..Rules::default() }).unwrap();
    assert_eq!(names(&with(Symlinks::Skip)), ["real/f"]);
    assert_eq!(with(Symlinks::Skip).skipped.len(), 5);
    let inside = with(Symlinks::Follow);
    assert_eq!(names(&inside), ["inside/f", "real/f"]);
    assert!(inside.skipped.iter().any(|(why, _)| *why == Skipped::SymlinkOutside));
    let all = with(Symlinks::FollowOutside);
    assert_eq!(names(&all), ["inside/f", "leak", "leakdir/secret", "real/f"]);
}

#[cfg(unix)]
#[test]
fn special_files_and_the_output_are_left_out() {
    let root = tree(&["a", "out.torrent"]);
    let listener = std::os::unix::net::UnixListener::bind(root.path().join("socket")).unwrap();
    let rules = Rules { output: Some(root.path().join("out.torrent")), ..Rules::default() };
    let found = walk(root.path(), &rules).unwrap();
    assert_eq!(names(&found), ["a"]);
    assert_eq!(found.skipped.len(), 2);
    drop(listener);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_refused_before_anything_is_read() {
    use std::os::unix::ffi::OsStrExt as _;
    let root = tree(&["a"]);
    std::fs::write(root.path().join(OsStr::from_bytes(b"\xff")), "x").unwrap();
    assert!(matches!(walk(root.path(), &Rules::default()), Err(WalkError::NotUtf8(_))));
}

fn several(root: &Path, names: &[&str], rules: &Rules) -> Walk {
    let named = names.iter().map(|name| {
        let path = root.join(name);
        (path.file_name().unwrap().to_str().unwrap().to_owned(), path)
    });
    walk_sources(&Sources::Several(named.collect()), rules).unwrap()
}

#[test]
fn several_sources_lie_under_their_own_names_in_one_order() {
    let root = tree(&["x/b/2", "x/b/1", "x/b!", "a", "x/.h"]);
    let found = several(root.path(), &["x/b!", "x/b", "a", "x/.h"], &Rules::default());
    assert!(found.directory);
    assert_eq!(names(&found), [".h", "a", "b/1", "b/2", "b!"]);
    let exclude = Rules { exclude: Patterns::new(&["b/1", "a"]).unwrap(), ..Rules::default() };
    assert_eq!(names(&several(root.path(), &["x/b!", "x/b", "a"], &exclude)), ["b/2", "b!"]);
    let given = Rules { order: Order { key: SortKey::Given, descending: false }, ..Rules::default() };
    assert_eq!(names(&several(root.path(), &["x/b!", "a"], &given)), ["b!", "a"]);
}

#[test]
fn a_list_is_taken_as_it_stands_once_each_and_without_directories() {
    let root = tree(&["a", "d/.h", "d/x", "d/y", "z"]);
    let listed = |below: &[&str]| {
        let below = below.iter().map(|path| (*path).to_owned()).collect();
        walk_sources(&Sources::Listed { base: root.path().to_owned(), below }, &Rules::default())
    };
    assert_eq!(names(&listed(&["z", "d", "d/.h", "d/x", "z"]).unwrap()), ["d/.h", "d/x", "z"]);
    let missing = listed(&["a", "none"]).unwrap_err();
    assert!(missing.to_string().contains("none"), "{missing}");
}

#[cfg(unix)]
#[test]
fn a_list_leads_out_of_the_directory_only_when_told() {
    use std::os::unix::fs::symlink;
    let outside = tree(&["secret"]);
    let root = tree(&["a", "d/f"]);
    symlink(outside.path(), root.path().join("out")).unwrap();
    symlink("a", root.path().join("link")).unwrap();
    symlink("d", root.path().join("dir")).unwrap();
    let with = |symlinks| {
        let below = ["a", "out/secret", "link", "d/f", "dir", "dir/f"].map(str::to_owned).to_vec();
        let sources = Sources::Listed { base: root.path().to_owned(), below };
        walk_sources(&sources, &Rules { symlinks, ..Rules::default() }).unwrap()
    };
    assert_eq!(names(&with(Symlinks::Skip)), ["a", "d/f"]);
    assert_eq!(names(&with(Symlinks::Follow)), ["a", "d/f", "dir/f", "link"]);
    assert_eq!(names(&with(Symlinks::FollowOutside)), ["a", "d/f", "dir/f", "link", "out/secret"]);
    assert_eq!(names(&with(Symlinks::Preserve)), ["a", "d/f", "dir", "link"]);
}

#[cfg(unix)]
#[test]
fn links_are_kept_where_their_target_is_in_the_torrent() {
    use std::os::unix::fs::symlink;
    let outside = tree(&["secret"]);
    let root = tree(&["d/e/f", "d/.hidden", "g"]);
    let link = |target: &Path, name: &str| symlink(target, root.path().join(name)).unwrap();
    link(Path::new("../../g"), "d/e/up");
    link(Path::new("d/e"), "dir");
    link(Path::new("d/e/up"), "chain");
    link(&root.path().join("g"), "absolute");
    link(Path::new("dir/f"), "through");
    link(Path::new("nowhere"), "broken");
    link(Path::new("."), "loop");
    link(Path::new(".."), "d/around");
    link(&outside.path().join("secret"), "leak");
    link(Path::new("d/.hidden"), "to-hidden");
    link(Path::new("to-hidden"), "to-to-hidden");
    let rules = Rules { symlinks: Symlinks::Preserve, ..Rules::default() };
    let found = walk(root.path(), &rules).unwrap();
    let kept: Vec<(&str, &str)> = found
        .files
        .iter()
        .filter_map(|file| file.link.as_deref().map(|target| (file.path.as_str(), target)))
        .collect();
    let expected =
        [("absolute", "g"), ("chain", "d/e/up"), ("d/e/up", "g"), ("dir", "d/e"), ("through", "d/e/f")];
    assert_eq!(kept, expected);
    assert!(found.files.iter().all(|file| file.link.is_none() || file.source.stamp.length == 0));
    let why = |name: &str| found.skipped.iter().find(|(_, path)| path == Path::new(name)).unwrap().0;
    assert_eq!((why("broken"), why("loop")), (Skipped::SymlinkBroken, Skipped::SymlinkBroken));
    assert_eq!((why("d/around"), why("leak")), (Skipped::SymlinkBroken, Skipped::SymlinkOutside));
    assert_eq!((why("to-hidden"), why("to-to-hidden")), (Skipped::SymlinkTarget, Skipped::SymlinkTarget));
    let both = several(root.path(), &["d", "g", "dir"], &rules);
    let links: Vec<&str> = both.files.iter().filter_map(|file| file.link.as_deref()).collect();
    assert_eq!(links, ["g", "d/e"], "a link may lead from one source to another");
}

#[test]
fn ignore_files_hold_for_their_directory_the_nearest_first() {
    let root = tree(&[
        "keep.log",
        "a.log",
        "build/x",
        "src/build",
        "src/a.log",
        "src/b.tmp",
        "src/deep/only.txt",
        "src/deep/other.txt",
        "node/x",
        ".git/config",
        "z.txt",
    ]);
    let write = |path: &str, text: &str| std::fs::write(root.path().join(path), text).unwrap();
    write(".gitignore", "# logs\n*.log\n!keep.log\n/build/\nnode/**\nsrc/deep/*.txt\n");
    write("src/.gitignore", "!a.log\n");
    write("src/.ignore", "*.tmp\n");
    write("src/deep/.gitignore", "!only.txt\n");
    let rules = Rules { gitignore: true, ..Rules::default() };
    let found = names(&walk(root.path(), &rules).unwrap());
    assert_eq!(found, ["keep.log", "src/a.log", "src/build", "src/deep/only.txt", "z.txt"]);
    let hidden = names(&walk(root.path(), &Rules { hidden: true, ..rules }).unwrap());
    assert!(!hidden.iter().any(|path| path.starts_with(".git/")), "{hidden:?}");
    write(".gitignore", "ok\n[z-a]\n");
    let error = walk(root.path(), &Rules { gitignore: true, ..Rules::default() }).unwrap_err();
    assert!(matches!(error, WalkError::Ignore { line: 2, .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn what_its_owner_may_execute_is_known() {
    use std::os::unix::fs::PermissionsExt as _;
    let root = tree(&["run", "text"]);
    let mode = std::fs::Permissions::from_mode(0o744);
    std::fs::set_permissions(root.path().join("run"), mode).unwrap();
    let found = walk(root.path(), &Rules::default()).unwrap();
    assert_eq!(found.files.iter().map(|file| file.executable).collect::<Vec<_>>(), [true, false]);
}
