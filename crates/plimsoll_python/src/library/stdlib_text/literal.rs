//! `int()`, `float()` and `ast.literal_eval()` of a string.

use num_bigint::BigInt;

use super::{Trouble, is_space};
use crate::Value;

/// `int(text)`.
///
/// # Errors
/// `ValueError`; unknown for digits that are not ASCII.
pub(crate) fn int(text: &str) -> Result<BigInt, Trouble> {
    let trimmed = text.trim_matches(is_space);
    if !trimmed.is_ascii() {
        return Err(Trouble::Unknown("int() of text with characters beyond ASCII is not modelled"));
    }
    let (negative, digits) = sign(trimmed);
    let invalid = Trouble::Raise("ValueError", "invalid literal for int() with base 10");
    let digits = digits_of(digits, u8::is_ascii_digit).ok_or(invalid)?;
    if digits.len() > 4300 {
        return Err(Trouble::Raise("ValueError", "the number has too many digits for int()"));
    }
    let number = BigInt::parse_bytes(digits.as_bytes(), 10)
        .ok_or(Trouble::Unknown("a number that could not be read"))?;
    Ok(if negative { -number } else { number })
}

/// `float(text)`.
///
/// # Errors
/// `ValueError`; unknown for digits that are not ASCII.
pub(crate) fn float(text: &str) -> Result<f64, Trouble> {
    let trimmed = text.trim_matches(is_space);
    if !trimmed.is_ascii() {
        return Err(Trouble::Unknown(
            "float() of text with characters beyond ASCII is not modelled",
        ));
    }
    let invalid = Trouble::Raise("ValueError", "could not convert string to float");
    let (negative, rest) = sign(trimmed);
    let lower = rest.to_ascii_lowercase();
    let number = match lower.as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => decimal(rest).ok_or(invalid)?,
    };
    Ok(if negative { -number } else { number })
}

/// Digits with a fraction and an exponent, both optional; underscores between digits.
fn decimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let part = |text: &str| match text {
        "" => Some(String::new()),
        text => digits_of(text, u8::is_ascii_digit),
    };
    let (whole, fraction) = (part(whole)?, part(fraction)?);
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut plain = format!("{whole}.{fraction}0");
    if let Some(exponent) = exponent {
        let (negative, digits) = sign(exponent);
        let digits = digits_of(digits, u8::is_ascii_digit)?;
        plain.push_str(if negative { "e-" } else { "e" });
        plain.push_str(&digits);
    }
    let plain = if whole.is_empty() { format!("0{plain}") } else { plain };
    plain.parse().ok()
}

fn sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    }
}

/// Digits without the underscores between them; `None` where something else is there.
fn digits_of(text: &str, is_digit: fn(&u8) -> bool) -> Option<String> {
    let bytes = text.as_bytes();
    let plain = bytes.iter().enumerate().all(|(at, byte)| {
        let digit = |at: usize| bytes.get(at).is_some_and(is_digit);
        is_digit(byte) || (*byte == b'_' && at > 0 && digit(at - 1) && digit(at + 1))
    });
    (plain && !bytes.is_empty()).then(|| text.replace('_', ""))
}

/// What `ast.literal_eval(text)` gives where it raises neither `ValueError` nor `SyntaxError`,
/// which is `Ok(None)`.
///
/// # Errors
/// Unknown for containers, quoted text with escapes and other forms that are not modelled.
pub(crate) fn literal_eval(text: &str) -> Result<Option<Value>, Trouble> {
    const UNKNOWN: Trouble =
        Trouble::Unknown("text that may be a Python literal of a kind that is not modelled");
    let text = text.trim_start_matches([' ', '\t']);
    let body = text.trim_end_matches([' ', '\t', '\n', '\r', '\u{c}']);
    if text.contains('\0') || body.is_empty() {
        return Ok(None);
    }
    if !body.is_ascii() || body.contains(['\n', '\r', '\\']) {
        return Err(UNKNOWN);
    }
    match body {
        "True" => return Ok(Some(Value::Bool(true))),
        "False" => return Ok(Some(Value::Bool(false))),
        "None" => return Ok(Some(Value::None)),
        _ => {}
    }
    if let Some(quoted) = plain_string(body) {
        return Ok(Some(Value::Str(quoted.to_owned())));
    }
    if let Some(number) = number(body) {
        return Ok(Some(number));
    }
    let may_be_literal = body.contains([',', '(', '[', '{', '\'', '"', '#', ';']);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match body.chars().next() {
        // A name is malformed to literal_eval, whatever follows, unless it is a constant or the
        // prefix of a string.
        Some(c) if c.is_ascii_alphabetic() || c == '_' => {
            let word = body.split(|c| !is_word(c)).next().unwrap_or_default();
            let constant = matches!(word, "True" | "False" | "None");
            let prefix = word.len() <= 2 && body.contains(['\'', '"']);
            if (constant && may_be_literal) || prefix { Err(UNKNOWN) } else { Ok(None) }
        }
        Some(c) if c.is_ascii_digit() || matches!(c, '+' | '-' | '.') => {
            let complex = body.contains(['j', 'J']);
            let ellipsis = body == "...";
            if may_be_literal || complex || ellipsis { Err(UNKNOWN) } else { Ok(None) }
        }
        Some('/' | '*' | '@' | '%' | '#' | '!' | '$' | '&' | '=' | '<' | '>' | '?' | ':' | '|') => {
            Ok(None)
        }
        _ => Err(UNKNOWN),
    }
}

/// A string between quotes without a quote of its kind or a backslash in it.
fn plain_string(body: &str) -> Option<&str> {
    let quote = body.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = body.get(1..)?.strip_suffix(quote)?;
    (!inner.contains(quote)).then_some(inner)
}

/// A number as Python's grammar has it, with signs before it.
fn number(body: &str) -> Option<Value> {
    let unsigned = body.trim_start_matches(['+', '-']);
    // Several signs are nested operations, which literal_eval takes only one of.
    if body.len() - unsigned.len() > 1 {
        return None;
    }
    let negative = body.starts_with('-');
    let unsigned = unsigned.trim_start_matches([' ', '\t']);
    let lower = unsigned.to_ascii_lowercase();
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, radix)| Some((lower.strip_prefix(prefix)?.to_owned(), radix)));
    let integer = if let Some((digits, radix)) = radix {
        let digits = digits.strip_prefix('_').unwrap_or(&digits).to_owned();
        let digits = digits_of(&digits, u8::is_ascii_alphanumeric)?;
        Some(BigInt::parse_bytes(digits.as_bytes(), radix)?)
    } else {
        let digits = digits_of(unsigned, u8::is_ascii_digit);
        let zeros =
            |digits: &String| digits.starts_with('0') && !digits.trim_matches('0').is_empty();
        match digits {
            Some(digits) if zeros(&digits) => return None,
            Some(digits) => BigInt::parse_bytes(digits.as_bytes(), 10),
            None => None,
        }
    };
    if let Some(integer) = integer {
        return Some(Value::Int(if negative { -integer } else { integer }));
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let float = decimal(unsigned)?;
    Some(Value::Float(if negative { -float } else { float }))
}
