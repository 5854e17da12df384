//! systemd's notation for stretches of time.

use std::time::Duration;

/// A stretch of time, or none that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeSpan {
    /// So long.
    Finite(Duration),
    /// `infinity`.
    Infinite,
}

impl TimeSpan {
    /// Reads `90`, `5min 20s`, `1h30m`, `500ms`, `1.5h`, `infinity`; a bare number counts
    /// seconds. Months have 30.44 days and years 365.25, as systemd has them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "infinity" {
            return Some(Self::Infinite);
        }
        let mut rest = text;
        let mut total = 0.0_f64;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let is_digit = |c: char| c.is_ascii_digit() || c == '.';
            let length = rest.len() - rest.trim_start_matches(is_digit).len();
            let number: f64 = rest.get(..length)?.parse().ok()?;
            rest = rest.get(length..)?.trim_start();
            let is_letter = |c: char| c.is_alphabetic();
            let length = rest.len() - rest.trim_start_matches(is_letter).len();
            let unit = rest.get(..length)?;
            rest = rest.get(length..)?.trim_start();
            total += number * seconds(unit)?;
        }
        Duration::try_from_secs_f64(total).ok().map(Self::Finite)
    }

    /// The length; `None` for one without end.
    pub fn duration(self) -> Option<Duration> {
        match self {
            Self::Finite(duration) => Some(duration),
            Self::Infinite => None,
        }
    }
}

fn seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "" | "s" | "sec" | "second" | "seconds" => 1.0,
        "us" | "usec" | "µs" | "μs" => 0.000_001,
        "ms" | "msec" => 0.001,
        "m" | "min" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        "w" | "week" | "weeks" => 604_800.0,
        "M" | "month" | "months" => 2_629_800.0,
        "y" | "year" | "years" => 31_557_600.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::TimeSpan;

    #[test]
    fn times_are_read_as_systemd_prints_them() {
        let cases = [
            ("90", Some(90.0)),
            ("5min 20s", Some(320.0)),
            ("1h30m", Some(5400.0)),
            ("1.5h", Some(5400.0)),
            ("500ms", Some(0.5)),
            ("2 weeks", Some(1_209_600.0)),
            ("", None),
            ("s", None),
            ("5 parsecs", None),
            ("99999999999999999999y", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|s| TimeSpan::Finite(Duration::from_secs_f64(s)));
            assert_eq!(TimeSpan::parse(text), expected, "{text}");
        }
        assert_eq!(TimeSpan::parse("infinity"), Some(TimeSpan::Infinite));
    }
}
