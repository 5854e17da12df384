//! nginx's sizes, times and rates.

use std::time::Duration;

/// A size such as `10m` in bytes; `k`, `m` and `g` in either case (`ngx_parse_offset`).
pub fn size(text: &str) -> Option<u64> {
    let (digits, factor) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (text.get(..at)?, 1 << 10),
        (at, 'm' | 'M') => (text.get(..at)?, 1 << 20),
        (at, 'g' | 'G') => (text.get(..at)?, 1 << 30),
        _ => (text, 1),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// A time such as `60`, `60s`, `1h30m`, `500ms` (`ngx_parse_time`): a bare number counts seconds,
/// months have 30 days and years 365, and units come in falling order.
pub fn time(text: &str) -> Option<Duration> {
    const UNITS: [(&str, u64); 8] = [
        ("y", 31_536_000_000),
        ("M", 2_592_000_000),
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total = 0_u64;
    let mut next_unit = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let unit = rest.get(..letters)?;
        rest = rest.get(letters..)?.trim_start();
        let (order, milliseconds) = if unit.is_empty() {
            if !rest.is_empty() {
                return None;
            }
            (6, 1000)
        } else {
            let order = UNITS.iter().position(|(name, _)| *name == unit)?;
            (order, UNITS.get(order)?.1)
        };
        if order < next_unit {
            return None;
        }
        next_unit = order + 1;
        total = total.checked_add(number.checked_mul(milliseconds)?)?;
    }
    Some(Duration::from_millis(total))
}

/// A rate of `limit_req_zone` such as `10r/s` or `30r/m`, in requests per second.
pub fn rate(text: &str) -> Option<f64> {
    let (number, per) = match (text.strip_suffix("r/s"), text.strip_suffix("r/m")) {
        (Some(number), _) => (number, 1.0),
        (_, Some(number)) => (number, 60.0),
        _ => return None,
    };
    Some(f64::from(number.parse::<u32>().ok()?) / per)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{rate, size, time};

    #[test]
    fn sizes_are_bytes() {
        let cases = [
            ("20m", Some(20 << 20)),
            ("20M", Some(20 << 20)),
            ("0", Some(0)),
            ("1g", Some(1 << 30)),
            ("512k", Some(512 << 10)),
            ("20MB", None),
            ("m", None),
            ("", None),
            ("1.5m", None),
            ("99999999999999g", None),
        ];
        for (text, expected) in cases {
            assert_eq!(size(text), expected, "{text}");
        }
    }

    #[test]
    fn times_have_units_in_falling_order() {
        let cases = [
            ("60", Some(60_000)),
            ("60s", Some(60_000)),
            ("1h30m", Some(5_400_000)),
            ("1h 30m", Some(5_400_000)),
            ("500ms", Some(500)),
            ("30d", Some(2_592_000_000)),
            ("30m1h", None),
            ("5x", None),
            ("s", None),
        ];
        for (text, expected) in cases {
            assert_eq!(time(text), expected.map(Duration::from_millis), "{text}");
        }
    }

    #[test]
    fn rates_are_per_second() {
        assert_eq!(rate("10r/s"), Some(10.0));
        assert_eq!(rate("30r/m"), Some(0.5));
        assert_eq!(rate("10/s"), None);
    }
}
