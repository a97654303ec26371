//! Text that is safe on a terminal, and numbers as people read them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Text from a file, the network or the command line, made harmless for a terminal: control
/// characters, marks that reorder text, and characters nobody sees become escapes such as `\u{202e}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    // Almost everything is printable ASCII, which takes no decoding to see.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let Some(first) = text.find(is_hidden) else { return Cow::Borrowed(text) };
    let (harmless, rest) = text.split_at(first);
    let mut shown = String::with_capacity(text.len() + 16);
    shown.push_str(harmless);
    for character in rest.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Characters that act on a terminal or that a reader cannot see: controls, the bidirectional marks
/// of UAX 9, the default ignorable characters of UAX 44 (variation selectors, which only choose a
/// glyph, and no one fakes a name with, excepted), line separators, and tags.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Bytes as people read them: `512 B`, `4.00 GiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut shown = String::with_capacity(12);
    if bytes < 1024 {
        push_digits(bytes, &mut shown);
        shown.push_str(" B");
        return shown;
    }
    let wide = u128::from(bytes);
    let mut unit = UNITS[0];
    let mut shift = 10;
    for larger in &UNITS[1..] {
        // What would be shown as 1024.00 belongs to the next unit.
        if wide * 1000 < 1_023_995 << shift {
            break;
        }
        shift += 10;
        unit = larger;
    }
    // Whole numbers, since a list of files has thousands of sizes and decimals of a float take their time.
    // Half a hundredth is rounded to the even one.
    let (scaled, half) = (wide * 100, 1 << (shift - 1));
    let (mut hundredths, rest) = (scaled >> shift, scaled & ((1 << shift) - 1));
    hundredths += u128::from(rest > half || (rest == half && hundredths & 1 == 1));
    // Below 102,400.
    let hundredths = hundredths as u64;
    push_digits(hundredths / 100, &mut shown);
    shown.push('.');
    for digit in [hundredths / 10 % 10, hundredths % 10] {
        shown.push(char::from(b'0' + digit as u8));
    }
    shown.push(' ');
    shown.push_str(unit);
    shown
}

fn push_digits(number: u64, text: &mut String) {
    if number >= 10 {
        push_digits(number / 10, text);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// A number with a comma before every third digit from the right.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A time span as people read it: `0.8 s`, `42 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`.
pub(crate) fn duration(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", span.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// A time of day as RFC 3339 in UTC; none beyond the year 9999.
pub(crate) fn time(time: SystemTime) -> Option<String> {
    Some(jiff::Timestamp::try_from(time).ok()?.to_string())
}

/// Seconds since 1970 as RFC 3339 in UTC; none outside the years -9999 to 9999.
pub(crate) fn unix_time(seconds: i64) -> Option<String> {
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
}

/// Columns a text takes on a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// A text cut to so many columns, with an ellipsis where something is missing.
pub(crate) fn fit(text: &str, limit: usize) -> Cow<'_, str> {
    if columns(text) <= limit {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut used = 0;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used >= limit {
            break;
        }
        shown.push(character);
    }
    if limit > 0 {
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// How alike two names must be for one to be meant for the other, from 0 to 1.
const ALIKE: f64 = 0.8;

/// The name most like `name`, the first of several, if any is like it.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let better = |best: (f64, &'a str), next: (f64, &'a str)| if next.0 > best.0 { next } else { best };
    scored.filter(|(score, _)| *score >= ALIKE).reduce(better).map(|(_, name)| name)
}

/// Several names as a sentence lists them: `a`, `b` or `c`, in backticks.
pub(crate) fn choices<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut shown = String::new();
    for (index, name) in names.iter().enumerate() {
        let before = match index {
            0 => "",
            _ if index + 1 == names.len() => " or ",
            _ => ", ",
        };
        if write!(shown, "{before}`{name}`").is_err() {
            unreachable!("a String takes any text");
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_borrowed() {
        assert!(matches!(visible("naïve 日本語 👍🏽 ❤️"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_acts_or_hides_is_escaped() {
        assert_eq!(visible("a\x1b[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(visible("two\nlines\t\r"), "two\\nlines\\t\\r");
        assert_eq!(visible("cod\u{202e}gpj.exe"), "cod\\u{202e}gpj.exe");
        assert_eq!(visible("zero\u{200b}width\u{feff}"), "zero\\u{200b}width\\u{feff}");
        assert_eq!(visible("\u{9b}31m\u{7f}"), "\\u{9b}31m\\u{7f}");
        assert_eq!(visible("\u{e0041}"), "\\u{e0041}");
    }

    #[test]
    fn sizes_keep_three_digits_and_never_show_1024() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1024), "1.00 KiB");
        assert_eq!(size(4 << 30), "4.00 GiB");
        assert_eq!(size((1 << 20) - 1), "1.00 MiB");
        assert_eq!(size(u64::MAX), "16.00 EiB");
    }

    #[test]
    fn sizes_are_rounded_as_decimals_are() {
        let decimals =
            |bytes: u64, shift: i32, unit| format!("{:.2} {unit}", bytes as f64 / 2f64.powi(shift));
        for bytes in (1024..1_048_000).step_by(7).chain((1024..1_048_000).step_by(128)) {
            assert_eq!(size(bytes), decimals(bytes, 10, "KiB"), "{bytes}");
            assert_eq!(size(bytes << 10), decimals(bytes << 10, 20, "MiB"), "{bytes} KiB");
            assert_eq!(size((bytes << 20) + 511), decimals((bytes << 20) + 511, 30, "GiB"), "{bytes} MiB");
        }
    }

    #[test]
    fn counts_have_separators() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1000), "1,000");
        assert_eq!(count(12_345_678), "12,345,678");
    }

    #[test]
    fn time_spans_get_coarser() {
        let shown = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(duration(Duration::from_millis(840)), "0.8 s");
        assert_eq!(shown(59), "59 s");
        assert_eq!(shown(185), "3 min 05 s");
        assert_eq!(shown(7800), "2 h 10 min");
        assert_eq!(shown(90_000), "1 d 1 h");
    }

    #[test]
    fn times_are_rfc_3339() {
        assert_eq!(unix_time(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(unix_time(i64::MAX), None);
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1500);
        assert_eq!(time(now).as_deref(), Some("1970-01-01T00:00:01.5Z"));
    }

    #[test]
    fn cut_text_fits() {
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abcd", 3), "ab…");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("abc", 0), "");
    }

    #[test]
    fn choices_read_as_a_sentence() {
        assert_eq!(choices(["a"]), "`a`");
        assert_eq!(choices(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
