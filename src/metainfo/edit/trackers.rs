//! Trackers: `announce` and `announce-list` (BEP 12).
//!
//! An edit keeps the two consistent: `announce` is the first tracker of the first tier, and the list is
//! there only where it says more than that.

use super::{Draft, FieldValue, NOTHING_TO_REMOVE, NOTHING_TO_REPLACE, string};
use crate::bencode::{Value, Writer};
use crate::metainfo::{Severity, Text, urls};

/// What is to become of the tiers, in the order of these fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TierEdits {
    /// Tiers in place of all that are there; empty for none.
    pub all: Option<Vec<Vec<String>>>,
    /// Tiers to take out, counted from 1 as they are before anything else is done.
    pub remove_tiers: Vec<usize>,
    /// A tracker, and the one that takes its place.
    pub replace: Vec<(String, String)>,
    /// A text, and the one that takes its place in every tracker URL.
    pub replace_text: Vec<(String, String)>,
    /// Trackers to take out of whatever tier they are in.
    pub remove: Vec<String>,
    /// Tiers to put before the others, without the trackers that are there.
    pub prepend: Vec<Vec<String>>,
    /// Tiers to put behind the others, without the trackers that are there.
    pub add: Vec<Vec<String>>,
    /// The tier, counted from 1 as they are then, that takes what is added; one that is not there is a
    /// new one behind the others.
    pub add_to: Option<usize>,
}

type Tiers = Vec<Vec<Text>>;

impl TierEdits {
    pub(super) fn apply(&self, draft: &mut Draft<'_, '_>) {
        if *self == Self::default() {
            return;
        }
        let announce = draft.old("announce");
        let announce = announce.and_then(url);
        let found = Found::read(announce.as_ref(), draft.old("announce-list"));
        let mut tiers = found.tiers.clone();
        if let Some(all) = &self.all {
            tiers.clear();
            all.iter().for_each(|tier| push(&mut tiers, tier));
        }
        self.remove_tiers(&mut tiers, draft);
        self.replace(&mut tiers, draft);
        for gone in &self.remove {
            let there = contains(&tiers, gone.as_bytes());
            tiers.iter_mut().for_each(|tier| tier.retain(|url| url.0 != gone.as_bytes()));
            if !there {
                missing(draft, gone, "remove");
            }
        }
        tiers.retain(|tier| !tier.is_empty());
        self.add(&mut tiers);
        tiers.retain(|tier| !tier.is_empty());

        let first = tiers.first().and_then(|tier| tier.first());
        let consistent = announce.as_ref() == found.tiers.first().and_then(|tier| tier.first());
        // Where tiers stay, `announce` is only put right when all of it was to be replaced.
        if tiers == found.tiers && (self.all.is_none() || announce.as_ref() == first) {
            return;
        }
        draft.set("announce", first.map(|url| string(&url.0)));
        draft.set("announce-list", encode(&tiers));
        if tiers != found.tiers {
            let (before, after) = (found.tiers.clone(), tiers.clone());
            draft.changed("trackers", FieldValue::Tiers(before), FieldValue::Tiers(after));
        }
        if !consistent && announce.as_ref() != first {
            let text = |url: Option<&Text>| url.cloned().map_or(FieldValue::Absent, FieldValue::Text);
            draft.changed("announce", text(announce.as_ref()), text(first));
        }
        if found.unreadable > 0 {
            let message = format!(
                "{} values in `announce-list` that are no tracker in a tier are dropped",
                found.unreadable
            );
            draft.note("unreadable-trackers-dropped", Severity::Warning, message);
        }
    }

    fn remove_tiers(&self, tiers: &mut Tiers, draft: &mut Draft<'_, '_>) {
        for &number in &self.remove_tiers {
            match number.checked_sub(1).and_then(|index| tiers.get_mut(index)) {
                // It keeps its place until all are out, so that the numbers hold.
                Some(tier) => tier.clear(),
                None => {
                    let message = format!("there is no tier {number} to remove among {}", tiers.len());
                    draft.note(NOTHING_TO_REMOVE, Severity::Info, message);
                }
            }
        }
        tiers.retain(|tier| !tier.is_empty());
    }

    fn replace(&self, tiers: &mut Tiers, draft: &mut Draft<'_, '_>) {
        for (old, new) in &self.replace {
            if !contains(tiers, old.as_bytes()) {
                missing(draft, old, "replace");
                continue;
            }
            change(tiers, |url| (url == old.as_bytes()).then(|| new.clone().into_bytes()));
        }
        for (old, new) in &self.replace_text {
            let anywhere = tiers.iter().flatten().any(|url| position(&url.0, old.as_bytes()).is_some());
            if !anywhere {
                let message = format!("there is no `{old}` in any tracker to replace");
                draft.note(NOTHING_TO_REPLACE, Severity::Info, message);
            }
            change(tiers, |url| replaced(url, old.as_bytes(), new.as_bytes()));
        }
    }

    fn add(&self, tiers: &mut Tiers) {
        for tier in self.prepend.iter().rev() {
            let tier = fresh(tiers, tier);
            tiers.insert(0, tier);
        }
        let into = self.add_to.and_then(|number| number.checked_sub(1));
        for tier in &self.add {
            match into.filter(|&index| index < tiers.len()) {
                None => push(tiers, tier),
                Some(index) => {
                    let new = fresh(tiers, tier);
                    if let Some(tier) = tiers.get_mut(index) {
                        tier.extend(new);
                    }
                }
            }
        }
    }
}

/// The tiers of a torrent.
struct Found {
    tiers: Tiers,
    /// Values of the list that are no tracker in a tier.
    unreadable: usize,
}

impl Found {
    /// As in reading, but with the trackers that nobody can use: the list where it names one that can be
    /// used, else `announce` alone, which programs then take.
    fn read(announce: Option<&Text>, list: Option<Value<'_, '_>>) -> Self {
        let mut found = Self { tiers: Vec::new(), unreadable: 0 };
        for tier in list.and_then(Value::list).into_iter().flatten() {
            let Some(items) = tier.list() else {
                found.unreadable += 1;
                continue;
            };
            let mut urls = Vec::new();
            for item in items {
                match item.as_bytes() {
                    Some(_) => urls.extend(url(item)),
                    None => found.unreadable += 1,
                }
            }
            if !urls.is_empty() {
                found.tiers.push(urls);
            }
        }
        let usable = found.tiers.iter().flatten().any(|url| urls::is_tracker(&url.0));
        if let Some(announce) = announce.filter(|_| !usable) {
            found.unreadable += found.tiers.iter().flatten().filter(|url| *url != announce).count();
            found.tiers = vec![vec![announce.clone()]];
        }
        found
    }
}

/// A URL without the blanks around it; none where nothing is left.
fn url(value: Value<'_, '_>) -> Option<Text> {
    let url = value.as_bytes()?.trim_ascii();
    (!url.is_empty()).then(|| Text(url.to_vec()))
}

fn contains(tiers: &Tiers, url: &[u8]) -> bool {
    tiers.iter().flatten().any(|there| there.0 == url)
}

/// The URLs of a new tier that are in none yet.
fn fresh(tiers: &Tiers, tier: &[String]) -> Vec<Text> {
    let mut new: Vec<Text> = Vec::new();
    for url in tier {
        let url = Text(url.clone().into_bytes());
        if !contains(tiers, &url.0) && !new.contains(&url) {
            new.push(url);
        }
    }
    new
}

fn push(tiers: &mut Tiers, tier: &[String]) {
    let tier = fresh(tiers, tier);
    tiers.push(tier);
}

/// Changes URLs; one that becomes what is there already goes.
fn change(tiers: &mut Tiers, with: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    let mut kept: std::collections::HashSet<Vec<u8>> =
        tiers.iter().flatten().filter(|url| with(&url.0).is_none()).map(|url| url.0.clone()).collect();
    for tier in &mut *tiers {
        tier.retain_mut(|url| match with(&url.0) {
            None => true,
            Some(new) => {
                url.0 = new;
                kept.insert(url.0.clone())
            }
        });
    }
    tiers.retain(|tier| !tier.is_empty());
}

fn position(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return None;
    }
    text.windows(part.len()).position(|window| window == part)
}

/// A text with every occurrence of a part replaced, from left to right; none without any.
fn replaced(text: &[u8], part: &[u8], by: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = position(rest, part) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        out.extend_from_slice(by);
        rest = from.get(part.len()..).unwrap_or_default();
    }
    (rest.len() < text.len()).then(|| {
        out.extend_from_slice(rest);
        out
    })
}

fn encode(tiers: &Tiers) -> Option<Vec<u8>> {
    if tiers.iter().map(Vec::len).sum::<usize>() < 2 {
        return None;
    }
    let mut to = Writer::new();
    to.begin_list();
    for tier in tiers {
        to.begin_list();
        for url in tier {
            to.bytes(&url.0);
        }
        to.end();
    }
    to.end();
    Some(to.finish())
}

fn missing(draft: &mut Draft<'_, '_>, url: &str, what: &str) {
    let name = if what == "remove" { NOTHING_TO_REMOVE } else { NOTHING_TO_REPLACE };
    draft.note(name, Severity::Info, format!("there is no tracker `{url}` to {what}"));
}
