//! `--piece-length-table`: which piece length a rule chooses for which size of the content.

use std::io::Write as _;

use serde::Serialize;

use crate::config::{CreateLayer, Settings};
use crate::env::Env;
use crate::exit::{CommandError, ExitStatus};
use crate::metainfo::builder::{MAX_PIECE_LENGTH, MAX_PIECES};
use crate::ui::style::Style;
use crate::ui::{json, text};

use super::like::Like;
use super::pieces::{Pieces, Rule};
use super::{CreateTorrent, usage};

/// The smallest content of the table; below it nothing changes.
const FIRST: u64 = 1 << 20;
/// The largest content a torrent can have.
const LAST: u64 = MAX_PIECES * MAX_PIECE_LENGTH;
/// Bytes of a v1 digest.
const DIGEST: u64 = 20;

/// The document `ccbt.piece-lengths/1`.
#[derive(Debug, Serialize)]
struct Table {
    schema: &'static str,
    piece_length_rule: &'static str,
    description: String,
    rows: Vec<Row>,
}

/// What is chosen for contents up to a size.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Row {
    content_size: u64,
    piece_length: u64,
    piece_count: u64,
    /// Bytes of the v1 digests of the pieces, which are most of a torrent.
    hashes_size: u64,
}

/// Prints the table for the rule of the flags and settings.
pub(super) fn print(
    args: &CreateTorrent,
    env: &mut Env,
    settings: &Settings,
) -> Result<ExitStatus, CommandError> {
    let pieces = if args.format.reproducible.is_some() {
        Pieces { rule: Rule::Auto, max: None }
    } else {
        let asked = Pieces::settle(&args.format, &args.settings(settings, CreateLayer::default())?.create)?;
        match Like::settle(args, env)? {
            Some(like) => like.pieces(asked)?,
            None => asked,
        }
    };
    if matches!(pieces.rule, Rule::Exact(_) | Rule::TorrentSize(_)) {
        let name = pieces.name();
        return Err(usage(format!("the settings have the rule `{name}`, which needs no table or the files"))
            .hint("give another rule: --piece-length-table --piece-count 2000, or a --profile without it"));
    }
    let table = Table {
        schema: "ccbt.piece-lengths/1",
        piece_length_rule: pieces.name(),
        description: pieces.sentence(),
        rows: rows(&pieces),
    };
    if settings.json {
        json::print(env, &table)?;
    } else {
        let lines = table.lines(Style::new(settings.color.out));
        env.out.write_all(lines.as_bytes())?;
    }
    Ok(ExitStatus::Success)
}

/// One row for each doubling, as far as there is a torrent of it.
fn rows(pieces: &Pieces) -> Vec<Row> {
    let sizes = std::iter::successors(Some(FIRST), |size| Some(size * 2)).take_while(|size| *size <= LAST);
    let row = |content_size: u64| {
        let piece_length = pieces.candidates(content_size).last().copied()?;
        let piece_count = content_size.div_ceil(piece_length);
        let hashes_size = piece_count * DIGEST;
        Some(Row { content_size, piece_length, piece_count, hashes_size })
    };
    sizes.filter_map(row).take_while(|row| row.piece_count <= MAX_PIECES).collect()
}

impl Table {
    fn lines(&self, style: Style) -> String {
        let heading = ["content up to", "piece length", "pieces", "v1 hashes"].map(str::to_owned);
        let mut lines = vec![heading];
        lines.extend(self.rows.iter().map(|row| {
            [
                text::size(row.content_size),
                text::size(row.piece_length),
                text::count(row.piece_count),
                text::size(row.hashes_size),
            ]
        }));
        let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(String::len).max();
        let widths = [0, 1, 2, 3].map(|column| width(column).unwrap_or(0));
        let mut shown = format!("Piece length: {}\n\n", self.description);
        for (index, line) in lines.iter().enumerate() {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
            let line = cells.collect::<Vec<_>>().join("  ");
            shown.push_str(&if index == 0 { style.bold(&line).to_string() } else { line });
            shown.push('\n');
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reaches_as_far_as_torrents_do() {
        let auto = rows(&Pieces { rule: Rule::Auto, max: None });
        let (first, last) = (auto.first().unwrap(), auto.last().unwrap());
        assert_eq!((first.content_size, first.piece_length), (1 << 20, 16 << 10));
        assert_eq!((last.content_size, last.piece_length, last.piece_count), (1 << 49, 1 << 28, 1 << 21));
        let small = rows(&Pieces { rule: Rule::Auto, max: Some(16 << 10) });
        assert_eq!(small.last().unwrap().content_size, 1 << 35);
        let few = rows(&Pieces { rule: Rule::Count(100), max: None });
        assert!(few.iter().all(|row| row.piece_count <= 100 || row.piece_length == MAX_PIECE_LENGTH));
    }
}
