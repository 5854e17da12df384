//! `${…}` in a compose file.

use std::fmt;

use plimsoll_source::Secret;

/// What is known of a variable of the environment in which compose runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// It has this value.
    Set(Secret),
    /// It is not set.
    Unset,
    /// Nobody said; the machine that runs compose may set it.
    Unknown,
}

/// A text of a compose file after interpolation. Debug shows no text: it can be a secret.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Interpolated {
    /// The text, with variables of which nothing is known taken as unset (their default, or
    /// nothing).
    pub text: String,
    /// The variables of which nothing is known and on which the text depends.
    pub unknown: Vec<String>,
    /// Every variable named, in order.
    pub variables: Vec<String>,
}

impl Interpolated {
    /// The text where it depends on nothing unknown.
    pub fn known(&self) -> Option<&str> {
        self.unknown.is_empty().then_some(self.text.as_str())
    }
}

impl fmt::Debug for Interpolated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text of {} characters, unknown: {:?}", self.text.chars().count(), self.unknown)
    }
}

/// What interpolation found besides the text.
#[derive(Default)]
pub(super) struct Notes {
    /// Variables that must be set (`${X?}`) and are not, as far as is known.
    pub(super) required: Vec<String>,
    /// Whether a `$` starts nothing that compose accepts.
    pub(super) invalid: bool,
}

const MAX_DEPTH: usize = 20;

/// Interpolates a text by compose's rules: `$$`, `$NAME`, `${NAME}`, and the operators `-`, `?`,
/// `+`, each with or without `:` (which counts an empty value as unset), nested in defaults.
pub(super) fn interpolate(
    text: &str,
    lookup: &dyn Fn(&str) -> Variable,
    notes: &mut Notes,
) -> Interpolated {
    let mut done = Interpolated::default();
    expand(text, lookup, notes, &mut done, 0);
    done
}

fn expand(
    text: &str,
    lookup: &dyn Fn(&str) -> Variable,
    notes: &mut Notes,
    done: &mut Interpolated,
    depth: usize,
) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        done.text.push_str(before);
        if let Some(tail) = after.strip_prefix('$') {
            done.text.push('$');
            rest = tail;
        } else if let Some(tail) = after.strip_prefix('{') {
            let Some(end) = closing_brace(tail) else {
                notes.invalid = true;
                done.text.push('$');
                rest = after;
                continue;
            };
            let (inside, behind) = (tail.get(..end), tail.get(end + 1..));
            braced(inside.unwrap_or(""), lookup, notes, done, depth);
            rest = behind.unwrap_or("");
        } else {
            let length = name_length(after);
            if length == 0 {
                notes.invalid = true;
                done.text.push('$');
            } else {
                let name = after.get(..length).unwrap_or("");
                substitute(name, Operator::Plain, "", lookup, notes, done, depth);
            }
            rest = after.get(length..).unwrap_or("");
        }
    }
    done.text.push_str(rest);
}

#[derive(Clone, Copy, PartialEq)]
enum Operator {
    Plain,
    Default,
    Required,
    Alternative,
}

fn braced(
    inside: &str,
    lookup: &dyn Fn(&str) -> Variable,
    notes: &mut Notes,
    done: &mut Interpolated,
    depth: usize,
) {
    let length = name_length(inside);
    let name = inside.get(..length).unwrap_or("");
    let tail = inside.get(length..).unwrap_or("");
    let (colon, tail) = match tail.strip_prefix(':') {
        Some(rest) => (true, rest),
        None => (false, tail),
    };
    let operator = match tail.chars().next() {
        None if !colon => Operator::Plain,
        Some('-') => Operator::Default,
        Some('?') => Operator::Required,
        Some('+') => Operator::Alternative,
        _ => {
            notes.invalid = true;
            done.text.push_str(&format!("${{{inside}}}"));
            return;
        }
    };
    if name.is_empty() {
        notes.invalid = true;
        done.text.push_str(&format!("${{{inside}}}"));
        return;
    }
    let word = tail.get(1..).unwrap_or("");
    let lookup_here = |wanted: &str| match lookup(wanted) {
        Variable::Set(value) if colon && wanted == name && value.expose().is_empty() => {
            Variable::Unset
        }
        other => other,
    };
    substitute(name, operator, word, &lookup_here, notes, done, depth);
}

fn substitute(
    name: &str,
    operator: Operator,
    word: &str,
    lookup: &dyn Fn(&str) -> Variable,
    notes: &mut Notes,
    done: &mut Interpolated,
    depth: usize,
) {
    remember(&mut done.variables, name);
    let found = lookup(name);
    if found == Variable::Unknown {
        remember(&mut done.unknown, name);
    }
    let nested = |done: &mut Interpolated, notes: &mut Notes| {
        if depth < MAX_DEPTH {
            expand(word, lookup, notes, done, depth + 1);
        } else {
            notes.invalid = true;
        }
    };
    match (operator, found) {
        (Operator::Alternative, Variable::Set(_)) => nested(done, notes),
        (Operator::Alternative, _) => {}
        (_, Variable::Set(value)) => done.text.push_str(value.expose()),
        (Operator::Default, _) => nested(done, notes),
        (Operator::Required, _) => remember(&mut notes.required, name),
        (Operator::Plain, _) => {}
    }
}

fn remember(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

fn name_length(text: &str) -> usize {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !starts {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// Where the `}` is that closes what began before `text`.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0usize;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes.get(at - 1) == Some(&b'$') => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}
