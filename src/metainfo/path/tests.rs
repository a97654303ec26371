use super::*;

fn posix(raw: &[u8]) -> String {
    sanitise_component_for(raw, Platform::Posix).into_owned()
}

fn windows(raw: &str) -> String {
    sanitise_component_for(raw.as_bytes(), Platform::Windows).into_owned()
}

#[test]
fn what_becomes_of_bytes() {
    for (raw, safe) in [
        (&b"plain.txt"[..], "plain.txt"),
        (b"", "_"),
        (b"..", "_"),
        (b"/..", "_"),
        (b"...", "..."),
        (b"a/b\\c\0d", "abcd"),
        (b"a\x1b[2J", "a_[2J"),
        (b"\xc3\x28", "_("),
        ("\u{85}\u{200b}x".as_bytes(), "_x"),
        ("é".as_bytes(), "é"),
    ] {
        assert_eq!(posix(raw), safe, "{raw:?}");
    }
}

#[test]
fn long_names_are_cut_and_keep_their_extension() {
    let long = "x".repeat(300);
    assert_eq!(posix(long.as_bytes()).len(), 240);
    assert_eq!(posix(format!("{long}.flac").as_bytes()), format!("{}.flac", "x".repeat(240)));
    assert_eq!(posix(format!("{long}.toolongext").as_bytes()).len(), 240);
    assert_eq!(posix(&[1; 5000]).len(), 240);
    assert_eq!(posix(&[0xff; 5000]).len(), 240);
    let wide = "é".repeat(200);
    assert_eq!(posix(format!("x{wide}").as_bytes()).len(), 241);
    // A dot in front of the cut is no extension of what follows.
    let name = format!("{}.{}", "x".repeat(239), "y".repeat(5));
    assert_eq!(posix(name.as_bytes()), format!("{}.", "x".repeat(239)));
}

#[test]
fn windows_reserves_more() {
    for (raw, safe) in [
        ("a:b", "a_b"),
        ("end. .", "end"),
        ("CON", "_CON"),
        ("aux.txt", "_aux.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("LPT¹", "_LPT¹"),
        ("nul .x", "_nul .x"),
        ("console", "console"),
        ("com10", "com10"),
        (" ", "_"),
        ("....", "_"),
        ("a?", "a_"),
    ] {
        assert_eq!(windows(raw), safe, "{raw}");
    }
}

#[test]
fn parts_of_a_path() {
    let path = RelPath::from_raw([&b"a"[..], b"..", b"c"]).unwrap();
    assert_eq!((path.as_str(), path.file_name()), ("a/_/c", "c"));
    assert_eq!(path.parent().map(|parent| parent.to_string()), Some("a/_".into()));
    assert_eq!(path.components().count(), 3);
    assert_eq!(path.to_path_buf().components().count(), 3);
    assert!(RelPath::from_raw([]).is_none());
}
