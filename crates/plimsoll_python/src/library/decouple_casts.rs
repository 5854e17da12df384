//! `Csv`, `Choices` and `strtobool` of python-decouple.

use super::decouple::DISTRIBUTION;
use super::prelude::*;
use super::stdlib_text::{Trouble, shlex};
use super::support;
use crate::interp::heap::{Builtin, Object};
use plimsoll_formats::dotenv::Version;

static CSV_INIT: Native = method("decouple.Csv", csv_init);
static CSV_CALL: Native = method("decouple.Csv", csv_call);
static CHOICES_INIT: Native = method("decouple.Choices", choices_init);
static CHOICES_CALL: Native = method("decouple.Choices", choices_call);
static STRTOBOOL: Native = function("decouple.strtobool", call_strtobool);

/// `string.whitespace`.
const WHITESPACE: &str = " \t\n\r\u{b}\u{c}";

pub(super) fn build(module: &mut Builder<'_, '_>) {
    module.class("Csv", &[], |class| {
        class.method("__init__", &CSV_INIT);
        class.method("__call__", &CSV_CALL);
    });
    module.class("Choices", &[], |class| {
        class.method("__init__", &CHOICES_INIT);
        class.method("__call__", &CHOICES_CALL);
    });
    module.function("strtobool", &STRTOBOOL);
}

/// What a word means as a boolean. Before 3.2 there were fewer words.
pub(super) fn strtobool(word: &str, old: bool) -> Option<bool> {
    match word.to_lowercase().as_str() {
        "yes" | "true" | "on" | "1" => Some(true),
        "no" | "false" | "off" | "0" => Some(false),
        "y" | "t" if !old => Some(true),
        "n" | "f" if !old => Some(false),
        _ => None,
    }
}

fn call_strtobool(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [value] = call.bind(interp, "strtobool", ["value"], 1)?;
    let value = value.unwrap_or(Val::NONE);
    match &value.kind {
        Kind::Bool(_) | Kind::Unknown(_) => Ok(value),
        Kind::Str(text) => match strtobool(text, false) {
            Some(flag) => Ok(Val::bool(flag)),
            None => Err(interp.raise("ValueError", "Invalid truth value")),
        },
        _ => Err(interp.raise("AttributeError", "no attribute 'lower'")),
    }
}

fn csv_init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let names = ["self", "cast", "delimiter", "strip", "post_process"];
    let [this, cast, delimiter, strip, finish] = call.bind(interp, "Csv", names, 1)?;
    let this = this.unwrap_or(Val::NONE);
    let cast = cast.unwrap_or_else(|| interp.class_of_builtin(Builtin::Str));
    let finish = finish.unwrap_or_else(|| interp.class_of_builtin(Builtin::List));
    interp.set_attribute(&this, "cast", cast)?;
    interp.set_attribute(&this, "delimiter", delimiter.unwrap_or_else(|| Val::str(",")))?;
    interp.set_attribute(&this, "strip", strip.unwrap_or_else(|| Val::str(WHITESPACE)))?;
    interp.set_attribute(&this, "post_process", finish)?;
    Ok(Val::NONE)
}

fn csv_call(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [this, value] = call.bind(interp, "Csv", ["self", "value"], 2)?;
    let (this, value) = (this.unwrap_or(Val::NONE), value.unwrap_or(Val::NONE));
    if value.is_unknown() {
        return Ok(value);
    }
    let finish = interp.get_attribute(&this, "post_process")?;
    if value.is_none() {
        return match support::version(interp, DISTRIBUTION) >= Version(3, 7, 0) {
            true => interp.call(&finish, Call::of(Vec::new(), at)),
            false => Ok(Val::unknown("Csv of None in python-decouple before 3.7")),
        };
    }
    let Some(text) = value.as_str() else {
        // shlex takes anything else for an open file.
        return Err(interp.raise("AttributeError", "object has no attribute 'read'"));
    };
    let delimiter = interp.get_attribute(&this, "delimiter")?;
    let strip = interp.get_attribute(&this, "strip")?;
    let (Some(delimiter), Some(strip)) = (delimiter.as_str(), strip.as_str()) else {
        return Ok(Val::unknown("Csv with a delimiter or strip that is not known"));
    };
    let words = match shlex::split(text, delimiter) {
        Ok(words) => words,
        Err(Trouble::Raise(class, message)) => return Err(interp.raise(class, message)),
        Err(Trouble::Unknown(reason)) => return Ok(Val::unknown(reason)),
    };
    let strip: Vec<char> = strip.chars().collect();
    let cast = interp.get_attribute(&this, "cast")?;
    let mut items = Vec::with_capacity(words.len());
    for word in words {
        let word = Val::str(word.trim_matches(strip.as_slice())).with_deps(&value.deps);
        items.push(interp.call(&cast, Call::of(vec![word], at))?);
    }
    let items = Val::reference(interp.alloc(Object::Iterator(items, 0)));
    interp.call(&finish, Call::of(vec![items], at))
}

fn choices_init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [this, flat, cast, choices] =
        call.bind(interp, "Choices", ["self", "flat", "cast", "choices"], 1)?;
    let this = this.unwrap_or(Val::NONE);
    let cast = cast.unwrap_or_else(|| interp.class_of_builtin(Builtin::Str));
    interp.set_attribute(&this, "cast", cast)?;
    interp.set_attribute(&this, "flat", flat.unwrap_or(Val::NONE))?;
    interp.set_attribute(&this, "choices", choices.unwrap_or(Val::NONE))?;
    Ok(Val::NONE)
}

/// Every valid value; `None` where they are not all known.
fn valid_values(interp: &mut Interp<'_>, this: &Val) -> Result<Option<Vec<Val>>, Raise> {
    let mut valid = Vec::new();
    let flat = interp.get_attribute(this, "flat")?;
    if !flat.is_none() {
        let Some(items) = interp.iterate(&flat)? else { return Ok(None) };
        valid.extend(items);
    }
    let choices = interp.get_attribute(this, "choices")?;
    if !choices.is_none() {
        let Some(pairs) = interp.iterate(&choices)? else { return Ok(None) };
        for pair in pairs {
            let Some(pair) = interp.iterate(&pair)? else { return Ok(None) };
            valid.extend(pair.into_iter().next());
        }
    }
    Ok(Some(valid))
}

fn choices_call(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let [this, value] = call.bind(interp, "Choices", ["self", "value"], 2)?;
    let (this, value) = (this.unwrap_or(Val::NONE), value.unwrap_or(Val::NONE));
    let cast = interp.get_attribute(&this, "cast")?;
    let chosen = interp.call(&cast, Call::of(vec![value], at))?;
    if chosen.is_unknown() {
        return Ok(chosen);
    }
    let Some(valid) = valid_values(interp, &this)? else {
        return Ok(Val::unknown("a choice whose valid values are not known"));
    };
    for candidate in &valid {
        match interp.equal(candidate, &chosen)? {
            Some(true) => return Ok(chosen),
            Some(false) => {}
            None => return Ok(Val::unknown("a choice whose valid values are not known")),
        }
    }
    Err(interp.raise("ValueError", "the value is none of the choices"))
}
