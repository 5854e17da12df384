//! Figures of an item as parameters of its control: `50 characters`, `5 attempts`, `1 hour`,
//! `20 MB`, `RTO 4 h`, `SECURE_HSTS_SECONDS=31536000`.

use plimsoll_catalog::{Parameter, ParameterValue};

use crate::item::Item;

/// A figure that an item gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The parameter of the control that it is.
    pub parameter: String,
    /// The value, in the parameter's unit.
    pub value: ParameterValue,
    /// The parameter's unit.
    pub unit: String,
    /// The words that it was read from.
    pub from: String,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Milliseconds.
    Time,
    /// Bytes.
    Size,
    Characters,
    Attempts,
    Percent,
    Users,
    Requests,
    Workers,
    /// A number without a unit, after a name: its own name says what it is.
    Bare,
}

#[derive(Clone, Debug)]
struct Quantity {
    kind: Kind,
    /// In milliseconds, bytes or pieces.
    amount: i64,
    /// The word that it starts at.
    at: usize,
    from: String,
}

/// The figures of an item that its control is measured by. Where two parameters of a kind could
/// be meant and no word tells which, there is no figure.
pub fn figures(item: &Item, parameters: &[Parameter]) -> Vec<Figure> {
    let mut found: Vec<Figure> = Vec::new();
    let texts = std::iter::once(&item.text).chain(&item.details);
    for text in texts {
        let words = words(text);
        for quantity in quantities(&words) {
            let Some(parameter) = meant(&quantity, &words, parameters) else { continue };
            let Some(value) = in_unit(&quantity, &parameter.unit) else { continue };
            if found.iter().all(|known| known.parameter != parameter.name) {
                found.push(Figure {
                    parameter: parameter.name.clone(),
                    value: ParameterValue::Integer(value),
                    unit: parameter.unit.clone(),
                    from: quantity.from,
                });
            }
        }
        let graded = parameters.iter().find(|parameter| parameter.unit == "letter");
        if let (Some(parameter), Some(grade)) = (graded, grade(text))
            && found.iter().all(|known| known.parameter != parameter.name)
        {
            let value = ParameterValue::Text(grade.to_owned());
            found.push(Figure {
                parameter: parameter.name.clone(),
                value,
                unit: parameter.unit.clone(),
                from: grade.to_owned(),
            });
        }
    }
    found
}

/// Words and numbers of a text, apart: `10-char` is two, `20M` is two.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut previous = ' ';
    for (at, meant) in text.char_indices() {
        let digit = meant.is_ascii_digit();
        let next_digit = text
            .get(at + meant.len_utf8()..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|next| next.is_ascii_digit());
        // `1,000` and `1.5` are one number; `31_536_000` too.
        let inside = matches!(meant, ',' | '.' | '_')
            && previous.is_ascii_digit()
            && next_digit
            && word.starts_with(|first: char| first.is_ascii_digit());
        let joins = inside
            || (meant.is_alphanumeric() || meant == '_')
                && (word.is_empty()
                    || word.starts_with(|first: char| first.is_ascii_digit()) == digit
                    || !word.starts_with(|first: char| first.is_ascii_digit()));
        if !joins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if meant.is_alphanumeric() || meant == '_' || inside {
            word.push(meant);
        } else if matches!(meant, '%' | '=' | '-' | '–' | '+' | ':') {
            words.push(meant.to_string());
        }
        previous = meant;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn number(word: &str) -> Option<f64> {
    let starts = word.starts_with(|first: char| first.is_ascii_digit());
    let plain = word.replace([',', '_'], "");
    starts.then(|| plain.parse().ok()).flatten().filter(|value: &f64| *value < 1e12)
}

/// How far behind a number its unit may stand: `5 failed login attempts`.
const REACH: usize = 4;

fn quantities(words: &[String]) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let Some(value) = number(word) else {
            at += 1;
            continue;
        };
        // Of a range such as `7-30 days` the lower end is what is asked at least.
        let mut end = at + 1;
        if matches!(words.get(end).map(String::as_str), Some("-" | "–" | "to"))
            && words.get(end + 1).is_some_and(|next| number(next).is_some())
        {
            end += 2;
        }
        let before =
            at.checked_sub(1).and_then(|index| words.get(index)).map_or("", String::as_str);
        let assigned = matches!(before, "=" | ":");
        if let Some((kind, factor, last)) = unit_after(words, end) {
            let from = words.get(at..=last).unwrap_or_default().join(" ").replace(" - ", "-");
            #[allow(clippy::cast_possible_truncation)]
            found.push(Quantity { kind, amount: (value * factor).round() as i64, at, from });
        } else {
            let named =
                at.checked_sub(if assigned { 2 } else { 1 }).and_then(|index| words.get(index));
            if let Some(name) = named.filter(|name| {
                assigned
                    || name.contains('_')
                    || name.chars().all(|meant| meant.is_ascii_lowercase())
            }) {
                let (kind, factor) = unit_of_name(name);
                let from = words.get(at.saturating_sub(2)..=at).unwrap_or_default().join(" ");
                if assigned || name.contains('_') || matches!(name.as_str(), "workers" | "timeout")
                {
                    #[allow(clippy::cast_possible_truncation)]
                    found.push(Quantity {
                        kind,
                        amount: (value * factor).round() as i64,
                        at,
                        from,
                    });
                }
            }
        }
        at = end;
    }
    found
}

/// The unit behind a number: what it counts, its factor, and the index of its word.
fn unit_after(words: &[String], from: usize) -> Option<(Kind, f64, usize)> {
    for index in from..from + REACH {
        let word = words.get(index)?;
        if word == "+" || word == "-" {
            continue;
        }
        if number(word).is_some() || word == "=" || word == ":" {
            return None;
        }
        if let Some((kind, factor)) = unit(word, index == from) {
            return Some((kind, factor, index));
        }
    }
    None
}

fn unit(word: &str, adjacent: bool) -> Option<(Kind, f64)> {
    const SECOND: f64 = 1_000.0;
    const MEGABYTE: f64 = 1_048_576.0;
    let lower = word.to_lowercase();
    let unit = match lower.as_str() {
        "ms" | "msec" | "millisecond" | "milliseconds" => (Kind::Time, 1.0),
        "s" | "sec" | "secs" | "second" | "seconds" => (Kind::Time, SECOND),
        "min" | "mins" | "minute" | "minutes" => (Kind::Time, 60.0 * SECOND),
        "h" | "hr" | "hrs" | "hour" | "hours" => (Kind::Time, 3_600.0 * SECOND),
        "d" | "day" | "days" => (Kind::Time, 86_400.0 * SECOND),
        "week" | "weeks" => (Kind::Time, 604_800.0 * SECOND),
        "month" | "months" => (Kind::Time, 30.0 * 86_400.0 * SECOND),
        "year" | "years" => (Kind::Time, 31_536_000.0 * SECOND),
        "kb" | "kib" => (Kind::Size, 1_024.0),
        "mb" | "mib" | "megabyte" | "megabytes" => (Kind::Size, MEGABYTE),
        "m" if adjacent => (Kind::Size, MEGABYTE),
        "gb" | "gib" => (Kind::Size, 1_024.0 * MEGABYTE),
        "char" | "chars" | "character" | "characters" => (Kind::Characters, 1.0),
        "attempt" | "attempts" | "failure" | "failures" | "tries" | "logins" => {
            (Kind::Attempts, 1.0)
        }
        "%" | "percent" => (Kind::Percent, 1.0),
        "user" | "users" | "concurrent" | "clients" => (Kind::Users, 1.0),
        "request" | "requests" => (Kind::Requests, 1.0),
        "worker" | "workers" => (Kind::Workers, 1.0),
        _ => return None,
    };
    Some(unit)
}

/// What a number is by the name that it is assigned to.
fn unit_of_name(name: &str) -> (Kind, f64) {
    let lower = name.to_lowercase();
    let last = lower.rsplit('_').next().unwrap_or_default();
    match last {
        "seconds" | "minutes" | "hours" | "days" => unit(last, true).unwrap_or((Kind::Bare, 1.0)),
        "workers" => (Kind::Workers, 1.0),
        "limit" if lower.contains("failure") => (Kind::Attempts, 1.0),
        _ => (Kind::Bare, 1.0),
    }
}

/// The parameter that a quantity is: the only one of its kind, or the one that is named nearby.
fn meant<'a>(
    quantity: &Quantity,
    words: &[String],
    parameters: &'a [Parameter],
) -> Option<&'a Parameter> {
    let fits = |parameter: &&Parameter| {
        matches!(parameter.value, ParameterValue::Integer(_))
            && in_unit(quantity, &parameter.unit).is_some()
    };
    let fitting: Vec<&Parameter> = parameters.iter().filter(fits).collect();
    match fitting.as_slice() {
        [] => None,
        [only] => (quantity.kind != Kind::Bare || parameters.len() == 1).then_some(*only),
        _ => {
            let near = |parameter: &&Parameter| nearest(quantity.at, words, parameter);
            let mut named: Vec<(usize, &Parameter)> = fitting
                .into_iter()
                .filter_map(|parameter| Some((near(&parameter)?, parameter)))
                .collect();
            named.sort_by_key(|(distance, _)| *distance);
            match named.as_slice() {
                [(_, only)] => Some(*only),
                [(first, winner), (second, _), ..] if first < second => Some(*winner),
                _ => None,
            }
        }
    }
}

/// How many words away a parameter is named.
fn nearest(at: usize, words: &[String], parameter: &Parameter) -> Option<usize> {
    let names: Vec<&str> = match parameter.name.as_str() {
        "recovery_time" => vec!["rto"],
        "recovery_point" => vec!["rpo"],
        name => name
            .split('_')
            .filter(|part| {
                // The unit is said of every parameter of its kind.
                *part != parameter.unit
                    && !matches!(
                        *part,
                        "age" | "time" | "lifetime" | "rate" | "length" | "minimum" | "use" | "for"
                    )
            })
            .collect(),
    };
    let said = |word: &String| {
        let lower = word.to_lowercase();
        names.iter().any(|name| {
            lower.split('_').any(|part| part.trim_end_matches('s') == name.trim_end_matches('s'))
        })
    };
    words
        .iter()
        .enumerate()
        .filter(|(_, word)| said(word))
        // What stands before a number is nearer to it than what stands behind.
        .map(|(index, _)| index.abs_diff(at) * 2 + usize::from(index > at))
        .min()
}

/// The amount in a parameter's unit; `None` where it is of another kind or not a whole number.
fn in_unit(quantity: &Quantity, unit: &str) -> Option<i64> {
    let (kind, factor) = match unit {
        "milliseconds" => (Kind::Time, 1),
        "seconds" => (Kind::Time, 1_000),
        "hours" => (Kind::Time, 3_600_000),
        "days" => (Kind::Time, 86_400_000),
        "bytes" => (Kind::Size, 1),
        "MB" => (Kind::Size, 1_048_576),
        "GB" => (Kind::Size, 1_073_741_824),
        "characters" => (Kind::Characters, 1),
        "attempts" => (Kind::Attempts, 1),
        "percent" => (Kind::Percent, 1),
        "users" => (Kind::Users, 1),
        "requests" => (Kind::Requests, 1),
        "workers" => (Kind::Workers, 1),
        _ => return None,
    };
    if quantity.kind == Kind::Bare {
        return Some(quantity.amount);
    }
    let whole = quantity.kind == kind && quantity.amount > 0 && quantity.amount % factor == 0;
    whole.then(|| quantity.amount / factor)
}

/// A grade such as `A+`.
fn grade(text: &str) -> Option<&'static str> {
    let words: Vec<&str> =
        text.split(|meant: char| !(meant.is_alphanumeric() || meant == '+')).collect();
    let graded = words.iter().any(|word| {
        matches!(word.to_lowercase().as_str(), "rating" | "grade" | "score" | "expected")
    });
    ["A+", "A", "B"].into_iter().find(|grade| words.contains(grade) && (graded || *grade == "A+"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Kind, i64)> {
        quantities(&words(text))
            .into_iter()
            .map(|quantity| (quantity.kind, quantity.amount))
            .collect()
    }

    #[test]
    fn quantities_with_units_names_and_ranges() {
        let cases: &[(&str, &[(Kind, i64)])] = &[
            ("Generate new 50+ character random key", &[(Kind::Characters, 50)]),
            ("Test 5 failed login attempts", &[(Kind::Attempts, 5)]),
            ("Verify 1-hour lockout", &[(Kind::Time, 3_600_000)]),
            ("retention policy (7-30 days)", &[(Kind::Time, 604_800_000)]),
            ("client_max_body_size: 20M", &[(Kind::Size, 20 * 1_048_576)]),
            (">95% success rate, <500ms average", &[(Kind::Percent, 95), (Kind::Time, 500)]),
            ("JWT_ACCESS_TOKEN_LIFETIME_MINUTES=15", &[(Kind::Time, 900_000)]),
            ("SECURE_HSTS_SECONDS = 31536000", &[(Kind::Time, 31_536_000_000)]),
            (
                "1,000 requests by 100 concurrent users",
                &[(Kind::Requests, 1_000), (Kind::Users, 100)],
            ),
            ("Python 3.14 and PostgreSQL 15", &[]),
            ("no figures at all", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(&read(text), expected, "{text}");
        }
    }
}
