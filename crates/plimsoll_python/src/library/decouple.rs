//! python-decouple: `config`, `AutoConfig`, `Config` and the repositories.

use plimsoll_formats::dotenv::{Dialect, EnvFile, Version};

use super::decouple_casts;
use super::prelude::*;
use super::support::{self, EnvSource};
use crate::interp::heap::{Builtin, Event};

pub(super) const DISTRIBUTION: &str = "python-decouple";

pub(super) const MODELS: &[Model] =
    &[Model { name: "decouple", distribution: Some(DISTRIBUTION), build }];

static AUTO_INIT: Native = method("decouple.AutoConfig", auto_init);
static AUTO_CALL: Native = method("decouple.config", auto_call);
static CONFIG_INIT: Native = method("decouple.Config", config_init);
static CONFIG_GET: Native = method("decouple.Config.get", config_get);
static REPOSITORY_INIT: Native = method("decouple.RepositoryEnv", repository_init);
static REPOSITORY_GET: Native = method("decouple.RepositoryEnv.__getitem__", repository_get);
static REPOSITORY_HAS: Native = method("decouple.RepositoryEnv.__contains__", repository_has);

/// Attributes of a repository: the file's path, and whether it is an `.ini`.
const PATH: &str = "__plimsoll_path__";
const IS_INI: &str = "__plimsoll_ini__";

fn build(module: &mut Builder<'_, '_>) {
    module.exception("UndefinedValueError", "Exception");
    let undefined = module.class("Undefined", &[], |_| {});
    let undefined = module.interp.new_instance(&undefined);
    module.value("undefined", undefined);
    module.str("DEFAULT_ENCODING", "UTF-8");
    let empty = module.class("RepositoryEmpty", &[], |class| {
        class.method("__init__", &REPOSITORY_INIT);
        class.method("__getitem__", &REPOSITORY_GET);
        class.method("__contains__", &REPOSITORY_HAS);
    });
    module.class("RepositoryEnv", std::slice::from_ref(&empty), |class| {
        class.value(IS_INI, Val::bool(false));
    });
    module.class("RepositoryIni", std::slice::from_ref(&empty), |class| {
        class.value(IS_INI, Val::bool(true));
    });
    module.class("Config", &[], |class| {
        class.method("__init__", &CONFIG_INIT);
        class.method("get", &CONFIG_GET);
        class.method("__call__", &CONFIG_GET);
    });
    let auto = module.class("AutoConfig", &[], |class| {
        class.method("__init__", &AUTO_INIT);
        class.method("__call__", &AUTO_CALL);
        class.value("search_path", Val::NONE);
        class.value("config", Val::NONE);
    });
    let config = module.interp.new_instance(&auto);
    module.value("config", config);
    decouple_casts::build(module);
    module.unknown("this part of python-decouple is not modelled");
}

fn auto_init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [this, path] = call.bind(interp, "AutoConfig", ["self", "search_path"], 1)?;
    let this = this.unwrap_or(Val::NONE);
    interp.set_attribute(&this, "search_path", path.unwrap_or(Val::NONE))?;
    Ok(Val::NONE)
}

/// The first call decides which file is read, from the folder of the calling file upward.
fn auto_call(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let mut path = interp.get_attribute(&this, PATH).unwrap_or(Val::NONE);
    if path.as_str().is_none() {
        path = auto_path(interp, &this)?;
        interp.set_attribute(&this, PATH, path.clone())?;
        if path.as_str() == Some("") {
            interp.missing(".env", call.at);
            interp.absent_env_file(".env", call.at);
        }
    }
    let source = match path.as_str() {
        Some("") => EnvSource::Absent,
        Some(path) => read(interp, path, path.ends_with(".ini"), call.at),
        None => EnvSource::Unknown("the folder that decouple searches is not known".into()),
    };
    let ini = path.as_str().is_some_and(|path| path.ends_with(".ini"));
    get(interp, call, &source, ini)
}

fn auto_path(interp: &mut Interp<'_>, this: &Val) -> Outcome {
    let search = interp.get_attribute(this, "search_path")?;
    let folder = match interp.truth(&search)? {
        None => None,
        Some(false) => support::calling_folder(interp),
        Some(true) => support::path_text(interp, &search)?.map(|path| path.to_string()),
    };
    let Some(folder) = folder.filter(|folder| folder.starts_with('/')) else {
        return Ok(Val::unknown("the folder that decouple searches is not known"));
    };
    let folder = support::normalize(&folder);
    let found = support::find_upward(interp, &folder, &["settings.ini", ".env"]);
    Ok(Val::str(found.unwrap_or_default()))
}

fn read(interp: &mut Interp<'_>, path: &str, ini: bool, at: Event) -> EnvSource {
    let version = support::version(interp, DISTRIBUTION);
    let dialect = if ini { Dialect::DecoupleIni } else { Dialect::Decouple { version } };
    support::read_env_file(interp, path, dialect, at)
}

fn repository_init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [this, source, _] = call.bind(interp, "Repository", ["self", "source", "encoding"], 1)?;
    let this = this.unwrap_or(Val::NONE);
    let path = match source {
        None => Val::str(""),
        Some(source) => match support::path_text(interp, &source)? {
            Some(path) => Val::str(path),
            None => Val::unknown("a file of settings whose path is not known"),
        },
    };
    interp.set_attribute(&this, PATH, path)?;
    Ok(Val::NONE)
}

/// What a repository holds.
fn repository(interp: &mut Interp<'_>, this: &Val, at: Event) -> Result<(EnvSource, bool), Raise> {
    let path = interp.find_attribute(this, PATH)?;
    let ini = interp.find_attribute(this, IS_INI)?.map(|value| interp.truth(&value)).transpose()?;
    let Some(ini) = ini.flatten() else {
        // RepositoryEmpty, or a class that is not known.
        let known = path.is_some();
        let reason = "a repository of settings that is not modelled";
        return Ok((
            if known { EnvSource::Absent } else { EnvSource::Unknown(reason.into()) },
            false,
        ));
    };
    let Some(path) = path.as_ref().and_then(Val::as_str).map(str::to_owned) else {
        return Ok((EnvSource::Unknown("a file of settings whose path is not known".into()), ini));
    };
    let path = interp.in_working_folder(&path);
    if !path.starts_with('/') {
        let reason =
            format!("the file {path} is read, relative to the folder that the process starts in");
        return Ok((EnvSource::Unknown(reason), ini));
    }
    Ok(match read(interp, &path, ini, at) {
        // The constructor opens the file: where production works, it is there.
        EnvSource::Absent => (
            EnvSource::Unknown(format!("{path} is not in the repository, and has to be there")),
            ini,
        ),
        source => (source, ini),
    })
}

fn repository_get(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let Some(key) = call.get(1, "key").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(Val::unknown("a setting whose name is not known"));
    };
    let (source, ini) = repository(interp, &this, call.at)?;
    match in_file(&source, &key, ini) {
        Some(value) => Ok(value),
        None => Err(interp.raise_variable("KeyError", &key, &key)),
    }
}

fn repository_has(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let Some(key) = call.get(1, "key").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(Val::unknown("a setting whose name is not known"));
    };
    match interp.environment_get(&key) {
        Lookup::Set(_) => return Ok(Val::bool(true).depending_on(&key)),
        Lookup::Unknown(value) => return Ok(value),
        Lookup::Unset => {}
    }
    let (source, ini) = repository(interp, &this, call.at)?;
    Ok(match in_file(&source, &key, ini) {
        Some(value) if value.is_unknown() => value,
        found => Val::bool(found.is_some()).depending_on(&key),
    })
}

fn config_init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [this, repository] = call.bind(interp, "Config", ["self", "repository"], 2)?;
    let this = this.unwrap_or(Val::NONE);
    interp.set_attribute(&this, "repository", repository.unwrap_or(Val::NONE))?;
    Ok(Val::NONE)
}

fn config_get(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let holder = interp.get_attribute(&this, "repository")?;
    let (source, ini) = if holder.is_unknown() {
        (EnvSource::Unknown("a repository of settings that is not known".into()), false)
    } else if interp.object(&holder).is_some() && interp.find_attribute(&holder, PATH)?.is_none() {
        // A class of the project's own, or a dict.
        (EnvSource::Unknown("a repository of settings that is not modelled".into()), false)
    } else {
        repository(interp, &holder, call.at)?
    };
    get(interp, call, &source, ini)
}

/// The value of a name in a file; unknown where the file's content is.
fn in_file(source: &EnvSource, key: &str, ini: bool) -> Option<Val> {
    match source {
        EnvSource::Absent => None,
        EnvSource::Unknown(reason) => Some(Val::unknown_variable(reason.clone(), key)),
        EnvSource::Read(file) => read_value(file, key, ini),
    }
}

fn read_value(file: &EnvFile, key: &str, ini: bool) -> Option<Val> {
    let lower = key.to_lowercase();
    let entry = file.get(if ini { &lower } else { key })?;
    support::entry_value(key, &entry.value)
}

/// `Config.get(option, default, cast)`: the process environment, the file, the default.
fn get(interp: &mut Interp<'_>, call: Call, source: &EnvSource, ini: bool) -> Outcome {
    let at = call.at;
    let [_, option, default, cast] =
        call.bind(interp, "config", ["self", "option", "default", "cast"], 2)?;
    let option = option.unwrap_or(Val::NONE);
    let Some(key) = option.as_str().map(str::to_owned) else {
        return Ok(if option.is_unknown() {
            option
        } else {
            Val::unknown("a setting without a name")
        });
    };
    if let EnvSource::Read(EnvFile { refused: Some(_), .. }) = source {
        return Err(interp.raise("ValueError", "the file of settings cannot be read"));
    }
    let default = default.filter(|value| !is_undefined(interp, value));
    let cast = cast.filter(|value| !is_undefined(interp, value));
    let cast_name = cast.as_ref().and_then(|cast| support::cast_name(interp, cast));
    interp.record_use(&key, at, default.as_ref(), cast_name.as_deref(), "python-decouple");
    let value = match interp.environment_get(&key) {
        Lookup::Set(value) | Lookup::Unknown(value) => value,
        Lookup::Unset => match (in_file(source, &key, ini), default) {
            (Some(value), _) => {
                note_set(interp, &key);
                value
            }
            (None, Some(default)) => default.depending_on(&key),
            (None, None) => {
                let class = "decouple.UndefinedValueError";
                return Err(interp.raise_variable(class, &format!("{key} not found"), &key));
            }
        },
    };
    let Some(cast) = cast else { return Ok(value) };
    interp.each(&value, |interp, value| apply(interp, &cast, value, at))
}

/// The reading that was recorded last found its variable in a file.
fn note_set(interp: &mut Interp<'_>, key: &str) {
    if let Some(usage) = interp.uses.iter_mut().rev().find(|usage| usage.name == key) {
        usage.is_set = true;
    }
}

fn is_undefined(interp: &Interp<'_>, value: &Val) -> bool {
    let class = interp.class_of(value);
    class.as_id().is_some_and(|id| interp.extends(id, "decouple", "Undefined"))
}

fn apply(interp: &mut Interp<'_>, cast: &Val, value: &Val, at: Event) -> Outcome {
    if cast.is_unknown() || value.is_unknown() {
        return Ok(if value.is_unknown() { value.clone() } else { cast.clone() });
    }
    if !support::is_builtin(interp, cast, Builtin::Bool) {
        return interp.call(cast, Call::of(vec![value.clone()], at));
    }
    let text = match &value.kind {
        Kind::Str(text) => text.to_string(),
        Kind::Bool(flag) => return Ok(Val::bool(*flag).with_deps(&value.deps)),
        Kind::None => "None".into(),
        Kind::Int(number) => number.to_string(),
        _ => return Ok(Val::unknown("cast=bool of a default that is no text, number or boolean")),
    };
    if text.is_empty() {
        return Ok(Val::bool(false).with_deps(&value.deps));
    }
    let old = support::version(interp, DISTRIBUTION) < Version(3, 2, 0);
    match decouple_casts::strtobool(&text, old) {
        Some(flag) => Ok(Val::bool(flag).with_deps(&value.deps)),
        None => Err(interp.raise("ValueError", "Invalid truth value")),
    }
}
