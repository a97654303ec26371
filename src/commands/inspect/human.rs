//! A person's view: aligned fields, the files as a tree, and what is odd.

use std::fmt::Display;
use std::io::{self, BufWriter, Write};

use super::report::{Date, PieceStats, Report, SignatureEntry, UnknownKey, UnknownValue};
use crate::config::Settings;
use crate::env::Env;
use crate::exit::CommandError;
use crate::metainfo::{Lint, Severity, Version};
use crate::ui::fields::Fields;
use crate::ui::style::Style;
use crate::ui::text::{count, size, visible};
use crate::ui::tree;

/// Bytes put together before they go on.
const PAGE: usize = 32 * 1024;

/// Prints one report; `further` ones stand apart from the one before.
pub(super) fn print(
    env: &mut Env,
    settings: &Settings,
    report: &Report<'_>,
    further: bool,
) -> Result<(), CommandError> {
    let style = Style::new(settings.color.out);
    // Written piece by piece it costs no memory, and the buffer no call through a pointer for each.
    let mut page = BufWriter::with_capacity(PAGE, &mut env.out);
    render(&mut page, style, report, further)?;
    page.flush()?;
    Ok(())
}

fn render<W: Write>(page: &mut W, style: Style, report: &Report<'_>, further: bool) -> io::Result<()> {
    if further {
        writeln!(page)?;
    }
    let mut fields = Fields::new(&mut *page, style);
    identity(&mut fields, report)?;
    content(&mut fields, report)?;
    origin(&mut fields, report)?;
    network(&mut fields, report)?;
    relations(&mut fields, report)?;
    fields.row("Magnet", &report.magnet)?;
    fields.rows("Unknown keys", report.unknown_keys.iter().map(unknown_key))?;
    if report.is_torrent() {
        writeln!(page)?;
        tree::draw(page, style, report.files.sizes())?;
    }
    if !report.lints.is_empty() {
        writeln!(page)?;
    }
    report.lints.iter().try_for_each(|lint| write_lint(page, style, lint))
}

fn identity<W: Write>(fields: &mut Fields<W>, report: &Report<'_>) -> io::Result<()> {
    fields.maybe("Name", report.name.as_deref())?;
    if report.disk_name != report.name.as_deref() {
        fields.maybe("Name on disk", report.disk_name)?;
    }
    fields.maybe("Version", report.version.map(version))?;
    fields.maybe("Info hash v1", text(report.info_hash_v1).as_deref())?;
    fields.maybe("Info hash v2", text(report.info_hash_v2).as_deref())
}

fn content<W: Write>(fields: &mut Fields<W>, report: &Report<'_>) -> io::Result<()> {
    fields.maybe("Size", report.total_size.map(bytes).as_deref())?;
    fields.maybe("Piece length", report.piece_length.map(bytes).as_deref())?;
    if let (Some(pieces), Some(stats)) = (report.piece_count, &report.piece_stats) {
        fields.rows("Pieces", piece_lines(pieces as u64, stats))?;
    }
    if let (Some(files), Some(pads)) = (report.file_count, report.pad_count) {
        let stats = report.piece_stats.as_ref();
        fields.rows("Files", file_lines(files as u64, pads as u64, stats))?;
    }
    if report.piece_layers_complete == Some(false) {
        fields.row("Piece layers", "incomplete: the hashes of some files must come from peers")?;
    }
    fields.maybe("Private", report.private.map(|private| if private { "yes" } else { "no" }))
}

fn origin<W: Write>(fields: &mut Fields<W>, report: &Report<'_>) -> io::Result<()> {
    fields.maybe("Source", report.source_tag.as_deref())?;
    if let Some(comment) = &report.comment {
        fields.text("Comment", comment)?;
    }
    fields.maybe("Created by", report.created_by.as_deref())?;
    match &report.creation_date {
        None => {}
        Some(Date::Calendar(date)) => fields.row("Created", date)?,
        Some(Date::Number(seconds)) => {
            fields.row("Created", &format!("{seconds} (seconds since 1970, beyond any calendar)"))?;
        }
    }
    fields.maybe("Encoding", report.encoding.as_deref())?;
    fields.maybe("Torrent size", report.torrent_size.map(|size| bytes(size as u64)).as_deref())
}

fn network<W: Write>(fields: &mut Fields<W>, report: &Report<'_>) -> io::Result<()> {
    match &*report.trackers {
        [tier] if tier.len() == 1 => fields.rows("Tracker", tier)?,
        [] => {}
        tiers => {
            let width = tiers.len().to_string().len();
            let lines = tiers.iter().zip(1..).flat_map(|(tier, number)| {
                tier.iter().map(move |url| format!("tier {number:width$}  {url}"))
            });
            fields.rows("Trackers", lines)?;
        }
    }
    fields.rows("Web seeds", report.web_seeds)?;
    fields.rows("HTTP seeds", report.http_seeds)?;
    fields.rows("Nodes", &report.nodes)?;
    fields.rows("Peers", report.peers.iter().map(ToString::to_string))?;
    let selected = report.select_only.len();
    let selected = (selected > 0).then(|| counted(selected as u64, "file"));
    fields.maybe("Selected", selected.as_deref())
}

fn relations<W: Write>(fields: &mut Fields<W>, report: &Report<'_>) -> io::Result<()> {
    fields.maybe("Update URL", report.update_url)?;
    fields.rows("Similar", &report.similar)?;
    fields.rows("Collections", &report.collections)?;
    fields.rows("Signed by", report.signatures.iter().map(signature))
}

fn signature(entry: &SignatureEntry<'_>) -> String {
    let SignatureEntry { signer, state, hash, trusted, subject, problem } = entry;
    let mut facts = vec![(*state).to_owned()];
    facts.extend(hash.map(|hash| format!("RSA with {hash}")));
    if *state == "valid" {
        facts.push(if *trusted { "trusted" } else { "by a certificate that is not trusted" }.to_owned());
    }
    facts.extend(subject.map(|subject| format!("certificate of {subject}")));
    facts.extend(problem.map(str::to_owned));
    format!("{signer} ({})", facts.join(", "))
}

fn version(version: Version) -> &'static str {
    match version {
        Version::V1 => "v1",
        Version::V2 => "v2",
        Version::Hybrid => "hybrid (v1 and v2)",
    }
}

fn text(hash: Option<impl Display>) -> Option<String> {
    hash.map(|hash| hash.to_string())
}

fn bytes(length: u64) -> String {
    if length < 1024 { size(length) } else { format!("{} ({} bytes)", size(length), count(length)) }
}

fn counted(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", count(number), if number == 1 { "" } else { "s" })
}

fn piece_lines(pieces: u64, stats: &PieceStats) -> Vec<String> {
    let mut lines = vec![match pieces {
        0 | 1 => count(pieces),
        _ => format!("{}, the last one of {}", count(pieces), size(stats.last_piece_length)),
    }];
    if stats.shared_pieces > 0 {
        let (shared, files) = (count(stats.shared_pieces), counted(stats.files_sharing_pieces, "file"));
        lines.push(format!("{shared} shared by {files}"));
    }
    lines
}

fn file_lines(files: u64, pads: u64, stats: Option<&PieceStats>) -> Vec<String> {
    let Some(stats) = stats else { return vec![count(files)] };
    let mut lines = vec![match stats.empty_files {
        0 => count(files),
        empty => format!("{}, {} of them empty", count(files), count(empty)),
    }];
    if pads > 0 || stats.padding > 0 {
        let padding = size(stats.padding);
        lines.push(match pads {
            0 => format!("{padding} between them belong to none"),
            _ => format!("and {}, {padding}", counted(pads, "pad file")),
        });
    }
    lines
}

fn unknown_key(key: &UnknownKey<'_>) -> String {
    let before = if key.dictionary == "info" { "info." } else { "" };
    match &key.value {
        Some(UnknownValue::Integer(number)) => format!("{before}{} = {number}", key.key),
        Some(UnknownValue::Text(text)) => format!("{before}{} = \"{text}\"", key.key),
        None => format!("{before}{} ({}, {} bytes)", key.key, key.kind, count(key.size as u64)),
    }
}

fn write_lint<W: Write>(page: &mut W, style: Style, lint: &Lint) -> io::Result<()> {
    let label = match lint.severity {
        Severity::Info => style.cyan("info:"),
        Severity::Warning => style.yellow("warning:"),
        Severity::Error => style.red("error:"),
    };
    writeln!(page, "{label} {}: {}", style.bold(lint.name), visible(&lint.message))
}
