//! `re`: patterns that Python and Rust read alike, on plain texts.
//!
//! Both engines take the leftmost match and try alternatives in order. They differ in what classes
//! hold beyond ASCII, in `$` before a last line break, in empty matches and in rarer syntax: such
//! patterns and texts are not matched here.

use std::rc::Rc;

use regex::Regex;

use crate::library::prelude::*;

const REASON: &str = "a regular expression that is not matched here";

/// Bounds the work of a pattern.
const MAX_PATTERN: usize = 500;

pub(super) static SUB: Native = function("re.sub", sub);
pub(super) static SPLIT: Native = function("re.split", split);
pub(super) static MATCH: Native = function("re.match", |i, call| test(i, call, "\\A(?:", ")"));
pub(super) static FULL_MATCH: Native =
    function("re.fullmatch", |i, call| test(i, call, "\\A(?:", ")\\z"));
pub(super) static SEARCH: Native = function("re.search", |i, call| test(i, call, "(?:", ")"));

/// A pattern both engines read alike.
fn compiled(pattern: &str, before: &str, after: &str) -> Option<Regex> {
    if pattern.len() > MAX_PATTERN || !is_common(pattern) {
        return None;
    }
    Regex::new(&format!("{before}{pattern}{after}")).ok()
}

/// Whether a pattern has only syntax that means the same to both.
fn is_common(pattern: &str) -> bool {
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\\' => match skip_escape(rest) {
                Some(after) => rest = after,
                None => return false,
            },
            '[' => match skip_class(rest) {
                Some(after) => rest = after,
                None => return false,
            },
            '(' if rest.starts_with('?') && !rest.starts_with("?:") => return false,
            // Possessive quantifiers, and counts, which Python takes for text when malformed.
            '+' if rest.starts_with('+') => return false,
            '*' | '?' if rest.starts_with(['+', '*']) => return false,
            '$' if !(rest.is_empty() || rest.starts_with([')', '|'])) => return false,
            '{' | '}' | ']' | '#' => return false,
            c if !(c == ' ' || c.is_ascii_graphic()) => return false,
            _ => {}
        }
    }
    true
}

fn skip_escape(rest: &str) -> Option<&str> {
    let c = rest.chars().next()?;
    let known = "dDsSwW.+*?()[]{}|^$\\-/:,".contains(c);
    known.then(|| rest.get(1..)).flatten()
}

/// What follows a class of characters.
fn skip_class(rest: &str) -> Option<&str> {
    let mut rest = rest.strip_prefix('^').unwrap_or(rest);
    if rest.starts_with(']') {
        return None;
    }
    loop {
        let c = rest.chars().next()?;
        rest = rest.get(c.len_utf8()..)?;
        match c {
            ']' => return Some(rest),
            '\\' => rest = skip_escape(rest)?,
            '[' => return None,
            '&' | '~' | '-' if rest.starts_with(c) => return None,
            c if !(c == ' ' || c.is_ascii_graphic()) => return None,
            _ => {}
        }
    }
}

/// Whether both engines put every character of a text into the same classes.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'\t' || byte == b' ' || byte.is_ascii_graphic())
}

/// The pattern and text of a call; an unknown value where one of them is not known.
fn subject(call: &Call, at: usize) -> Result<(Rc<str>, Rc<str>), Val> {
    let text = |at: usize, name: &str| match call.get(at, name) {
        Some(Val { kind: Kind::Str(text), .. }) => Ok(text.clone()),
        Some(value) if value.is_unknown() => Err(value.clone()),
        _ => Err(Val::unknown(REASON)),
    };
    Ok((text(0, "pattern")?, text(at, "string")?))
}

/// All matches, none of them empty.
fn matches(pattern: &str, text: &str) -> Option<Vec<(usize, usize)>> {
    let regex = compiled(pattern, "", "")?;
    if !is_plain(text) || regex.captures_len() > 1 {
        return None;
    }
    let found: Vec<(usize, usize)> =
        regex.find_iter(text).map(|found| (found.start(), found.end())).collect();
    found.iter().all(|(start, end)| start < end).then_some(found)
}

/// The pieces of a text between matches.
fn pieces<'a>(interp: &mut Interp<'_>, pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    if !interp.spend(text.len() as u64 + MAX_PATTERN as u64) {
        return None;
    }
    let mut pieces = Vec::new();
    let mut last = 0;
    for (start, end) in matches(pattern, text)? {
        pieces.push(text.get(last..start)?);
        last = end;
    }
    pieces.push(text.get(last..)?);
    Some(pieces)
}

fn sub(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let (pattern, text) = match subject(&call, 2) {
        Ok(found) => found,
        Err(unknown) => return Ok(unknown),
    };
    let replacement = match call.get(1, "repl") {
        Some(Val { kind: Kind::Str(text), .. }) if !text.contains('\\') => text.clone(),
        _ => return Ok(Val::unknown(REASON)),
    };
    if call.positional.len() + call.named.len() > 3 {
        return Ok(Val::unknown(REASON));
    }
    Ok(match pieces(interp, &pattern, &text) {
        Some(pieces) => Val::str(pieces.join(&replacement)),
        None => Val::unknown(REASON),
    })
}

fn split(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let (pattern, text) = match subject(&call, 1) {
        Ok(found) => found,
        Err(unknown) => return Ok(unknown),
    };
    if call.positional.len() + call.named.len() > 2 {
        return Ok(Val::unknown(REASON));
    }
    Ok(match pieces(interp, &pattern, &text) {
        Some(pieces) => {
            let items = pieces.into_iter().map(Val::str).collect();
            interp.new_list(items)
        }
        None => Val::unknown(REASON),
    })
}

/// Whether a pattern matches: `None`, or an object whose content is not modelled.
fn test(interp: &mut Interp<'_>, call: Call, before: &str, after: &str) -> Outcome {
    let (pattern, text) = match subject(&call, 1) {
        Ok(found) => found,
        Err(unknown) => return Ok(unknown),
    };
    if call.positional.len() + call.named.len() > 2 || !interp.spend(text.len() as u64) {
        return Ok(Val::unknown(REASON));
    }
    let regex = compiled(&pattern, before, after).filter(|_| is_plain(&text));
    let Some(regex) = regex else { return Ok(Val::unknown(REASON)) };
    if !regex.is_match(&text) {
        return Ok(Val::NONE);
    }
    let class = interp.native_class("re", "Match", &[], None);
    if let Some(crate::interp::heap::Object::Class(it)) = interp.object(&class) {
        let namespace = it.namespace;
        if let Some(dict) = interp.dict_mut(namespace) {
            dict.open = Some("the parts of a match are not modelled".into());
        }
        interp.namespace_set(namespace, "__bool__", Val::native(&TRUE));
    }
    Ok(interp.new_instance(&class))
}

static TRUE: Native = method("re.Match.__bool__", |_, _| Ok(Val::bool(true)));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_syntax() {
        for (pattern, common) in [
            ("[^a-zA-Z0-9]", true),
            (r" *[,|:;] *", true),
            (r"\s*,\s*", true),
            ("^(a|b)+$", true),
            ("a$b", false),
            ("(?i)x", false),
            ("(?P<n>x)", false),
            ("[[:alpha:]]", false),
            ("[]a]", false),
            ("a{2}", false),
            ("a++", false),
            (r"\bx", false),
            (r"\p{L}", false),
            ("é", false),
        ] {
            assert_eq!(is_common(pattern), common, "{pattern}");
        }
    }

    #[test]
    fn texts_and_empty_matches() {
        assert_eq!(matches("[^a-z]", "a b-c"), Some(vec![(1, 2), (3, 4)]));
        assert_eq!(matches("x*", "a"), None);
        assert_eq!(matches("(a)", "a"), None);
        assert_eq!(matches("[^a]", "é"), None);
        assert_eq!(matches("a", "a\n"), None);
    }
}
