//! Libraries that settings modules use, against what the libraries themselves did.
//!
//! `library_cases.json` was written by running each settings module under CPython 3.11 with the
//! libraries from PyPI, in the versions that each case names (`null`: the newest of November
//! 2026). `PLIMSOLL_LIBRARY_CASES` names another file of cases to run instead.

use std::collections::BTreeMap;

use plimsoll_python::{Environment, Request, Settings, State, Value, Variable, evaluate};
use plimsoll_source::{MemoryTree, RepoPath, Secret};
use serde_json::{Value as Json, json};

/// Where the cases were run.
const ROOT: &str = "/tmp/plimsoll-cases/app";

fn environment(variables: &Json) -> Environment {
    let variables = variables.as_object().unwrap().iter().map(|(name, value)| {
        let value = Secret::new(value.as_str().unwrap());
        (name.clone(), Variable { value, at: None })
    });
    Environment { variables: variables.collect(), unknown: BTreeMap::new(), given: true }
}

fn settings_of(files: &Json, variables: &Json, installed: &Json) -> Settings {
    let files: Vec<(&str, &str)> = files
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str().unwrap()))
        .collect();
    let tree = MemoryTree::new(files);
    let environment = environment(variables);
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &environment);
    request.absolute_root = ROOT.to_owned();
    request.installed.django = Some((5, 2));
    request.installed.complete = true;
    for name in [
        "django",
        "django-environ",
        "python-decouple",
        "python-dotenv",
        "dj-database-url",
        "dj-email-url",
        "django-split-settings",
    ] {
        request.installed.distributions.insert(name.into(), None);
    }
    for (name, version) in installed.as_object().unwrap() {
        let version = version.as_str().map(str::to_owned);
        request.installed.distributions.insert(name.clone(), version);
    }
    evaluate(&request)
}

/// A value in the words of the cases.
fn shown(value: &Value) -> Json {
    let all = |items: &[Value]| items.iter().map(shown).collect::<Vec<_>>();
    match value {
        Value::None => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => match i64::try_from(number) {
            Ok(small) if small.abs() < 1 << 60 => json!(small),
            _ => json!({ "big": number.to_string() }),
        },
        Value::Float(number) => json!({ "float": number }),
        Value::Bytes(bytes) => json!({ "bytes": bytes }),
        Value::Path(path) => json!({ "path": path }),
        Value::List(items) => json!({ "list": all(items) }),
        Value::Tuple(items) => json!({ "tuple": all(items) }),
        Value::Dict(pairs) => {
            let pairs: Vec<Json> = pairs.iter().map(|(k, v)| json!([shown(k), shown(v)])).collect();
            json!({ "dict": pairs })
        }
        Value::Unknown { reason, .. } => json!({ "unknown": reason }),
        Value::OneOf(items) => json!({ "one_of": all(items) }),
        Value::Object(object) => json!({ "other": object.type_name }),
        other => other.text().map_or_else(|| json!({ "other": "?" }), |text| json!(text)),
    }
}

/// Whether a known value is the one that Python had.
fn agrees(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::Object(a), Json::Object(b)) => {
            if let (Some(written), Some(number)) = (a.get("float"), b.get("float")) {
                return written.as_str().and_then(|text| text.parse().ok()) == number.as_f64();
            }
            // Objects are named by another name here; that it is one is enough.
            if a.contains_key("other") && b.contains_key("other") {
                return true;
            }
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| agrees(v, w)))
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agrees(a, b))
        }
        _ => expected == found,
    }
}

#[derive(Default)]
struct Tally {
    right: usize,
    unknown: Vec<String>,
    wrong: Vec<String>,
}

fn judge(
    name: &str,
    case: &Json,
    installed: &Json,
    expected: &BTreeMap<&str, &Json>,
    tally: &mut Tally,
) {
    let settings = settings_of(&case["files"], &case["env"], installed);
    let source = case["files"]["settings.py"].as_str().unwrap_or_default();
    for (key, expected) in expected {
        let line =
            source.lines().find(|line| line.contains(&format!("    {key} = "))).unwrap_or(key);
        let place = || format!("{name} {installed} {}", line.trim());
        match settings.get(key).map(|setting| &setting.state) {
            Some(State::Known(value)) => {
                let found = shown(value);
                if agrees(expected, &found) {
                    tally.right += 1;
                } else {
                    tally.wrong.push(format!(
                        "{}\n    expected {expected}\n    found    {found}",
                        place()
                    ));
                }
            }
            Some(State::Unknown { reason, .. }) => {
                tally.unknown.push(format!("{} : {reason}", place()))
            }
            Some(State::OneOf(values)) => {
                let values: Vec<Json> = values.iter().map(shown).collect();
                if values.iter().any(|value| agrees(expected, value)) {
                    tally.unknown.push(format!("{} : one of {values:?}", place()));
                } else {
                    tally.wrong.push(format!(
                        "{}\n    expected {expected}\n    one of {values:?}",
                        place()
                    ));
                }
            }
            None => tally.wrong.push(format!(
                "{}\n    expected {expected}\n    not set; stops {:?} problems {:?}",
                place(),
                settings.stops,
                settings.problems
            )),
        }
    }
}

#[test]
fn libraries_do_what_they_did_under_python() {
    let path = std::env::var("PLIMSOLL_LIBRARY_CASES").ok();
    let cases = path.map_or_else(
        || include_str!("library_cases.json").to_owned(),
        |path| std::fs::read_to_string(path).unwrap(),
    );
    let cases: Vec<Json> = serde_json::from_str(&cases).unwrap();
    let mut tally = Tally::default();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let base = case["expected"].as_object().unwrap();
        let first: BTreeMap<&str, &Json> = base.iter().map(|(k, v)| (k.as_str(), v)).collect();
        if first.contains_key("raise") {
            continue;
        }
        judge(name, case, &case["installed"], &first, &mut tally);
        for other in case["others"].as_array().unwrap() {
            let mut expected = first.clone();
            expected.extend(
                other["expected"].as_object().unwrap().iter().map(|(k, v)| (k.as_str(), v)),
            );
            judge(name, case, &other["installed"], &expected, &mut tally);
        }
    }
    if std::env::var_os("PLIMSOLL_SHOW_UNKNOWN").is_some() {
        println!("{}", tally.unknown.join("\n"));
    }
    println!("{} right, {} unknown, {} wrong", tally.right, tally.unknown.len(), tally.wrong.len());
    assert!(tally.wrong.is_empty(), "{} wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
    assert!(
        tally.unknown.len() * 20 < tally.right,
        "{} of {} are unknown",
        tally.unknown.len(),
        tally.right
    );
}
