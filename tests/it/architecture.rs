//! The wall between the layers, which a single crate does not have by itself.
//!
//! Maps every file of `src/` to a layer and fails on an import that is not listed, on what a layer must
//! not contain, and on what no file may contain. An exception stands in [`EXCEPTIONS`] with its reason,
//! and one that is no longer needed fails as well. See `docs/ARCHITECTURE.md`.

use std::collections::BTreeSet;
use std::fs;

use crate::rust_source::{Source, below, paths_from, root, words};

/// Longest file without its tests, lines.
const LONGEST_FILE: usize = 600;
/// Longest function, lines: what fits a screen.
const LONGEST_FUNCTION: usize = 80;

/// A layer, lowest first. L2, the sans-IO cores, and L4, their composition, have no module yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    /// L0: no clock, no I/O.
    Vocabulary,
    /// L1: bytes to values and back.
    Codec,
    /// L3: files and threads, no decision about a protocol.
    Adapter,
    /// L5: everything a person sees.
    Application,
}

/// Every module at the crate's root: its layer, and which others it may import.
const MODULES: &[(&str, Layer, &[&str])] = &[
    ("both", Layer::Vocabulary, &[]),
    ("hex", Layer::Vocabulary, &[]),
    ("id", Layer::Vocabulary, &["hex"]),
    ("meter", Layer::Vocabulary, &[]),
    ("bencode", Layer::Codec, &[]),
    ("hash", Layer::Codec, &[]),
    ("metainfo", Layer::Codec, &["bencode", "both", "hash", "hex", "id"]),
    ("magnet", Layer::Codec, &["hex", "id", "metainfo"]),
    ("content", Layer::Adapter, &["hash", "id", "meter", "metainfo"]),
    ("exit", Layer::Application, &[]),
    ("env", Layer::Application, &["exit"]),
    ("config", Layer::Application, &["env", "exit", "hash"]),
    ("ui", Layer::Application, &["config", "env", "exit", "meter"]),
    (
        "commands",
        Layer::Application,
        &[
            "bencode", "both", "config", "content", "env", "exit", "hash", "hex", "id", "magnet", "metainfo",
            "meter", "ui",
        ],
    ),
    ("cli", Layer::Application, &["commands", "config", "env", "exit", "ui"]),
];

/// Files of an adapter that obey the codecs' rules: they decide, and touch nothing.
const PURE_ADAPTER_FILES: &[&str] = &[
    "src/content/plan.rs",
    "src/content/cuts.rs",
    "src/content/digest.rs",
    "src/content/recall.rs",
    "src/content/walk/order.rs",
];

/// What every command may share; beside these, commands never see each other.
const SHARED_BY_COMMANDS: &[&str] = &[
    "beside",
    "certificates",
    "content_check",
    "date",
    "failure",
    "number",
    "reader",
    "source",
    "target",
    "url",
];

/// Files that may hold `unsafe`, each with what it needs it for.
const UNSAFE_FILES: &[(&str, &str)] =
    &[("src/hash/x86/", "vector intrinsics, behind run-time detection of the instructions they need")];

/// Parts of the standard library that give a file access to the world.
const WORLD: &[&str] = &["env", "fs", "net", "os", "process", "thread"];
/// Ways to the terminal that go past `Env`.
const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln"];
/// Ways to the process that go past `Env`.
const PROCESS_STATE: &[&str] = &[
    "args",
    "args_os",
    "var",
    "var_os",
    "vars",
    "vars_os",
    "current_dir",
    "home_dir",
    "set_var",
    "temp_dir",
];
/// Crates that only the application may use.
const APPLICATION_CRATES: &[&str] = &[
    "anyhow",
    "clap",
    "clap_complete",
    "clap_mangen",
    "indicatif",
    "jiff",
    "serde_json",
    "signal_hook",
    "tempfile",
    "toml",
    "ureq",
];
/// Crates that a pure file has no use for.
const IMPURE_CRATES: &[&str] = &["ignore", "rand", "rustix", "tokio", "walkdir"];

/// What breaks a rule for good reason: the file, what it does, and the reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("src/env.rs", "reads the clock: SystemTime::now", "this is where `Env::now` comes from"),
    ("src/env.rs", "reads the process past Env: env::args_os", "this is where `Env` is made"),
    ("src/env.rs", "reads the process past Env: env::current_dir", "this is where `Env` is made"),
    ("src/env.rs", "reads the process past Env: env::vars_os", "this is where `Env` is made"),
    ("src/config/file.rs", "imports crate::ui", "its errors quote text from outside as every message does"),
    ("src/commands/util/mod.rs", "imports crate::cli", "it describes the whole command tree"),
    ("src/commands/util/man.rs", "imports crate::cli", "it describes the whole command tree"),
    ("src/commands/util/markdown.rs", "imports crate::cli", "it describes the whole command tree"),
];

/// The rules broken, each as a file and what it does.
#[derive(Default)]
struct Findings(BTreeSet<(String, String)>);

impl Findings {
    fn add(&mut self, source: &Source, what: impl Into<String>) {
        self.0.insert((source.path.clone(), what.into()));
    }
}

#[test]
fn the_layers_hold() {
    let mut findings = Findings::default();
    for source in below("src") {
        imports(&source, &mut findings);
        commands_apart(&source, &mut findings);
        world(&source, &mut findings);
        crates(&source, &mut findings);
        process_state(&source, &mut findings);
        unsafety(&source, &mut findings);
        sizes(&source, &mut findings);
    }
    for folder in ["src", "tests", "fuzz/fuzz_targets"] {
        for source in below(folder) {
            wording(&source, &mut findings);
            globs(&source, &mut findings);
        }
    }
    for (path, what, why) in EXCEPTIONS {
        assert!(!why.is_empty());
        let needed = findings.0.remove(&(String::from(*path), String::from(*what)));
        assert!(needed, "the exception for {path} is no longer needed: {what}");
    }
    let lines: Vec<String> = findings.0.iter().map(|(path, what)| format!("{path}: {what}")).collect();
    assert!(lines.is_empty(), "{} rules are broken:\n{}", lines.len(), lines.join("\n"));
}

#[test]
fn the_table_of_layers_is_sound() {
    let layer = |name: &str| {
        let row = MODULES.iter().find(|(module, ..)| *module == name);
        row.unwrap_or_else(|| panic!("{name} is in no layer")).1
    };
    for (module, own, uses) in MODULES {
        for used in *uses {
            assert!(layer(used) <= *own, "{module} may not import {used}, which lies above it");
        }
    }
    // A module comes after all it imports, so there is no way around in a circle.
    for (index, (module, _, uses)) in MODULES.iter().enumerate() {
        for used in *uses {
            assert!(
                MODULES[..index].iter().any(|(earlier, ..)| earlier == used),
                "{module} and {used}: a circle"
            );
        }
    }
    for source in below("src") {
        if let Some(top) = source.module().first() {
            layer(top);
        }
    }
}

/// The module's row of the table; none for the crate's root.
fn row(source: &Source) -> Option<&'static (&'static str, Layer, &'static [&'static str])> {
    let module = source.module();
    let top = module.first()?;
    MODULES.iter().find(|(name, ..)| name == top)
}

fn imports(source: &Source, findings: &mut Findings) {
    let Some((own, _, uses)) = row(source) else { return };
    for path in source.own_paths() {
        let Some(top) = path.first() else { continue };
        if top != own && !uses.contains(&top.as_str()) {
            findings.add(source, format!("imports crate::{top}"));
        }
    }
}

fn commands_apart(source: &Source, findings: &mut Findings) {
    let module = source.module();
    let ["commands", own, ..] = module[..] else { return };
    for path in source.own_paths() {
        if let [first, other, ..] = &path[..]
            && first == "commands"
            && other != own
            && !SHARED_BY_COMMANDS.contains(&other.as_str())
        {
            findings.add(source, format!("imports the command {other}"));
        }
    }
}

fn is_pure(source: &Source) -> bool {
    let codec = row(source).is_some_and(|(_, layer, _)| *layer <= Layer::Codec);
    codec || PURE_ADAPTER_FILES.contains(&source.path.as_str())
}

/// Pure files see nothing of the world; no file but `env.rs` reads a clock.
fn world(source: &Source, findings: &mut Findings) {
    for (_, path) in paths_from(&source.shipped, "std") {
        let part = |index: usize| path.get(index).map_or("", String::as_str);
        let address = part(1) == "net" && (part(2).starts_with("Ip") || part(2).starts_with("SocketAddr"));
        let world = WORLD.contains(&part(1)) || ["stdin", "stdout", "stderr"].contains(&part(2));
        if is_pure(source) && world && !address {
            findings.add(source, format!("is pure and uses {}", path.join("::")));
        }
        if is_pure(source) && part(1) == "time" && part(2) != "Duration" {
            findings.add(source, format!("is pure and uses {}", path.join("::")));
        }
    }
    for clock in ["Instant::now", "SystemTime::now"] {
        if source.shipped.contains(clock) {
            findings.add(source, format!("reads the clock: {clock}"));
        }
    }
}

fn crates(source: &Source, findings: &mut Findings) {
    let Some((_, layer, _)) = row(source) else { return };
    let used = |name: &&&str| !paths_from(&source.shipped, name).is_empty();
    if *layer < Layer::Application {
        for name in APPLICATION_CRATES.iter().filter(used) {
            findings.add(source, format!("lies below the application and uses {name}"));
        }
    }
    if is_pure(source) {
        for name in IMPURE_CRATES.iter().filter(used) {
            findings.add(source, format!("is pure and uses {name}"));
        }
    }
}

fn process_state(source: &Source, findings: &mut Findings) {
    for name in PRINTING {
        if words(&source.shipped, name).any(|at| source.shipped[at + name.len()..].starts_with('!')) {
            findings.add(source, format!("prints past Env: {name}!"));
        }
    }
    for (_, path) in paths_from(&source.shipped, "env").into_iter().chain(paths_from(&source.shipped, "std"))
    {
        let named = path.iter().position(|part| part == "env").and_then(|env| path.get(env + 1));
        if let Some(name) = named.filter(|name| PROCESS_STATE.contains(&name.as_str())) {
            findings.add(source, format!("reads the process past Env: env::{name}"));
        }
    }
}

fn unsafety(source: &Source, findings: &mut Findings) {
    let exempt = UNSAFE_FILES.iter().any(|(path, _)| source.path.starts_with(path));
    if !exempt
        && (words(&source.code, "unsafe").next().is_some() || source.code.contains("allow(unsafe_code"))
    {
        findings.add(source, "holds unsafe code");
    }
}

fn sizes(source: &Source, findings: &mut Findings) {
    let lines = shipped_lines(source);
    if lines > LONGEST_FILE {
        findings.add(source, format!("has {lines} lines without tests"));
    }
    for function in source.functions() {
        if function.lines > LONGEST_FUNCTION {
            let (name, line, lines) = (function.name, function.line, function.lines);
            findings.add(source, format!("line {line}: {name} has {lines} lines"));
        }
    }
}

/// Lines of a file without its tests; documentation counts.
fn shipped_lines(source: &Source) -> usize {
    if source.shipped.is_empty() {
        return 0;
    }
    let tests = source.code.lines().zip(source.shipped.lines()).filter(|(code, shipped)| code != shipped);
    source.text.lines().count() - tests.count()
}

/// Words that mark work left undone, and what every file begins with.
fn wording(source: &Source, findings: &mut Findings) {
    for word in [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")] {
        if words(&source.text, word).next().is_some() {
            findings.add(source, format!("says {word}"));
        }
    }
    for name in ["dbg", "todo", "unimplemented"] {
        if words(&source.code, name).any(|at| source.code[at + name.len()..].starts_with('!')) {
            findings.add(source, format!("uses {name}!"));
        }
    }
    if !source.path.ends_with("/tests.rs") && !source.text.starts_with("//! ") {
        findings.add(source, "does not begin with what the module owns (`//! `)");
    }
}

/// A name says where it is from. Tests see all of the module they stand in, and proptest's prelude is
/// how its macros are meant to be used.
fn globs(source: &Source, findings: &mut Findings) {
    for (at, _) in source.code.match_indices("::*") {
        let line = source.code[..at].rfind('\n').map_or(0, |start| start + 1);
        let before = &source.code[line..at];
        let in_tests = source.shipped.get(at..at + 3) != Some("::*");
        let expected = before.ends_with("use super") || before.ends_with("use proptest::prelude");
        // Vector kernels are made of dozens of intrinsics and of the macros for their rounds; a list of
        // them would say nothing that the file does not.
        let kernel = source.path.starts_with("src/hash/x86/")
            && (before.ends_with("use std::arch::x86_64") || before.ends_with("use super::rounds"));
        if before.trim_start().contains("use ") && !(in_tests && expected) && !kernel {
            findings.add(source, format!("imports everything: {}::*", before.trim_start()));
        }
    }
}

/// A test file that no module lists is compiled by nothing and fails never.
#[test]
fn no_test_file_is_forgotten() {
    for source in below("tests/it") {
        let path = root().join(&source.path);
        let (folder, stem) = (path.parent().expect("a folder"), path.file_stem().expect("a name"));
        let name = stem.to_str().expect("UTF-8");
        let (parents, name) = match name {
            "main" => continue,
            "mod" => (
                [
                    folder.with_file_name("main.rs"),
                    folder.with_file_name("mod.rs"),
                    folder.with_extension("none"),
                ],
                folder.file_name().and_then(|name| name.to_str()).expect("UTF-8"),
            ),
            _ => ([folder.join("main.rs"), folder.join("mod.rs"), folder.with_extension("rs")], name),
        };
        let listed = parents.iter().filter_map(|parent| fs::read_to_string(parent).ok()).any(|text| {
            text.lines().any(|line| line.trim_start_matches("pub ").trim() == format!("mod {name};"))
        });
        assert!(listed, "no module lists {}", source.path);
    }
}

#[test]
fn every_exempt_file_says_why() {
    for source in below("src") {
        // The macros of a file are judged where they are expanded.
        let expanded_elsewhere = source.code.contains("macro_rules!");
        if words(&source.code, "unsafe").next().is_some() && !expanded_elsewhere {
            let exemption =
                source.text.lines().find(|line| line.starts_with("#![") && line.contains("(unsafe_code"));
            let says_why = exemption.is_some_and(|line| line.contains("reason = ") || line.contains(" // "));
            assert!(says_why, "{}: no reason for its unsafe code", source.path);
        }
    }
}
