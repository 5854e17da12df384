//! `parser['section']`: views of sections, and the parser as a mapping of them.

use super::state::{self, Found, State};
use crate::library::prelude::*;

static METHODS: &[(&str, Native)] = &[
    ("get", method("configparser.SectionProxy.get", get)),
    ("getint", method("configparser.SectionProxy.getint", |i, call| getter(i, call, "getint"))),
    (
        "getfloat",
        method("configparser.SectionProxy.getfloat", |i, call| getter(i, call, "getfloat")),
    ),
    (
        "getboolean",
        method("configparser.SectionProxy.getboolean", |i, call| getter(i, call, "getboolean")),
    ),
    ("__getitem__", method("configparser.SectionProxy.__getitem__", item)),
    ("__setitem__", method("configparser.SectionProxy.__setitem__", set_item)),
    ("__contains__", method("configparser.SectionProxy.__contains__", contains)),
    ("__iter__", method("configparser.SectionProxy.__iter__", names)),
    ("__len__", method("configparser.SectionProxy.__len__", length)),
    ("keys", method("configparser.SectionProxy.keys", names)),
    ("values", method("configparser.SectionProxy.values", values)),
    ("items", method("configparser.SectionProxy.items", items)),
];

pub(super) fn build(module: &mut Builder<'_, '_>) {
    module.class("SectionProxy", &[], |class| {
        for (name, native) in METHODS {
            class.method(name, native);
        }
        class.unknown("this part of configparser is not modelled");
    });
}

fn this_of(call: &Call) -> Val {
    call.positional.first().cloned().unwrap_or(Val::NONE)
}

/// The parser and the section's name of a view.
fn parts(interp: &mut Interp<'_>, call: &Call) -> Result<(Val, Val), Raise> {
    let this = this_of(call);
    Ok((interp.get_attribute(&this, "_parser")?, interp.get_attribute(&this, "_name")?))
}

fn proxy(interp: &mut Interp<'_>, parser: &Val, name: &Val) -> Outcome {
    let class = state::own(interp, "SectionProxy");
    let made = interp.new_instance(&class);
    interp.set_attribute(&made, "_parser", parser.clone())?;
    interp.set_attribute(&made, "_name", name.clone())?;
    interp.set_attribute(&made, "name", name.clone())?;
    interp.set_attribute(&made, "parser", parser.clone())?;
    Ok(made)
}

fn get(interp: &mut Interp<'_>, call: Call) -> Outcome {
    getter(interp, call, "get")
}

/// A getter of the parser; without a fallback, `None`.
fn getter(interp: &mut Interp<'_>, call: Call, name: &str) -> Outcome {
    let at = call.at;
    let (parser, section) = parts(interp, &call)?;
    let option = call.get(1, "option").cloned().unwrap_or(Val::NONE);
    let fallback = call.get(2, "fallback").cloned().unwrap_or(Val::NONE);
    let mut named = vec![("fallback".into(), fallback)];
    for keyword in ["raw", "vars"] {
        if let Some(value) = call.keyword(keyword) {
            named.push((keyword.into(), value.clone()));
        }
    }
    let method = interp.get_attribute(&parser, name)?;
    interp.call(&method, Call { positional: vec![section, option], named, at })
}

fn item(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let (parser, section) = parts(interp, &call)?;
    let option = call.get(1, "key").cloned().unwrap_or(Val::NONE);
    let found =
        interp.call_method(&parser, "has_option", vec![section.clone(), option.clone()], at)?;
    match interp.truth(&found)? {
        Some(true) => interp.call_method(&parser, "get", vec![section, option], at),
        Some(false) => Err(interp.raise("KeyError", "No such option")),
        None => {
            interp.may_raise("whether an option is there is not known");
            Ok(interp.why_unknown(&found))
        }
    }
}

fn set_item(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let (parser, section) = parts(interp, &call)?;
    let option = call.get(1, "key").cloned().unwrap_or(Val::NONE);
    let value = call.get(2, "value").cloned().unwrap_or(Val::NONE);
    interp.call_method(&parser, "set", vec![section, option, value], at)
}

fn contains(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let (parser, section) = parts(interp, &call)?;
    let option = call.get(1, "key").cloned().unwrap_or(Val::NONE);
    interp.call_method(&parser, "has_option", vec![section, option], at)
}

/// The names of a section's options.
fn names(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let (parser, section) = parts(interp, &call)?;
    if interp.get_attribute(&parser, "default_section")?.same(&section) {
        let defaults = interp.call_method(&parser, "defaults", Vec::new(), at)?;
        return Ok(match interp.iterate(&defaults)? {
            Some(names) => interp.new_list(names),
            None => interp.why_unknown(&defaults),
        });
    }
    interp.call_method(&parser, "options", vec![section], at)
}

fn length(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let names = names(interp, call)?;
    interp.length(&names)
}

fn items(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let this = this_of(&call);
    let names = names(interp, call)?;
    let Some(names) = interp.iterate(&names)? else { return Ok(interp.why_unknown(&names)) };
    let mut pairs = Vec::new();
    for name in names {
        let value = interp.call_method(&this, "__getitem__", vec![name.clone()], at)?;
        pairs.push(Val::tuple(vec![name, value]));
    }
    Ok(interp.new_list(pairs))
}

fn values(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let pairs = items(interp, call)?;
    let Some(pairs) = interp.iterate(&pairs)? else { return Ok(interp.why_unknown(&pairs)) };
    let values = pairs.into_iter().filter_map(|pair| match pair.kind {
        Kind::Tuple(pair) => pair.get(1).cloned(),
        _ => None,
    });
    let values = values.collect();
    Ok(interp.new_list(values))
}

/// `parser[name]`.
pub(super) fn parser_item(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let parser = this_of(&call);
    let name = call.get(1, "key").cloned().unwrap_or(Val::NONE);
    let found = parser_contains(interp, call)?;
    match interp.truth(&found)? {
        Some(true) => proxy(interp, &parser, &name),
        Some(false) => Err(interp.raise("KeyError", "No such section")),
        None => {
            interp.may_raise("whether a section is there is not known");
            Ok(interp.why_unknown(&found))
        }
    }
}

pub(super) fn parser_contains(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let parser = this_of(&call);
    let name = call.get(1, "key").cloned().unwrap_or(Val::NONE);
    let state = match State::of(interp, &parser)? {
        Ok(state) => state,
        Err(unknown) => return Ok(unknown),
    };
    if name.same(&state.default_section) {
        return Ok(Val::bool(true));
    }
    interp.call_method(&parser, "has_section", vec![name], call.at)
}

/// The names of all sections, the one of the defaults first.
fn all(interp: &mut Interp<'_>, parser: &Val) -> Result<Result<Vec<Val>, Val>, Raise> {
    let state = match State::of(interp, parser)? {
        Ok(state) => state,
        Err(unknown) => return Ok(Err(unknown)),
    };
    let Some(sections) = interp.iterate(&state.sections)? else {
        return Ok(Err(interp.why_unknown(&state.sections)));
    };
    let mut names = vec![state.default_section];
    names.extend(sections);
    Ok(Ok(names))
}

pub(super) fn parser_keys(interp: &mut Interp<'_>, call: Call) -> Outcome {
    Ok(match all(interp, &this_of(&call))? {
        Ok(names) => interp.new_list(names),
        Err(unknown) => unknown,
    })
}

pub(super) fn parser_length(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let names = parser_keys(interp, call)?;
    interp.length(&names)
}

pub(super) fn parser_values(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let parser = this_of(&call);
    let names = match all(interp, &parser)? {
        Ok(names) => names,
        Err(unknown) => return Ok(unknown),
    };
    let mut views = Vec::new();
    for name in names {
        views.push(proxy(interp, &parser, &name)?);
    }
    Ok(interp.new_list(views))
}

/// `parser.items()`: sections; `parser.items(section)`: its options, the defaults first.
pub(super) fn parser_items(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let parser = this_of(&call);
    let unset = state::unset(interp);
    let Some(section) = call.get(1, "section").filter(|value| !value.same(&unset)).cloned() else {
        let names = match all(interp, &parser)? {
            Ok(names) => names,
            Err(unknown) => return Ok(unknown),
        };
        let mut pairs = Vec::new();
        for name in names {
            let view = proxy(interp, &parser, &name)?;
            pairs.push(Val::tuple(vec![name, view]));
        }
        return Ok(interp.new_list(pairs));
    };
    let state = match State::of(interp, &parser)? {
        Ok(state) => state,
        Err(unknown) => return Ok(unknown),
    };
    let raw = match call.get(2, "raw") {
        Some(raw) => interp.truth(raw)?,
        None => Some(false),
    };
    let Some(raw) = raw else { return Ok(Val::unknown("whether values are raw is not known")) };
    let vars = match state::variables(interp, &parser, call.get(3, "vars"))? {
        Ok(vars) => vars,
        Err(unknown) => return Ok(unknown),
    };
    let mut names = match interp.iterate(&state.defaults)? {
        Some(names) => names,
        None => return Ok(interp.why_unknown(&state.defaults)),
    };
    if !section.same(&state.default_section) {
        let own = match state.section(interp, &section)? {
            Found::Value(own) => own,
            Found::Unknown(unknown) => return Ok(unknown),
            Found::NoSection | Found::NoOption => {
                return Err(interp.raise("configparser.NoSectionError", "No such section"));
            }
        };
        let Some(own) = interp.iterate(&own)? else { return Ok(interp.why_unknown(&own)) };
        for name in own {
            if !names.iter().any(|known| known.same(&name)) {
                names.push(name);
            }
        }
    }
    let mut pairs = Vec::new();
    for name in names {
        let value = match state.find(interp, &section, &name, &vars)? {
            Found::Value(value) if raw => value,
            Found::Value(value) => {
                state.interpolate(interp, &parser, &section, &value, &vars, 1)?
            }
            Found::Unknown(value) => value,
            Found::NoSection | Found::NoOption => continue,
        };
        pairs.push(Val::tuple(vec![name, value]));
    }
    Ok(interp.new_list(pairs))
}
