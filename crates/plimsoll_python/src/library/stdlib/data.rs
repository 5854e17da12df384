//! `json`, `tomllib`, `re`, `string`, `base64`, `textwrap`.

use num_bigint::BigInt;

use crate::interp::heap::{Dict, Object};
use crate::library::prelude::*;

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "json", distribution: None, build: build_json },
    Model { name: "tomllib", distribution: None, build: build_toml },
    Model { name: "tomli", distribution: Some("tomli"), build: build_toml },
    Model { name: "re", distribution: None, build: build_re },
    Model { name: "string", distribution: None, build: build_string },
    Model { name: "textwrap", distribution: None, build: build_textwrap },
];

fn build_json(module: &mut Builder<'_, '_>) {
    module.exception("JSONDecodeError", "ValueError");
    let error = module.interp.namespace_get(module.namespace, "JSONDecodeError");
    static LOADS: Native = function("json.loads", |interp, call| {
        if !call.named.is_empty() {
            return Ok(Val::unknown("json.loads with hooks is not modelled"));
        }
        let text = call.get(0, "s").cloned().unwrap_or(Val::NONE);
        parse_json(interp, &text)
    });
    static LOAD: Native = function("json.load", |interp, call| {
        let file = call.get(0, "fp").cloned().unwrap_or(Val::NONE);
        if !call.named.is_empty() {
            return Ok(Val::unknown("json.load with hooks is not modelled"));
        }
        let text = interp.call_method(&file, "read", Vec::new(), call.at)?;
        parse_json(interp, &text)
    });
    module.function("loads", &LOADS);
    module.function("load", &LOAD);
    module.function("dumps", &super::json_text::DUMPS);
    if let Some(error) = error {
        let decoder = module.interp.new_module("json.decoder");
        if let Some(namespace) = module.interp.module_namespace(&decoder) {
            module.interp.namespace_set(namespace, "JSONDecodeError", error);
        }
        module.value("decoder", decoder);
    }
    module.unknown("this part of json is not modelled");
}

fn text_of(value: &Val) -> Option<String> {
    match &value.kind {
        Kind::Str(text) => Some(text.to_string()),
        Kind::Bytes(bytes) => String::from_utf8(bytes.to_vec()).ok(),
        _ => None,
    }
}

fn parse_json(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    let Some(text) = text_of(value) else {
        if value.is_unknown() {
            interp.may_raise("text that is not known may be no JSON");
            return Ok(value.clone());
        }
        return Err(interp.raise("TypeError", "the JSON object must be str, bytes or bytearray"));
    };
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(parsed) => Ok(from_json(interp, &parsed).with_deps(&value.deps)),
        // What Python takes and this parser does not.
        Err(_)
            if text.contains("NaN")
                || text.contains("Infinity")
                || text.contains("\\ud")
                || text.contains("\\uD") =>
        {
            Ok(Val::unknown("a form of JSON that is not modelled"))
        }
        Err(error) if error.to_string().contains("recursion") => {
            Ok(Val::unknown("JSON nested too deeply"))
        }
        Err(_) => Err(interp.raise("json.JSONDecodeError", "the text is no JSON")),
    }
}

fn from_json(interp: &mut Interp<'_>, json: &serde_json::Value) -> Val {
    use serde_json::Value as Json;
    match json {
        Json::Null => Val::NONE,
        Json::Bool(flag) => Val::bool(*flag),
        Json::String(text) => Val::str(text),
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => Val::int(number),
            (None, Some(number), _) => Val::int(BigInt::from(number)),
            // An integer beyond 64 bits came as a float: not the number that was written.
            (_, _, Some(number)) if number.fract() == 0.0 && number.abs() > 1e18 => {
                Val::unknown("a very large number in JSON")
            }
            (_, _, Some(number)) => Val::float(number),
            _ => Val::unknown("a number in JSON"),
        },
        Json::Array(items) => {
            let items = items.iter().map(|item| from_json(interp, item)).collect();
            interp.new_list(items)
        }
        Json::Object(pairs) => {
            let mut dict = Dict::default();
            for (key, value) in pairs {
                let value = from_json(interp, value);
                dict.set_str(key, value);
            }
            Val::reference(interp.alloc(Object::Dict(dict)))
        }
    }
}

fn build_toml(module: &mut Builder<'_, '_>) {
    module.exception("TOMLDecodeError", "ValueError");
    static LOADS: Native = function("tomllib.loads", |interp, call| {
        let text = call.get(0, "s").cloned().unwrap_or(Val::NONE);
        parse_toml(interp, &text)
    });
    static LOAD: Native = function("tomllib.load", |interp, call| {
        let file = call.get(0, "fp").cloned().unwrap_or(Val::NONE);
        let text = interp.call_method(&file, "read", Vec::new(), call.at)?;
        parse_toml(interp, &text)
    });
    module.function("loads", &LOADS);
    module.function("load", &LOAD);
}

fn parse_toml(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    let Some(text) = text_of(value) else { return Ok(interp.why_unknown(value)) };
    match text.parse::<toml_edit::DocumentMut>() {
        Ok(document) => Ok(from_table(interp, document.as_table())),
        Err(_) => Err(interp.raise("tomllib.TOMLDecodeError", "the text is no TOML")),
    }
}

fn from_table(interp: &mut Interp<'_>, table: &dyn toml_edit::TableLike) -> Val {
    let mut dict = Dict::default();
    for (key, item) in table.iter() {
        let value = from_item(interp, item);
        dict.set_str(key, value);
    }
    Val::reference(interp.alloc(Object::Dict(dict)))
}

fn from_item(interp: &mut Interp<'_>, item: &toml_edit::Item) -> Val {
    match item {
        toml_edit::Item::None => Val::NONE,
        toml_edit::Item::Value(value) => from_toml(interp, value),
        toml_edit::Item::Table(table) => from_table(interp, table),
        toml_edit::Item::ArrayOfTables(tables) => {
            let items = tables.iter().map(|table| from_table(interp, table)).collect();
            interp.new_list(items)
        }
    }
}

fn from_toml(interp: &mut Interp<'_>, value: &toml_edit::Value) -> Val {
    match value {
        toml_edit::Value::String(text) => Val::str(text.value()),
        toml_edit::Value::Integer(number) => Val::int(*number.value()),
        toml_edit::Value::Float(number) => Val::float(*number.value()),
        toml_edit::Value::Boolean(flag) => Val::bool(*flag.value()),
        toml_edit::Value::Datetime(_) => Val::unknown("a date in TOML is not modelled"),
        toml_edit::Value::Array(items) => {
            let items = items.iter().map(|item| from_toml(interp, item)).collect();
            interp.new_list(items)
        }
        toml_edit::Value::InlineTable(table) => from_table(interp, table),
    }
}

fn build_re(module: &mut Builder<'_, '_>) {
    for (names, flag) in [
        (["I", "IGNORECASE"], 2),
        (["L", "LOCALE"], 4),
        (["M", "MULTILINE"], 8),
        (["S", "DOTALL"], 16),
        (["U", "UNICODE"], 32),
        (["X", "VERBOSE"], 64),
        (["A", "ASCII"], 256),
    ] {
        for name in names {
            module.value(name, Val::int(flag));
        }
    }
    let pattern = module.record("Pattern", "re.Pattern");
    module.value("compile", pattern);
    static ESCAPE: Native = function("re.escape", |interp, call| {
        const SPECIAL: &str = "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}";
        let value = call.get(0, "pattern").cloned().unwrap_or(Val::NONE);
        let Some(text) = value.as_str() else { return Ok(interp.why_unknown(&value)) };
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            if SPECIAL.contains(c) {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        Ok(Val::str(escaped))
    });
    module.function("escape", &ESCAPE);
    module.function("sub", &super::patterns::SUB);
    module.function("split", &super::patterns::SPLIT);
    module.function("match", &super::patterns::MATCH);
    module.function("fullmatch", &super::patterns::FULL_MATCH);
    module.function("search", &super::patterns::SEARCH);
    module.unknown("regular expressions are not matched here");
}

fn build_string(module: &mut Builder<'_, '_>) {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    let upper = LOWER.to_uppercase();
    let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let space = " \t\n\r\u{b}\u{c}";
    module.str("ascii_lowercase", LOWER);
    module.str("ascii_uppercase", &upper);
    module.str("ascii_letters", &format!("{LOWER}{upper}"));
    module.str("digits", "0123456789");
    module.str("hexdigits", "0123456789abcdefABCDEF");
    module.str("octdigits", "01234567");
    module.str("punctuation", punctuation);
    module.str("whitespace", space);
    module.str("printable", &format!("0123456789{LOWER}{upper}{punctuation}{space}"));
    module.unknown("this part of string is not modelled");
}

fn build_textwrap(module: &mut Builder<'_, '_>) {
    module.unknown("textwrap is not modelled");
}
