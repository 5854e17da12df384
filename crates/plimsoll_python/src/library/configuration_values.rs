//! The `values` of django-configurations: settings that read a variable of the environment.
//!
//! A value reads `DJANGO_NAME` when the class is set up; one with `environ_name`, or with
//! `environ=False` and a default, is the plain value at once.

use super::prelude::*;
use super::stdlib_text::{Trouble, is_space, literal};
use crate::interp::heap::{Builtin, Event};

const DISTRIBUTION: &str = "django-configurations";

pub(super) const MODELS: &[Model] = &[
    Model { name: "configurations", distribution: Some(DISTRIBUTION), build: build_top },
    Model { name: "configurations.values", distribution: Some(DISTRIBUTION), build },
];

fn build_top(module: &mut Builder<'_, '_>) {
    let class = module.class("Configuration", &[], |class| {
        class.method("pre_setup", &HOOK);
        class.method("setup", &HOOK);
        class.method("post_setup", &HOOK);
        class.unknown("a default of Django, read through a class of django-configurations");
    });
    // Its name before version 1.
    module.value("Settings", class);
    let values = module.interp.model_module("configurations.values").unwrap_or(Val::NONE);
    module.value("values", values);
    module.unknown("this part of django-configurations is not modelled");
}

static HOOK: Native = class_method("configurations.Configuration.setup", |_, _| Ok(Val::NONE));

static NEW: Native = function("configurations.values.Value.__new__", new);
static INIT: Native = method("configurations.values.Value", init);
static SETUP: Native = method("configurations.values.Value.setup", setup);
static VALUE: Native = property("configurations.values.Value.value", value);
static TRUTH: Native = method("configurations.values.Value.__bool__", truth);
static TEXT: Native = method("configurations.values.Value.__str__", text);

/// The attribute of a class that says what it makes of text.
const KIND: &str = "__plimsoll_kind__";

/// Class, base, what it makes of text.
const CLASSES: &[(&str, &str, &str)] = &[
    ("BooleanValue", "Value", "bool"),
    ("IntegerValue", "Value", "int"),
    ("PositiveIntegerValue", "IntegerValue", "positive"),
    ("FloatValue", "Value", "float"),
    ("DecimalValue", "Value", "decimal"),
    ("ListValue", "Value", "list"),
    ("TupleValue", "Value", "tuple"),
    ("BackendsValue", "ListValue", "backends"),
    ("SetValue", "ListValue", "set"),
    ("SingleNestedListValue", "Value", "nested"),
    ("SingleNestedTupleValue", "Value", "nested"),
    ("DictValue", "Value", "dict"),
    ("EmailValue", "Value", "checked"),
    ("URLValue", "Value", "checked"),
    ("IPValue", "Value", "checked"),
    ("RegexValue", "Value", "checked"),
    ("PathValue", "Value", "path"),
    ("SecretValue", "Value", "secret"),
    ("EmailURLValue", "Value", "email_url"),
    ("DatabaseURLValue", "Value", "db_url"),
    ("CacheURLValue", "Value", "cache_url"),
    ("SearchURLValue", "Value", "search_url"),
];

fn build(module: &mut Builder<'_, '_>) {
    let base = module.class("Value", &[], |class| {
        class.value(KIND, Val::str("str"));
        class.value("environ_required", Val::bool(false));
        class.method("__new__", &NEW);
        class.method("__init__", &INIT);
        class.method("setup", &SETUP);
        class.method("value", &VALUE);
        class.method("__bool__", &TRUTH);
        class.method("__str__", &TEXT);
        class.unknown("this part of configurations.values is not modelled");
    });
    let mut made = vec![("Value", base)];
    for (name, base, kind) in CLASSES {
        let bases: Vec<Val> = made
            .iter()
            .filter(|(known, _)| known == base)
            .map(|(_, class)| class.clone())
            .collect();
        let class = module.class(name, &bases, |class| {
            class.value(KIND, Val::str(kind));
            class.unknown("this part of configurations.values is not modelled");
        });
        made.push((name, class));
    }
    module.unknown("this part of configurations.values is not modelled");
}

/// Reads the variable at once where its name is known.
fn new(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let class = call.positional.first().cloned().unwrap_or(Val::NONE);
    let instance = interp.new_instance(&class);
    let kind = interp.get_attribute(&class, KIND)?;
    let kind = kind.as_str().unwrap_or("str").to_owned();
    let late = call.keyword("late_binding").is_some() || kind.ends_with("_url");
    if late {
        return Ok(instance);
    }
    let mut arguments = call.clone();
    arguments.positional.remove(0);
    let own = interp.get_attribute(&instance, "__init__")?;
    interp.call(&own, arguments)?;
    let name = interp.get_attribute(&instance, "environ_name")?;
    let environ = interp.get_attribute(&instance, "environ")?;
    let default = interp.get_attribute(&instance, "default")?;
    let reads = match (interp.truth(&environ)?, interp.truth(&name)?, interp.truth(&default)?) {
        (Some(true), Some(named), _) => named,
        (Some(false), _, Some(has_default)) => has_default,
        _ => return Ok(Val::unknown("a value of django-configurations that is not known")),
    };
    if !reads {
        return Ok(instance);
    }
    interp.call_method(&instance, "setup", vec![name], call.at)
}

fn init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let kind = kind_of(interp, &this)?;
    let is_url = kind.ends_with("_url");
    let names = ["default", "environ", "environ_name", "environ_prefix", "environ_required"];
    let default_name = match &*kind {
        "email_url" => Val::str("EMAIL_URL"),
        "db_url" => Val::str("DATABASE_URL"),
        "cache_url" => Val::str("CACHE_URL"),
        "search_url" => Val::str("SEARCH_URL"),
        _ => Val::NONE,
    };
    let prefix = if is_url { Val::NONE } else { Val::str("DJANGO") };
    let fallbacks = [Val::NONE, Val::bool(true), default_name, prefix, Val::bool(false)];
    for (at, (name, fallback)) in names.into_iter().zip(fallbacks).enumerate() {
        let given = call.get(at + 1, name).cloned().unwrap_or(fallback);
        let given = match (name, given.as_str()) {
            ("environ_prefix", Some(text)) => match text.strip_suffix('_') {
                Some(text) => Val::str(text),
                None => given,
            },
            _ => given,
        };
        interp.set_attribute(&this, name, given)?;
    }
    if kind == "secret" {
        interp.set_attribute(&this, "environ", Val::bool(true))?;
        interp.set_attribute(&this, "environ_required", Val::bool(true))?;
    }
    for (name, fallback) in [
        ("separator", Val::str(",")),
        ("converter", Val::NONE),
        ("alias", Val::str("default")),
        ("check_exists", Val::bool(true)),
    ] {
        let given = call.keyword(name).cloned();
        let known = interp.find_attribute(&this, name)?.filter(|value| !value.is_unknown());
        let value = given.or(known).unwrap_or(fallback);
        interp.set_attribute(&this, name, value)?;
    }
    let default = interp.get_attribute(&this, "default")?;
    let default = default_value(interp, &this, &kind, default, call.at)?;
    interp.set_attribute(&this, "default", default)?;
    Ok(Val::NONE)
}

fn kind_of(interp: &mut Interp<'_>, this: &Val) -> Result<String, Raise> {
    let kind = interp.get_attribute(this, KIND)?;
    Ok(kind.as_str().unwrap_or("str").to_owned())
}

/// What the constructor makes of a default.
fn default_value(
    interp: &mut Interp<'_>,
    this: &Val,
    kind: &str,
    default: Val,
    at: Event,
) -> Outcome {
    let class = interp.class_of(&default);
    if class.as_id().is_some_and(|id| interp.extends(id, "configurations.values", "Value")) {
        return Ok(Val::unknown("a value within a value of django-configurations"));
    }
    if default.is_unknown() || matches!(default.kind, Kind::OneOf(_)) {
        return Ok(default);
    }
    let builtin = match kind {
        "list" | "backends" => Builtin::List,
        "tuple" => Builtin::Tuple,
        "set" => Builtin::Set,
        "dict" => Builtin::Dict,
        "nested" => return Ok(Val::unknown("nested values of django-configurations")),
        "email_url" | "db_url" | "cache_url" | "search_url" => {
            return match default.is_none() {
                true => Ok(interp.new_dict([])),
                false => convert(interp, this, kind, &default, at),
            };
        }
        "bool" => {
            return match &default.kind {
                Kind::Bool(_) => Ok(default),
                Kind::Int(_) if matches!(default.as_i64(), Some(0 | 1)) => Ok(default),
                _ => Err(interp.raise("ValueError", "the default is not a boolean value")),
            };
        }
        "secret" if !default.is_none() => {
            let text = "Secret values are only allowed to be set as environment variables";
            return Err(interp.raise("ValueError", text));
        }
        _ => return Ok(default),
    };
    let converter = interp.get_attribute(this, "converter")?;
    if !converter.is_none() && kind != "backends" {
        return match default.is_none() {
            true => construct(interp, builtin, None, at),
            false => {
                Ok(Val::unknown("a default that a converter of django-configurations changes"))
            }
        };
    }
    let given = Some(default).filter(|value| !value.is_none());
    construct(interp, builtin, given, at)
}

fn construct(interp: &mut Interp<'_>, builtin: Builtin, value: Option<Val>, at: Event) -> Outcome {
    let class = interp.class_of_builtin(builtin);
    interp.call(&class, Call::of(value.into_iter().collect(), at))
}

/// `setup(name)`: the variable's value, or the default.
fn setup(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [this, name] = call.bind(interp, "setup", ["self", "name"], 2)?;
    let (this, name) = (this.unwrap_or(Val::NONE), name.unwrap_or(Val::NONE));
    let kind = kind_of(interp, &this)?;
    let default = interp.get_attribute(&this, "default")?;
    let environ = interp.get_attribute(&this, "environ")?;
    let found = match interp.truth(&environ)? {
        Some(true) => variable(interp, &this, &name, &default, &kind, at)?,
        Some(false) => default,
        None => Val::unknown("whether a value reads the environment is not known"),
    };
    if kind == "secret" && interp.truth(&found)? == Some(false) {
        return Err(interp.raise("ValueError", "a secret value is not set"));
    }
    interp.set_attribute(&this, "_value", found.clone())?;
    Ok(found)
}

fn variable(
    interp: &mut Interp<'_>,
    this: &Val,
    name: &Val,
    default: &Val,
    kind: &str,
    at: Event,
) -> Outcome {
    let given = interp.get_attribute(this, "environ_name")?;
    let prefix = interp.get_attribute(this, "environ_prefix")?;
    let own = match (&given.kind, name.as_str()) {
        (Kind::Str(given), _) if !given.is_empty() => given.to_string(),
        (Kind::None | Kind::Str(_), Some(name)) => name.to_uppercase(),
        _ => return Ok(Val::unknown("a variable whose name is not known")),
    };
    let name = match &prefix.kind {
        Kind::Str(prefix) if !prefix.is_empty() => format!("{prefix}_{own}"),
        Kind::None | Kind::Str(_) | Kind::Bool(false) => own,
        _ => return Ok(Val::unknown("a variable whose prefix is not known")),
    };
    let required = interp.get_attribute(this, "environ_required")?;
    let required = interp.truth(&required)?.unwrap_or(true);
    let cast = Some(kind).filter(|kind| *kind != "str");
    interp.record_use(&name, at, Some(default).filter(|_| !required), cast, DISTRIBUTION);
    match interp.environment_get(&name) {
        Lookup::Unset if required => {
            let message = format!("the environment variable {name} is required");
            Err(interp.raise_variable("ValueError", &message, &name))
        }
        Lookup::Unset => Ok(default.clone().depending_on(&name)),
        Lookup::Unknown(value) => Ok(value),
        Lookup::Set(value) => {
            interp.each(&value, |interp, value| convert(interp, this, kind, value, at))
        }
    }
}

/// `to_python(text)`.
fn convert(interp: &mut Interp<'_>, this: &Val, kind: &str, value: &Val, at: Event) -> Outcome {
    let class = interp.class_of(this);
    let own = class.as_id().and_then(|id| interp.find_in_class(id, "to_python"));
    if own.is_some_and(|own| !own.is_unknown()) {
        return interp.call_method(this, "to_python", vec![value.clone()], at);
    }
    let Some(text) = value.as_str().map(str::to_owned) else {
        return Ok(if value.is_unknown() {
            value.clone()
        } else {
            Val::unknown("a value of django-configurations that is no text")
        });
    };
    let invalid =
        |interp: &mut Interp<'_>| Err(interp.raise("ValueError", "Cannot interpret value"));
    let troubled = |interp: &mut Interp<'_>, trouble: Trouble| match trouble {
        Trouble::Raise(..) => Err(interp.raise("ValueError", "Cannot interpret value")),
        Trouble::Unknown(reason) => Ok(Val::unknown(reason)),
    };
    let result = match kind {
        "str" | "secret" => return Ok(value.clone()),
        "bool" => match text.trim_matches(is_space).to_lowercase().as_str() {
            "yes" | "y" | "true" | "1" => Ok(Val::bool(true)),
            "no" | "n" | "false" | "0" | "" => Ok(Val::bool(false)),
            _ => invalid(interp),
        },
        "int" | "positive" => match literal::int(&text) {
            Ok(number) if kind == "positive" && number < num_bigint::BigInt::ZERO => {
                invalid(interp)
            }
            Ok(number) => Ok(Val::int(number)),
            Err(trouble) => troubled(interp, trouble),
        },
        "float" => match literal::float(&text) {
            Ok(number) => Ok(Val::float(number)),
            Err(trouble) => troubled(interp, trouble),
        },
        "list" | "tuple" | "set" | "backends" => sequence(interp, this, kind, value, &text, at),
        "dict" if text.is_empty() => Ok(interp.new_dict([])),
        "checked" => {
            interp.may_raise("a validator of django-configurations may reject the value");
            return Ok(value.clone());
        }
        "db_url" | "cache_url" | "email_url" => {
            let module = match kind {
                "db_url" => "dj_database_url",
                "cache_url" => "django_cache_url",
                _ => "dj_email_url",
            };
            let module = interp.import(module, at)?;
            let parse = interp.get_attribute(&module, "parse")?;
            let found = interp.call(&parse, Call::of(vec![value.clone()], at))?;
            if kind == "email_url" {
                return Ok(found);
            }
            let alias = interp.get_attribute(this, "alias")?;
            if interp.key_of(&alias).is_none() {
                return Ok(Val::unknown("an alias that is not known"));
            }
            Ok(interp.new_dict_of(vec![(alias, found)]))
        }
        _ => Ok(Val::unknown(format!("this kind of value of django-configurations ({kind})"))),
    }?;
    Ok(result.with_deps(&value.deps))
}

fn sequence(
    interp: &mut Interp<'_>,
    this: &Val,
    kind: &str,
    value: &Val,
    text: &str,
    at: Event,
) -> Outcome {
    let separator = interp.get_attribute(this, "separator")?;
    let Some(separator) = separator.as_str().filter(|text| !text.is_empty()) else {
        return Ok(Val::unknown("a separator that is not known"));
    };
    let converter = interp.get_attribute(this, "converter")?;
    let words =
        text.trim_matches(is_space).split(separator).map(|item| item.trim_matches(is_space));
    let mut items = Vec::new();
    for word in words.filter(|item| !item.is_empty()) {
        let item = Val::str(word).with_deps(&value.deps);
        items.push(match converter.is_none() || kind == "backends" {
            true => item,
            false => interp.call(&converter, Call::of(vec![item], at))?,
        });
    }
    if kind == "backends" {
        interp.may_raise("a class that cannot be imported");
    }
    Ok(match kind {
        "tuple" => Val::tuple(items),
        "set" => match interp.new_set(items, false) {
            Some(set) => set,
            None => Val::unknown("a set of what is not known"),
        },
        _ => interp.new_list(items),
    })
}

/// The value once set up; the default before.
fn value(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let found = interp.find_attribute(&this, "_value")?.filter(|value| !value.is_unknown());
    match found {
        Some(value) => Ok(value),
        None => {
            let name = interp.get_attribute(&this, "environ_name")?;
            match interp.truth(&name)? {
                Some(false) => interp.get_attribute(&this, "default"),
                _ => interp.call_method(&this, "setup", vec![name], call.at),
            }
        }
    }
}

fn truth(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let found = value(interp, call)?;
    Ok(match interp.truth(&found)? {
        Some(flag) => Val::bool(flag).with_deps(&found.deps),
        None => Val::unknown("whether a value of django-configurations is true is not known"),
    })
}

fn text(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let found = value(interp, call)?;
    interp.text_of(&found)
}
