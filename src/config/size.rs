//! Sizes as people write them: `65536`, `64KiB`, `1.5 GiB`, and piece lengths as exponents.

use thiserror::Error;

/// Larger numbers are bytes; no torrent has pieces of 63 bytes or less.
const LARGEST_EXPONENT: u64 = 62;

/// Why a size cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Error {
    /// There is no number, or something after it that is no unit.
    #[error("`{0}` is no size: write bytes, or a number with KiB, MiB, GiB, TiB, kB, MB, GB or TB")]
    NotASize(String),
    /// The number is larger than 2^63 - 1, or not a whole number of bytes.
    #[error("`{0}` is no whole number of bytes below 8 EiB")]
    OutOfRange(String),
}

/// Bytes: a number with a unit (`KiB` and `K` are 1024, `kB` is 1000) or without one.
///
/// # Errors
///
/// For what is no size.
pub(crate) fn parse_bytes(text: &str) -> Result<u64, Error> {
    let trimmed = text.trim();
    let split = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(split);
    let not_a_size = || Error::NotASize(text.to_owned());
    let factor = unit_bytes(unit.trim()).ok_or_else(not_a_size)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty()
        || number.ends_with('.')
        || fraction.contains('.')
        || (factor == 1 && number.contains('.'))
    {
        return Err(not_a_size());
    }
    let out_of_range = || Error::OutOfRange(text.to_owned());
    let whole: u64 = whole.parse().map_err(|_| out_of_range())?;
    let bytes = whole.checked_mul(factor).ok_or_else(out_of_range)?;
    let bytes = bytes.checked_add(fraction_bytes(fraction, factor).ok_or_else(out_of_range)?);
    bytes.filter(|bytes| i64::try_from(*bytes).is_ok()).ok_or_else(out_of_range)
}

/// A piece length: as [`parse_bytes`], or the exponent of a power of two (`20` is 1 MiB). `auto` is none.
///
/// # Errors
///
/// For what is no size. Whether a torrent may have such pieces is not checked here.
pub(crate) fn parse_piece_length(text: &str) -> Result<Option<u64>, Error> {
    if text.trim() == "auto" {
        return Ok(None);
    }
    let bytes = parse_bytes(text)?;
    // Only a bare number can be an exponent: `1 B` is one byte.
    let bare = text.trim().bytes().all(|byte| byte.is_ascii_digit());
    Ok(Some(if bare { piece_length(bytes) } else { bytes }))
}

/// A piece length given as a number: bytes, or the exponent of a power of two.
pub(crate) fn piece_length(number: u64) -> u64 {
    if (1..=LARGEST_EXPONENT).contains(&number) { 1 << number } else { number }
}

/// `.5` of 1024 is 512; none when the fraction is no whole number of bytes or too long to be meant.
fn fraction_bytes(fraction: &str, factor: u64) -> Option<u64> {
    if fraction.is_empty() {
        return Some(0);
    }
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let product = fraction.parse::<u128>().ok()?.checked_mul(u128::from(factor))?;
    if product.is_multiple_of(scale) { u64::try_from(product / scale).ok() } else { None }
}

fn unit_bytes(unit: &str) -> Option<u64> {
    Some(match unit {
        "" | "B" | "b" => 1,
        "K" | "k" | "Ki" | "KiB" | "kib" | "KIB" => 1 << 10,
        "M" | "m" | "Mi" | "MiB" | "mib" | "MIB" => 1 << 20,
        "G" | "g" | "Gi" | "GiB" | "gib" | "GIB" => 1 << 30,
        "T" | "t" | "Ti" | "TiB" | "tib" | "TIB" => 1 << 40,
        "kB" | "KB" | "kb" => 1000,
        "MB" | "mb" => 1_000_000,
        "GB" | "gb" => 1_000_000_000,
        "TB" | "tb" => 1_000_000_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_with_and_without_units() {
        assert_eq!(parse_bytes("0"), Ok(0));
        assert_eq!(parse_bytes("65536"), Ok(65536));
        assert_eq!(parse_bytes("64KiB"), Ok(65536));
        assert_eq!(parse_bytes(" 1.5 GiB "), Ok(3 << 29));
        assert_eq!(parse_bytes("2MB"), Ok(2_000_000));
        assert_eq!(parse_bytes("4M"), Ok(4 << 20));
        assert_eq!(parse_bytes("9223372036854775807"), Ok(i64::MAX as u64));
    }

    #[test]
    fn what_is_no_size() {
        for text in ["", "KiB", ".5MiB", "1.MiB", "1.2.3MiB", "-1", "1 Kibble", "1.5", "0x10", "１"] {
            assert_eq!(parse_bytes(text), Err(Error::NotASize(text.to_owned())), "{text}");
        }
        for text in ["9223372036854775808", "99999999999999999999", "9000000000GiB", "0.0001KiB"] {
            assert_eq!(parse_bytes(text), Err(Error::OutOfRange(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn piece_lengths_may_be_exponents() {
        assert_eq!(parse_piece_length("20"), Ok(Some(1 << 20)));
        assert_eq!(parse_piece_length("1MiB"), Ok(Some(1 << 20)));
        assert_eq!(parse_piece_length("16384"), Ok(Some(16384)));
        assert_eq!(parse_piece_length("0"), Ok(Some(0)));
        assert_eq!(parse_piece_length("auto"), Ok(None));
    }
}
