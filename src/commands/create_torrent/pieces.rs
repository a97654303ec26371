//! How long pieces are: the rule that was asked for, and what it gives.

use crate::config::{CreateDefaults, size};
use crate::exit::CommandError;
use crate::metainfo::builder::{
    AUTO_PIECES, MAX_PIECE_LENGTH, MIN_PIECE_LENGTH, auto_piece_length, piece_length_for,
};
use crate::metainfo::makers::Maker;
use crate::ui::text;

use super::{FormatArgs, usage};

/// A rule with its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pieces {
    pub(super) rule: Rule,
    /// The largest piece that is chosen; a power of two.
    pub(super) max: Option<u64>,
}

/// What decides about the length of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Somebody said how long they are.
    Exact(u64),
    /// The size of the content.
    Auto,
    /// The size of the content, for at most so many pieces.
    Count(u64),
    /// The size of the torrent, in bytes at most.
    TorrentSize(u64),
    /// What another program would choose.
    Maker(&'static Maker),
}

impl Pieces {
    /// The rule of the flags, else of the settings.
    pub(super) fn settle(args: &FormatArgs, defaults: &CreateDefaults) -> Result<Self, CommandError> {
        let exact = args.piece_length.as_deref().map(size::parse_piece_length).transpose().map_err(usage)?;
        let torrent = args.max_torrent_size.as_deref().map(size::parse_bytes).transpose().map_err(usage)?;
        let rule = match (exact, args.piece_count, torrent) {
            (Some(length), ..) => length.map_or(Rule::Auto, Rule::Exact),
            (_, Some(count), _) => Rule::Count(count.get()),
            (.., Some(size)) => Rule::TorrentSize(size),
            (None, None, None) => Self::default_rule(defaults)?,
        };
        let max = match &args.max_piece_length {
            Some(text) => size::parse_piece_length(text).map_err(usage)?,
            None => defaults.max_piece_length,
        };
        let max = max.map(bound).transpose()?;
        Ok(Self { rule, max })
    }

    fn default_rule(defaults: &CreateDefaults) -> Result<Rule, CommandError> {
        match (defaults.piece_length, defaults.piece_count, defaults.max_torrent_size) {
            (None, None, None) => Ok(Rule::Auto),
            (Some(length), None, None) => Ok(Rule::Exact(length)),
            (None, Some(count), None) => Ok(Rule::Count(count)),
            (None, None, Some(size)) => Ok(Rule::TorrentSize(size)),
            _ => Err(usage("the settings have more than one rule for the length of pieces")
                .hint("keep one of `piece-length`, `piece-count` and `max-torrent-size`")),
        }
    }

    /// Every length there is to try for so many bytes of content, the first one preferred. All but the last
    /// may turn out to make the torrent too large.
    pub(super) fn candidates(&self, total: u64) -> Vec<u64> {
        let largest = self.max.unwrap_or(MAX_PIECE_LENGTH);
        match self.rule {
            Rule::Exact(length) => vec![length],
            Rule::Auto => vec![auto_piece_length(total).min(largest)],
            Rule::Maker(maker) => vec![(maker.piece_length)(total).min(largest)],
            Rule::Count(count) => vec![piece_length_for(total, count, largest)],
            Rule::TorrentSize(_) => std::iter::successors(Some(MIN_PIECE_LENGTH), |length| Some(length * 2))
                .take_while(|&length| length <= largest)
                .collect(),
        }
    }

    /// Bytes of the torrent at most, where that is the rule.
    pub(super) fn torrent_size(&self) -> Option<u64> {
        match self.rule {
            Rule::TorrentSize(size) => Some(size),
            Rule::Exact(_) | Rule::Auto | Rule::Count(_) | Rule::Maker(_) => None,
        }
    }

    /// Why there are more pieces than asked for, if so many are.
    pub(super) fn excess(&self, pieces: u64, piece_length: u64) -> Option<String> {
        let Rule::Count(count) = self.rule else { return None };
        let why = match self.max {
            _ if pieces <= count => return None,
            Some(max) if piece_length == max => format!("they are {} at most", text::size(max)),
            _ if piece_length == MAX_PIECE_LENGTH => "no program reads larger ones".to_owned(),
            _ => "each file begins a piece of its own".to_owned(),
        };
        let (pieces, count) = (text::count(pieces), text::count(count));
        Some(format!("there are {pieces} pieces, more than the {count} asked for: {why}"))
    }

    /// How documents call the rule.
    pub(super) fn name(&self) -> &'static str {
        match self.rule {
            Rule::Exact(_) => "given",
            Rule::Auto => "auto",
            Rule::Count(_) => "piece-count",
            Rule::TorrentSize(_) => "max-torrent-size",
            Rule::Maker(_) => "like",
        }
    }

    /// The rule in a sentence.
    pub(super) fn sentence(&self) -> String {
        let rule = match self.rule {
            Rule::Exact(_) => return "as asked for".to_owned(),
            Rule::Auto => {
                format!("automatic: the smallest that give at most {} pieces", text::count(AUTO_PIECES))
            }
            Rule::Count(1) => "the smallest that give a single piece".to_owned(),
            Rule::Count(count) => format!("the smallest that give at most {} pieces", text::count(count)),
            Rule::Maker(maker) => format!("what {} chooses", maker.title()),
            Rule::TorrentSize(size) => {
                format!("the smallest that keep the torrent within {}", text::size(size))
            }
        };
        match (self.rule, self.max) {
            (_, Some(max)) => format!("{rule}, up to {}", text::size(max)),
            (Rule::Auto, None) => {
                let max = text::size(crate::metainfo::builder::AUTO_MAX_PIECE_LENGTH);
                format!("{rule}, up to {max} while that suffices")
            }
            _ => rule,
        }
    }
}

/// The largest power of two within a bound.
fn bound(bytes: u64) -> Result<u64, CommandError> {
    if bytes < MIN_PIECE_LENGTH {
        return Err(usage(format!("a maximum piece length of {} is out of range", text::size(bytes)))
            .hint("use at least 16KiB, the smallest that is chosen"));
    }
    Ok((1 << bytes.ilog2()).min(MAX_PIECE_LENGTH))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn chosen(rule: Rule, max: Option<u64>, total: u64) -> u64 {
        Pieces { rule, max }.candidates(total)[0]
    }

    #[test]
    fn the_bound_holds_for_what_is_chosen() {
        assert_eq!(chosen(Rule::Auto, None, 1 << 40), 16 * MIB);
        assert_eq!(chosen(Rule::Auto, Some(MIB), 1 << 40), MIB);
        assert_eq!(chosen(Rule::Count(10), None, 1 << 30), 128 * MIB);
        assert_eq!(chosen(Rule::Count(10), Some(MIB), 1 << 30), MIB);
        assert_eq!(chosen(Rule::Count(1), None, 1 << 50), 256 * MIB);
        assert_eq!(chosen(Rule::Exact(5), None, 1 << 30), 5);
        let sizes = Pieces { rule: Rule::TorrentSize(1), max: Some(64 << 10) }.candidates(1);
        assert_eq!(sizes, [16 << 10, 32 << 10, 64 << 10]);
    }

    #[test]
    fn more_pieces_than_asked_for_have_a_reason() {
        let excess = |max, pieces, length| Pieces { rule: Rule::Count(10), max }.excess(pieces, length);
        assert_eq!(excess(Some(MIB), 10, MIB), None);
        assert!(excess(Some(MIB), 11, MIB).unwrap().ends_with("they are 1.00 MiB at most"));
        assert!(excess(None, 11, MAX_PIECE_LENGTH).unwrap().contains("no program reads larger"));
        assert!(excess(Some(MIB), 11, MIB / 2).unwrap().contains("each file begins a piece"));
        assert_eq!(Pieces { rule: Rule::Auto, max: None }.excess(1 << 30, MIB), None);
    }

    #[test]
    fn a_bound_is_a_power_of_two() {
        assert_eq!(bound(3 * MIB).unwrap(), 2 * MIB);
        assert_eq!(bound(1 << 40).unwrap(), 256 * MIB);
        assert!(bound(1000).is_err());
    }
}
