//! Python values as JSON and as text.

use plimsoll_python::{Object, Value};
use plimsoll_source::Secret;
use serde_json::{Map, Value as Json, json};

/// Nesting of a value that is followed; deeper parts are told as such.
const DEPTH: usize = 64;

/// A value as JSON: native where JSON has it, else an object with `$type`.
pub(crate) fn to_json(value: &Value, show_secrets: bool) -> Json {
    json_at(value, show_secrets, 0)
}

fn json_at(value: &Value, show: bool, depth: usize) -> Json {
    if depth > DEPTH {
        return json!({"$type": "unknown", "reason": "nested too deeply to show"});
    }
    let items = |items: &[Value]| -> Json {
        items.iter().map(|item| json_at(item, show, depth + 1)).collect()
    };
    match value {
        Value::None => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) => match (i64::try_from(number), u64::try_from(number)) {
            (Ok(small), _) => json!(small),
            (_, Ok(large)) => json!(large),
            _ => json!({"$type": "int", "value": number.to_string()}),
        },
        Value::Float(number) => serde_json::Number::from_f64(*number)
            .map_or_else(|| json!({"$type": "float", "value": float_text(*number)}), Json::Number),
        Value::Str(text) if !show && holds_password(text) => secret_json(&Secret::new(text), show),
        Value::Str(text) => Json::String(text.clone()),
        Value::Secret(secret) => secret_json(secret, show),
        Value::Bytes(bytes) => {
            json!({"$type": "bytes", "value": bytes.iter().map(|b| char::from(*b)).collect::<String>()})
        }
        Value::List(list) => items(list),
        Value::Tuple(list) => json!({"$type": "tuple", "items": items(list)}),
        Value::Set(list) => json!({"$type": "set", "items": items(list)}),
        Value::Dict(pairs) => dict_json(pairs, show, depth),
        Value::Timedelta(micros) => json!({"$type": "timedelta", "seconds": seconds(*micros)}),
        Value::Path(path) => json!({"$type": "path", "value": path}),
        Value::Object(object) => object_json(object, show, depth),
        Value::Unknown { reason, variable } => {
            json!({"$type": "unknown", "reason": reason, "variable": variable})
        }
        Value::OneOf(candidates) => json!({"$type": "one_of", "candidates": items(candidates)}),
    }
}

fn secret_json(secret: &Secret, show: bool) -> Json {
    if show {
        Json::String(secret.expose().to_owned())
    } else {
        json!({"$type": "secret", "length": secret.length()})
    }
}

/// A dict as an object where its keys are distinct strings, else as a list of pairs.
fn dict_json(pairs: &[(Value, Value)], show: bool, depth: usize) -> Json {
    let mut object = Map::new();
    for (key, value) in pairs {
        match key {
            Value::Str(name) if name != "$type" && !object.contains_key(name) => {
                object.insert(name.clone(), json_at(value, show, depth + 1));
            }
            _ => {
                let pairs: Json = pairs
                    .iter()
                    .map(|(key, value)| {
                        json!([json_at(key, show, depth + 1), json_at(value, show, depth + 1)])
                    })
                    .collect();
                return json!({"$type": "dict", "items": pairs});
            }
        }
    }
    Json::Object(object)
}

fn object_json(object: &Object, show: bool, depth: usize) -> Json {
    let mut form = Map::new();
    form.insert("$type".to_owned(), json!("object"));
    form.insert("type".to_owned(), json!(object.type_name));
    // A repr may quote a secret argument.
    let secret = !show && object.arguments.iter().any(|(_, value)| has_secret(value, 0));
    let repr = if secret { format!("{}(…)", object.type_name) } else { object.repr.clone() };
    form.insert("repr".to_owned(), json!(repr));
    if !object.arguments.is_empty() {
        let arguments: Json = object
            .arguments
            .iter()
            .map(|(name, value)| json!({"name": name, "value": json_at(value, show, depth + 1)}))
            .collect();
        form.insert("arguments".to_owned(), arguments);
    }
    Json::Object(form)
}

fn has_secret(value: &Value, depth: usize) -> bool {
    let any = |items: &[Value]| items.iter().any(|item| has_secret(item, depth + 1));
    match value {
        _ if depth > DEPTH => true,
        Value::Secret(_) => true,
        Value::Str(text) => holds_password(text),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::OneOf(items) => {
            any(items)
        }
        Value::Dict(pairs) => {
            pairs.iter().any(|(k, v)| has_secret(k, depth + 1) || has_secret(v, depth + 1))
        }
        Value::Object(object) => object.arguments.iter().any(|(_, v)| has_secret(v, depth + 1)),
        _ => false,
    }
}

/// Every secret of a value, for masking them elsewhere.
pub fn secrets_of(value: &Value) -> Vec<Secret> {
    let mut found = Vec::new();
    collect(value, 0, &mut found);
    found
}

fn collect(value: &Value, depth: usize, found: &mut Vec<Secret>) {
    if depth > DEPTH {
        return;
    }
    match value {
        Value::Secret(secret) => found.push(secret.clone()),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::OneOf(items) => {
            items.iter().for_each(|item| collect(item, depth + 1, found));
        }
        Value::Dict(pairs) => pairs.iter().for_each(|(key, value)| {
            collect(key, depth + 1, found);
            collect(value, depth + 1, found);
        }),
        Value::Object(object) => {
            object.arguments.iter().for_each(|(_, value)| collect(value, depth + 1, found));
        }
        _ => {}
    }
}

/// Whether a text is an address with a password in it.
fn holds_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = text.get(at + 3..).unwrap_or_default();
        let authority = rest.split(['/', '?', '#', ' ']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        user.split_once(':').is_some_and(|(_, password)| !password.is_empty())
    })
}

fn seconds(micros: i128) -> Json {
    match i64::try_from(micros / 1_000_000) {
        Ok(whole) if micros % 1_000_000 == 0 => json!(whole),
        _ => json!(micros as f64 / 1e6),
    }
}

fn float_text(number: f64) -> &'static str {
    match number {
        n if n.is_nan() => "nan",
        n if n > 0.0 => "inf",
        _ => "-inf",
    }
}

/// A value much as Python would show it, on one line.
pub(crate) fn to_text(value: &Value, show_secrets: bool) -> String {
    let mut out = String::new();
    write(&mut out, value, show_secrets, 0);
    out
}

/// Characters after which a value is not written any further: no terminal shows more.
const LONG: usize = 20_000;

fn write(out: &mut String, value: &Value, show: bool, depth: usize) {
    if depth > DEPTH || out.len() > LONG {
        out.push('…');
        return;
    }
    match value {
        Value::None => out.push_str("None"),
        Value::Bool(flag) => out.push_str(if *flag { "True" } else { "False" }),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Float(number) if number.is_finite() => out.push_str(&format!("{number:?}")),
        Value::Float(number) => out.push_str(float_text(*number)),
        Value::Str(text) if !show && holds_password(text) => {
            out.push_str(&Secret::new(text).to_string());
        }
        Value::Str(text) => quote(out, text),
        Value::Secret(secret) if show => quote(out, secret.expose()),
        Value::Secret(secret) => out.push_str(&secret.to_string()),
        Value::Bytes(bytes) => {
            out.push('b');
            quote(out, &bytes.iter().map(|byte| char::from(*byte)).collect::<String>());
        }
        Value::List(items) => sequence(out, "[", items, "]", show, depth),
        Value::Tuple(items) if items.len() == 1 => sequence(out, "(", items, ",)", show, depth),
        Value::Tuple(items) => sequence(out, "(", items, ")", show, depth),
        Value::Set(items) if items.is_empty() => out.push_str("set()"),
        Value::Set(items) => sequence(out, "{", items, "}", show, depth),
        Value::Dict(pairs) => {
            out.push('{');
            for (index, (key, value)) in pairs.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, key, show, depth + 1);
                out.push_str(": ");
                write(out, value, show, depth + 1);
            }
            out.push('}');
        }
        Value::Timedelta(micros) => out.push_str(&format!("timedelta({})", duration(*micros))),
        Value::Path(path) => {
            out.push_str("Path(");
            quote(out, path);
            out.push(')');
        }
        Value::Object(object) => {
            let repr = object_json(object, show, depth);
            out.push_str(repr.get("repr").and_then(Json::as_str).unwrap_or(&object.type_name));
        }
        Value::Unknown { variable: Some(name), .. } => out.push_str(&format!("<unknown: ${name}>")),
        Value::Unknown { .. } => out.push_str("<unknown>"),
        Value::OneOf(candidates) => {
            for (index, candidate) in candidates.iter().enumerate() {
                if index > 0 {
                    out.push_str(" or ");
                }
                write(out, candidate, show, depth + 1);
            }
        }
    }
}

fn sequence(out: &mut String, open: &str, items: &[Value], close: &str, show: bool, depth: usize) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(out, item, show, depth + 1);
    }
    out.push_str(close);
}

fn quote(out: &mut String, text: &str) {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(mark);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == mark => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(mark);
}

/// `30 days`, `1 hour`, `90 s`: the largest unit that divides.
fn duration(micros: i128) -> String {
    for (unit, name) in
        [(86_400_000_000, "days"), (3_600_000_000, "hours"), (60_000_000, "minutes")]
    {
        if micros != 0 && micros % unit == 0 {
            return format!("{name}={}", micros / unit);
        }
    }
    format!("seconds={}", seconds(micros))
}
