//! `--sort`: an order of files as it is written on the command line.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser, ValueParserFactory};

use crate::config;
use crate::content::walk::{Order, SortKey};

/// An order of files, parsed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sort(pub(super) Order);

/// The names, and what each means.
const KEYS: [(&str, SortKey, &str); 4] = [
    ("path", SortKey::Path, "Component by component in bytes, as v2 and hybrid torrents need it"),
    ("size", SortKey::Size, "By size, then by path"),
    ("natural", SortKey::Natural, "By path, with digits as numbers: 2 before 10"),
    ("given", SortKey::Given, "As named, and within a directory as the file system lists it"),
];
/// The same the other way round.
const DESCENDING: [&str; 4] = ["path:desc", "size:desc", "natural:desc", "given:desc"];

impl From<config::Sort> for Sort {
    fn from(setting: config::Sort) -> Self {
        use config::Sort as Setting;
        let (key, descending) = match setting {
            Setting::Path => (SortKey::Path, false),
            Setting::PathDescending => (SortKey::Path, true),
            Setting::Size => (SortKey::Size, false),
            Setting::SizeDescending => (SortKey::Size, true),
            Setting::Natural => (SortKey::Natural, false),
            Setting::NaturalDescending => (SortKey::Natural, true),
            Setting::Given => (SortKey::Given, false),
            Setting::GivenDescending => (SortKey::Given, true),
        };
        Self(Order { key, descending })
    }
}

impl ValueParserFactory for Sort {
    type Parser = clap::builder::MapValueParser<PossibleValuesParser, fn(String) -> Self>;

    fn value_parser() -> Self::Parser {
        let ascending = KEYS.map(|(name, _, help)| PossibleValue::new(name).help(help));
        let descending = DESCENDING.map(|name| PossibleValue::new(name).hide(true));
        PossibleValuesParser::new(ascending.into_iter().chain(descending)).map(Self::of)
    }
}

impl Sort {
    /// The order of a name that the parser let pass.
    fn of(name: String) -> Self {
        let (name, descending) = match name.strip_suffix(":desc") {
            Some(name) => (name, true),
            None => (name.as_str(), false),
        };
        let key = KEYS.iter().find(|(known, ..)| *known == name).map_or(SortKey::Path, |(_, key, _)| *key);
        Self(Order { key, descending })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings know the names of the flag, all of them and with the same meaning.
    #[test]
    fn settings_and_flags_agree() {
        let names = KEYS.map(|(name, ..)| name).into_iter().chain(DESCENDING);
        for name in names {
            let setting: config::Sort = serde_json::from_value(name.into()).unwrap();
            assert_eq!(Sort::from(setting).0, Sort::of(name.to_owned()).0, "{name}");
        }
    }

    #[test]
    fn every_name_has_its_order_and_can_be_turned_round() {
        for (name, key, _) in KEYS {
            assert_eq!(Sort::of(name.to_owned()).0, Order { key, descending: false });
            let turned = format!("{name}:desc");
            assert!(DESCENDING.contains(&turned.as_str()));
            assert_eq!(Sort::of(turned).0, Order { key, descending: true });
        }
    }
}
