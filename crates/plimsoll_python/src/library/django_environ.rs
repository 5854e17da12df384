//! django-environ: `Env`, `FileAwareEnv` and reading env files.

use plimsoll_formats::dotenv::Version;

use super::prelude::*;
use super::support;
use super::{
    django_environ_casts as casts, django_environ_path, django_environ_source as source,
    django_environ_urls,
};
use crate::interp::heap::{Builtin, Event};

pub(super) const DISTRIBUTION: &str = "django-environ";

pub(super) const MODELS: &[Model] = &[
    Model { name: "environ", distribution: Some(DISTRIBUTION), build: build_alias },
    Model { name: "environ.environ", distribution: Some(DISTRIBUTION), build },
];

static INIT: Native = method("environ.Env", init);
static CALL: Native = method("environ.Env", call_env);
static GET_VALUE: Native = method("environ.Env.get_value", call_env);
static CONTAINS: Native = method("environ.Env.__contains__", contains);
static STR: Native = method("environ.Env.str", str_method);
static BYTES: Native = method("environ.Env.bytes", bytes_method);
static BOOL: Native = method("environ.Env.bool", bool_method);
static INT: Native = method("environ.Env.int", int_method);
static FLOAT: Native = method("environ.Env.float", float_method);
static JSON: Native = method("environ.Env.json", json_method);
static LIST: Native = method("environ.Env.list", list_method);
static TUPLE: Native = method("environ.Env.tuple", tuple_method);
static DICT: Native = method("environ.Env.dict", dict_method);
static URL: Native = method("environ.Env.url", url_method);
static PATH: Native = method("environ.Env.path", path_method);
static PARSE_VALUE: Native = class_method("environ.Env.parse_value", parse_value);

fn build_alias(module: &mut Builder<'_, '_>) {
    for name in ["Env", "FileAwareEnv", "Path", "ImproperlyConfigured", "NoValue"] {
        let value = module.import("environ.environ", name);
        module.value(name, value);
    }
    module.unknown("this part of django-environ is not modelled");
}

fn build(module: &mut Builder<'_, '_>) {
    let improperly = module.import("django.core.exceptions", "ImproperlyConfigured");
    module.value("ImproperlyConfigured", improperly);
    let no_value = module.class("NoValue", &[], |_| {});
    let not_set = module.interp.new_instance(&no_value);
    let environ = module.import("os", "environ");
    let env = module.class("Env", &[], |class| {
        class.value("NOTSET", not_set);
        class.value("ENVIRON", environ);
        class.value("smart_cast", Val::bool(true));
        class.value("escape_proxy", Val::bool(false));
        class.value("warn_on_default", Val::bool(false));
        class.value("prefix", Val::str(""));
        let words = ["true", "on", "ok", "y", "yes", "1"].map(Val::str);
        class.value("BOOLEAN_TRUE_STRINGS", Val::tuple(words.to_vec()));
        for (name, variable) in [
            ("DEFAULT_DATABASE_ENV", "DATABASE_URL"),
            ("DEFAULT_CACHE_ENV", "CACHE_URL"),
            ("DEFAULT_EMAIL_ENV", "EMAIL_URL"),
            ("DEFAULT_SEARCH_ENV", "SEARCH_URL"),
            ("DEFAULT_CHANNELS_ENV", "CHANNELS_URL"),
        ] {
            class.value(name, Val::str(variable));
        }
        for (name, native) in [
            ("__init__", &INIT),
            ("__call__", &CALL),
            ("get_value", &GET_VALUE),
            ("__contains__", &CONTAINS),
            ("str", &STR),
            ("unicode", &STR),
            ("bytes", &BYTES),
            ("bool", &BOOL),
            ("int", &INT),
            ("float", &FLOAT),
            ("json", &JSON),
            ("list", &LIST),
            ("tuple", &TUPLE),
            ("dict", &DICT),
            ("url", &URL),
            ("path", &PATH),
            ("parse_value", &PARSE_VALUE),
            ("read_env", &source::READ_ENV),
        ] {
            class.method(name, native);
        }
        django_environ_urls::fill(class);
        class.unknown("this part of environ.Env is not modelled");
    });
    module.class("FileAwareEnv", &[env], |class| {
        class.value("ENVIRON", Val::native(&source::FILE_AWARE));
    });
    django_environ_path::build(module);
    module.unknown("this part of django-environ is not modelled");
}

fn init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    if call.positional.len() > 1 {
        return Err(interp.raise("TypeError", "Env() takes 1 positional argument"));
    }
    let scheme = call.named.iter().map(|(name, value)| (&**name, value.clone()));
    let scheme: Vec<(String, Val)> = scheme.map(|(name, value)| (name.to_owned(), value)).collect();
    let scheme = interp.new_dict(scheme.iter().map(|(name, value)| (name.as_str(), value.clone())));
    interp.set_attribute(&this, "scheme", scheme)?;
    for (name, value) in [
        ("smart_cast", Val::bool(true)),
        ("escape_proxy", Val::bool(false)),
        ("prefix", Val::str("")),
    ] {
        interp.set_attribute(&this, name, value)?;
    }
    Ok(Val::NONE)
}

/// What is asked of `get_value`.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) this: Val,
    /// The variable's name, without the prefix.
    pub(super) name: Val,
    /// `None` where no cast is given.
    pub(super) cast: Option<Val>,
    /// `None` for `NOTSET`.
    pub(super) default: Option<Val>,
    pub(super) parse_default: bool,
    /// How the reading is called in the record, where the cast does not say it.
    pub(super) kind: Option<&'static str>,
    pub(super) at: Event,
}

impl Wanted {
    /// From the arguments of a method: the name, then `default` at a position, or by name.
    pub(super) fn of(interp: &Interp<'_>, call: &Call, default_at: usize) -> Self {
        let this = call.positional.first().cloned().unwrap_or(Val::NONE);
        let default = call.get(default_at, "default").cloned();
        Self {
            default: default.filter(|value| !is_not_set(interp, value)),
            name: call.get(1, "var").cloned().unwrap_or(Val::NONE),
            this,
            cast: None,
            parse_default: false,
            kind: None,
            at: call.at,
        }
    }

    pub(super) fn cast(mut self, cast: Val) -> Self {
        self.cast = Some(cast);
        self
    }
}

fn is_not_set(interp: &Interp<'_>, value: &Val) -> bool {
    let class = interp.class_of(value);
    class.as_id().is_some_and(|id| interp.extends(id, "environ.environ", "NoValue"))
}

/// `$NAME` leads from one variable to another at most this often.
const DEEPEST: usize = 10;

/// `get_value(var, cast, default, parse_default)`.
pub(super) fn get_value(interp: &mut Interp<'_>, wanted: Wanted) -> Outcome {
    get_nested(interp, wanted, 0)
}

fn get_nested(interp: &mut Interp<'_>, mut wanted: Wanted, depth: usize) -> Outcome {
    if depth > DEEPEST {
        return Ok(Val::unknown("a variable that refers to itself ($NAME)"));
    }
    let prefix = match support::version(interp, DISTRIBUTION) >= Version(0, 9, 0) {
        true => interp.get_attribute(&wanted.this, "prefix")?,
        false => Val::str(""),
    };
    let (Some(prefix), Some(name)) = (prefix.as_str(), wanted.name.as_str()) else {
        return Ok(if wanted.name.is_unknown() {
            wanted.name
        } else {
            Val::unknown("a variable whose name is not known")
        });
    };
    let name = format!("{prefix}{name}");
    if let Some(unknown) = apply_scheme(interp, &mut wanted, &name)? {
        return Ok(unknown);
    }
    let environ = interp.get_attribute(&wanted.this, "ENVIRON")?;
    record(interp, &wanted, &name);
    let value = match source::look_up(interp, &environ, &name, wanted.at)? {
        Lookup::Set(value) | Lookup::Unknown(value) => value,
        Lookup::Unset => match &wanted.default {
            Some(default) => default.clone().depending_on(&name),
            None => {
                let message = format!("Set the {name} environment variable");
                return Err(interp.raise_variable("ImproperlyConfigured", &message, &name));
            }
        },
    };
    interp.each(&value, |interp, value| finish(interp, &wanted, value, depth))
}

/// The cast and default of the constructor; a value where they are not known.
fn apply_scheme(
    interp: &mut Interp<'_>,
    wanted: &mut Wanted,
    name: &str,
) -> Result<Option<Val>, Raise> {
    let scheme = interp.get_attribute(&wanted.this, "scheme")?;
    let Some(items) = interp.dict_items(&scheme) else {
        return Ok(Some(Val::unknown("the scheme of an Env is not known")));
    };
    let Some((_, info)) = items.into_iter().find(|(key, _)| key.as_str() == Some(name)) else {
        return Ok(None);
    };
    let given = match &wanted.cast {
        Some(cast) => interp.truth(cast)?.unwrap_or(true),
        None => false,
    };
    let pair = match (&info.kind, interp.object(&info)) {
        (Kind::Tuple(items), _) if items.len() == 2 => Some(items.to_vec()),
        (_, Some(crate::interp::heap::Object::List(items))) if items.len() == 2 => {
            Some(items.clone())
        }
        (_, Some(crate::interp::heap::Object::Dict(_))) => {
            return Ok(Some(Val::unknown("a dict in the scheme of an Env is not modelled")));
        }
        (Kind::Unknown(_) | Kind::OneOf(_), _) => return Ok(Some(info)),
        _ => None,
    };
    match pair {
        Some(pair) => {
            if !given {
                wanted.cast = pair.first().cloned();
            }
            if wanted.default.is_none() {
                wanted.default = pair.get(1).cloned();
            }
        }
        None if !given => wanted.cast = Some(info),
        None => {}
    }
    Ok(None)
}

fn record(interp: &mut Interp<'_>, wanted: &Wanted, name: &str) {
    let given = wanted.cast.as_ref().and_then(|cast| support::cast_name(interp, cast));
    let by_default = || {
        let default = wanted.default.as_ref().filter(|value| !value.is_none())?;
        Some(interp.type_name(default))
    };
    let cast = wanted.kind.map(str::to_owned).or(given).or_else(by_default);
    interp.record_use(name, wanted.at, wanted.default.as_ref(), cast.as_deref(), DISTRIBUTION);
}

/// What follows the lookup: references to other variables, the cast by the default's type, the
/// cast itself.
fn finish(interp: &mut Interp<'_>, wanted: &Wanted, value: &Val, depth: usize) -> Outcome {
    if value.is_unknown() {
        return Ok(value.clone());
    }
    let mut value = value.clone();
    let mut cast = wanted.cast.clone().filter(|cast| !cast.is_none());
    let mut resolved = false;
    if let Some(name) = value.as_str().filter(|text| text.starts_with('$')) {
        let name = Val::str(name.trim_start_matches('$')).with_deps(&value.deps);
        let nested = Wanted { name, ..wanted.clone() };
        value = get_nested(interp, nested, depth + 1)?.with_deps(&value.deps);
        resolved = true;
    }
    let version = support::version(interp, DISTRIBUTION);
    if version >= Version(0, 8, 0) && escapes(interp, &wanted.this)? {
        value = match value.as_str() {
            Some(text) => Val::str(text.replace("\\$", "$")).with_deps(&value.deps),
            None => value,
        };
    }
    let smart = match version >= Version(0, 6, 0) {
        true => {
            let smart = interp.get_attribute(&wanted.this, "smart_cast")?;
            interp.truth(&smart)?
        }
        false => Some(true),
    };
    if cast.is_none()
        && let Some(default) = wanted.default.as_ref().filter(|default| !default.is_none())
    {
        match smart {
            Some(true) => cast = Some(interp.class_of(default)),
            Some(false) => {}
            None => return Ok(Val::unknown("smart_cast of an Env is not known")),
        }
    }
    let empty = value.as_str() == Some("");
    let default_is_none = wanted.default.as_ref().is_some_and(Val::is_none);
    if empty && default_is_none && version >= Version(0, 8, 0) {
        value = Val::NONE.with_deps(&value.deps);
    }
    interp.each(&value, |interp, value| {
        let equal = match &wanted.default {
            None => Some(false),
            Some(default) => interp.equal(value, default)?,
        };
        let parse_default = wanted.parse_default
            && match version >= Version(0, 10, 0) {
                true => !value.is_none(),
                false => interp.truth(value)?.unwrap_or(true),
            };
        match equal {
            Some(true) if !parse_default => Ok(value.clone()),
            None if !parse_default => {
                Ok(Val::unknown("whether a variable equals its default is not known"))
            }
            _ if resolved => casts::again(interp, value, cast.as_ref(), wanted.at),
            _ => casts::parse(interp, value, cast.as_ref(), wanted.at),
        }
    })
}

fn escapes(interp: &mut Interp<'_>, this: &Val) -> Result<bool, Raise> {
    let flag = interp.get_attribute(this, "escape_proxy")?;
    Ok(interp.truth(&flag)?.unwrap_or(false))
}

fn call_env(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let names = ["self", "var", "cast", "default", "parse_default"];
    let mut wanted = Wanted::of(interp, &call, 3);
    let [_, _, cast, _, parse_default] = call.bind(interp, "Env", names, 2)?;
    wanted.cast = cast.filter(|cast| !cast.is_none());
    if let Some(flag) = parse_default {
        wanted.parse_default = interp.truth(&flag)?.unwrap_or(false);
    }
    get_value(interp, wanted)
}

fn contains(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let Some(name) = call.get(1, "var").and_then(Val::as_str).map(str::to_owned) else {
        return Ok(Val::unknown("a variable whose name is not known"));
    };
    let environ = interp.get_attribute(&this, "ENVIRON")?;
    interp.record_use(&name, call.at, Some(&Val::NONE), None, DISTRIBUTION);
    Ok(match source::look_up(interp, &environ, &name, call.at)? {
        Lookup::Set(_) => Val::bool(true).depending_on(&name),
        Lookup::Unset => Val::bool(false).depending_on(&name),
        Lookup::Unknown(value) => value,
    })
}

/// A method that casts to a class of the language: `name(var, default)`.
fn typed(interp: &mut Interp<'_>, call: &Call, builtin: Builtin) -> Outcome {
    let cast = interp.class_of_builtin(builtin);
    let wanted = Wanted::of(interp, call, 2).cast(cast);
    get_value(interp, wanted)
}

fn str_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let version = support::version(interp, DISTRIBUTION);
    // Before 0.6 the default of the type is only that of the scheme or the default.
    let value = if version < Version(0, 6, 0) {
        let wanted = Wanted::of(interp, &call, 2);
        get_value(interp, wanted)?
    } else {
        typed(interp, &call, Builtin::Str)?
    };
    let multiline = match call.get(3, "multiline") {
        Some(flag) => interp.truth(flag)?,
        None => Some(false),
    };
    let choices = call.get(4, "choices").filter(|choices| !is_not_set(interp, choices)).cloned();
    interp.each(&value, |interp, value| match (multiline, value.as_str()) {
        (None, _) => Ok(Val::unknown("multiline= is not known")),
        (Some(true), Some(text)) => {
            let text = if version >= Version(0, 8, 0) {
                text.replace("\\r\\n", "\n")
            } else {
                text.to_owned()
            };
            Ok(Val::str(text.replace("\\n", "\n")).with_deps(&value.deps))
        }
        (Some(true), None) => Ok(value.clone()),
        (Some(false), _) => match &choices {
            Some(choices) => match interp.contains(choices, value)? {
                Some(true) => Ok(value.clone()),
                Some(false) => {
                    Err(interp.raise("ImproperlyConfigured", "the value is none of the choices"))
                }
                None => Ok(Val::unknown("choices of a variable that are not known")),
            },
            None => Ok(value.clone()),
        },
    })
}

fn bytes_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let cast = interp.class_of_builtin(Builtin::Str);
    let mut wanted = Wanted::of(interp, &call, 2).cast(cast);
    if support::version(interp, DISTRIBUTION) < Version(0, 7, 0) {
        // The default was taken and forgotten.
        wanted.default = None;
    }
    let value = get_value(interp, wanted)?;
    if call.get(3, "encoding").is_some_and(|value| value.as_str() != Some("utf8")) {
        return Ok(Val::unknown("bytes in an encoding other than UTF-8"));
    }
    interp.each(&value, |_, value| {
        Ok(match value.as_str() {
            Some(text) => Val::bytes(text.as_bytes()).with_deps(&value.deps),
            None => value.clone(),
        })
    })
}

fn bool_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    typed(interp, &call, Builtin::Bool)
}

fn int_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    typed(interp, &call, Builtin::Int)
}

fn float_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    typed(interp, &call, Builtin::Float)
}

fn json_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let json = interp.import("json", call.at)?;
    let loads = interp.get_attribute(&json, "loads")?;
    let mut wanted = Wanted::of(interp, &call, 2).cast(loads);
    wanted.kind = Some("json");
    get_value(interp, wanted)
}

fn list_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    sequence(interp, &call, Builtin::List, "list")
}

fn tuple_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    sequence(interp, &call, Builtin::Tuple, "tuple")
}

/// `list(var, cast, default)` and `tuple(var, cast, default)`.
fn sequence(interp: &mut Interp<'_>, call: &Call, builtin: Builtin, kind: &'static str) -> Outcome {
    let item = call.get(2, "cast").cloned().unwrap_or(Val::NONE);
    let cast = match interp.truth(&item)? {
        Some(false) => interp.class_of_builtin(builtin),
        _ if builtin == Builtin::List => interp.new_list(vec![item]),
        _ => Val::tuple(vec![item]),
    };
    let mut wanted = Wanted::of(interp, call, 3).cast(cast);
    wanted.kind = Some(kind);
    get_value(interp, wanted)
}

fn dict_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let cast = match call.get(2, "cast") {
        Some(cast) => cast.clone(),
        None => interp.class_of_builtin(Builtin::Dict),
    };
    let mut wanted = Wanted::of(interp, &call, 3).cast(cast);
    wanted.kind = Some("dict");
    get_value(interp, wanted)
}

fn url_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let parse = interp.import("urllib.parse", call.at)?;
    let parse = interp.get_attribute(&parse, "urlparse")?;
    let mut wanted = Wanted::of(interp, &call, 2).cast(parse);
    (wanted.parse_default, wanted.kind) = (true, Some("url"));
    get_value(interp, wanted)
}

fn path_method(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let mut wanted = Wanted::of(interp, &call, 2);
    wanted.kind = Some("path");
    let value = get_value(interp, wanted)?;
    let options = call.named.into_iter().filter(|(name, _)| !matches!(&**name, "var" | "default"));
    let call = Call { positional: vec![value], named: options.collect(), at: call.at };
    let module = interp.import("environ.environ", call.at)?;
    let class = interp.get_attribute(&module, "Path")?;
    interp.call(&class, call)
}

fn parse_value(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [_, value, cast] = call.bind(interp, "parse_value", ["cls", "value", "cast"], 3)?;
    let value = value.unwrap_or(Val::NONE);
    casts::parse(interp, &value, cast.filter(|cast| !cast.is_none()).as_ref(), at)
}
