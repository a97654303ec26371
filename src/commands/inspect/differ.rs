//! `--why-differ`: which choice of its maker gave one torrent another info-hash than the other.

use std::io::Write as _;

use serde::Serialize;

use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ExitStatus};
use crate::id::{InfoHashV1, InfoHashV2};
use crate::metainfo::Metainfo;
use crate::metainfo::differ::{Difference, differences};
use crate::ui;
use crate::ui::style::Style;
use crate::ui::text::visible;

/// The document `ccbt.inspect.why-differ/1`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    schema: &'static str,
    same: bool,
    torrents: [Torrent<'a>; 2],
    differences: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Torrent<'a> {
    source: &'a str,
    info_hash_v1: Option<InfoHashV1>,
    info_hash_v2: Option<InfoHashV2>,
}

#[derive(Debug, Serialize)]
struct Entry {
    rule: &'static str,
    values: [String; 2],
    message: String,
}

impl From<Difference> for Entry {
    fn from(difference: Difference) -> Self {
        let Difference { rule, values, message } = difference;
        Self { rule, values, message }
    }
}

pub(super) fn print(
    env: &mut Env,
    settings: &Settings,
    torrents: [(&str, &Metainfo); 2],
) -> Result<ExitStatus, CommandError> {
    let [(_, one), (_, other)] = torrents;
    let found = differences(one, other);
    let report = Report {
        schema: "ccbt.inspect.why-differ/1",
        same: found.is_empty(),
        torrents: torrents.map(|(source, torrent)| Torrent {
            source,
            info_hash_v1: torrent.info_hash_v1,
            info_hash_v2: torrent.info_hash_v2,
        }),
        differences: found.into_iter().map(Entry::from).collect(),
    };
    if settings.json {
        ui::json::print(env, &report)?;
    } else {
        env.out.write_all(report.lines(Style::new(settings.color.out)).as_bytes())?;
    }
    Ok(if report.same { ExitStatus::Success } else { ExitStatus::No })
}

impl Report<'_> {
    fn lines(&self, style: Style) -> String {
        let [one, other] = self.torrents.each_ref().map(|torrent| visible(torrent.source));
        if self.same {
            return format!("{} `{one}` and `{other}` have the same info-hash\n", style.green("same"));
        }
        let mut lines = format!("{} `{one}` and `{other}`:\n", style.red("different"));
        for Entry { rule, message, .. } in &self.differences {
            lines.push_str(&format!("  {}: {}\n", style.bold(*rule), visible(message)));
        }
        lines
    }
}
