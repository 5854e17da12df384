//! The language: each case was run by CPython 3.11, whose values are what is expected.

use std::collections::BTreeMap;

use plimsoll_python::State;
use serde_json::{Value as Json, json};

use crate::json::{settings, to_json};

const ENVIRONMENT: &[(&str, &str)] =
    &[("A", "1"), ("EMPTY", ""), ("HOST", "h1,h2"), ("FLAG", "True")];

/// Values that CPython gives and the evaluator leaves unknown on purpose: by case and name.
const UNKNOWN: &[&str] = &["L2", "F", "AA", "C", "H", "D"];

#[test]
fn the_language_gives_what_cpython_gives() {
    run(include_str!("cases/language.txt"));
}

#[test]
fn idioms_of_settings_give_what_cpython_gives() {
    run(include_str!("cases/idioms.txt"));
}

#[test]
fn containers_classes_and_addresses_give_what_cpython_gives() {
    run(include_str!("cases/values.txt"));
}

#[test]
fn parsers_of_configuration_give_what_cpython_gives() {
    run(include_str!("cases/parsers.txt"));
}

fn run(cases: &str) {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut wrong = Vec::new();
    let (mut exact, mut unknown) = (0, 0);
    for section in cases.split("=== ").filter(|section| !section.is_empty()) {
        let (name, text) = section.split_once('\n').unwrap();
        if name != "expect" {
            files.insert(name.to_owned(), text.to_owned());
            continue;
        }
        let listed: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let found = settings(&listed, ENVIRONMENT);
        for line in text.lines().filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(": ").unwrap();
            let expected = normal(&serde_json::from_str(value).unwrap());
            match found.get(name).map(|setting| &setting.state) {
                Some(State::Known(value)) if normal(&to_json(value)) == expected => exact += 1,
                Some(State::Unknown { .. } | State::OneOf(_)) if UNKNOWN.contains(&name) => {
                    unknown += 1
                }
                other => wrong
                    .push(format!("{name} is {expected}, not {other:?}\n{}", files["settings.py"])),
            }
        }
        files.clear();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(exact > 50, "only {exact} values were compared");
    assert!(unknown <= 6, "{unknown} values are unknown");
}

/// One form for what both sides write differently: floats by their bits, sets sorted.
fn normal(json: &Json) -> Json {
    match json {
        Json::Array(items) => items.iter().map(normal).collect(),
        Json::Object(pairs) => {
            match (pairs.get("$type").and_then(Json::as_str), pairs.get("value")) {
                (Some("float"), Some(Json::String(text))) => {
                    let number: f64 = text.parse().unwrap();
                    json!({"$type": "float", "value": number.to_bits()})
                }
                (Some("set"), _) => {
                    let mut items: Vec<Json> =
                        pairs["items"].as_array().unwrap().iter().map(normal).collect();
                    items.sort_by_key(ToString::to_string);
                    json!({"$type": "set", "items": items})
                }
                _ => pairs.iter().map(|(key, value)| (key.clone(), normal(value))).collect(),
            }
        }
        other => other.clone(),
    }
}
