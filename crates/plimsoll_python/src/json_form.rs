//! Reads a value from the JSON form in which `plimsoll settings` writes it; the data files of this
//! crate are kept in the same form.

use num_bigint::BigInt;
use serde_json::Value as Json;

use crate::{Object, Value};

/// The value that a JSON value stands for. Python's other types are objects with `$type`: tuple and
/// set with `items`, dict with `items` of pairs, timedelta with `seconds`, path, bytes (Latin-1) and
/// float (`inf`, `nan`) with `value`, object with `type` and `repr`. A `$type` that is not known gives
/// an unknown value.
pub(crate) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::None,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            if let Some(integer) = number.as_i64() {
                Value::Int(BigInt::from(integer))
            } else {
                Value::Float(number.as_f64().unwrap_or(f64::NAN))
            }
        }
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(from_json).collect()),
        Json::Object(members) => match members.get("$type").and_then(Json::as_str) {
            None => Value::Dict(
                members
                    .iter()
                    .map(|(name, value)| (Value::Str(name.clone()), from_json(value)))
                    .collect(),
            ),
            Some(kind) => typed(kind, members),
        },
    }
}

fn typed(kind: &str, members: &serde_json::Map<String, Json>) -> Value {
    let items = || {
        let items = members.get("items").and_then(Json::as_array);
        items.map(|items| items.iter().map(from_json).collect()).unwrap_or_default()
    };
    let text = |name: &str| members.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    match kind {
        "tuple" => Value::Tuple(items()),
        "set" => Value::Set(items()),
        "dict" => Value::Dict(pairs(members.get("items"))),
        "timedelta" => {
            let seconds = members.get("seconds");
            Value::Timedelta(match seconds.and_then(Json::as_i64) {
                Some(whole) => i128::from(whole) * 1_000_000,
                None => (seconds.and_then(Json::as_f64).unwrap_or(0.0) * 1e6).round() as i128,
            })
        }
        "path" => Value::Path(text("value")),
        "bytes" => Value::Bytes(text("value").chars().map(|c| c as u32 as u8).collect()),
        "float" => Value::Float(text("value").parse().unwrap_or(f64::NAN)),
        "object" => Value::Object(Object {
            type_name: text("type"),
            repr: text("repr"),
            arguments: Vec::new(),
        }),
        _ => Value::Unknown { reason: format!("`{kind}` is no type of a value"), variable: None },
    }
}

fn pairs(items: Option<&Json>) -> Vec<(Value, Value)> {
    let items = items.and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .filter_map(|pair| match pair.as_array().map(Vec::as_slice) {
            Some([key, value]) => Some((from_json(key), from_json(value))),
            _ => None,
        })
        .collect()
}
