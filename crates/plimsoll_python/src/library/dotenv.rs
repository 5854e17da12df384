//! python-dotenv: `load_dotenv`, `find_dotenv`, `dotenv_values`, `get_key`.

use plimsoll_formats::dotenv::{Dialect, EnvValue, Interpolation, Version};

use super::prelude::*;
use super::support::{self, EnvSource};

const DISTRIBUTION: &str = "python-dotenv";

pub(super) const MODELS: &[Model] = &[
    Model { name: "dotenv", distribution: Some(DISTRIBUTION), build },
    Model { name: "dotenv.main", distribution: Some(DISTRIBUTION), build },
];

static LOAD: Native = function("dotenv.load_dotenv", load_dotenv);
static FIND: Native = function("dotenv.find_dotenv", find_dotenv);
static VALUES: Native = function("dotenv.dotenv_values", dotenv_values);
static GET_KEY: Native = function("dotenv.get_key", get_key);

fn build(module: &mut Builder<'_, '_>) {
    module.function("load_dotenv", &LOAD);
    module.function("find_dotenv", &FIND);
    module.function("dotenv_values", &VALUES);
    module.function("get_key", &GET_KEY);
    module.unknown("of python-dotenv only reading files is modelled");
}

/// The path that `find_dotenv()` gives: upward from the calling file; empty where none is found.
fn search(interp: &Interp<'_>, name: &str) -> Option<String> {
    let folder = support::calling_folder(interp)?;
    Some(support::find_upward(interp, &folder, &[name]).unwrap_or_default())
}

fn find_dotenv(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [name, required, from_here] =
        call.bind(interp, "find_dotenv", ["filename", "raise_error_if_not_found", "usecwd"], 0)?;
    let working_folder = from_here.as_ref().map(|value| interp.truth(value)).transpose()?.flatten();
    let name = match &name {
        None => ".env".to_owned(),
        Some(value) => match value.as_str() {
            Some(name) => name.to_owned(),
            None => return Ok(Val::unknown("find_dotenv with a file name that is not known")),
        },
    };
    if from_here.is_some() && working_folder != Some(false) {
        return Ok(Val::unknown("find_dotenv(usecwd=True) looks in the process's working folder"));
    }
    let Some(path) = search(interp, &name) else {
        return Ok(Val::unknown("find_dotenv in code whose file is not known"));
    };
    if path.is_empty() {
        interp.missing(&name, at);
        interp.absent_env_file(&name, at);
        if required.as_ref().is_some_and(|value| value.is_unknown()) {
            return Ok(Val::unknown("find_dotenv may raise where there is no file"));
        }
        if let Some(required) = required
            && interp.truth(&required)? == Some(true)
        {
            return Err(interp.raise("OSError", "File not found"));
        }
    }
    Ok(Val::str(path))
}

/// The arguments of `load_dotenv` and `dotenv_values` that matter.
struct Arguments {
    path: Option<Val>,
    stream: Option<Val>,
    overrides: Option<bool>,
    interpolates: Option<bool>,
}

impl Arguments {
    fn of(interp: &mut Interp<'_>, call: &Call, places: [usize; 4]) -> Result<Self, Raise> {
        let [path, stream, overrides, interpolates] = places;
        let mut flag = |at: usize, name: &str, default: bool| match call.get(at, name) {
            None => Ok(Some(default)),
            Some(value) => interp.truth(value),
        };
        Ok(Self {
            overrides: flag(overrides, "override", false)?,
            interpolates: flag(interpolates, "interpolate", true)?,
            path: call.get(path, "dotenv_path").filter(|value| !value.is_none()).cloned(),
            stream: call.get(stream, "stream").filter(|value| !value.is_none()).cloned(),
        })
    }
}

/// Finds and reads the file.
fn source(
    interp: &mut Interp<'_>,
    arguments: &Arguments,
    interpolation: Interpolation,
    call: &Call,
) -> Result<EnvSource, Raise> {
    let path = match &arguments.path {
        Some(value) => match support::path_text(interp, value)? {
            Some(path) => path.to_string(),
            None => return Ok(EnvSource::Unknown("an env file whose path is not known".into())),
        },
        None if arguments.stream.is_some() => {
            return Ok(EnvSource::Unknown("variables read from an open file".into()));
        }
        None => match search(interp, ".env") {
            Some(path) => path,
            None => return Ok(EnvSource::Unknown("a .env whose folder is not known".into())),
        },
    };
    if path.is_empty() {
        interp.missing(".env", call.at);
        interp.absent_env_file(".env", call.at);
        return Ok(EnvSource::Absent);
    }
    let path = interp.in_working_folder(&path);
    if !path.starts_with('/') {
        return Ok(EnvSource::Unknown(format!(
            "the env file {path} is read, relative to the folder that the process starts in"
        )));
    }
    let interpolation = match arguments.interpolates {
        Some(true) => interpolation,
        Some(false) => Interpolation::Off,
        None => return Ok(EnvSource::Unknown("interpolate= is not known".into())),
    };
    let version = support::version(interp, DISTRIBUTION);
    let dialect = Dialect::PythonDotenv { version, interpolation };
    Ok(support::read_env_file(interp, &path, dialect, call.at))
}

fn load_dotenv(interp: &mut Interp<'_>, call: Call) -> Outcome {
    if disabled(interp) {
        return Ok(Val::bool(false));
    }
    let arguments = Arguments::of(interp, &call, [0, 1, 3, 4])?;
    let Some(overrides) = arguments.overrides else {
        interp.environment_open("load_dotenv with an override= that is not known", true);
        return Ok(Val::unknown("load_dotenv with an override= that is not known"));
    };
    let order = if overrides { Interpolation::FileFirst } else { Interpolation::OuterFirst };
    match source(interp, &arguments, order, &call)? {
        EnvSource::Unknown(reason) => {
            interp.environment_open(&reason, overrides);
            Ok(Val::unknown(reason))
        }
        EnvSource::Absent => Ok(Val::bool(false)),
        EnvSource::Read(file) => {
            if file.refused.is_some() {
                return Err(interp.raise("UnicodeDecodeError", "the env file is not UTF-8"));
            }
            support::load(interp, &file, overrides);
            Ok(Val::bool(!file.entries.is_empty()))
        }
    }
}

/// `PYTHON_DOTENV_DISABLED` (from 1.2).
fn disabled(interp: &Interp<'_>) -> bool {
    if support::version(interp, DISTRIBUTION) < Version(1, 2, 0) {
        return false;
    }
    match interp.environment_get("PYTHON_DOTENV_DISABLED") {
        Lookup::Set(value) => value.as_str().is_some_and(|text| {
            matches!(text.to_lowercase().as_str(), "1" | "true" | "t" | "yes" | "y")
        }),
        _ => false,
    }
}

fn dotenv_values(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let arguments = Arguments::of(interp, &call, [0, 1, usize::MAX, 3])?;
    match source(interp, &arguments, Interpolation::FileFirst, &call)? {
        EnvSource::Unknown(reason) => Ok(Val::unknown(reason)),
        EnvSource::Absent => Ok(interp.new_dict([])),
        EnvSource::Read(file) => {
            if file.refused.is_some() {
                return Err(interp.raise("UnicodeDecodeError", "the env file is not UTF-8"));
            }
            let mut pairs = Vec::new();
            for entry in file.effective() {
                interp.record_use(&entry.key, call.at, Some(&Val::NONE), None, "python-dotenv");
                let value = match &entry.value {
                    EnvValue::Absent => Val::NONE,
                    value => support::entry_value(&entry.key, value).unwrap_or(Val::NONE),
                };
                pairs.push((Val::str(&entry.key), value));
            }
            Ok(interp.new_dict_of(pairs))
        }
    }
}

fn get_key(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let Some(key) = call.get(1, "key_to_get").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(Val::unknown("get_key with a name that is not known"));
    };
    let path = call.get(0, "dotenv_path").cloned();
    let arguments =
        Arguments { path, stream: None, overrides: Some(true), interpolates: Some(true) };
    Ok(match source(interp, &arguments, Interpolation::FileFirst, &call)? {
        EnvSource::Unknown(reason) => Val::unknown(reason),
        EnvSource::Absent => Val::NONE,
        EnvSource::Read(file) => file
            .get(&key)
            .and_then(|entry| support::entry_value(&key, &entry.value))
            .unwrap_or(Val::NONE),
    })
}
