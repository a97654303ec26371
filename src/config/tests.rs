//! Settings from all places at once.

use std::path::Path;

use super::*;
use crate::env::testing::TestEnv;
use crate::exit::ErrorKind;

const EVERYTHING: &str = r#"
color = "never"
progress = "json"
threads = 4
hash-kernel = "portable"

[create-torrent]
format = "hybrid"
piece-length = "1MiB"
tracker = ["http://a/announce,http://b/announce", ["udp://c:1", "udp://d:1"]]
web-seed = ["http://w/"]
private = true
source = "S"
comment = "C"
created-by = "me"
creation-date = false
include = ["*.iso"]
exclude = "*.tmp"
hidden = true
junk = true
symlinks = "follow"
gitignore = true
sort = "size:desc"
align = true
attributes = true
mtime = true
md5 = true
sha1 = true
max-piece-length = "4MiB"
piece-count = 1000
max-torrent-size = "100KiB"
http-seed = "http://h/"
node = ["n:1", "[::1]:2"]
similar = ["0123456789abcdef0123456789abcdef01234567"]
collection = "c"
update-url = "http://u/"
root-certificate = "root.pem"
entropy = true
set = "a=b"
set-info = ["c:int=1"]

[profile.other]
comment = "another"

[network]
timeout = 2.5
max-size = "1MiB"
"#;

#[test]
fn every_key_survives_a_round_trip() {
    let layer = file::parse(EVERYTHING).unwrap();
    let json = serde_json::to_value(&layer).unwrap();
    fn no_null(value: &serde_json::Value) -> bool {
        value.as_object().map_or(!value.is_null(), |object| object.values().all(no_null))
    }
    let profile = json["profile"]["other"].as_object().unwrap();
    let section = json["create-torrent"].as_object().unwrap();
    assert!(profile.keys().eq(section.keys()), "a profile has the keys of the section");
    let mut without = json.clone();
    without.as_object_mut().unwrap().remove("profile");
    assert!(no_null(&without), "a key is missing from the example: {json}");
    assert_eq!(serde_json::from_value::<Layer>(json).unwrap(), layer);
}

#[test]
fn keys_become_settings() {
    let env = TestEnv::new(".").env();
    let settings = settle(&env, &Flags::default(), file::parse(EVERYTHING).unwrap()).unwrap();
    assert_eq!(settings.progress, ProgressMode::Json);
    assert_eq!(settings.create.format, Format::Hybrid);
    assert_eq!(settings.create.piece_length, Some(1 << 20));
    assert_eq!(settings.create.trackers.len(), 2);
    assert_eq!(settings.create.trackers[0], ["http://a/announce", "http://b/announce"]);
    assert_eq!(settings.create.created_by.as_deref(), Some("me"));
    assert_eq!(settings.create.exclude, ["*.tmp"]);
    assert_eq!((settings.create.sort, settings.create.piece_count), (Sort::SizeDescending, Some(1000)));
    let create = &settings.create;
    let switches = [create.gitignore, create.align, create.attributes, create.mtime, create.md5, create.sha1];
    assert_eq!(switches, [true; 6]);
    assert_eq!(settings.network.timeout, Duration::from_millis(2500));
    assert_eq!(settings.network.max_size, 1 << 20);
}

#[test]
fn nothing_set_gives_the_defaults() {
    let settings = Settings::for_tests();
    assert_eq!(settings.create, CreateDefaults::from(layer::CreateTorrent::default()));
    assert_eq!(settings.create.created_by.as_deref(), Some(CREATED_BY));
    assert!(settings.create.creation_date);
    assert_eq!(settings.progress, ProgressMode::Off);
    assert_eq!(settings.color, Color::default());
}

#[test]
fn created_by_can_be_left_out() {
    for text in ["created-by = false", "created-by = \"\""] {
        let layer = file::parse(&format!("[create-torrent]\n{text}")).unwrap();
        assert_eq!(CreateDefaults::from(layer.create_torrent).created_by, None, "{text}");
    }
}

#[test]
fn problems_name_the_line_and_what_was_meant() {
    let problem = |text| file::parse(text).unwrap_err();
    let unknown = problem("color = \"auto\"\n\ncolour = \"never\"\n");
    assert_eq!((unknown.line, unknown.message.as_str()), (3, "unknown key `colour`"));
    assert_eq!(unknown.hint.as_deref(), Some("did you mean `color`?"));
    let nested = problem("[create-torrent]\nprivate = true\npeace-length = 1\n");
    assert_eq!((nested.line, nested.hint.as_deref()), (3, Some("did you mean `piece-length`?")));
    let section = problem("[create]\n");
    assert_eq!(section.hint.as_deref(), Some("did you mean `create-torrent`?"));
    let far = problem("[network]\nxyzzy = 1\n");
    assert_eq!(far.hint.as_deref(), Some("there is `timeout` or `max-size`"));
    let value = problem("[create-torrent]\nformat = \"v3\"\n");
    assert_eq!((value.line, value.message.as_str()), (2, "unknown value `v3`"));
    let sort = problem("[create-torrent]\nsort = \"size:dsc\"\n");
    assert_eq!(sort.hint.as_deref(), Some("did you mean `size:desc`?"));
    let count = problem("[create-torrent]\npiece-count = 0\n");
    assert!(count.message.contains("at least 1"), "{count:?}");
    let threads = problem("threads = 0");
    assert!(threads.line == 1 && threads.message.ends_with("at least 1"), "{threads:?}");
    assert_eq!(problem("\n\nthreads = [").line, 3);
    let size = problem("[network]\nmax-size = \"huge\"\n");
    assert!(size.message.contains("`huge` is no size"), "{size:?}");
}

#[test]
fn the_file_nearest_above_wins_over_xdg() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("a/b");
    std::fs::create_dir_all(&inner).unwrap();
    std::fs::create_dir_all(directory.path().join("xdg/ccbt")).unwrap();
    std::fs::write(directory.path().join("xdg/ccbt/ccbt.toml"), "threads = 1").unwrap();
    let threads = |cwd: &Path, flags: &Flags| {
        let env = TestEnv::new(cwd).var("XDG_CONFIG_HOME", directory.path().join("xdg")).env();
        resolve(&env, flags).map(|resolved| resolved.settings.threads.map(NonZeroUsize::get))
    };
    assert_eq!(threads(&inner, &Flags::default()).unwrap(), Some(1));
    std::fs::write(directory.path().join("ccbt.toml"), "threads = 2").unwrap();
    assert_eq!(threads(&inner, &Flags::default()).unwrap(), Some(2));
    std::fs::write(directory.path().join("a/ccbt.toml"), "threads = 3").unwrap();
    assert_eq!(threads(&inner, &Flags::default()).unwrap(), Some(3));
    let named = Flags { config: Some("../../xdg/ccbt/ccbt.toml".into()), ..Flags::default() };
    assert_eq!(threads(&inner, &named).unwrap(), Some(1));
    let missing = Flags { config: Some("none.toml".into()), ..Flags::default() };
    assert_eq!(threads(&inner, &missing).unwrap_err().kind, ErrorKind::Read);
}

#[test]
fn the_environment_wins_over_the_file_and_flags_over_both() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("ccbt.toml"), "progress = \"json\"\nthreads = 2\n").unwrap();
    let env = TestEnv::new(directory.path()).var("CCBT_PROGRESS", "always").env();
    let resolved = resolve(&env, &Flags::default()).unwrap();
    assert_eq!(resolved.settings.progress, ProgressMode::Lines);
    assert_eq!(resolved.settings.threads.map(NonZeroUsize::get), Some(2));
    let flags = Flags { progress: Some(ProgressWhen::Never), ..Flags::default() };
    assert_eq!(resolve(&env, &flags).unwrap().settings.progress, ProgressMode::Off);
}

#[test]
fn colour_follows_the_conventions() {
    let out = |vars: &[(&str, &str)], terminal: bool, when| {
        let test = TestEnv::new(".");
        let test = if terminal { test.terminal(80) } else { test };
        let env = vars.iter().fold(test, |test, (name, value)| test.var(*name, *value)).env();
        color(&env, when).out
    };
    assert!(out(&[], true, None));
    assert!(!out(&[], false, None));
    assert!(!out(&[("NO_COLOR", "1")], true, None));
    assert!(out(&[("NO_COLOR", "")], true, None));
    assert!(out(&[("NO_COLOR", "1")], true, Some(When::Always)));
    assert!(out(&[("CLICOLOR_FORCE", "1")], false, None));
    assert!(!out(&[("CLICOLOR_FORCE", "0")], false, None));
    assert!(!out(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false, None));
    assert!(!out(&[("CLICOLOR", "0")], true, None));
    assert!(!out(&[("TERM", "dumb")], true, None));
    assert!(!out(&[], true, Some(When::Never)));
}

#[test]
fn an_unknown_kernel_is_a_usage_error() {
    let env = TestEnv::new(".").var("CCBT_HASH_KERNEL", "abacus").env();
    let error = resolve(&env, &Flags::default()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Usage);
    assert!(error.hints[0].contains("portable"), "{:?}", error.hints);
}

const PROFILES: &str = r#"
[create-torrent]
comment = "file"
source = "file"
private = true
piece-length = "1MiB"

[profile.public]
source = "profile"
private = false
piece-count = 500

[profile.quiet]
comment = ""
"#;

fn with_profiles(vars: &[(&str, &str)]) -> Settings {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("ccbt.toml"), PROFILES).unwrap();
    let test = TestEnv::new(directory.path());
    let env = vars.iter().fold(test, |test, (name, value)| test.var(*name, *value)).env();
    resolve(&env, &Flags::default()).unwrap().settings
}

fn creating(settings: &Settings, profile: &str, machine: Machine) -> CreateDefaults {
    settings.creating(Some(profile), CreateLayer::default(), machine).unwrap().create
}

#[test]
fn a_profile_stands_between_the_file_and_the_environment() {
    let settings = with_profiles(&[]);
    let public = creating(&settings, "public", Machine::Counts);
    assert_eq!((public.comment.as_deref(), public.source.as_deref()), (Some("file"), Some("profile")));
    assert!(!public.private);
    assert_eq!(creating(&settings, "quiet", Machine::Counts).comment, None);
    let settings = with_profiles(&[("CCBT_CREATE_TORRENT_SOURCE", "variable")]);
    assert_eq!(creating(&settings, "public", Machine::Counts).source.as_deref(), Some("variable"));
    let job = CreateLayer { source: Some("job".into()), ..CreateLayer::default() };
    let create = settings.creating(Some("public"), job, Machine::Counts).unwrap().create;
    assert_eq!(create.source.as_deref(), Some("job"));
}

#[test]
fn one_rule_for_pieces_displaces_another_from_below() {
    let settings = with_profiles(&[]);
    let public = creating(&settings, "public", Machine::Counts);
    assert_eq!((public.piece_length, public.piece_count), (None, Some(500)));
    let settings = with_profiles(&[("CCBT_CREATE_TORRENT_PIECE_LENGTH", "auto")]);
    let public = creating(&settings, "public", Machine::Counts);
    assert_eq!((public.piece_length, public.piece_count), (None, None));
}

#[test]
fn a_profile_alone_where_the_machine_does_not_count() {
    let settings = with_profiles(&[("CCBT_CREATE_TORRENT_SOURCE", "variable")]);
    let public = creating(&settings, "public", Machine::Ignored);
    assert_eq!((public.comment, public.source.as_deref()), (None, Some("profile")));
}

#[test]
fn unknown_profiles_and_their_keys_are_errors_with_a_suggestion() {
    let settings = with_profiles(&[]);
    let hint = |settings: &Settings, name: &str| {
        let error = settings.creating(Some(name), CreateLayer::default(), Machine::Counts).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Usage);
        error.hints[0].clone()
    };
    assert_eq!(hint(&settings, "pubic"), "did you mean `public`?");
    assert_eq!(hint(&settings, "xyzzy"), "there is `public` or `quiet`");
    assert!(hint(&Settings::for_tests(), "public").contains("[profile.NAME]"));
    let key = file::parse("[profile.a]\npeace-length = 1\n").unwrap_err();
    assert_eq!((key.line, key.hint.as_deref()), (2, Some("did you mean `piece-length`?")));
}

#[test]
fn entropy_is_a_text_or_a_switch() {
    let entropy = |value: &str| {
        let env = TestEnv::new(".").var("CCBT_CREATE_TORRENT_ENTROPY", value).env();
        resolve(&env, &Flags::default()).unwrap().settings.create.entropy
    };
    assert_eq!(entropy("true"), Some(Entropy::Random));
    assert_eq!(entropy("false"), None);
    assert_eq!(entropy("x"), Some(Entropy::Text("x".into())));
}
