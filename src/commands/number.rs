//! Numbers that are typed.

use std::str::FromStr;

/// A whole number from 1 up; the message is for who typed something else.
pub(crate) fn at_least_one<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.trim().parse().map_err(|_| "expected a whole number, at least 1")
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU64;

    use super::*;

    #[test]
    fn whole_numbers_from_one_up() {
        assert_eq!(at_least_one::<NonZeroU64>("12").map(NonZeroU64::get), Ok(12));
        for bad in ["0", "-1", "1.5", "x", "", "99999999999999999999999"] {
            assert!(at_least_one::<NonZeroU64>(bad).is_err(), "{bad}");
        }
    }
}
