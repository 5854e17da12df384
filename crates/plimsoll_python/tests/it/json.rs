//! Values as JSON, for comparing with what CPython gave.

use plimsoll_python::{
    Environment, MachineEntry, Presence, Request, Settings, State, Value, Variable, evaluate,
};
use plimsoll_source::{MemoryTree, RepoPath, Secret};
use serde_json::{Value as Json, json};

/// Evaluates the module `settings` of these files in an environment.
pub(crate) fn settings(files: &[(&str, &str)], environment: &[(&str, &str)]) -> Settings {
    let tree = MemoryTree::new(files.iter().copied());
    let mut process = Environment { given: true, ..Environment::default() };
    for (name, value) in environment {
        let variable = Variable { value: Secret::new(*value), at: None };
        process.variables.insert((*name).to_owned(), variable);
    }
    let mut request = Request::new(&tree, RepoPath::root(), "settings", &process);
    request.installed.python = Some((3, 11));
    request.working_folder = Some("/app".to_owned());
    let gone = MachineEntry { presence: Presence::Absent, writable: None };
    request.machine.insert("/etc/there-is-no", gone);
    evaluate(&request)
}

/// Evaluates a single file.
pub(crate) fn evaluated(text: &str, environment: &[(&str, &str)]) -> Settings {
    settings(&[("settings.py", text)], environment)
}

/// What is known of a setting: its value, or `unknown`, or `one of` with the candidates.
pub(crate) fn shown(settings: &Settings, name: &str) -> String {
    match settings.get(name).map(|setting| &setting.state) {
        None => "absent".to_owned(),
        Some(State::Known(value)) => to_json(value).to_string(),
        Some(State::Unknown { .. }) => "unknown".to_owned(),
        Some(State::OneOf(values)) => {
            let mut all: Vec<String> =
                values.iter().map(|value| to_json(value).to_string()).collect();
            all.sort();
            format!("one of {}", all.join(" "))
        }
    }
}

pub(crate) fn to_json(value: &Value) -> Json {
    let all = |items: &[Value]| -> Vec<Json> { items.iter().map(to_json).collect() };
    match value {
        Value::None => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => match i64::try_from(number) {
            Ok(number) => json!(number),
            Err(_) => json!({"$type": "int", "value": number.to_string()}),
        },
        Value::Float(number) => json!({"$type": "float", "value": number.to_bits()}),
        Value::Str(text) => json!(text),
        Value::Secret(secret) => json!(secret.expose()),
        Value::Bytes(bytes) => json!({"$type": "bytes", "value": bytes}),
        Value::List(items) => Json::Array(all(items)),
        Value::Tuple(items) => json!({"$type": "tuple", "items": all(items)}),
        Value::Set(items) => {
            let mut items = all(items);
            items.sort_by_key(ToString::to_string);
            json!({"$type": "set", "items": items})
        }
        Value::Dict(pairs) => {
            let pairs: Vec<Json> =
                pairs.iter().map(|(key, value)| json!([to_json(key), to_json(value)])).collect();
            json!({"$type": "dict", "items": pairs})
        }
        Value::Timedelta(micros) => json!({"$type": "timedelta", "micros": micros.to_string()}),
        Value::Path(path) => json!({"$type": "path", "value": path}),
        Value::Object(_) => json!({"$type": "object"}),
        Value::Unknown { .. } | Value::OneOf(_) => json!("unknown"),
    }
}
