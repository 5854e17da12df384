//! The evaluator behind a line of JSON: what the differential tests under `tests/differential` ask,
//! and what they are answered. Used by the example `evaluate` as well.
//!
//! Request: `{"files": {path: text}}` or `{"folder": path}`, and `module`, `environment`, and where
//! they matter `root`, `search`, `absolute_root`, `working_folder`, `argv`, `python`, `django`, `installed`,
//! `entry_points` (`[{"group", "name", "value", "distribution"}]`) and `machine` (path to
//! `{"is": "absent"|"folder"|"file", "text", "writable"}`), `host_name`, `full_name`.
//! Answer: `{"settings": {name: {"state", "value", "candidates", "reason", "origin"}}, "stops": […],
//! "problems": […], "outside": […]}`. Nothing is hidden: this is for public code and made-up values.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use plimsoll_python::{
    EntryPoint, Environment, Installed, MachineEntry, Object, Origin, Presence, Request, State,
    Value, Variable, evaluate,
};
use plimsoll_source::{MemoryTree, Problem, RepoPath, Secret};
use serde_json::{Map, Value as Json, json};

/// The answer to one request.
pub(crate) fn answer(line: &str) -> Json {
    let request: Json = serde_json::from_str(line).expect("a request in JSON");
    let files = match request.get("folder").and_then(Json::as_str) {
        Some(folder) => kept_folder(folder),
        None => Rc::new(texts(&request["files"])),
    };
    let tree = MemoryTree::new(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let environment = Environment {
        variables: texts(&request["environment"])
            .into_iter()
            .map(|(name, value)| (name, Variable { value: Secret::new(value), at: None }))
            .collect(),
        given: true,
        ..Environment::default()
    };
    let path = |text: &str| RepoPath::new(text).expect("a path in the repository");
    let root = path(request["root"].as_str().unwrap_or("."));
    let module = request["module"].as_str().expect("a module");
    let mut asked = Request::new(&tree, root, module, &environment);
    asked.search = list(&request["search"]).iter().map(|text| path(text)).collect();
    if let Some(absolute) = request["absolute_root"].as_str() {
        asked.absolute_root = absolute.to_owned();
    }
    asked.working_folder = request["working_folder"].as_str().map(str::to_owned);
    if request["argv"].is_array() {
        asked.argv = list(&request["argv"]);
    }
    asked.installed = Installed {
        python: pair(&request["python"]).map(|(major, minor)| (major as u8, minor as u8)),
        django: pair(&request["django"]),
        django_until: None,
        distributions: texts(&request["installed"])
            .into_iter()
            .map(|(name, version)| (name, Some(version)))
            .collect(),
        complete: request["installed"].is_object(),
        entry_points: request["entry_points"].as_array().map(|all| {
            let text = |it: &Json, name: &str| it[name].as_str().unwrap_or_default().to_owned();
            let one = |it: &Json| EntryPoint {
                group: text(it, "group"),
                name: text(it, "name"),
                value: text(it, "value"),
                distribution: text(it, "distribution"),
            };
            all.iter().map(one).collect()
        }),
    };
    for (path, told) in request["machine"].as_object().into_iter().flatten() {
        let presence = match told["is"].as_str() {
            Some("folder") => Presence::Folder,
            Some("file") => Presence::File(told["text"].as_str().map(Secret::new)),
            _ => Presence::Absent,
        };
        asked.machine.insert(path, MachineEntry { presence, writable: told["writable"].as_bool() });
    }
    asked.machine.host_name = request["host_name"].as_str().map(str::to_owned);
    asked.machine.full_name = request["full_name"].as_str().map(str::to_owned);
    let found = evaluate(&asked);
    let mut settings = Map::new();
    for (name, setting) in &found.settings {
        let mut entry = Map::new();
        match &setting.state {
            State::Known(value) => {
                entry.insert("state".into(), "known".into());
                entry.insert("value".into(), to_json(value));
            }
            State::Unknown { reason, partial } => {
                entry.insert("state".into(), "unknown".into());
                entry.insert("value".into(), to_json(partial));
                entry.insert("reason".into(), reason.as_str().into());
            }
            State::OneOf(values) => {
                entry.insert("state".into(), "one_of".into());
                entry.insert("candidates".into(), values.iter().map(to_json).collect());
            }
        }
        let origin = if setting.origin == Origin::Project { "project" } else { "default" };
        entry.insert("origin".into(), origin.into());
        settings.insert(name.clone(), Json::Object(entry));
    }
    let list = |problems: &[Problem]| -> Json {
        problems.iter().map(|problem| Json::String(format!("{problem:?}"))).collect()
    };
    // A namespace that something unknown was written to may have names that are not listed.
    let open = found.settings.values().any(|setting| {
        matches!(&setting.state, State::Unknown { reason, .. } if reason.starts_with("it may be set elsewhere"))
    });
    json!({"settings": settings, "names_may_be_missing": open, "stops": list(&found.stops), "problems": list(&found.problems), "outside": found.outside})
}

fn texts(json: &Json) -> BTreeMap<String, String> {
    let members = json.as_object().into_iter().flatten();
    members.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}

fn list(json: &Json) -> Vec<String> {
    let items = json.as_array().into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn pair(json: &Json) -> Option<(u32, u32)> {
    let at = |index: usize| u32::try_from(json.get(index)?.as_u64()?).ok();
    Some((at(0)?, at(1)?))
}

/// The files of the folder that was asked for last are kept: it is asked for in many environments.
fn kept_folder(folder: &str) -> Rc<BTreeMap<String, String>> {
    thread_local! {
        static LAST: RefCell<(String, Rc<BTreeMap<String, String>>)> = RefCell::default();
    }
    LAST.with_borrow_mut(|last| {
        if last.0 != folder {
            *last = (folder.to_owned(), Rc::new(read_folder(Path::new(folder))));
        }
        Rc::clone(&last.1)
    })
}

/// The files of a folder.
fn read_folder(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(current) = open.pop() {
        for entry in std::fs::read_dir(&current).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !matches!(name.as_str(), ".git" | "node_modules") {
                open.push(path);
            } else if kind.is_file()
                && let Ok(relative) = path.strip_prefix(folder)
            {
                // Whatever is no text counts only by being there.
                let is_small = entry.metadata().is_ok_and(|facts| facts.len() < 1 << 20);
                let bytes =
                    if is_small { std::fs::read(&path).unwrap_or_default() } else { Vec::new() };
                let text = String::from_utf8(bytes).unwrap_or_default();
                files.insert(relative.to_string_lossy().into_owned(), text);
            }
        }
    }
    files
}

/// The JSON form of `tests/differential/wire.py`.
pub(crate) fn to_json(value: &Value) -> Json {
    let all = |items: &[Value]| -> Json { items.iter().map(to_json).collect() };
    match value {
        Value::None => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(number) => match i64::try_from(number) {
            Ok(number) => json!(number),
            Err(_) => json!({"$type": "int", "value": number.to_string()}),
        },
        Value::Float(number) if number.is_finite() => json!(number),
        Value::Float(number) if number.is_nan() => json!({"$type": "float", "value": "nan"}),
        Value::Float(number) => json!({"$type": "float", "value": number.to_string()}),
        Value::Str(text) => json!(text),
        Value::Secret(secret) => json!(secret.expose()),
        Value::Bytes(bytes) => {
            let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            json!({"$type": "bytes", "value": text})
        }
        Value::List(items) => all(items),
        Value::Tuple(items) => json!({"$type": "tuple", "items": all(items)}),
        Value::Set(items) => json!({"$type": "set", "items": all(items)}),
        Value::Dict(pairs) => dict(pairs),
        Value::Timedelta(micros) => json!({"$type": "timedelta", "seconds": *micros as f64 / 1e6}),
        Value::Path(path) => json!({"$type": "path", "value": path}),
        Value::Object(Object { type_name, repr, arguments }) => {
            let arguments: Vec<Json> =
                arguments.iter().map(|(name, value)| json!([name, to_json(value)])).collect();
            json!({"$type": "object", "type": type_name, "repr": repr, "arguments": arguments})
        }
        Value::Unknown { reason, .. } => json!({"$type": "unknown", "reason": reason}),
        Value::OneOf(values) => json!({"$type": "one_of", "candidates": all(values)}),
    }
}

fn dict(pairs: &[(Value, Value)]) -> Json {
    let plain = |key: &Value| matches!(key, Value::Str(text) if text != "$type");
    if pairs.iter().all(|(key, _)| plain(key)) {
        let members =
            pairs.iter().filter_map(|(key, value)| Some((key.text()?.to_owned(), to_json(value))));
        return Json::Object(members.collect());
    }
    let items: Vec<Json> =
        pairs.iter().map(|(key, value)| json!([to_json(key), to_json(value)])).collect();
    json!({"$type": "dict", "items": items})
}
