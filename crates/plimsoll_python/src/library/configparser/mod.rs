//! `configparser`: parsers, their sections, and files of the repository.
//!
//! A parser's state is kept in the attributes that the real one has (`_sections`, `_defaults`:
//! dicts of the interpreter), so undecided branches join it and subclasses find it. What cannot be
//! known of a parser is noted in [`UNKNOWN`]; all its values are unknown from there on.

// tidy: long because the methods of a parser, one table in the order of Python's documentation.

mod interpolation;
mod proxy;
mod reader;
mod reading;
mod state;

use super::prelude::*;
use super::support;
use crate::interp::Catches;
use crate::interp::builder::ClassBuilder;
use crate::interp::heap::Builtin;
use reading::{read, read_dict, read_file, read_string};
use state::{Found, MODULE, State, UNKNOWN};

pub(super) const MODELS: &[Model] = &[Model { name: MODULE, distribution: None, build }];

/// Subclasses of these: their base, by name.
const ERRORS: &[(&str, &str)] = &[
    ("Error", "Exception"),
    ("NoSectionError", "Error"),
    ("DuplicateSectionError", "Error"),
    ("DuplicateOptionError", "Error"),
    ("NoOptionError", "Error"),
    ("InterpolationError", "Error"),
    ("InterpolationMissingOptionError", "InterpolationError"),
    ("InterpolationSyntaxError", "InterpolationError"),
    ("InterpolationDepthError", "InterpolationError"),
    ("ParsingError", "Error"),
    ("MissingSectionHeaderError", "ParsingError"),
];

static METHODS: &[(&str, Native)] = &[
    ("__init__", method("configparser.__init__", init)),
    ("read", method("configparser.read", read)),
    ("read_file", method("configparser.read_file", read_file)),
    ("readfp", method("configparser.readfp", read_file)),
    ("read_string", method("configparser.read_string", read_string)),
    ("read_dict", method("configparser.read_dict", read_dict)),
    ("get", method("configparser.get", get)),
    ("getint", method("configparser.getint", |interp, call| converted(interp, call, To::Int))),
    (
        "getfloat",
        method("configparser.getfloat", |interp, call| converted(interp, call, To::Float)),
    ),
    (
        "getboolean",
        method("configparser.getboolean", |interp, call| converted(interp, call, To::Boolean)),
    ),
    ("_convert_to_boolean", method("configparser._convert_to_boolean", to_boolean)),
    ("optionxform", method("configparser.optionxform", lower)),
    ("defaults", method("configparser.defaults", defaults)),
    ("sections", method("configparser.sections", sections)),
    ("has_section", method("configparser.has_section", has_section)),
    ("has_option", method("configparser.has_option", has_option)),
    ("options", method("configparser.options", options)),
    ("add_section", method("configparser.add_section", add_section)),
    ("set", method("configparser.set", set)),
    ("remove_option", method("configparser.remove_option", remove_option)),
    ("remove_section", method("configparser.remove_section", remove_section)),
    ("items", method("configparser.items", proxy::parser_items)),
    ("keys", method("configparser.keys", proxy::parser_keys)),
    ("values", method("configparser.values", proxy::parser_values)),
    ("write", method("configparser.write", |_, _| Ok(Val::NONE))),
    ("__getitem__", method("configparser.__getitem__", proxy::parser_item)),
    ("__contains__", method("configparser.__contains__", proxy::parser_contains)),
    ("__iter__", method("configparser.__iter__", proxy::parser_keys)),
    ("__len__", method("configparser.__len__", proxy::parser_length)),
];

fn build(module: &mut Builder<'_, '_>) {
    for (name, base) in ERRORS {
        let base = module.interp.namespace_get(module.namespace, base).or_else(|| {
            let class = module.interp.exception_class(base)?;
            Some(Val::reference(class))
        });
        let bases: Vec<Val> = base.into_iter().collect();
        module.class(name, &bases, |class| class.unknown("what an exception holds"));
    }
    module.str("DEFAULTSECT", "DEFAULT");
    module.value("MAX_INTERPOLATION_DEPTH", Val::int(10));
    let unset = module.class("_Unset", &[], |_| {});
    let unset = module.interp.new_instance(&unset);
    module.value("_UNSET", unset);
    let plain = module.class("Interpolation", &[], |_| {});
    let basic = module.class("BasicInterpolation", std::slice::from_ref(&plain), |_| {});
    for name in ["ExtendedInterpolation", "LegacyInterpolation"] {
        module.class(name, std::slice::from_ref(&plain), |_| {});
    }
    let (plain, basic) = (module.interp.new_instance(&plain), module.interp.new_instance(&basic));
    let raw = module.class("RawConfigParser", &[], |class| {
        class.value("_DEFAULT_INTERPOLATION", plain);
        class.value("default_section", Val::str("DEFAULT"));
        fill(class);
    });
    let parser = module.class("ConfigParser", std::slice::from_ref(&raw), |class| {
        class.value("_DEFAULT_INTERPOLATION", basic);
    });
    let before_3_12 = module.interp.request.installed.python.is_none_or(|it| it < (3, 12));
    if before_3_12 {
        module.class("SafeConfigParser", std::slice::from_ref(&parser), |_| {});
    }
    proxy::build(module);
}

fn fill(class: &mut ClassBuilder<'_, '_>) {
    for (name, native) in METHODS {
        class.method(name, native);
    }
    let states = [
        ("1", true),
        ("yes", true),
        ("true", true),
        ("on", true),
        ("0", false),
        ("no", false),
        ("false", false),
        ("off", false),
    ];
    let states = class.interp.new_dict(states.map(|(text, flag)| (text, Val::bool(flag))));
    class.value("BOOLEAN_STATES", states);
    class.unknown("this part of configparser is not modelled");
}

/// Keywords of the constructor: attribute, and default. Those before the third may be positional.
const KEYWORDS: &[(&str, &str)] = &[
    ("delimiters", "_delimiters"),
    ("comment_prefixes", "_comment_prefixes"),
    ("inline_comment_prefixes", "_inline_comment_prefixes"),
    ("strict", "_strict"),
    ("empty_lines_in_values", "_empty_lines_in_values"),
    ("default_section", "default_section"),
    ("interpolation", "_interpolation"),
    ("allow_no_value", "_allow_no_value"),
    ("defaults", ""),
    ("dict_type", ""),
];

fn init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let interpolation = interp.get_attribute(&this, "_DEFAULT_INTERPOLATION")?;
    let texts = |texts: &[&str]| Val::tuple(texts.iter().map(Val::str).collect());
    for (name, value) in [
        ("_delimiters", texts(&["=", ":"])),
        ("_comment_prefixes", texts(&["#", ";"])),
        ("_inline_comment_prefixes", Val::NONE),
        ("_strict", Val::bool(true)),
        ("_empty_lines_in_values", Val::bool(true)),
        ("_allow_no_value", Val::bool(false)),
        ("_interpolation", interpolation),
        (UNKNOWN, Val::NONE),
    ] {
        interp.set_attribute(&this, name, value)?;
    }
    for name in ["_sections", "_defaults"] {
        let dict = interp.new_dict([]);
        interp.set_attribute(&this, name, dict)?;
    }
    if let Some(value) = call.positional.get(3) {
        interp.set_attribute(&this, "_allow_no_value", value.clone())?;
    }
    for (name, value) in &call.named {
        match KEYWORDS.iter().find(|(keyword, _)| *keyword == &**name) {
            Some((_, "")) => {}
            Some((_, attribute)) => {
                interp.set_attribute(&this, attribute, value.clone())?;
            }
            None => {
                let reason = format!("a parser with {name} is not modelled");
                state::forget(interp, &this, &reason)?;
            }
        }
    }
    let of_dicts = call.get(2, "dict_type").is_none_or(|class| {
        support::is_builtin(interp, class, Builtin::Dict)
            || class.as_id().is_some_and(|id| interp.extends(id, "collections", "OrderedDict"))
    });
    if !of_dicts {
        state::forget(interp, &this, "a parser with dict_type is not modelled")?;
    }
    match call.get(1, "defaults").filter(|value| !value.is_none()).cloned() {
        None => {}
        Some(given) => match interp.dict_items(&given) {
            None => {
                let reason = interp.why_unknown(&given);
                state::forget_for(interp, &this, &reason)?;
            }
            Some(items) => {
                let section = state::default_section(interp, &this)?;
                let as_text = state::is_checked(interp, &this);
                for (name, value) in items {
                    let value = if as_text { state::text(interp, &value)? } else { value };
                    state::store(interp, &this, &section, &name, value, false)?;
                }
            }
        },
    }
    Ok(Val::NONE)
}

/// What is given back where an option is not there.
fn fallback(interp: &mut Interp<'_>, call: &Call) -> Option<Val> {
    let unset = state::unset(interp);
    call.keyword("fallback").filter(|value| !value.same(&unset)).cloned()
}

/// A value with the files that it could come from instead.
fn get(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let absent = state::absent(interp, &this)?;
    got(interp, call).map(|value| value.with_deps(&absent))
}

fn got(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let section = call.get(1, "section").cloned().unwrap_or(Val::NONE);
    let option = call.get(2, "option").cloned().unwrap_or(Val::NONE);
    let state = match State::of(interp, &this)? {
        Ok(state) => state,
        Err(unknown) => return Ok(unknown),
    };
    let raw = match call.keyword("raw") {
        Some(raw) => interp.truth(raw)?,
        None => Some(false),
    };
    let Some(raw) = raw else { return Ok(Val::unknown("whether a value is raw is not known")) };
    let vars = match state::variables(interp, &this, call.keyword("vars"))? {
        Ok(vars) => vars,
        Err(unknown) => return Ok(unknown),
    };
    let option = state::spelled(interp, &this, &option)?;
    match state.find(interp, &section, &option, &vars)? {
        Found::Value(value) if raw => Ok(value),
        Found::Value(value) => state.interpolate(interp, &this, &section, &value, &vars, 1),
        Found::Unknown(value) => Ok(value),
        Found::NoSection => match fallback(interp, &call) {
            Some(value) => Ok(value),
            None => Err(interp.raise("configparser.NoSectionError", "No such section")),
        },
        Found::NoOption => match fallback(interp, &call) {
            Some(value) => Ok(value),
            None => Err(interp.raise("configparser.NoOptionError", "No such option")),
        },
    }
}

#[derive(Clone, Copy)]
enum To {
    Int,
    Float,
    Boolean,
}

/// `getint` and its kin: the parser's own `get`, then the conversion; the fallback as it is.
fn converted(interp: &mut Interp<'_>, mut call: Call, to: To) -> Outcome {
    let at = call.at;
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let fallback = fallback(interp, &call);
    call.named.retain(|(name, _)| &**name != "fallback");
    if !call.positional.is_empty() {
        call.positional.remove(0);
    }
    let getter = interp.get_attribute(&this, "get")?;
    let waiting = interp.pending.len();
    let result = match &fallback {
        None => interp.call(&getter, call),
        Some(_) => {
            let classes = state::absences(interp);
            interp.catching.push(Catches::Classes(classes));
            let result = interp.call(&getter, call);
            interp.catching.pop();
            result
        }
    };
    if interp.pending.len() > waiting {
        return Ok(Val::unknown("it depends on a branch that could not be decided"));
    }
    let value = match (result, fallback) {
        (Ok(value), _) => value,
        (Err(raise), Some(fallback)) => {
            let classes = state::absences(interp);
            let class = interp.raised_class(&raise);
            let Some(class) = class else {
                return Ok(Val::unknown("whether an option is there is not known"));
            };
            let is_absent =
                classes.iter().any(|absence| interp.is_subclass(class, *absence) == Some(true));
            let files = state::absent(interp, &this)?;
            return if is_absent { Ok(fallback.with_deps(&files)) } else { Err(raise) };
        }
        (Err(raise), None) => return Err(raise),
    };
    let class = match to {
        To::Int => interp.class_of_builtin(Builtin::Int),
        To::Float => interp.class_of_builtin(Builtin::Float),
        To::Boolean => return interp.call_method(&this, "_convert_to_boolean", vec![value], at),
    };
    interp.call(&class, Call::of(vec![value], at))
}

fn to_boolean(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let value = call.get(1, "value").cloned().unwrap_or(Val::NONE);
    let lower = interp.call_method(&value, "lower", Vec::new(), call.at)?;
    if lower.is_unknown() {
        return Ok(lower);
    }
    let states = interp.get_attribute(&this, "BOOLEAN_STATES")?;
    match interp.contains(&states, &lower)? {
        Some(true) => interp.get_item(&states, &lower),
        Some(false) => Err(interp.raise("ValueError", "Not a boolean")),
        None => Ok(interp.why_unknown(&states)),
    }
}

fn lower(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let text = call.get(1, "optionstr").cloned().unwrap_or(Val::NONE);
    interp.call_method(&text, "lower", Vec::new(), call.at)
}

fn defaults(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    Ok(match State::of(interp, &this)? {
        Ok(state) => state.defaults,
        Err(unknown) => unknown,
    })
}

fn sections(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let state = match State::of(interp, &this)? {
        Ok(state) => state,
        Err(unknown) => return Ok(unknown),
    };
    Ok(match interp.iterate(&state.sections)? {
        Some(names) => interp.new_list(names),
        None => interp.why_unknown(&state.sections),
    })
}

fn has_section(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let section = call.get(1, "section").cloned().unwrap_or(Val::NONE);
    let state = match State::of(interp, &this)? {
        Ok(state) => state,
        Err(unknown) => return Ok(unknown),
    };
    let files = state::absent(interp, &this)?;
    Ok(match interp.contains(&state.sections, &section)? {
        Some(found) => Val::bool(found).with_deps(&files),
        None if section.is_unknown() => section,
        None => interp.why_unknown(&state.sections),
    })
}

fn has_option(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let section = call.get(1, "section").cloned().unwrap_or(Val::NONE);
    let option = call.get(2, "option").cloned().unwrap_or(Val::NONE);
    let state = match State::of(interp, &this)? {
        Ok(state) => state,
        Err(unknown) => return Ok(unknown),
    };
    let section = if section.is_none() || section.as_str() == Some("") {
        state.default_section.clone()
    } else {
        section
    };
    let option = state::spelled(interp, &this, &option)?;
    let vars = interp.new_dict([]);
    Ok(match state.find(interp, &section, &option, &vars)? {
        Found::Value(_) => Val::bool(true),
        Found::NoSection | Found::NoOption => {
            let files = state::absent(interp, &this)?;
            Val::bool(false).with_deps(&files)
        }
        Found::Unknown(value) => value,
    })
}

fn options(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let section = call.get(1, "section").cloned().unwrap_or(Val::NONE);
    let state = match State::of(interp, &this)? {
        Ok(state) => state,
        Err(unknown) => return Ok(unknown),
    };
    let own = match state.section(interp, &section)? {
        Found::Value(own) => own,
        Found::Unknown(value) => return Ok(value),
        Found::NoSection | Found::NoOption => {
            return Err(interp.raise("configparser.NoSectionError", "No such section"));
        }
    };
    let (Some(own), Some(defaults)) = (interp.iterate(&own)?, interp.iterate(&state.defaults)?)
    else {
        return Ok(Val::unknown("it depends on a branch that could not be decided"));
    };
    let mut names: Vec<Val> = own;
    for name in defaults {
        if !names.iter().any(|known| known.same(&name)) {
            names.push(name);
        }
    }
    Ok(interp.new_list(names))
}

fn add_section(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let section = call.get(1, "section").cloned().unwrap_or(Val::NONE);
    let state = match State::of(interp, &this)? {
        Ok(state) => state,
        Err(_) => return Ok(Val::NONE),
    };
    if section.same(&state.default_section) {
        return Err(interp.raise("ValueError", "Invalid section name"));
    }
    match interp.contains(&state.sections, &section)? {
        Some(false) => state::ensure_section(interp, &this, &section)?,
        Some(true) => {
            return Err(interp.raise("configparser.DuplicateSectionError", "a repeated section"));
        }
        None => state::forget(interp, &this, "a section that is not known was added")?,
    }
    Ok(Val::NONE)
}

fn set(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let section = call.get(1, "section").cloned().unwrap_or(Val::NONE);
    let option = call.get(2, "option").cloned().unwrap_or(Val::NONE);
    let value = call.get(3, "value").cloned().unwrap_or(Val::NONE);
    state::store(interp, &this, &section, &option, value, true)?;
    Ok(Val::NONE)
}

fn remove_option(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    state::forget(interp, &this, "removing options from a parser is not modelled")?;
    Ok(Val::unknown("removing options from a parser is not modelled"))
}

fn remove_section(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    state::forget(interp, &this, "removing sections from a parser is not modelled")?;
    Ok(Val::unknown("removing sections from a parser is not modelled"))
}
