//! `--raw`: the bencoding itself as JSON, nothing left out and nothing understood.

use anyhow::anyhow;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::bencode::{self, Kind, Value};
use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::{Limits, Metainfo};
use crate::{hex, ui};

/// The document `ccbt.inspect.raw/1`.
#[derive(Serialize)]
struct Raw<'a> {
    schema: &'static str,
    source: &'a str,
    torrent: Json<'a, 'a>,
}

pub(super) fn print(
    env: &mut Env,
    settings: &Settings,
    source: &str,
    torrent: &Metainfo,
) -> Result<(), CommandError> {
    let document = bencode::decode(torrent.raw(), &Limits::default().bencode)
        .map_err(|error| CommandError::new(ErrorKind::BadInput, anyhow!(error)))?;
    let raw = Raw { schema: "ccbt.inspect.raw/1", source, torrent: Json(document.root()) };
    if settings.json {
        return ui::json::print(env, &raw);
    }
    ui::json::print_indented(env, &raw)
}

/// A bencoded value: integers as numbers, or as text where they do not fit; strings of UTF-8 as they are, and
/// others as an object with their bytes in hexadecimal. Keys come in the order of the torrent.
struct Json<'d, 'a>(Value<'d, 'a>);

#[derive(Serialize)]
struct Bytes {
    hex: String,
}

impl Serialize for Json<'_, '_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let value = self.0;
        // The decoder has limited the depth.
        match value.kind() {
            Kind::Int => match value.as_int() {
                Some(number) => to.serialize_i64(number),
                None => to.serialize_str(&String::from_utf8_lossy(value.raw())),
            },
            Kind::Bytes => match value.as_str() {
                Some(text) => to.serialize_str(text),
                None => Bytes { hex: hex::encode(value.as_bytes().unwrap_or_default()) }.serialize(to),
            },
            Kind::List => to.collect_seq(value.list().into_iter().flatten().map(Json)),
            Kind::Dict => {
                let mut map = to.serialize_map(None)?;
                for (key, value) in value.dict().into_iter().flatten() {
                    map.serialize_entry(&shown_key(key), &Json(value))?;
                }
                map.end()
            }
        }
    }
}

/// A key that is not UTF-8, such as the roots in `piece layers`, as `hex:` and its bytes.
fn shown_key(key: &[u8]) -> String {
    match std::str::from_utf8(key) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("hex:{}", hex::encode(key)),
    }
}
