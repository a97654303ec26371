//! Directories of files that tests make torrents of.

use std::path::Path;

/// A directory `t` inside a new temporary one, with the files of the golden vector: names and sizes
/// that tell apart every order and every kind of padding.
pub fn golden() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let files: [(&str, u8, usize); 8] = [
        ("A.TXT", b'A', 300),
        ("a.txt", b'a', 100),
        ("a/b", b'b', 50_000),
        ("empty.dat", b'.', 0),
        ("exact.bin", b'e', 65_536),
        ("sub/deep/big.bin", b'g', 3_145_745),
        ("sub/file10", b'0', 10),
        ("sub/file2", b'2', 20),
    ];
    for (path, byte, length) in files {
        write(root.path(), &format!("t/{path}"), &vec![byte; length]);
    }
    write(root.path(), "one.bin", &[b'z'; 100_000]);
    root
}

/// Writes a file and the directories it lies in.
pub fn write(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Bytes that do not repeat within a piece: byte i is i mod 251.
pub fn payload(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251) as u8).collect()
}
