//! `$NAME` and `${NAME…}` as Docker Compose replaces them, in env files and in compose files.

use super::Lookup;

/// Why a text cannot be interpolated. The first two make compose stop with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// `${` that no variable's form follows.
    Invalid,
    /// `${NAME:?message}` and NAME is not set, or empty.
    Required(String),
    /// A variable in it cannot be known: why.
    Unknown(String),
}

/// Nested defaults deeper than this are not followed.
const DEEPEST: usize = 30;

/// Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}`,
/// `${NAME+other}`, `${NAME:?message}`, `${NAME?message}` and `$$`. Names that are read go to
/// `references`. A variable that is not set is empty.
pub fn interpolate(
    template: &str,
    lookup: &dyn Fn(&str) -> Lookup,
    references: &mut Vec<String>,
) -> Result<String, TemplateError> {
    substitute(template, lookup, references, 0)
}

fn substitute(
    template: &str,
    lookup: &dyn Fn(&str) -> Lookup,
    references: &mut Vec<String>,
    depth: usize,
) -> Result<String, TemplateError> {
    if depth > DEEPEST {
        return Err(TemplateError::Unknown("defaults are nested too deeply".into()));
    }
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.get(1..).unwrap_or_default();
        if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else if let Some(body) = after.strip_prefix('{') {
            let (value, tail) = braced(body, lookup, references, depth)?;
            out.push_str(&value);
            rest = tail;
        } else {
            let name = name_of(after);
            if name.is_empty() {
                out.push('$');
            } else {
                out.push_str(&set(name, lookup, references)?.unwrap_or_default());
            }
            rest = after.get(name.len()..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Ok(out)
}

/// What follows `${`: the value and the text after the closing brace.
fn braced<'a>(
    body: &'a str,
    lookup: &dyn Fn(&str) -> Lookup,
    references: &mut Vec<String>,
    depth: usize,
) -> Result<(String, &'a str), TemplateError> {
    let name = name_of(body);
    if name.is_empty() {
        return Err(TemplateError::Invalid);
    }
    let after = body.get(name.len()..).unwrap_or_default();
    if let Some(tail) = after.strip_prefix('}') {
        return Ok((set(name, lookup, references)?.unwrap_or_default(), tail));
    }
    let operator: &str = [":-", ":+", ":?", "-", "+", "?"]
        .into_iter()
        .find(|operator| after.starts_with(operator))
        .ok_or(TemplateError::Invalid)?;
    let argument = after.get(operator.len()..).unwrap_or_default();
    let close = closing_brace(argument).ok_or(TemplateError::Invalid)?;
    let tail = argument.get(close + 1..).unwrap_or_default();
    let argument = argument.get(..close).unwrap_or_default();
    let value = set(name, lookup, references)?;
    let counts = match &value {
        Some(value) => !operator.starts_with(':') || !value.is_empty(),
        None => false,
    };
    let value = match (operator.chars().last(), counts) {
        (Some('+'), true) | (Some('-'), false) => {
            substitute(argument, lookup, references, depth + 1)?
        }
        (Some('?'), false) => return Err(TemplateError::Required(name.to_owned())),
        _ => value.unwrap_or_default(),
    };
    Ok((value, tail))
}

/// Where the brace closes that was open before `text`. A brace counts as opening but for one that
/// follows another at once; the pattern does not go over line ends.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 1usize;
    let mut skip = false;
    let line = text.split('\n').next().unwrap_or_default();
    for (at, byte) in line.bytes().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        match byte {
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            b'{' => {
                open += 1;
                skip = true;
            }
            _ => {}
        }
    }
    // An opening brace without its partner: the pattern takes the last brace of the line.
    line.rfind('}')
}

fn name_of(text: &str) -> &str {
    let end = text
        .char_indices()
        .find(|(at, c)| !(c.is_ascii_alphabetic() || *c == '_' || (*at > 0 && c.is_ascii_digit())))
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

fn set(
    name: &str,
    lookup: &dyn Fn(&str) -> Lookup,
    references: &mut Vec<String>,
) -> Result<Option<String>, TemplateError> {
    references.push(name.to_owned());
    match lookup(name) {
        Lookup::Set(value) => Ok(Some(value)),
        Lookup::Unset => Ok(None),
        Lookup::Unknown(reason) => Err(TemplateError::Unknown(reason)),
    }
}
