//! The evaluation of a settings module from beginning to end.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use plimsoll_source::{Problem, ProblemKind, RepoPath, Span};

use crate::django_defaults;
use crate::interp::Interp;
use crate::interp::convert::one_of;
use crate::interp::heap::{Entry, Event, Key};
use crate::interp::iteration::may_be_unbound;
use crate::interp::value::{Kind, Val};
use crate::request::{Installed, Request};
use crate::secrets;
use crate::settings::{ELSEWHERE, Origin, Setting, Settings, State};
use crate::value::Value;

/// The stack of the thread that evaluates: deep enough for [`crate::Limits::depth`].
const STACK: usize = 1 << 30;

/// Evaluates a settings module: the value of each setting in the given environment, without
/// running anything.
pub fn evaluate(request: &Request<'_>) -> Settings {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let running = thread.spawn_scoped(scope, || evaluate_here(request));
        match running.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(settings)) => settings,
            _ => failed(request, "the evaluation could not be run"),
        }
    })
}

fn failed(request: &Request<'_>, message: &str) -> Settings {
    let at = Span::of_file(RepoPath::root());
    Settings {
        module: request.module.clone(),
        problems: vec![Problem::new(ProblemKind::Limit, at, message)],
        ..Settings::default()
    }
}

fn evaluate_here(request: &Request<'_>) -> Settings {
    let mut interp = Interp::new(request);
    let start = Event { order: 0, file: 0, start: 0, end: 0 };
    let module = interp.import(&request.module, start);
    if let Ok(module) = &module {
        interp.apply_configuration(module);
    }
    let mut result = Settings { module: request.module.clone(), ..Settings::default() };
    let namespace = match &module {
        Ok(module) => interp.module_namespace(module),
        Err(_) => None,
    };
    let file = namespace.and_then(|id| interp.namespace_get(id, "__file__"));
    result.file = file.as_ref().and_then(Val::as_str).and_then(|path| interp.to_repo(path));
    if result.file.is_none() {
        let message = format!("the settings module {} was not found", request.module);
        let at = Span::of_file(RepoPath::root());
        result.problems.push(Problem::new(ProblemKind::Missing, at, message));
    }
    let version = request.installed.django.map(|(major, minor)| format!("{major}.{minor}"));
    let defaults = django_defaults::defaults(version.as_deref());
    for (name, value) in accepted_defaults(&request.installed, defaults) {
        result.settings.insert(name.to_owned(), default_setting(value));
    }
    if let Some(dict) = namespace.map(|id| interp.dict(id).cloned()) {
        match dict {
            Some(dict) => {
                let limit =
                    interp.exhausted.then(|| "the limit of the evaluation was reached".into());
                if let Some(reason) = &dict.open.clone().or(limit) {
                    // A default may be overridden by what is not known.
                    for setting in result.settings.values_mut() {
                        *setting = overridden(setting, reason);
                    }
                }
                for (key, entry) in &dict.entries {
                    let Key::Str(name) = key else { continue };
                    if is_setting(name) {
                        let setting = project_setting(&interp, name, entry, defaults.get(name));
                        result.settings.insert(name.to_string(), setting);
                    }
                }
            }
            None => result.settings.clear(),
        }
    }
    derive(&mut result, &defaults);
    for (name, setting) in &mut result.settings {
        if setting.origin == Origin::Default {
            setting.variables = interp.untaken_of(name);
        }
    }
    result.variables = std::mem::take(&mut interp.uses);
    result.files = std::mem::take(&mut interp.files_read);
    result.stops = std::mem::take(&mut interp.stops);
    result.refusals = std::mem::take(&mut interp.refusals);
    result.outside = interp.asked.take().into_iter().collect();
    result.absent_env_files = std::mem::take(&mut interp.absent_env_files);
    result.calls = std::mem::take(&mut interp.calls);
    result.problems.append(&mut interp.problems);
    secrets::hide(&mut result, request.environment);
    result
}

/// Django's defaults. Where the project accepts several series of Django whose defaults differ, which
/// one production has is not known.
fn accepted_defaults(
    installed: &Installed,
    oldest: django_defaults::Defaults,
) -> Vec<(&'static str, Value)> {
    let series = installed.django_series();
    let (Some(first), Some(last)) = (series.first(), series.last()) else {
        return oldest.iter().map(|(name, value)| (name, value.clone())).collect();
    };
    if series.len() < 2 {
        return oldest.iter().map(|(name, value)| (name, value.clone())).collect();
    }
    let each: Vec<_> = series
        .iter()
        .map(|(major, minor)| django_defaults::defaults(Some(&format!("{major}.{minor}"))))
        .collect();
    let names: BTreeSet<&str> =
        each.iter().flat_map(|defaults| defaults.iter().map(|(name, _)| name)).collect();
    let between = format!("{}.{} to {}.{}", first.0, first.1, last.0, last.1);
    let mut all = Vec::new();
    for name in names {
        let values: Vec<Option<&'static Value>> =
            each.iter().map(|defaults| defaults.get(name)).collect();
        let known = values.iter().flatten().next().copied();
        let Some(known) = known else { continue };
        let value = if values.iter().all(|value| *value == Some(known)) {
            known.clone()
        } else {
            // Whether it is there at all, or what it is.
            let reason = format!(
                "Django's default is not the same in all versions that the project accepts ({between})"
            );
            Value::Unknown { reason, variable: None }
        };
        all.push((name, value));
    }
    all
}

/// Sets what Django itself derives from other settings when it starts (`STORAGES` from the older
/// names and the other way round): a default that depends on the project.
fn derive(result: &mut Settings, defaults: &django_defaults::Defaults) {
    let own = |name: &str| {
        let setting = result.get(name).filter(|setting| setting.origin == Origin::Project)?;
        Some(match &setting.state {
            State::Known(value) | State::Unknown { partial: value, .. } => value.clone(),
            State::OneOf(values) => Value::OneOf(values.clone()),
        })
    };
    let source = |name: &str| match name {
        "STORAGES" => ["DEFAULT_FILE_STORAGE", "STATICFILES_STORAGE"].as_slice(),
        "PASSWORD_RESET_TIMEOUT" => ["PASSWORD_RESET_TIMEOUT_DAYS"].as_slice(),
        _ => ["STORAGES"].as_slice(),
    };
    for (name, value) in defaults.derived(own) {
        if result.get(name).is_some_and(|setting| setting.origin == Origin::Project) {
            continue;
        }
        let mut setting = default_setting(value);
        for from in source(name).iter().filter_map(|name| result.get(name)) {
            setting.at = setting.at.take().or_else(|| from.at.clone());
            setting.via.extend(from.via.iter().cloned());
            setting.variables.extend(from.variables.iter().cloned());
        }
        result.settings.insert(name.to_owned(), setting);
    }
}

/// `str.isupper`, as Django decides what is a setting.
pub(crate) fn is_setting(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

fn default_setting(value: Value) -> Setting {
    Setting {
        state: state_of(value),
        origin: Origin::Default,
        at: None,
        via: Vec::new(),
        variables: Vec::new(),
        keys: BTreeMap::new(),
        shape: Vec::new(),
    }
}

fn overridden(setting: &Setting, reason: &str) -> Setting {
    let reason = format!("{ELSEWHERE}{reason}");
    let partial = Value::Unknown { reason: reason.clone(), variable: None };
    Setting { state: State::Unknown { reason, partial }, ..setting.clone() }
}

fn project_setting(
    interp: &Interp<'_>,
    name: &str,
    entry: &Entry,
    default: Option<&Value>,
) -> Setting {
    let mut changes = BTreeSet::new();
    let mut variables = BTreeSet::new();
    interp.history(&entry.value, &mut changes, &mut variables, &mut HashSet::new());
    let assigned: Vec<Event> =
        entry.events.iter().flat_map(|events| events.iter().copied()).collect();
    let at = assigned.last().copied();
    changes.extend(assigned.iter().copied());
    let mut via: Vec<Span> = Vec::new();
    for event in &changes {
        let span = interp.span(*event);
        if !via.contains(&span) {
            via.push(span);
        }
    }
    let (keys, shape) = interp.key_variables(&entry.value);
    Setting {
        state: state_of(plain_value(interp, name, &entry.value, default)),
        origin: Origin::Project,
        at: at.map(|event| interp.span(event)),
        via,
        variables: variables.iter().map(|name| name.to_string()).collect(),
        keys,
        shape,
    }
}

/// The value of a name; where it is bound on one way only, Django's default holds on the other.
fn plain_value(interp: &Interp<'_>, name: &str, value: &Val, default: Option<&Value>) -> Value {
    if !may_be_unbound(value) {
        return interp.export(value);
    }
    let bound: Vec<&Val> = match &value.kind {
        Kind::OneOf(values) => {
            values.iter().filter(|value| !matches!(value.kind, Kind::Unbound)).collect()
        }
        _ => Vec::new(),
    };
    match default {
        Some(default) => {
            let mut values: Vec<Value> = bound.iter().map(|value| interp.export(value)).collect();
            values.push(default.clone());
            one_of(values)
        }
        None => Value::Unknown {
            reason: format!("whether {name} is set depends on a branch that could not be decided"),
            variable: None,
        },
    }
}

/// What is known, from a value with its unknown parts.
fn state_of(value: Value) -> State {
    match value {
        Value::OneOf(values) if values.iter().all(Value::is_known) => State::OneOf(values),
        value if value.is_known() => State::Known(value),
        value => State::Unknown { reason: reason_of(&value), partial: value },
    }
}

/// The first reason in a value.
fn reason_of(value: &Value) -> String {
    fn find(value: &Value) -> Option<String> {
        match value {
            Value::Unknown { reason, .. } => Some(reason.clone()),
            Value::OneOf(values) => values
                .iter()
                .find_map(find)
                .or_else(|| Some("it depends on a branch that could not be decided".to_owned())),
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
                items.iter().find_map(find)
            }
            Value::Dict(pairs) => {
                pairs.iter().find_map(|(key, value)| find(key).or_else(|| find(value)))
            }
            Value::Object(object) => object.arguments.iter().find_map(|(_, value)| find(value)),
            _ => None,
        }
    }
    find(value).unwrap_or_else(|| "it could not be determined".to_owned())
}
