//! One path component: from any bytes to a name that is safe to create.

use std::borrow::Cow;

use super::Platform;

/// A component is cut when it has reached this many bytes; its extension may follow. File systems
/// allow 255.
const CUT: usize = 240;
/// An extension with its dot is looked for in this many bytes at the end.
const EXTENSION: usize = 9;

/// Turns a path component into a safe name for the platform this program runs on.
pub fn sanitise_component(raw: &[u8]) -> String {
    sanitise_component_for(raw, Platform::HOST).into_owned()
}

/// Turns a path component into a safe name for a platform. Borrows when nothing has to change.
///
/// What is not UTF-8 and what controls a terminal becomes `_`; separators, NUL and characters that are
/// invisible or turn the writing direction vanish; long names are cut but keep their extension; what
/// then is empty, `.` or `..` becomes `_`.
pub fn sanitise_component_for(raw: &[u8], platform: Platform) -> Cow<'_, str> {
    let name = filtered(raw);
    let name = match platform {
        Platform::Posix => name,
        Platform::Windows => windows(name),
    };
    match &*name {
        "" | "." | ".." => Cow::Borrowed("_"),
        _ => name,
    }
}

/// The name, when it is one that every platform takes as it is and every reader sees as it is: printable ASCII
/// without what anyone reserves. Almost all names are, and one look at their bytes is enough.
pub(super) fn plain(raw: &[u8]) -> Option<&str> {
    let clean = raw.len() < CUT
        && raw.iter().all(|&byte| PLAIN[usize::from(byte)])
        && !matches!(raw.last(), None | Some(b'.' | b' '));
    std::str::from_utf8(raw).ok().filter(|name| clean && !is_device(name))
}

/// The bytes of plain names.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = !is_reserved_character(byte as char) && !matches!(byte, b'/' | b'\\');
        byte += 1;
    }
    plain
};

/// The name of a torrent; `None` when nothing but dots is left of it.
pub(super) fn sanitise_name(raw: &[u8], platform: Platform) -> Option<Cow<'_, str>> {
    let kept = filtered(raw);
    if kept.bytes().all(|byte| byte == b'.') {
        return None;
    }
    Some(match platform {
        Platform::Posix => kept,
        Platform::Windows => sanitise_component_for(raw, platform),
    })
}

/// Whether more than dots is left of the name of a torrent.
pub(in crate::metainfo) fn is_usable_name(raw: &[u8]) -> bool {
    sanitise_name(raw, Platform::Posix).is_some()
}

/// Whether a name that is safe on POSIX can stay as it is on Windows.
pub fn is_portable(name: &str) -> bool {
    !name.bytes().any(|byte| is_reserved_character(char::from(byte)))
        && !name.ends_with(['.', ' '])
        && !is_device(name)
}

/// Applies the rules that hold everywhere, but leaves what is empty or only dots as it is.
fn filtered(raw: &[u8]) -> Cow<'_, str> {
    let clean = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'/' | b'\\');
    if raw.len() < CUT
        && raw.iter().all(clean)
        && let Ok(text) = std::str::from_utf8(raw)
    {
        return Cow::Borrowed(text);
    }
    let mut name = String::with_capacity(raw.len().min(CUT + EXTENSION + 4));
    let mut rest = raw;
    if let Some(left) = fill(&mut name, rest, CUT) {
        // Cut; the extension is what follows the last dot of the whole name, if it is short.
        let tail = left.len().min(EXTENSION);
        rest = &left[left.len() - tail..];
        if let Some(dot) = rest.iter().rposition(|&byte| byte == b'.') {
            fill(&mut name, &rest[dot..], usize::MAX);
        }
    }
    match std::str::from_utf8(raw) {
        Ok(same) if same == name => Cow::Borrowed(same),
        _ => Cow::Owned(name),
    }
}

/// Appends what may stay until the name has reached `limit` bytes; gives what was not looked at.
fn fill<'a>(name: &mut String, raw: &'a [u8], limit: usize) -> Option<&'a [u8]> {
    let mut at = 0;
    for chunk in raw.utf8_chunks() {
        for character in chunk.valid().chars() {
            at += character.len_utf8();
            match character {
                '\u{1}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => name.push('_'),
                dropped if is_dropped(dropped) => continue,
                kept => name.push(kept),
            }
            if name.len() >= limit {
                return raw.get(at..);
            }
        }
        at += chunk.invalid().len();
        if !chunk.invalid().is_empty() {
            name.push('_');
            if name.len() >= limit {
                return raw.get(at..);
            }
        }
    }
    None
}

fn is_dropped(character: char) -> bool {
    matches!(
        character,
        '/' | '\\'
            | '\0'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// The rules of Windows on top.
fn windows(name: Cow<'_, str>) -> Cow<'_, str> {
    if is_portable(&name) {
        return name;
    }
    let name = name.replace(is_reserved_character, "_");
    let name = name.trim_end_matches(['.', ' ']);
    Cow::Owned(if is_device(name) { format!("_{name}") } else { name.to_owned() })
}

const fn is_reserved_character(character: char) -> bool {
    matches!(character, '?' | '<' | '>' | '"' | '|' | '*' | ':')
}

/// Device names are reserved in every directory, in any case and with any extension.
fn is_device(name: &str) -> bool {
    // Every file is asked, and hardly any begins like one of them.
    if !name.starts_with(['c', 'C', 'p', 'P', 'a', 'A', 'n', 'N', 'l', 'L']) {
        return false;
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ');
    if !(3..=7).contains(&stem.len()) {
        return false;
    }
    if ["con", "prn", "aux", "nul", "conin$", "conout$"]
        .iter()
        .any(|device| stem.eq_ignore_ascii_case(device))
    {
        return true;
    }
    let numbered = ["com", "lpt"]
        .iter()
        .any(|device| stem.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(device)));
    numbered
        && matches!(
            stem.get(3..),
            Some("0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
        )
}
