//! `Environment=` of a systemd unit: words with quotes and C escapes.

use std::ops::Range;

use super::systemd::is_name;
use super::{EnvValue, text as known};

/// One assignment of an `Environment=` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable's name.
    pub key: String,
    /// Its value; unknown where it holds a `%` specifier other than `%%`.
    pub value: EnvValue,
    /// Byte range of the word in the text handed in.
    pub range: Range<usize>,
}

/// Reads what follows `Environment=`: words with quotes and C escapes. The second part tells what
/// systemd ignores, each with its byte range.
pub fn environment_directive(text: &str) -> (Vec<Assignment>, Vec<(Range<usize>, &'static str)>) {
    let (mut assignments, mut ignored) = (Vec::new(), Vec::new());
    let mut pos = 0;
    loop {
        let rest = text.get(pos..).unwrap_or_default();
        pos += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        if pos >= text.len() {
            return (assignments, ignored);
        }
        let start = pos;
        let word = match word(text, &mut pos) {
            Ok(word) => word,
            Err(why) => {
                ignored.push((start..text.len(), why));
                return (assignments, ignored);
            }
        };
        match word.split_once('=') {
            Some((key, value)) if is_name(key) => assignments.push(Assignment {
                key: key.to_owned(),
                value: without_specifiers(value),
                range: start..pos,
            }),
            _ => ignored.push((start..pos, "systemd ignores this word: it is no assignment")),
        }
    }
}

fn without_specifiers(value: &str) -> EnvValue {
    let plain = value.replace("%%", "");
    if plain.contains('%') {
        let reason = "it holds a systemd specifier (%…), which the unit's instance and host decide";
        return EnvValue::Unknown(reason.into());
    }
    known(value.replace("%%", "%"))
}

/// One word from `pos` on, as `extract_first_word` with quotes and C escapes gives it.
fn word(text: &str, pos: &mut usize) -> Result<String, &'static str> {
    let mut out = Vec::new();
    let mut quote = None;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(*pos).copied() {
        match (quote, byte) {
            (_, b'\\') => {
                *pos += 1;
                escape(text, pos, &mut out)?;
                continue;
            }
            (Some(open), _) if open == byte => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b' ' | b'\t' | b'\n' | b'\r') => break,
            _ => out.push(byte),
        }
        *pos += 1;
    }
    if quote.is_some() {
        return Err("systemd ignores the rest of this line: a quote is not closed");
    }
    String::from_utf8(out).map_err(|_| "systemd ignores the rest of this line: it is not UTF-8")
}

/// What follows a backslash; `pos` is after it.
fn escape(text: &str, pos: &mut usize, out: &mut Vec<u8>) -> Result<(), &'static str> {
    const WRONG: &str = "systemd ignores the rest of this line: an escape it does not know";
    let c = text.as_bytes().get(*pos).copied().ok_or(WRONG)?;
    let digits = |from: usize, count: usize, radix: u32| {
        let digits = text.get(from..from + count)?;
        let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
        u32::from_str_radix(digits, radix).ok().filter(|code| plain && *code != 0)
    };
    let (length, code) = match c {
        b'a' => (1, 7),
        b'b' => (1, 8),
        b'f' => (1, 12),
        b'n' => (1, 10),
        b'r' => (1, 13),
        b't' => (1, 9),
        b'v' => (1, 11),
        b's' => (1, 32),
        b'\\' | b'"' | b'\'' => (1, u32::from(c)),
        b'x' => (3, digits(*pos + 1, 2, 16).ok_or(WRONG)?),
        b'u' => (5, digits(*pos + 1, 4, 16).ok_or(WRONG)?),
        b'U' => (9, digits(*pos + 1, 8, 16).ok_or(WRONG)?),
        b'0'..=b'7' => (3, digits(*pos, 3, 8).filter(|code| *code < 256).ok_or(WRONG)?),
        _ => return Err(WRONG),
    };
    *pos += length;
    if matches!(c, b'u' | b'U') {
        let wide = char::from_u32(code).ok_or(WRONG)?;
        out.extend(wide.encode_utf8(&mut [0; 4]).bytes());
    } else {
        out.push(u8::try_from(code).map_err(|_| WRONG)?);
    }
    Ok(())
}
