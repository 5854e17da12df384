//! `json.dumps` as CPython 3.6 to 3.14 writes it.

use crate::interp::heap::Object;
use crate::interp::numbers::float_repr;
use crate::library::prelude::*;

pub(super) static DUMPS: Native = function("json.dumps", dumps);

/// Containers within containers that are written.
const MAX_DEPTH: usize = 64;

/// The options that are modelled.
struct Layout {
    ascii: bool,
    sorts: bool,
    /// The text of one step of indentation.
    indent: Option<String>,
    item: String,
    key: String,
}

fn dumps(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "obj").cloned().unwrap_or(Val::NONE);
    let layout = match layout(interp, &call)? {
        Ok(layout) => layout,
        Err(reason) => return Ok(reason),
    };
    let mut text = String::new();
    match write(interp, &value, &layout, 0, &mut text)? {
        Some(reason) => Ok(reason),
        None => Ok(Val::str(text)),
    }
}

fn layout(interp: &mut Interp<'_>, call: &Call) -> Result<Result<Layout, Val>, Raise> {
    let mut layout = Layout {
        ascii: true,
        sorts: false,
        indent: None,
        item: ", ".to_owned(),
        key: ": ".to_owned(),
    };
    let unknown = |name: &str| Ok(Err(Val::unknown(format!("json.dumps with {name}="))));
    if call.positional.len() > 1 {
        return unknown("positional options");
    }
    let mut separators = None;
    for (name, value) in &call.named {
        match (&**name, &value.kind) {
            ("obj", _) | ("default" | "cls", Kind::None) => {}
            ("ensure_ascii" | "sort_keys", _) => match interp.truth(value)? {
                Some(flag) if &**name == "sort_keys" => layout.sorts = flag,
                Some(flag) => layout.ascii = flag,
                None => return unknown(name),
            },
            ("indent" | "separators", Kind::None) => {}
            ("indent", Kind::Str(text)) => layout.indent = Some(text.to_string()),
            ("indent", Kind::Int(_)) => match value.as_i64() {
                Some(count @ ..=64) => {
                    layout.indent = Some(" ".repeat(usize::try_from(count).unwrap_or(0)));
                }
                _ => return unknown(name),
            },
            ("separators", Kind::Tuple(parts)) => match &**parts {
                [item, key] => match (item.as_str(), key.as_str()) {
                    (Some(item), Some(key)) => {
                        separators = Some((item.to_owned(), key.to_owned()));
                    }
                    _ => return unknown(name),
                },
                _ => return unknown(name),
            },
            _ => return unknown(name),
        }
    }
    if layout.indent.is_some() {
        layout.item = ",".to_owned();
    }
    if let Some((item, key)) = separators {
        (layout.item, layout.key) = (item, key);
    }
    Ok(Ok(layout))
}

/// Writes a value; the reason where it is not known.
fn write(
    interp: &mut Interp<'_>,
    value: &Val,
    layout: &Layout,
    depth: usize,
    out: &mut String,
) -> Result<Option<Val>, Raise> {
    if depth > MAX_DEPTH || out.len() > interp.request.limits.size || !interp.spend(1) {
        return Ok(Some(Val::unknown("a value that is too large for json.dumps here")));
    }
    match &value.kind {
        Kind::None => out.push_str("null"),
        Kind::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Kind::Int(number) => out.push_str(&number.to_string()),
        Kind::Float(number) => out.push_str(&float_text(*number)),
        Kind::Str(text) => quote(text, layout.ascii, out),
        Kind::Tuple(items) => {
            let items = items.to_vec();
            return list(interp, &items, layout, depth, out);
        }
        Kind::Ref(_) => match interp.object(value) {
            Some(Object::List(items)) => {
                let items = items.clone();
                return list(interp, &items, layout, depth, out);
            }
            Some(Object::Dict(_)) => match interp.dict_items(value) {
                Some(pairs) => return dict(interp, pairs, layout, depth, out),
                None => return Ok(Some(Val::unknown("json.dumps of a dict that is not known"))),
            },
            Some(Object::Set { .. }) => {
                return Err(interp.raise("TypeError", "a set is not JSON serializable"));
            }
            _ => {
                interp.may_raise("json.dumps of an object");
                return Ok(Some(interp.why_unknown(value)));
            }
        },
        Kind::Path(_) | Kind::Bytes(_) | Kind::Timedelta(_) => {
            return Err(interp.raise("TypeError", "the object is not JSON serializable"));
        }
        _ => return Ok(Some(interp.why_unknown(value))),
    }
    Ok(None)
}

fn list(
    interp: &mut Interp<'_>,
    items: &[Val],
    layout: &Layout,
    depth: usize,
    out: &mut String,
) -> Result<Option<Val>, Raise> {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(&layout.item);
        }
        line(layout, depth + 1, out);
        if let Some(reason) = write(interp, item, layout, depth + 1, out)? {
            return Ok(Some(reason));
        }
    }
    if !items.is_empty() {
        line(layout, depth, out);
    }
    out.push(']');
    Ok(None)
}

fn dict(
    interp: &mut Interp<'_>,
    mut pairs: Vec<(Val, Val)>,
    layout: &Layout,
    depth: usize,
    out: &mut String,
) -> Result<Option<Val>, Raise> {
    if layout.sorts {
        if pairs.iter().any(|(key, _)| key.as_str().is_none()) {
            return Ok(Some(Val::unknown("json.dumps that sorts keys which are no strings")));
        }
        // By code points, as UTF-8 sorts too.
        pairs.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
    }
    let empty = pairs.is_empty();
    out.push('{');
    for (at, (key, value)) in pairs.into_iter().enumerate() {
        if at > 0 {
            out.push_str(&layout.item);
        }
        line(layout, depth + 1, out);
        match &key.kind {
            Kind::Str(text) => quote(text, layout.ascii, out),
            Kind::None => out.push_str("\"null\""),
            Kind::Bool(flag) => out.push_str(if *flag { "\"true\"" } else { "\"false\"" }),
            Kind::Int(number) => out.push_str(&format!("\"{number}\"")),
            Kind::Float(number) => out.push_str(&format!("\"{}\"", float_text(*number))),
            Kind::Tuple(_) | Kind::Bytes(_) | Kind::Path(_) => {
                return Err(interp.raise("TypeError", "keys must be str, int, float, bool or None"));
            }
            _ => return Ok(Some(Val::unknown("json.dumps with a key that is an object"))),
        }
        out.push_str(&layout.key);
        if let Some(reason) = write(interp, &value, layout, depth + 1, out)? {
            return Ok(Some(reason));
        }
    }
    if !empty {
        line(layout, depth, out);
    }
    out.push('}');
    Ok(None)
}

fn line(layout: &Layout, depth: usize, out: &mut String) {
    if let Some(indent) = &layout.indent {
        out.push('\n');
        out.push_str(&indent.repeat(depth));
    }
}

fn float_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        float_repr(number)
    }
}

fn quote(text: &str, ascii: bool, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c if !ascii || matches!(c, ' '..='~') => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}
