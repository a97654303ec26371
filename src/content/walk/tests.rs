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
