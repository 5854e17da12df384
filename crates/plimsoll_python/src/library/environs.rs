//! environs: `Env` and `FileAwareEnv`, from version 9.5 on.
//!
//! Before 14 a default is converted as a variable's text is; from 14 on it is given back as it
//! is. From 15 on `read_env` keeps what it read in the `Env` instead of `os.environ`.

use plimsoll_formats::dotenv::{Dialect, Interpolation, Version};

use super::environs_fields::{self as fields, Field};
use super::environs_source as source;
use super::prelude::*;
use super::support;
use crate::interp::heap::{Builtin, Event};

pub(super) const DISTRIBUTION: &str = "environs";

pub(super) const MODELS: &[Model] = &[
    Model { name: "environs", distribution: Some(DISTRIBUTION), build },
    Model { name: "environs.exceptions", distribution: Some(DISTRIBUTION), build: build_errors },
];

/// Before it, everything is unknown.
const OLDEST: Version = Version(9, 5, 0);
const ERRORS: &[&str] =
    &["EnvError", "EnvNotSetError", "EnvValidationError", "EnvSealedError", "ParserConflictError"];
/// On an `Env` that is not eager: a variable that is not set or not valid.
const FAILED: &str = "__plimsoll_failed__";

static INIT: Native = method("environs.Env", init);
static INIT_FILE: Native = method("environs.FileAwareEnv", init_file);
static READ_ENV: Native = function("environs.Env.read_env", read_env);
static READ_INTO: Native = method("environs.Env.read_env", read_into);
static PREFIXED: Native = method("environs.Env.prefixed", prefixed);
static ENTER: Native = method("environs.Env.prefixed", enter);
static EXIT: Native = method("environs.Env.prefixed", exit);
static SEAL: Native = method("environs.Env.seal", seal);

macro_rules! field_methods {
    ($($name:literal $native:ident $field:expr;)+) => {
        $(static $native: Native = method(concat!("environs.Env.", $name), |interp, call| {
            read(interp, call, &$field)
        });)+
        /// The methods that read a variable.
        static METHODS: &[(&str, &Native)] = &[$(($name, &$native)),+];
    };
}

field_methods! {
    "__call__" RAW Field::Raw;
    "str" STR Field::Str;
    "bool" BOOL Field::Bool;
    "int" INT Field::Int;
    "float" FLOAT Field::Float;
    "list" LIST Field::List;
    "dict" DICT Field::Dict;
    "json" JSON Field::Json;
    "path" PATH Field::Path;
    "timedelta" TIMEDELTA Field::Timedelta;
    "log_level" LOG_LEVEL Field::LogLevel;
    "url" URL Field::Url;
    "dj_db_url" DJ_DB_URL Field::Call("dj_database_url");
    "dj_email_url" DJ_EMAIL_URL Field::Call("dj_email_url");
    "dj_cache_url" DJ_CACHE_URL Field::Call("django_cache_url");
    "decimal" DECIMAL Field::Other("decimal");
    "datetime" DATETIME Field::Other("datetime");
    "date" DATE Field::Other("date");
    "time" TIME Field::Other("time");
    "uuid" UUID Field::Other("uuid");
    "enum" ENUM Field::Other("enum");
}

fn build_errors(module: &mut Builder<'_, '_>) {
    for name in ERRORS {
        let value = module.import(DISTRIBUTION, name);
        module.value(name, value);
    }
}

fn build(module: &mut Builder<'_, '_>) {
    let version = support::version(module.interp, DISTRIBUTION);
    let error = module.exception("EnvError", "ValueError");
    if version >= Version(15, 1, 0) {
        module.exception("EnvNotSetError", "EnvError");
    }
    module.exception("EnvValidationError", "EnvError");
    let type_error = module.interp.exception_class("TypeError").map_or(Val::NONE, Val::reference);
    module.class("EnvSealedError", &[type_error, error], |_| {});
    module.exception("ParserConflictError", "ValueError");
    let keeps = version >= Version(15, 0, 0);
    let env = module.class("Env", &[], |class| {
        class.method("__init__", &INIT);
        for (name, native) in METHODS {
            class.method(name, native);
        }
        class.method("read_env", if keeps { &READ_INTO } else { &READ_ENV });
        class.method("prefixed", &PREFIXED);
        class.method("seal", &SEAL);
        class.unknown("this part of environs.Env is not modelled");
    });
    module.class("_Prefixed", &[], |class| {
        class.method("__enter__", &ENTER);
        class.method("__exit__", &EXIT);
    });
    if version >= Version(14, 3, 0) {
        module.class("FileAwareEnv", std::slice::from_ref(&env), |class| {
            class.method("__init__", &INIT_FILE);
            class.unknown("this part of environs.FileAwareEnv is not modelled");
        });
    }
    if version >= Version(14, 0, 0) {
        let single = module.interp.new_instance(&env);
        let call = Call::of(vec![single.clone()], module.interp.here);
        let _ = init(module.interp, call);
        module.value("env", single);
    }
    module.unknown("this part of environs is not modelled");
}

fn init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [this, eager, expand, prefix] =
        call.bind(interp, "Env", ["self", "eager", "expand_vars", "prefix"], 1)?;
    let this = this.unwrap_or(Val::NONE);
    let environ = interp.new_dict([]);
    for (name, value) in [
        ("eager", eager.unwrap_or(Val::bool(true))),
        ("expand_vars", expand.unwrap_or(Val::bool(false))),
        ("_prefix", prefix.unwrap_or(Val::NONE)),
        ("_sealed", Val::bool(false)),
        ("_environ", environ),
        (FAILED, Val::NONE),
        (source::SUFFIX, Val::NONE),
    ] {
        interp.set_attribute(&this, name, value)?;
    }
    Ok(Val::NONE)
}

fn init_file(interp: &mut Interp<'_>, mut call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let mut take = |name: &str, default: Val| {
        let at = call.named.iter().position(|(key, _)| **key == *name);
        at.map_or(default, |at| call.named.remove(at).1)
    };
    let suffix = take("file_suffix", Val::str("_FILE"));
    let strip = take("strip_whitespace", Val::bool(false));
    init(interp, call)?;
    interp.set_attribute(&this, source::SUFFIX, suffix)?;
    interp.set_attribute(&this, source::STRIP, strip)
}

/// `read_env(path, recurse, verbose, override)`: into `os.environ`.
fn read_env(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let names = ["path", "recurse", "verbose", "override", "return_path"];
    let at = call.at;
    let [path, recurse, _, overrides, returns] = call.bind(interp, "read_env", names, 0)?;
    let overrides = flag(interp, overrides, false)?;
    let order = match overrides {
        Some(false) => Interpolation::OuterFirst,
        _ => Interpolation::FileFirst,
    };
    let found = source::find(interp, path, recurse, order, at)?;
    let value = match &found {
        source::Found::Unknown(reason) => {
            interp.environment_open(reason, overrides != Some(false));
            return Ok(Val::unknown(reason.clone()));
        }
        source::Found::Absent => Val::bool(false),
        source::Found::Read(..) if overrides.is_none() => {
            let reason = "read_env with an override= that is not known";
            interp.environment_open(reason, true);
            return Ok(Val::unknown(reason));
        }
        source::Found::Read(_, file) => {
            support::load(interp, file, overrides == Some(true));
            Val::bool(!file.entries.is_empty())
        }
    };
    Ok(source::answer(interp, &found, value, returns))
}

fn flag(interp: &mut Interp<'_>, value: Option<Val>, default: bool) -> Result<Option<bool>, Raise> {
    match value {
        None => Ok(Some(default)),
        Some(value) => interp.truth(&value),
    }
}

/// `read_env` from version 15 on: into the `Env`.
fn read_into(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let names = ["self", "path", "recurse", "override", "return_path"];
    let at = call.at;
    let [this, path, recurse, overrides, returns] = call.bind(interp, "read_env", names, 1)?;
    let this = this.unwrap_or(Val::NONE);
    let overrides = flag(interp, overrides, false)?;
    let found = source::find(interp, path, recurse, Interpolation::FileFirst, at)?;
    let value = match (&found, overrides) {
        (source::Found::Absent, _) => Val::bool(false),
        (source::Found::Unknown(reason), _) => {
            interp.set_attribute(&this, "_environ", Val::unknown(reason.clone()))?;
            return Ok(Val::unknown(reason.clone()));
        }
        (source::Found::Read(_, file), Some(overrides)) => {
            let environ = interp.get_attribute(&this, "_environ")?;
            let Some(mut known) = interp.dict_items(&environ) else { return Ok(Val::bool(true)) };
            for entry in file.effective() {
                let Some(value) = support::entry_value(&entry.key, &entry.value) else { continue };
                match known.iter_mut().find(|(key, _)| key.as_str() == Some(&*entry.key)) {
                    Some((_, place)) if overrides => *place = value,
                    Some(_) => {}
                    None => known.push((Val::str(&entry.key), value)),
                }
            }
            let environ = interp.new_dict_of(known);
            interp.set_attribute(&this, "_environ", environ)?;
            Val::bool(true)
        }
        (source::Found::Read(..), None) => {
            let unknown = Val::unknown("read_env with an override= that is not known");
            interp.set_attribute(&this, "_environ", unknown.clone())?;
            return Ok(unknown);
        }
    };
    Ok(source::answer(interp, &found, value, returns))
}

/// `with env.prefixed("X_"):`.
fn prefixed(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [this, prefix] = call.bind(interp, "prefixed", ["self", "prefix"], 2)?;
    let module = interp.import(DISTRIBUTION, at)?;
    let class = interp.get_attribute(&module, "_Prefixed")?;
    let manager = interp.new_instance(&class);
    interp.set_attribute(&manager, "env", this.unwrap_or(Val::NONE))?;
    interp.set_attribute(&manager, "prefix", prefix.unwrap_or(Val::NONE))?;
    Ok(manager)
}

fn enter(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let env = interp.get_attribute(&this, "env")?;
    let added = interp.get_attribute(&this, "prefix")?;
    let old = interp.get_attribute(&env, "_prefix")?;
    let new = match (&old.kind, added.as_str()) {
        (Kind::None, Some(_)) => added.clone(),
        (Kind::Str(old), Some(added)) => Val::str(format!("{old}{added}")),
        _ => Val::unknown("a prefix that is not known"),
    };
    interp.set_attribute(&this, "old", old)?;
    interp.set_attribute(&env, "_prefix", new)?;
    Ok(env)
}

fn exit(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let env = interp.get_attribute(&this, "env")?;
    let old = match call.positional.get(1) {
        Some(class) if !class.is_none() => Val::NONE,
        _ => interp.get_attribute(&this, "old")?,
    };
    interp.set_attribute(&env, "_prefix", old)?;
    Ok(Val::bool(false))
}

fn seal(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    interp.set_attribute(&this, "_sealed", Val::bool(true))?;
    let failed = interp.get_attribute(&this, FAILED)?;
    match failed.as_str().map(str::to_owned) {
        Some(name) => {
            interp.set_attribute(&this, FAILED, Val::NONE)?;
            let message = "Environment variables invalid";
            Err(interp.raise_variable("environs.EnvValidationError", message, &name))
        }
        None => Ok(Val::NONE),
    }
}

/// What a reading is given.
struct Reading {
    this: Val,
    /// The variable's name, with the prefix.
    name: String,
    default: Option<Val>,
    options: fields::Options,
    validates: bool,
    version: Version,
    at: Event,
}

/// Options of marshmallow's fields that change no value which is valid.
const HARMLESS: &[&str] = &["error_messages", "metadata"];

fn read(interp: &mut Interp<'_>, call: Call, field: &Field) -> Outcome {
    let reading = match arguments(interp, call, field)? {
        Ok(reading) => reading,
        Err(unknown) => return Ok(unknown),
    };
    record(interp, &reading, field);
    let default = match field.converts_default(reading.version) {
        true => reading.default.clone(),
        false => None,
    };
    let (found, failing) = source::look_up(interp, &reading.this, &reading.name, default)?;
    let value = match found {
        Lookup::Set(value) | Lookup::Unknown(value) => value,
        Lookup::Unset => {
            return match &reading.default {
                Some(default) if !field.converts_default(reading.version) => {
                    Ok(default.clone().depending_on(&reading.name))
                }
                _ => not_set(interp, &reading, &failing),
            };
        }
    };
    let result = interp.each(&value, |interp, value| convert(interp, &reading, field, value));
    if reading.validates {
        interp.may_raise("a validator of environs may reject the value");
    }
    result
}

fn arguments(
    interp: &mut Interp<'_>,
    call: Call,
    field: &Field,
) -> Result<Result<Reading, Val>, Raise> {
    let version = support::version(interp, DISTRIBUTION);
    if version < OLDEST {
        return Ok(Err(Val::unknown("environs before version 9.5 is not modelled")));
    }
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let sealed = interp.get_attribute(&this, "_sealed")?;
    match interp.truth(&sealed)? {
        Some(false) => {}
        Some(true) => return Err(interp.raise("environs.EnvSealedError", "Env is sealed")),
        None => return Ok(Err(Val::unknown("whether an Env is sealed is not known"))),
    }
    let name = call.get(1, "name").cloned().unwrap_or(Val::NONE);
    let prefix = interp.get_attribute(&this, "_prefix")?;
    let name = match (&prefix.kind, name.as_str()) {
        (Kind::None, Some(name)) => name.to_owned(),
        (Kind::Str(prefix), Some(name)) => format!("{prefix}{name}"),
        _ if name.is_unknown() => return Ok(Err(name)),
        _ => return Ok(Err(Val::unknown("a variable whose name is not known"))),
    };
    let mut options = fields::Options::default();
    options.subcast = call.get(3, "subcast").filter(|value| !value.is_none()).cloned();
    let mut validates = false;
    for (key, value) in &call.named {
        match &**key {
            "name" | "default" | "subcast" => {}
            "validate" => validates |= !value.is_none(),
            key if HARMLESS.contains(&key) && version < Version(13, 0, 0) => {}
            key => {
                if !options.take(field, key, value, version) {
                    let reason = format!("{key}= of environs is not modelled");
                    return Ok(Err(Val::unknown_variable(reason, &name)));
                }
            }
        }
    }
    let default = call.get(2, "default").filter(|value| !matches!(value.kind, Kind::Ellipsis));
    let default = default.cloned();
    Ok(Ok(Reading { this, name, default, options, validates, version, at: call.at }))
}

fn record(interp: &mut Interp<'_>, reading: &Reading, field: &Field) {
    let cast = field.name();
    interp.record_use(&reading.name, reading.at, reading.default.as_ref(), cast, DISTRIBUTION);
    let in_file = interp.get_attribute(&reading.this, "_environ").ok();
    let items = in_file.and_then(|environ| interp.dict_items(&environ)).unwrap_or_default();
    if items.iter().any(|(key, _)| key.as_str() == Some(&reading.name))
        && let Some(usage) = interp.uses.iter_mut().rev().find(|usage| usage.name == reading.name)
    {
        usage.is_set = true;
    }
}

/// A required variable that is not set.
fn not_set(interp: &mut Interp<'_>, reading: &Reading, name: &str) -> Outcome {
    let eager = interp.get_attribute(&reading.this, "eager")?;
    if interp.truth(&eager)? == Some(true) {
        let class = match reading.version >= Version(15, 1, 0) {
            true => "environs.EnvNotSetError",
            false => "environs.EnvError",
        };
        let message = format!("Environment variable \"{name}\" not set");
        return Err(interp.raise_variable(class, &message, name));
    }
    interp.set_attribute(&reading.this, FAILED, Val::str(name))?;
    Ok(Val::unknown_variable(format!("the environment variable {name} is not set"), name))
}

fn convert(interp: &mut Interp<'_>, reading: &Reading, field: &Field, value: &Val) -> Outcome {
    if value.is_unknown() {
        return Ok(value.clone());
    }
    let none_is_allowed = reading.default.as_ref().is_some_and(Val::is_none);
    let context = fields::Context {
        version: reading.version,
        options: &reading.options,
        none_is_allowed,
        at: reading.at,
    };
    match fields::deserialize(interp, field, &context, value) {
        Ok(result) => Ok(super::database_url::spread(interp, result, value)),
        Err(fields::Failure::Raise(raise)) => Err(raise),
        Err(fields::Failure::Unknown(reason)) => Ok(Val::unknown_variable(reason, &reading.name)),
        Err(fields::Failure::Invalid(why)) => {
            let eager = interp.get_attribute(&reading.this, "eager")?;
            if interp.truth(&eager)? != Some(true) {
                interp.set_attribute(&reading.this, FAILED, Val::str(&reading.name))?;
                let reason = format!("the environment variable {} is not valid", reading.name);
                return Ok(Val::unknown_variable(reason, &reading.name));
            }
            let message = format!("Environment variable \"{}\" invalid: {why}", reading.name);
            Err(interp.raise("environs.EnvValidationError", &message))
        }
    }
}

/// The dialect in which environs has env files read.
pub(super) fn dialect(interp: &Interp<'_>, interpolation: Interpolation) -> Dialect {
    Dialect::PythonDotenv { version: support::version(interp, "python-dotenv"), interpolation }
}

/// Whether a value is the class of the language that a subcast names.
pub(super) fn is_class(interp: &Interp<'_>, value: &Val, builtin: Builtin) -> bool {
    support::is_builtin(interp, value, builtin)
}
