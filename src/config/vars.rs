//! `CCBT_*`: the same keys as in `ccbt.toml`, one variable each.
//!
//! `[create-torrent] piece-length` is `CCBT_CREATE_TORRENT_PIECE_LENGTH`. A list is written as in the
//! file (`["a", "b"]`); a text that does not begin with a bracket is a list of one. A variable that
//! names no key gets a warning, not an error: scripts keep variables of their own under such names.

use std::collections::BTreeMap;
use std::ffi::OsString;

use toml::{Table, Value};

use super::file;
use super::keys::{Form, KEYS, Key, PREFIX};
use super::layer::Layer;
use crate::exit::{CommandError, ErrorKind};

/// Variables that are no settings: the file to read, and what the tests of ccbt itself read.
const NO_KEYS: [&str; 6] =
    ["CCBT_CONFIG", "CCBT_CORPUS", "CCBT_REGEN", "CCBT_INTEROP", "CCBT_PYTHON", "CCBT_NODE_MODULES"];

/// The layer of the environment, and a warning for each variable that names no key.
///
/// # Errors
///
/// A usage error that names the variable whose value cannot be.
pub(super) fn read(vars: &BTreeMap<OsString, OsString>) -> Result<(Layer, Vec<String>), CommandError> {
    let mut layer = Layer::default();
    let mut warnings = Vec::new();
    for (name, value) in vars {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        if NO_KEYS.contains(&name) || value.is_empty() {
            continue;
        }
        let Some(key) = KEYS.iter().find(|key| key.variable() == name) else {
            warnings.push(unknown(name));
            continue;
        };
        let one = value.to_str().ok_or_else(|| ("not UTF-8".to_owned(), None));
        let one = one.and_then(|text| parse(key, text));
        let one = one.map_err(|(message, hint)| {
            let error = anyhow::anyhow!("reading settings: environment variable `{name}`: {message}");
            hint.into_iter().fold(CommandError::new(ErrorKind::Usage, error), CommandError::hint)
        })?;
        layer = one.over(layer);
    }
    Ok((layer, warnings))
}

fn unknown(name: &str) -> String {
    let known: Vec<String> = KEYS.iter().map(Key::variable).collect();
    match file::nearest(name, known.iter().map(String::as_str)) {
        Some(meant) => format!("environment variable `{name}` is no setting; did you mean `{meant}`?"),
        None => format!(
            "environment variable `{name}` is no setting; ccbt(1) and docs/CLI.md list those there are"
        ),
    }
}

/// A layer with one key, through the same door as the file, so that both accept the same values.
fn parse(key: &Key, text: &str) -> Result<Layer, (String, Option<String>)> {
    let value = value(key.form, text).map_err(|message| (message, None))?;
    let mut table = Table::new();
    table.insert(key.name.to_owned(), value);
    if !key.section.is_empty() {
        table = Table::from_iter([(key.section.to_owned(), Value::Table(table))]);
    }
    table.try_into().map_err(|error: toml::de::Error| file::explain(error.message()))
}

fn value(form: Form, text: &str) -> Result<Value, String> {
    match form {
        Form::Text => Ok(Value::String(text.to_owned())),
        Form::Switch => match text {
            "true" | "1" | "yes" | "on" => Ok(Value::Boolean(true)),
            "false" | "0" | "no" | "off" => Ok(Value::Boolean(false)),
            _ => Err(format!("`{text}` is neither true nor false")),
        },
        Form::TextOrSwitch => match text {
            "true" | "false" => Ok(Value::Boolean(text == "true")),
            _ => Ok(Value::String(text.to_owned())),
        },
        Form::Number => {
            let whole = text.parse().map(Value::Integer);
            whole.or_else(|_| text.parse().map(Value::Float)).map_err(|_| format!("`{text}` is no number"))
        }
        Form::List if text.trim_start().starts_with('[') => {
            text.parse().map_err(|error: toml::de::Error| error.message().to_owned())
        }
        Form::List => Ok(Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(name: &str, value: &str) -> Result<(Layer, Vec<String>), String> {
        let vars = BTreeMap::from([(name.into(), value.into())]);
        read(&vars).map_err(|error| format!("{}; {:?}", error.source, error.hints))
    }

    /// The table above and the structs of the layer are the same keys.
    #[test]
    fn every_key_has_a_variable() {
        let layer = serde_json::to_value(Layer::default()).unwrap();
        let mut known: Vec<(String, String)> = Vec::new();
        // A profile holds the keys of `[create-torrent]` and has no variables.
        for (name, value) in layer.as_object().unwrap().iter().filter(|(name, _)| *name != "profile") {
            match value.as_object() {
                Some(section) => known.extend(section.keys().map(|key| (name.clone(), key.clone()))),
                None => known.push((String::new(), name.clone())),
            }
        }
        let mut table: Vec<_> =
            KEYS.iter().map(|key| (key.section.to_owned(), key.name.to_owned())).collect();
        known.sort();
        table.sort();
        assert_eq!(known, table);
    }

    #[test]
    fn variables_are_keys() {
        let (layer, warnings) = read_one("CCBT_CREATE_TORRENT_PIECE_LENGTH", "1MiB").unwrap();
        assert_eq!(layer.create_torrent.piece_length.unwrap().0, Some(1 << 20));
        assert!(warnings.is_empty());
        let (layer, _) = read_one("CCBT_THREADS", "3").unwrap();
        assert_eq!(layer.threads.unwrap().get(), 3);
        let (layer, _) = read_one("CCBT_CREATE_TORRENT_COMMENT", "123").unwrap();
        assert_eq!(layer.create_torrent.comment.as_deref(), Some("123"));
        let (layer, _) = read_one("CCBT_NETWORK_TIMEOUT", "0.5").unwrap();
        assert_eq!(std::time::Duration::from(layer.network.timeout.unwrap()).as_millis(), 500);
    }

    #[test]
    fn lists_are_one_text_or_as_in_the_file() {
        let (layer, _) = read_one("CCBT_CREATE_TORRENT_EXCLUDE", "*.{tmp,bak}").unwrap();
        assert_eq!(layer.create_torrent.exclude.unwrap().0, ["*.{tmp,bak}"]);
        let (layer, _) =
            read_one("CCBT_CREATE_TORRENT_TRACKER", r#"["http://a/,http://b/", "http://c/"]"#).unwrap();
        assert_eq!(
            layer.create_torrent.tracker.unwrap().0,
            [vec!["http://a/", "http://b/"], vec!["http://c/"]]
        );
    }

    #[test]
    fn an_unknown_variable_is_a_warning_and_an_empty_one_nothing() {
        let (layer, warnings) = read_one("CCBT_CREATE_TORRENT_PRIVAT", "1").unwrap();
        assert_eq!(layer, Layer::default());
        assert!(warnings[0].ends_with("did you mean `CCBT_CREATE_TORRENT_PRIVATE`?"), "{warnings:?}");
        let (_, warnings) = read_one("CCBT_XYZZY_PLUGH", "1").unwrap();
        assert!(warnings[0].ends_with("list those there are"), "{warnings:?}");
        assert_eq!(read_one("CCBT_CORPUS", "/x").unwrap().1, [""; 0]);
        assert_eq!(read_one("CCBT_THREADS", "").unwrap().0, Layer::default());
    }

    #[test]
    fn a_bad_value_names_its_variable() {
        let error = read_one("CCBT_COLOR", "alway").unwrap_err();
        assert_eq!(
            error,
            "reading settings: environment variable `CCBT_COLOR`: unknown value `alway`; [\"did you mean `always`?\"]"
        );
        for (name, value) in [
            ("CCBT_THREADS", "0"),
            ("CCBT_THREADS", "many"),
            ("CCBT_CREATE_TORRENT_PRIVATE", "maybe"),
            ("CCBT_NETWORK_TIMEOUT", "nan"),
            ("CCBT_NETWORK_TIMEOUT", "0"),
            ("CCBT_NETWORK_MAX_SIZE", "big"),
            ("CCBT_CREATE_TORRENT_INCLUDE", "[\"a\""),
        ] {
            let error = read_one(name, value).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }
}
