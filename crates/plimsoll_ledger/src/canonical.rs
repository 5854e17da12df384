//! The one way of writing a JSON value: RFC 8785, the JSON Canonicalization Scheme.
//!
//! Digests and signatures are over text. This form was chosen because it stays JSON that people and
//! any tool can read, is a published standard with implementations in most languages, and lets an
//! outsider compute the digest of a record from its parsed value alone.

use serde_json::{Number, Value};

/// Numbers beyond this are not exact in every reader of JSON (RFC 7493, I-JSON).
const EXACT: u64 = 9_007_199_254_740_991;
/// Deepest nesting that is written: more than serde_json reads.
const DEPTH: usize = 160;

/// A value that has no canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// A whole number that some readers would round.
    #[error("a number has more than 53 bits")]
    Number,
    /// Nesting beyond what is written.
    #[error("the value is nested too deeply")]
    Depth,
    /// The value could not be turned into JSON.
    #[error("the value is no JSON")]
    NoJson,
}

/// The canonical text of a value: no spaces, keys sorted by UTF-16 code units, numbers as
/// ECMAScript writes them.
///
/// # Errors
/// For whole numbers beyond 2^53 and for nesting beyond 160 levels.
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut out = String::new();
    write(value, &mut out, 0)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String, depth: usize) -> Result<(), NotCanonical> {
    if depth > DEPTH {
        return Err(NotCanonical::Depth);
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(number, out)?,
        Value::String(text) => write_text(text, out)?,
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out, depth + 1)?;
            }
            out.push(']');
        }
        Value::Object(entries) => {
            let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
            entries.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            out.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(key, out)?;
                out.push(':');
                write(value, out, depth + 1)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_number(number: &Number, out: &mut String) -> Result<(), NotCanonical> {
    let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    match (whole, number.as_f64()) {
        (Some(size), _) if size > EXACT => Err(NotCanonical::Number),
        (Some(_), _) => {
            out.push_str(&number.to_string());
            Ok(())
        }
        (None, Some(float)) if float.is_finite() => {
            out.push_str(ryu_js::Buffer::new().format_finite(float));
            Ok(())
        }
        _ => Err(NotCanonical::Number),
    }
}

/// serde_json escapes exactly what RFC 8785 wants escaped, in the same way.
fn write_text(text: &str, out: &mut String) -> Result<(), NotCanonical> {
    out.push_str(&serde_json::to_string(text).map_err(|_| NotCanonical::NoJson)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{NotCanonical, canonical};
    use serde_json::{Value, json};

    #[test]
    fn examples_of_the_standard() {
        // RFC 8785, sections 3.2.2 and 3.2.3.
        let numbers = r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#;
        let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        let value: Value = serde_json::from_str(numbers).unwrap();
        assert_eq!(canonical(&value).unwrap(), expected);
        let keys = json!({"€": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "😀": 5, "\u{80}": 6, "ö": 7});
        assert_eq!(
            canonical(&keys).unwrap(),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}"
        );
    }

    #[test]
    fn whole_numbers_are_exact_or_refused() {
        assert_eq!(
            canonical(&json!([0, -7, 9_007_199_254_740_991_u64])).unwrap(),
            "[0,-7,9007199254740991]"
        );
        assert_eq!(canonical(&json!(9_007_199_254_740_992_u64)), Err(NotCanonical::Number));
        assert_eq!(canonical(&json!(i64::MIN)), Err(NotCanonical::Number));
    }

    #[test]
    fn depth_is_bounded() {
        let deep = (0..500).fold(json!(1), |inner, _| json!([inner]));
        assert_eq!(canonical(&deep), Err(NotCanonical::Depth));
    }
}
