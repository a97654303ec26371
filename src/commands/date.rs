//! Dates as they are typed on a command line, shared by the commands that write `creation date`.

/// How a date is written.
pub(crate) const HINT: &str = "write seconds since 1970, `2026-01-31` or `2026-01-31T12:00:00Z`";

/// Seconds since 1970: a number of them, a day (its beginning in UTC), or RFC 3339. None before 1970.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return (seconds >= 0).then_some(seconds);
    }
    let moment = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let day = text.parse::<jiff::civil::Date>().ok()?;
        day.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })?;
    Some(moment.as_second()).filter(|&seconds| seconds >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_seconds_and_as_rfc_3339() {
        assert_eq!(seconds("1700000000"), Some(1_700_000_000));
        assert_eq!(seconds("1970-01-02"), Some(86_400));
        assert_eq!(seconds("1970-01-01T01:00:00+01:00"), Some(0));
        for bad in ["", "-1", "yesterday", "1969-12-31", "2026-13-01"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
