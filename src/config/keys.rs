//! The table of keys: what documents say of them and how a variable's text becomes a value.
//!
//! A test holds it against the structs of [`super::layer`].

/// One key of `ccbt.toml`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The section it stands in; the top level is empty.
    pub(crate) section: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// How the text of its variable becomes a value.
    pub(super) form: Form,
    /// What it means and may be, as a sentence.
    pub(crate) meaning: &'static str,
    /// What holds without it, as it would be written.
    pub(crate) default: &'static str,
}

/// How the text of a variable becomes a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Text,
    Switch,
    /// A text, or `true` or `false`.
    TextOrSwitch,
    Number,
    List,
}

impl Key {
    /// A key of `[create-torrent]`.
    pub(crate) fn of_torrents(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.section == "create-torrent" && key.name == name)
    }

    /// Whether it may be `true` or `false`.
    pub(crate) fn is_switch(&self) -> bool {
        matches!(self.form, Form::Switch | Form::TextOrSwitch)
    }

    /// Whether it is a number and nothing else.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.form, Form::Number)
    }

    /// Whether it holds any number of values.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.form, Form::List)
    }

    /// The environment variable of this key.
    pub(crate) fn variable(&self) -> String {
        let separator = if self.section.is_empty() { "" } else { "_" };
        let name = format!("{PREFIX}{}{separator}{}", self.section, self.name);
        name.replace('-', "_").to_ascii_uppercase()
    }
}

/// How every variable of ccbt begins.
pub(super) const PREFIX: &str = "CCBT_";

const fn key(
    section: &'static str,
    name: &'static str,
    form: Form,
    default: &'static str,
    meaning: &'static str,
) -> Key {
    Key { section, name, form, meaning, default }
}

/// Every key, in the order documents list them.
pub(crate) const KEYS: [Key; 39] = [
    key("", "color", Form::Text, "\"auto\"", "Colour: `auto` (on a terminal), `always` or `never`."),
    key(
        "",
        "progress",
        Form::Text,
        "\"auto\"",
        "Progress: `auto` (on a terminal), `always`, `never` or `json`.",
    ),
    key("", "threads", Form::Number, "as many as the work can use", "Threads that hash, at least 1."),
    key(
        "",
        "hash-kernel",
        Form::Text,
        "\"auto\"",
        "Hash kernel by name; `auto` takes the fastest of this machine.",
    ),
    key("create-torrent", "format", Form::Text, "\"v1\"", "`v1`, `v2` or `hybrid`."),
    key(
        "create-torrent",
        "piece-length",
        Form::Text,
        "\"auto\"",
        "Bytes, a size such as `\"1MiB\"`, the exponent of a power of two, or `auto`.",
    ),
    key(
        "create-torrent",
        "max-piece-length",
        Form::Text,
        "\"auto\"",
        "The largest piece that is chosen; written as `piece-length`.",
    ),
    key(
        "create-torrent",
        "piece-count",
        Form::Number,
        "none",
        "At most so many pieces: the smallest power of two that does it.",
    ),
    key(
        "create-torrent",
        "max-torrent-size",
        Form::Text,
        "none",
        "The smallest pieces that keep the torrent within this size.",
    ),
    key(
        "create-torrent",
        "tracker",
        Form::List,
        "[]",
        "Tiers of trackers: each a URL, URLs with commas between, or a list of URLs.",
    ),
    key("create-torrent", "web-seed", Form::List, "[]", "URLs of web seeds."),
    key("create-torrent", "http-seed", Form::List, "[]", "URLs of HTTP seeds (BEP 17)."),
    key("create-torrent", "node", Form::List, "[]", "DHT nodes, `HOST:PORT` each."),
    key("create-torrent", "similar", Form::List, "[]", "Info-hashes of torrents that share files (BEP 38)."),
    key("create-torrent", "collection", Form::List, "[]", "Collections the torrent belongs to (BEP 38)."),
    key("create-torrent", "update-url", Form::Text, "none", "Where a newer torrent is found (BEP 39)."),
    key(
        "create-torrent",
        "root-certificate",
        Form::Text,
        "none",
        "File with the certificate, in PEM, that peers must be signed by.",
    ),
    key(
        "create-torrent",
        "entropy",
        Form::TextOrSwitch,
        "false",
        "Text that gives equal content another info-hash; `true` takes a random one.",
    ),
    key("create-torrent", "set", Form::List, "[]", "Further keys outside `info`, written as for `--set`."),
    key(
        "create-torrent",
        "set-info",
        Form::List,
        "[]",
        "Further keys inside `info`, written as for `--set`.",
    ),
    key("create-torrent", "private", Form::Switch, "false", "Peers come from the trackers only."),
    key("create-torrent", "source", Form::Text, "none", "The `source` inside the info dictionary."),
    key("create-torrent", "comment", Form::Text, "none", "The comment."),
    key(
        "create-torrent",
        "created-by",
        Form::TextOrSwitch,
        "the version of ccbt",
        "Who made it; `false` leaves it out.",
    ),
    key(
        "create-torrent",
        "creation-date",
        Form::Switch,
        "true",
        "Whether the torrent tells when it was made.",
    ),
    key(
        "create-torrent",
        "include",
        Form::List,
        "[]",
        "Globs: only what matches is taken; none takes everything.",
    ),
    key(
        "create-torrent",
        "exclude",
        Form::List,
        "[]",
        "Globs: what matches is left out; those of --exclude come on top.",
    ),
    key("create-torrent", "hidden", Form::Switch, "false", "Whether hidden files are taken."),
    key("create-torrent", "junk", Form::Switch, "false", "Whether files such as `Thumbs.db` are taken."),
    key(
        "create-torrent",
        "symlinks",
        Form::Text,
        "\"skip\"",
        "`skip`, `follow` (inside the directory), `follow-outside` or `preserve` (as links).",
    ),
    key(
        "create-torrent",
        "gitignore",
        Form::Switch,
        "false",
        "Whether `.gitignore` and `.ignore` files are honoured.",
    ),
    key(
        "create-torrent",
        "sort",
        Form::Text,
        "\"path\"",
        "Order of the files in a v1 torrent: `path`, `size`, `natural` or `given`, each with `:desc` as well.",
    ),
    key(
        "create-torrent",
        "align",
        Form::Switch,
        "false",
        "Whether each file of a v1 torrent begins a piece (BEP 47).",
    ),
    key(
        "create-torrent",
        "attributes",
        Form::Switch,
        "false",
        "Whether it tells which files are executable or hidden (BEP 47).",
    ),
    key(
        "create-torrent",
        "mtime",
        Form::Switch,
        "false",
        "Whether it tells when each file was last changed.",
    ),
    key("create-torrent", "md5", Form::Switch, "false", "Whether it has the MD5 of every file."),
    key("create-torrent", "sha1", Form::Switch, "false", "Whether it has the SHA-1 of every file (BEP 47)."),
    key("network", "timeout", Form::Number, "30", "Seconds a server may stay silent."),
    key("network", "max-size", Form::Text, "\"64MiB\"", "The largest torrent read from a URL."),
];
