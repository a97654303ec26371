//! The examples of the man pages: command lines as typed in a shell, each with what it does.
//!
//! A test holds that every option of a command is in one of them, and that the parser takes them all.

/// A command line, and what it does.
pub(crate) struct Example {
    pub(crate) line: String,
    pub(crate) does: &'static str,
}

/// The examples of a subcommand, or of `ccbt` itself.
pub(crate) fn of(command: &str) -> Vec<Example> {
    let (own, operands): (&[(&str, &str)], &str) = match command {
        "create-torrent" => (CREATE_TORRENT, "album"),
        "edit" => (EDIT, "album.torrent --no-comment"),
        "inspect" => (INSPECT, "album.torrent"),
        "magnet" => (MAGNET, "album.torrent"),
        "verify" => (VERIFY, "album.torrent album"),
        _ => (&[], "verify album.torrent album"),
    };
    let command = if own.is_empty() { String::new() } else { format!("{command} ") };
    let own = own.iter().map(|&(line, does)| Example { line: line.to_owned(), does });
    let common = COMMON.iter().map(|&(options, takes_operands, does)| {
        let operands = if takes_operands { operands } else { "" };
        Example { line: format!("ccbt {command}{options} {operands}").trim_end().to_owned(), does }
    });
    own.chain(common).collect()
}

/// Options that every command has, whether operands follow, and what they do.
const COMMON: &[(&str, bool, &str)] = &[
    ("--json --progress json", true, "The result as a JSON document, and progress as a JSON object a line."),
    ("--quiet --color never", true, "Results and errors alone, without colour: for a log."),
    ("--verbose", true, "Tell more of what is done and why."),
    ("--config other.toml", true, "Take the settings from this file."),
    ("--help", false, "Explain every option."),
    ("--version", false, "Tell which version this is."),
];

const CREATE_TORRENT: &[(&str, &str)] = &[
    ("ccbt create-torrent photos", "Make `photos.torrent`, which every program reads (v1)."),
    (
        "ccbt create-torrent film.mkv --v2 --output film.torrent --tracker http://tracker.example.com/announce",
        "Make a v2 torrent with a tracker under a name of your choice.",
    ),
    (
        "ccbt create-torrent album --hybrid --force --tracker http://a.example/announce,http://b.example/announce --tracker udp://c.example:6969",
        "A hybrid in place of an older file, with two tiers of trackers.",
    ),
    (
        "ccbt create-torrent album --v1 --piece-length 1MiB --dry-run",
        "Tell what would be made with pieces of one MiB, and make nothing.",
    ),
    (
        "ccbt create-torrent film.mkv --piece-count 1000 --max-piece-length 4MiB",
        "At most 1000 pieces, as long as none is larger than 4 MiB.",
    ),
    ("ccbt create-torrent film.mkv --max-torrent-size 100KiB", "A torrent of at most 100 KiB."),
    ("ccbt create-torrent --piece-length-table", "Print which piece length is chosen for which size."),
    (
        "ccbt create-torrent album --private --source EXAMPLE --comment 'Ripped from vinyl' --tracker http://tracker.example.com/announce",
        "A torrent for one private tracker, with an info-hash of its own there.",
    ),
    (
        "ccbt create-torrent album --profile public --no-private",
        "Use the settings `[profile.public]` of `ccbt.toml`, but not as a private torrent.",
    ),
    (
        "ccbt create-torrent album --web-seed http://files.example.com/ --http-seed http://files.example.com/seed.php --node router.example.com:6881",
        "Name servers that have the content, and a DHT node to begin with.",
    ),
    (
        "ccbt create-torrent album --similar 0123456789abcdef0123456789abcdef01234567 --collection org.example.music --update-url http://example.com/album.torrent",
        "Tell clients which torrents share files with this one, and where a newer one is found.",
    ),
    (
        "ccbt create-torrent album --root-certificate root.pem",
        "A torrent for peers whose certificates `root.pem` has signed.",
    ),
    ("ccbt create-torrent album --entropy=second-tracker", "The same content under another info-hash."),
    (
        "ccbt create-torrent album --set publisher=me --set-info rating:int=5",
        "Set keys that have no option, outside the info dictionary and inside it.",
    ),
    (
        "ccbt create-torrent album --created-by 'Example 1.0' --creation-date 2026-01-31T12:00:00Z",
        "Say who made it, and when.",
    ),
    ("ccbt create-torrent album --no-created-by --no-creation-date", "Say neither."),
    (
        "ccbt create-torrent --upgrade old.torrent album --no-similar",
        "Make a hybrid of a v1 torrent while its content is verified, without naming the old one in it.",
    ),
    (
        "ccbt create-torrent album --output a.torrent --also piece-length=4MiB,source=X,output=b.torrent",
        "Make two torrents while the content is read once.",
    ),
    ("ccbt create-torrent album --like mktorrent", "Give the info-hash that mktorrent would give."),
    (
        "ccbt create-torrent album --hybrid --reproducible",
        "The same bytes on every machine, whatever its settings are.",
    ),
    ("ccbt create-torrent album --md5 --sha1", "Add digests of whole files, for programs that compare them."),
    (
        "ccbt create-torrent album --include '*.flac' --exclude 'bonus/*'",
        "Take only what matches one glob, and leave out what matches another.",
    ),
    ("ccbt create-torrent website --hidden --junk", "Take every file, hidden ones and `Thumbs.db` as well."),
    (
        "ccbt create-torrent sources --gitignore --symlinks preserve --attributes --mtime",
        "Leave out what git ignores; keep links, what may be executed, and times.",
    ),
    (
        "find album -name '*.flac' -print0 | ccbt create-torrent album --files-from - --null --name flac",
        "Take the files that another program lists.",
    ),
    (
        "ccbt create-torrent series --sort natural --align",
        "List episode 2 before episode 10, and begin a piece with each file.",
    ),
    (
        "ccbt create-torrent album --sign-key release.key --sign-certificate release.pem --signer org.example.release",
        "Sign the torrent, so that everybody can check who made it.",
    ),
    (
        "ccbt create-torrent archive --cache --cache-dir /var/cache/digests",
        "Keep digests: an interrupted run goes on, and unchanged files are not read again.",
    ),
    (
        "ccbt create-torrent archive --threads 2 --reader sequential",
        "Hash on two threads, and read a slow disk from front to back.",
    ),
    (
        "ccbt create-torrent --batch jobs.jsonl --output torrents",
        "Make a torrent of every line of a file, into a directory that is there.",
    ),
];

const EDIT: &[(&str, &str)] = &[
    (
        "ccbt edit album.torrent --add-tracker udp://new.example:6969 --dry-run",
        "Show what would change with one more tracker, and write nothing.",
    ),
    (
        "ccbt edit album.torrent --add-tracker http://b.example/announce --add-to-tier 1",
        "Add a tracker to the first tier.",
    ),
    (
        "ccbt edit album.torrent --prepend-tracker http://first.example/announce",
        "Add a tier before the others.",
    ),
    (
        "ccbt edit tiers.torrent --replace-tracker http://a.example/announce https://a.example/announce",
        "Put a tracker in the place of another.",
    ),
    (
        "ccbt edit *.torrent --replace-in-trackers old.example.com new.example.org",
        "Follow a tracker to its new host in many torrents; ends with 1 when none of them has it.",
    ),
    (
        "ccbt edit tiers.torrent --remove-tracker udp://dead.example:6969 --remove-tier 3",
        "Remove a tracker, and a whole tier.",
    ),
    ("ccbt edit album.torrent --tracker http://only.example/announce", "Replace all trackers by one."),
    (
        "ccbt edit album.torrent --no-trackers --no-web-seeds --no-http-seeds --no-nodes",
        "Leave it to the DHT to find peers.",
    ),
    (
        "ccbt edit album.torrent --web-seed http://files.example.com/ --http-seed http://files.example.com/seed.php --node router.example.com:6881",
        "Replace web seeds, HTTP seeds and DHT nodes.",
    ),
    (
        "ccbt edit album.torrent --add-web-seed http://mirror.example/ --add-http-seed http://mirror.example/seed.php --add-node 192.0.2.1:6881",
        "Add one of each.",
    ),
    (
        "ccbt edit album.torrent --remove-web-seed http://mirror.example/ --remove-http-seed http://mirror.example/seed.php --remove-node 192.0.2.1:6881",
        "Remove one of each.",
    ),
    (
        "ccbt edit album.torrent --comment 'Second edition' --created-by me --creation-date 2026-01-31",
        "Change what the torrent says of itself.",
    ),
    (
        "ccbt edit album.torrent --no-comment --no-created-by --no-creation-date --output anonymous.torrent --force",
        "Write a torrent that does not tell where it is from, and leave the old one as it is.",
    ),
    (
        "ccbt edit album.torrent --private --source EXAMPLE --allow-new-info-hash",
        "Change what is part of the info-hash: this makes another torrent of it.",
    ),
    ("ccbt edit album.torrent --no-private --no-source --allow-new-info-hash", "The way back."),
];

const INSPECT: &[(&str, &str)] = &[
    (
        "ccbt inspect album.torrent",
        "Show what is in a torrent, its files as a tree and what is odd about it.",
    ),
    (
        "ccbt inspect 'magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Example'",
        "Show what is in a magnet.",
    ),
    ("ccbt inspect https://example.com/album.torrent", "Download a torrent and show it."),
    ("ccbt inspect --files album.torrent", "Print a line for each file, to be cut into columns."),
    ("ccbt inspect --field info_hash_v1 *.torrent", "Print one field of many torrents."),
    ("ccbt inspect --raw album.torrent", "Show every key and value as JSON."),
    (
        "ccbt inspect --why-differ mine.torrent theirs.torrent",
        "Tell why two torrents of the same content are not the same.",
    ),
    (
        "ccbt inspect --deny warning --allow pad-files album.torrent",
        "End with 1 when there is something to warn of, but do not mention pad files.",
    ),
    (
        "ccbt inspect --trust ca.pem --deny invalid-signature,untrusted-signature,unsigned album.torrent",
        "End with 1 unless somebody signed the torrent whom `ca.pem` vouches for.",
    ),
    ("ccbt inspect --list-lints", "List everything that can be odd."),
];

const MAGNET: &[(&str, &str)] = &[
    ("ccbt magnet album.torrent", "Print the magnet URI of a torrent."),
    (
        "ccbt magnet 'magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&so=0,2-4' --json",
        "Tell what a magnet URI says.",
    ),
    ("ccbt magnet hybrid.torrent --v1", "Only the info-hash that older programs know."),
    ("ccbt magnet hybrid.torrent --v2", "Only the one of BEP 52."),
    (
        "ccbt magnet album.torrent --no-name --no-trackers --no-web-seeds",
        "The shortest URI: nothing but the info-hash.",
    ),
    (
        "ccbt magnet album.torrent --tracker udp://tracker.example.com:6969 --peer 192.0.2.1:6881",
        "Add a tracker, and a peer who is known to have it.",
    ),
    ("ccbt magnet album.torrent --select 0,2-4", "Ask for four of the files."),
];

const VERIFY: &[(&str, &str)] = &[
    ("ccbt verify film.torrent", "Check the content that lies beside the torrent under its name."),
    ("ccbt verify album.torrent /media/music/album", "Check content that lies elsewhere."),
    (
        "ccbt verify torrents --base-directory /media/seeds",
        "Check the content of every torrent in a directory.",
    ),
    (
        "ccbt verify series.torrent series --map 'Season 1=/media/s01'",
        "One directory of the torrent lies somewhere else.",
    ),
    (
        "ccbt verify album.torrent album --strict",
        "Files that are not in the torrent are a difference as well.",
    ),
    (
        "ccbt verify album.torrent album --lenient",
        "Missing empty files are none, nor are blanks at the ends of names.",
    ),
    (
        "ccbt verify album.torrent --find /media/downloads",
        "Look for missing files among others, whatever they are called.",
    ),
    (
        "ccbt verify album.torrent --find /media/downloads --rebuild seeds --dry-run",
        "Tell whether the torrent could be put together from what is there.",
    ),
    (
        "ccbt verify album.torrent --find /media/downloads --rebuild seeds --link hard",
        "Put it together, by hard links that take no room.",
    ),
    (
        "ccbt verify archive.torrent /mnt/nas/archive --threads 2 --reader sequential",
        "Hash on two threads, and read a network mount from front to back.",
    ),
];
