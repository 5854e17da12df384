//! Scalars: their text, and what it means to the program that reads the file.

use std::fmt;
use std::ops::Range;

use plimsoll_source::SourceText;

use super::Node;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`.
    SingleQuoted,
    /// `"…"`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
}

/// Whose rules give a plain scalar its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// YAML 1.1 as PyYAML reads it: `yes`, `no`, `on`, `off` are booleans, `010` is octal,
    /// `1:30` sexagesimal.
    PyYaml,
    /// Go's yaml.v3 (compose, Kubernetes, GitLab runners): booleans are `true` and `false` only,
    /// `010` and `0o10` are octal, `1_000` is a number.
    Go,
    /// The core schema of YAML 1.2 (GitHub Actions).
    Core,
}

/// What a scalar means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction or exponent, infinities, not-a-number.
    Float(f64),
    /// Text.
    Text,
}

/// A scalar of a YAML file.
#[derive(Clone)]
pub struct Scalar {
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) tagged_text: bool,
}

impl Scalar {
    /// Its text, quotes and escapes resolved.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it is written.
    pub fn style(&self) -> Style {
        self.style
    }

    /// Whether it is null in every dialect.
    pub fn is_null(&self) -> bool {
        self.is_open() && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// What it means in a dialect.
    pub fn meaning(&self, dialect: Dialect) -> Meaning {
        if !self.is_open() {
            return Meaning::Text;
        }
        if self.is_null() {
            return Meaning::Null;
        }
        let text = self.text.as_str();
        if let Some(value) = boolean(text, dialect) {
            return Meaning::Bool(value);
        }
        if let Some(value) = integer(text, dialect) {
            return Meaning::Int(value);
        }
        float(text, dialect).map_or(Meaning::Text, Meaning::Float)
    }

    /// The boolean it is in a place where only a boolean makes sense, whatever the dialect:
    /// `true`, `yes`, `on` and their opposites in any case, quoted or not.
    pub fn as_bool(&self) -> Option<bool> {
        match self.text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some(true),
            "false" | "no" | "off" | "n" => Some(false),
            _ => None,
        }
    }

    /// The whole number its text is, quoted or not.
    pub fn as_int(&self) -> Option<i64> {
        self.text.trim().parse().ok()
    }

    /// Whether its text decides its meaning: written without quotes or a text tag.
    fn is_open(&self) -> bool {
        self.style == Style::Plain && !self.tagged_text
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} scalar", self.style)
    }
}

fn boolean(text: &str, dialect: Dialect) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" if dialect == Dialect::PyYaml => Some(true),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" if dialect == Dialect::PyYaml => Some(false),
        _ => None,
    }
}

fn integer(text: &str, dialect: Dialect) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let cleaned;
    let digits = match dialect {
        Dialect::Core => digits,
        Dialect::Go | Dialect::PyYaml => {
            cleaned = digits.replace('_', "");
            &cleaned
        }
    };
    let radix = |prefix: &str, radix| {
        digits.strip_prefix(prefix).map(|rest| i64::from_str_radix(rest, radix).ok())
    };
    let value = if let Some(hex) = radix("0x", 16) {
        hex?
    } else if let Some(octal) = radix("0o", 8) {
        if dialect == Dialect::PyYaml {
            return None;
        }
        octal?
    } else if let Some(binary) = radix("0b", 2) {
        if dialect == Dialect::Core {
            return None;
        }
        binary?
    } else if digits.len() > 1 && digits.starts_with('0') && dialect != Dialect::Core {
        i64::from_str_radix(digits, 8).ok()?
    } else if dialect == Dialect::PyYaml && digits.contains(':') {
        sexagesimal(digits)?
    } else {
        digits.parse().ok()?
    };
    if negative { value.checked_neg() } else { Some(value) }
}

/// `1:30` is 90: the first part without leading zero, the others below 60.
fn sexagesimal(digits: &str) -> Option<i64> {
    let mut value: i64 = 0;
    for (index, part) in digits.split(':').enumerate() {
        let number: i64 = part.parse().ok()?;
        if part.is_empty() || part.len() > 2 && index > 0 || index > 0 && number > 59 {
            return None;
        }
        value = value.checked_mul(60)?.checked_add(number)?;
    }
    (!digits.starts_with('0')).then_some(value)
}

fn float(text: &str, dialect: Dialect) -> Option<f64> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Some(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plausible = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned.contains(|c: char| c.is_ascii_digit())
        && unsigned
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-' | '_'));
    // PyYAML wants a point, and a sign in the exponent: `1e3` is text to it.
    let pyyaml_text = dialect == Dialect::PyYaml
        && (!unsigned.contains('.')
            || unsigned.contains(['e', 'E']) && !unsigned.contains(['+', '-']));
    if !plausible || pyyaml_text {
        return None;
    }
    let cleaned = if dialect == Dialect::Core { text.to_owned() } else { text.replace('_', "") };
    cleaned.parse().ok()
}

/// See [`Node::fragment`].
pub(super) fn fragment(node: &Node, source: &SourceText) -> Option<SourceText> {
    let scalar = node.as_scalar()?;
    let range = node.range();
    let raw = source.text().get(range.clone())?;
    match scalar.style {
        Style::Plain => (raw == scalar.text).then(|| source.fragment(range, false)),
        Style::SingleQuoted | Style::DoubleQuoted => {
            let inside = range.start + 1..range.end.checked_sub(1)?;
            let same = source.text().get(inside.clone())? == scalar.text;
            same.then(|| source.fragment(inside, false))
        }
        Style::Literal | Style::Folded => {
            let body = block_body(source, range)?;
            let fragment = source.fragment(body, true);
            if scalar.style == Style::Literal {
                return Some(fragment);
            }
            Some(fold(&fragment))
        }
    }
}

/// The lines of a block scalar, whose range begins after the first line's indentation.
fn block_body(source: &SourceText, range: Range<usize>) -> Option<Range<usize>> {
    let text = source.text();
    let start = text.get(..range.start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(range.end..)?.find('\n').map_or(text.len(), |at| range.end + at + 1);
    Some(start..end)
}

/// Joins lines as `>` does. Pieces can only be left out, so the line break goes and a blank of
/// the next line's indentation stays, where the outer text has one; else the break stays.
fn fold(fragment: &SourceText) -> SourceText {
    let Some(outer) = fragment.outer() else { return fragment.clone() };
    // Work on the outer text: the pieces of the dedented lines, each with the blank before it.
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    let mut before_folds = false;
    let text = fragment.text();
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let foldable = !content.trim().is_empty() && !content.starts_with([' ', '\t']);
        let start = fragment.outer_offset(at);
        if before_folds && foldable {
            if let Some(last) = pieces.last_mut() {
                let trimmed = outer
                    .text()
                    .get(last.clone())
                    .map_or(0, |text| text.trim_end_matches(['\n', '\r']).len());
                last.end = last.start + trimmed;
            }
            pieces.push(start.saturating_sub(1)..start + line.len());
        } else {
            pieces.push(start..start + line.len());
        }
        before_folds = foldable;
        at += line.len();
    }
    outer.fragment_of(pieces)
}
