//! Evaluates a settings module and prints it as JSON: for comparing with Python.
//!
//! `eval DIR ROOT MODULE [NAME=VALUE]…`: `DIR` the repository, `ROOT` the folder in it that holds
//! `manage.py` (`.` for the repository itself). Secrets are shown: never run it where they matter.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_python::{Environment, Object, Origin, Request, State, Value, Variable, evaluate};
use plimsoll_source::{MemoryTree, RepoPath, Secret};
use serde_json::{Value as Json, json};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(folder), Some(root), Some(module)) =
        (arguments.first(), arguments.get(1), arguments.get(2))
    else {
        return;
    };
    let mut files = BTreeMap::new();
    read(Path::new(folder), Path::new(folder), &mut files);
    let tree = MemoryTree::new(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let mut environment = Environment::default();
    for pair in arguments.iter().skip(3) {
        if let Some((name, value)) = pair.split_once('=') {
            let variable = Variable { value: Secret::new(value), at: None };
            environment.variables.insert(name.to_owned(), variable);
        }
    }
    environment.given = true;
    let Some(root) = RepoPath::new(root) else { return };
    let mut request = Request::new(&tree, root, module, &environment);
    request.absolute_root =
        std::fs::canonicalize(folder).map(|path| path.display().to_string()).unwrap_or_default();
    request.installed.python = Some((3, 11));
    let start = std::time::Instant::now();
    let settings = evaluate(&request);
    let took = start.elapsed();
    let shown: serde_json::Map<String, Json> = settings
        .settings
        .iter()
        .filter(|(_, setting)| setting.origin == Origin::Project)
        .map(|(name, setting)| {
            let (state, value, reason) = match &setting.state {
                State::Known(value) => ("known", json(value), Json::Null),
                State::Unknown { reason, partial } => ("unknown", json(partial), json!(reason)),
                State::OneOf(values) => ("one_of", values.iter().map(json).collect(), Json::Null),
            };
            let at = setting.at.as_ref().map(ToString::to_string);
            let via: Vec<String> = setting.via.iter().map(ToString::to_string).collect();
            (name.clone(), json!({"state": state, "value": value, "reason": reason, "at": at, "via": via, "variables": setting.variables}))
        })
        .collect();
    let problems: Vec<String> =
        settings.problems.iter().map(|p| format!("{:?} {}: {}", p.kind, p.at, p.message)).collect();
    let stops: Vec<String> =
        settings.stops.iter().map(|p| format!("{}: {}", p.at, p.message)).collect();
    let output = json!({"settings": shown, "problems": problems, "stops": stops, "micros": took.as_micros() as u64});
    #[expect(clippy::print_stdout, reason = "printing is what this example does")]
    {
        println!("{output}");
    }
}

fn read(base: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), ".git" | "node_modules" | "venv" | ".venv" | "__pycache__")
            {
                read(base, &path, files);
            }
        } else if let (Ok(text), Ok(inside)) =
            (std::fs::read_to_string(&path), path.strip_prefix(base))
        {
            files.insert(inside.display().to_string(), text);
        }
    }
}

fn json(value: &Value) -> Json {
    match value {
        Value::None => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => match i64::try_from(number) {
            Ok(number) => json!(number),
            Err(_) => json!({"$type": "int", "value": number.to_string()}),
        },
        Value::Float(number) => json!({"$type": "float", "value": format!("{number:?}")}),
        Value::Str(text) => json!(text),
        Value::Secret(secret) => json!(secret.expose()),
        Value::Bytes(bytes) => json!({"$type": "bytes", "value": bytes}),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Tuple(items) => {
            json!({"$type": "tuple", "items": items.iter().map(json).collect::<Vec<_>>()})
        }
        Value::Set(items) => {
            json!({"$type": "set", "items": items.iter().map(json).collect::<Vec<_>>()})
        }
        Value::Dict(pairs) => {
            let pairs: Vec<Json> =
                pairs.iter().map(|(key, value)| json!([json(key), json(value)])).collect();
            json!({"$type": "dict", "items": pairs})
        }
        Value::Timedelta(micros) => json!({"$type": "timedelta", "micros": micros.to_string()}),
        Value::Path(path) => json!({"$type": "path", "value": path}),
        Value::Object(Object { type_name, repr, arguments }) => {
            let arguments: Vec<Json> =
                arguments.iter().map(|(name, value)| json!([name, json(value)])).collect();
            json!({"$type": "object", "type": type_name, "repr": repr, "arguments": arguments})
        }
        Value::Unknown { reason, variable } => json!({"$unknown": reason, "variable": variable}),
        Value::OneOf(values) => json!({"$one_of": values.iter().map(json).collect::<Vec<_>>()}),
    }
}
