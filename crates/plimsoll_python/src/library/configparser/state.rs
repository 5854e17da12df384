//! What a parser holds, in attributes of its instance.

use super::interpolation::{self, Part};
use super::reader::Options;
use crate::interp::heap::Object;
use crate::library::prelude::*;

pub(super) const MODULE: &str = "configparser";

/// The attribute that says why a parser's content is not known; `None` where it is.
pub(super) const UNKNOWN: &str = "__plimsoll_unknown__";

/// The attribute whose dependences name the files that were read if present and are not in the
/// repository: each value that the parser gives could come from them.
const ABSENT: &str = "__plimsoll_absent__";

/// Values that name each other deeper than this raise an exception.
const MAX_DEPTH: usize = 10;

/// A parser whose content is known.
pub(super) struct State {
    pub(super) sections: Val,
    pub(super) defaults: Val,
    pub(super) default_section: Val,
}

/// The outcome of a search.
pub(super) enum Found {
    Value(Val),
    NoSection,
    NoOption,
    Unknown(Val),
}

impl State {
    /// The state of a parser; an unknown value with the reason where it is not known.
    pub(super) fn of(interp: &mut Interp<'_>, this: &Val) -> Result<Result<Self, Val>, Raise> {
        match interp.find_attribute(this, UNKNOWN)? {
            Some(Val { kind: Kind::None, .. }) => {}
            Some(Val { kind: Kind::Str(reason), deps }) => {
                return Ok(Err(Val::unknown(reason.to_string()).with_deps(&deps)));
            }
            Some(value) => return Ok(Err(interp.why_unknown(&value))),
            None => return Ok(Err(Val::unknown("a parser that was not initialized"))),
        }
        let mut dicts = Vec::new();
        for name in ["_sections", "_defaults"] {
            let value = interp.find_attribute(this, name)?.unwrap_or(Val::NONE);
            if !matches!(value.kind, Kind::Ref(_)) {
                return Ok(Err(interp.why_unknown(&value)));
            }
            dicts.push(value);
        }
        let default_section = default_section(interp, this)?;
        if default_section.as_str().is_none() {
            return Ok(Err(interp.why_unknown(&default_section)));
        }
        let (Some(defaults), Some(sections)) = (dicts.pop(), dicts.pop()) else {
            return Ok(Err(Val::unknown("a parser that was not initialized")));
        };
        Ok(Ok(Self { sections, defaults, default_section }))
    }

    /// The dict of a section.
    pub(super) fn section(&self, interp: &mut Interp<'_>, name: &Val) -> Result<Found, Raise> {
        Ok(match entry(interp, &self.sections, name)? {
            Found::NoOption => Found::NoSection,
            Found::Value(value) if !matches!(value.kind, Kind::Ref(_)) => {
                Found::Unknown(interp.why_unknown(&value))
            }
            other => other,
        })
    }

    /// An option of a section: in `vars`, the section, the defaults.
    pub(super) fn find(
        &self,
        interp: &mut Interp<'_>,
        section: &Val,
        option: &Val,
        vars: &Val,
    ) -> Result<Found, Raise> {
        let own = if section.same(&self.default_section) {
            self.defaults.clone()
        } else {
            match self.section(interp, section)? {
                Found::Value(own) => own,
                other => return Ok(other),
            }
        };
        for place in [vars, &own, &self.defaults] {
            match entry(interp, place, option)? {
                Found::NoOption => {}
                other => return Ok(other),
            }
        }
        Ok(Found::NoOption)
    }

    /// A value with what it names put in.
    pub(super) fn interpolate(
        &self,
        interp: &mut Interp<'_>,
        this: &Val,
        section: &Val,
        value: &Val,
        vars: &Val,
        depth: usize,
    ) -> Outcome {
        let Some(kind) = interpolation_kind(interp, this)? else {
            return Ok(Val::unknown("an interpolation that is not modelled"));
        };
        let Some(sign) = kind.sign() else { return Ok(value.clone()) };
        interp.each(value, |interp, value| {
            let text = match &value.kind {
                Kind::None => return Ok(Val::NONE),
                Kind::Str(text) => text.clone(),
                _ => return Ok(interp.why_unknown(value)),
            };
            if !text.contains(sign) {
                return Ok(value.clone());
            }
            if depth > MAX_DEPTH || !interp.spend(text.len() as u64) {
                return Err(interp.raise("configparser.InterpolationDepthError", "too deep"));
            }
            let Some(parts) = interpolation::parts(&text, kind) else {
                return Err(interp.raise("configparser.InterpolationSyntaxError", "bad syntax"));
            };
            let mut out = String::new();
            let mut deps = value.deps.clone();
            for part in parts {
                let (named, option) = match part {
                    Part::Text(text) => {
                        out.push_str(text);
                        continue;
                    }
                    Part::Reference(named, option) => (named, option),
                };
                let option = spelled(interp, this, &Val::str(option))?;
                let none = interp.new_dict([]);
                let (place, vars) = match named {
                    Some(name) => (Val::str(name), &none),
                    None => (section.clone(), vars),
                };
                let found = match self.find(interp, &place, &option, vars)? {
                    Found::Value(found) => found,
                    Found::Unknown(found) => return Ok(found),
                    Found::NoSection | Found::NoOption => {
                        let class = "configparser.InterpolationMissingOptionError";
                        return Err(interp.raise(class, "a name that is not there"));
                    }
                };
                let found = self.interpolate(interp, this, &place, &found, vars, depth + 1)?;
                let Some(text) = found.as_str() else { return Ok(interp.why_unknown(&found)) };
                out.push_str(text);
                deps = crate::interp::value::union(&deps, &found.deps);
                if out.len() > interp.request.limits.size {
                    return Ok(Val::unknown("a text that is too long"));
                }
            }
            Ok(Val::str(out).with_deps(&deps))
        })
    }
}

/// An item of a dict that may be unknown.
pub(super) fn entry(interp: &mut Interp<'_>, dict: &Val, key: &Val) -> Result<Found, Raise> {
    if key.is_unknown() || matches!(key.kind, Kind::OneOf(_)) {
        return Ok(Found::Unknown(interp.why_unknown(key)));
    }
    Ok(match interp.contains(dict, key)? {
        Some(true) => Found::Value(interp.get_item(dict, key)?),
        Some(false) => Found::NoOption,
        None => Found::Unknown(interp.why_unknown(dict)),
    })
}

pub(super) fn default_section(interp: &mut Interp<'_>, this: &Val) -> Outcome {
    interp.get_attribute(this, "default_section")
}

/// Notes that a parser would hold more where this file is there.
pub(super) fn may_hold(interp: &mut Interp<'_>, this: &Val, file: &str) -> Result<(), Raise> {
    let name: std::collections::BTreeSet<_> = [std::rc::Rc::from(file)].into();
    let deps = crate::interp::value::union(&absent(interp, this)?, &Some(std::rc::Rc::new(name)));
    interp.set_attribute(this, ABSENT, Val::NONE.with_deps(&deps)).map(|_| ())
}

/// The files that a parser's values could come from.
pub(super) fn absent(
    interp: &mut Interp<'_>,
    this: &Val,
) -> Result<crate::interp::value::Deps, Raise> {
    Ok(interp.find_attribute(this, ABSENT)?.and_then(|value| value.deps))
}

/// Notes that a parser's content is not known.
pub(super) fn forget(interp: &mut Interp<'_>, this: &Val, reason: &str) -> Result<(), Raise> {
    interp.set_attribute(this, UNKNOWN, Val::str(reason)).map(|_| ())
}

/// As [`forget`], for the reason of an unknown value.
pub(super) fn forget_for(interp: &mut Interp<'_>, this: &Val, why: &Val) -> Result<(), Raise> {
    let reason = match &why.kind {
        Kind::Unknown(unknown) => unknown.reason.clone(),
        _ => "it depends on a branch that could not be decided".to_owned(),
    };
    let reason = Val::str(reason).with_deps(&why.deps);
    interp.set_attribute(this, UNKNOWN, reason).map(|_| ())
}

/// `str(value)`; `None` stays.
pub(super) fn text(interp: &mut Interp<'_>, value: &Val) -> Outcome {
    interp.each(value, |interp, value| match value.kind {
        Kind::None => Ok(Val::NONE),
        _ => interp.text_of(value),
    })
}

/// An option's name as the parser keeps it.
pub(super) fn spelled(interp: &mut Interp<'_>, this: &Val, option: &Val) -> Outcome {
    interp.call_method(this, "optionxform", vec![option.clone()], interp.here)
}

/// Makes a section unless it is there.
pub(super) fn ensure_section(
    interp: &mut Interp<'_>,
    this: &Val,
    section: &Val,
) -> Result<(), Raise> {
    let Ok(state) = State::of(interp, this)? else { return Ok(()) };
    if section.as_str().is_none() {
        let why = interp.why_unknown(section);
        return forget_for(interp, this, &why);
    }
    if section.same(&state.default_section) {
        return Ok(());
    }
    match interp.contains(&state.sections, section)? {
        Some(true) => Ok(()),
        Some(false) => {
            let dict = interp.new_dict([]);
            interp.set_item(&state.sections, section, dict).map(|_| ())
        }
        None => forget(interp, this, "it depends on a branch that could not be decided"),
    }
}

/// Sets an option, its name still as written. With `checked`, as `set()` does.
pub(super) fn store(
    interp: &mut Interp<'_>,
    this: &Val,
    section: &Val,
    option: &Val,
    value: Val,
    checked: bool,
) -> Result<(), Raise> {
    if checked && is_checked(interp, this) {
        let kind = interpolation_kind(interp, this)?;
        match (&value.kind, kind.and_then(interpolation::Kind::sign)) {
            (Kind::Str(text), Some(sign)) => {
                if !is_well_formed(text, sign) {
                    return Err(interp.raise("ValueError", "invalid interpolation syntax"));
                }
            }
            (Kind::Str(_) | Kind::None | Kind::Unknown(_) | Kind::OneOf(_), _) => {}
            _ => return Err(interp.raise("TypeError", "option values must be strings")),
        }
    }
    let option = spelled(interp, this, option)?;
    put(interp, this, section, &option, value)
}

/// Whether `set()` takes a text: each sign is doubled or opens a reference.
fn is_well_formed(text: &str, sign: char) -> bool {
    let kind = if sign == '%' { interpolation::Kind::Basic } else { interpolation::Kind::Extended };
    interpolation::parts(text, kind).is_some()
}

/// Sets an option under the name that the parser keeps.
pub(super) fn put(
    interp: &mut Interp<'_>,
    this: &Val,
    section: &Val,
    option: &Val,
    value: Val,
) -> Result<(), Raise> {
    let Ok(state) = State::of(interp, this)? else { return Ok(()) };
    if option.as_str().is_none() {
        let why = interp.why_unknown(option);
        return forget_for(interp, this, &why);
    }
    let is_default =
        section.same(&state.default_section) || section.is_none() || section.as_str() == Some("");
    let dict = if is_default {
        state.defaults
    } else {
        match state.section(interp, section)? {
            Found::Value(dict) => dict,
            Found::Unknown(why) => return forget_for(interp, this, &why),
            Found::NoSection | Found::NoOption => {
                return Err(interp.raise("configparser.NoSectionError", "No such section"));
            }
        }
    };
    interp.set_item(&dict, option, value).map(|_| ())
}

/// Whether values are checked when they are set: `ConfigParser`, not `RawConfigParser`.
pub(super) fn is_checked(interp: &Interp<'_>, this: &Val) -> bool {
    let class = interp.class_of(this);
    class.as_id().is_some_and(|id| interp.extends(id, MODULE, "ConfigParser"))
}

/// Whether none of these methods is a project's own.
pub(super) fn is_plain(interp: &Interp<'_>, this: &Val, names: &[&str]) -> bool {
    let Some(class) = interp.class_of(this).as_id() else { return false };
    names.iter().all(|name| match interp.find_in_class(class, name) {
        None => true,
        Some(found) => matches!(found.kind, Kind::Native(_)),
    })
}

/// A parser's kind of interpolation; `None` where it is not modelled.
fn interpolation_kind(
    interp: &mut Interp<'_>,
    this: &Val,
) -> Result<Option<interpolation::Kind>, Raise> {
    let value = interp.get_attribute(this, "_interpolation")?;
    if value.is_none() {
        return Ok(Some(interpolation::Kind::None));
    }
    let class = match interp.object(&value) {
        Some(Object::Instance { class, .. }) => *class,
        _ => return Ok(None),
    };
    let kinds = [
        ("Interpolation", interpolation::Kind::None),
        ("BasicInterpolation", interpolation::Kind::Basic),
        ("ExtendedInterpolation", interpolation::Kind::Extended),
    ];
    for (name, kind) in kinds {
        if own(interp, name).as_id() == Some(class) {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

/// A name of the module.
pub(super) fn own(interp: &mut Interp<'_>, name: &str) -> Val {
    let module = interp.model_module(MODULE);
    let namespace = module.and_then(|module| interp.module_namespace(&module));
    let found = namespace.and_then(|namespace| interp.namespace_get(namespace, name));
    found.unwrap_or_else(|| Val::unknown("a name of configparser"))
}

/// What says that no fallback was given.
pub(super) fn unset(interp: &mut Interp<'_>) -> Val {
    own(interp, "_UNSET")
}

/// The exceptions of what is not there.
pub(super) fn absences(interp: &mut Interp<'_>) -> Vec<Id> {
    let names = ["NoSectionError", "NoOptionError"];
    names.iter().filter_map(|name| own(interp, name).as_id()).collect()
}

/// The variables given to a call as a dict of their own.
pub(super) fn variables(
    interp: &mut Interp<'_>,
    this: &Val,
    given: Option<&Val>,
) -> Result<Result<Val, Val>, Raise> {
    let Some(given) = given.filter(|value| !value.is_none()) else {
        return Ok(Ok(interp.new_dict([])));
    };
    let Some(items) = interp.dict_items(given) else { return Ok(Err(interp.why_unknown(given))) };
    let mut pairs = Vec::new();
    for (name, value) in items {
        pairs.push((spelled(interp, this, &name)?, text(interp, &value)?));
    }
    Ok(Ok(interp.new_dict_of(pairs)))
}

/// The options that a parser was made with.
pub(super) fn options(interp: &mut Interp<'_>, this: &Val) -> Result<Option<Options>, Raise> {
    let mut texts = Vec::new();
    for name in ["_delimiters", "_comment_prefixes", "_inline_comment_prefixes"] {
        let value = interp.get_attribute(this, name)?;
        let items = if value.is_none() { Some(Vec::new()) } else { interp.iterate(&value)? };
        let items = items.and_then(|items| {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        let Some(items) = items else { return Ok(None) };
        texts.push(items);
    }
    let mut flags = Vec::new();
    for name in ["_allow_no_value", "_empty_lines_in_values", "_strict"] {
        let value = interp.get_attribute(this, name)?;
        let Some(flag) = interp.truth(&value)? else { return Ok(None) };
        flags.push(flag);
    }
    let mut texts = texts.into_iter();
    let mut flags = flags.into_iter();
    Ok(Some(Options {
        delimiters: texts.next().unwrap_or_default(),
        comments: texts.next().unwrap_or_default(),
        inline_comments: texts.next().unwrap_or_default(),
        allow_no_value: flags.next().unwrap_or_default(),
        empty_lines: flags.next().unwrap_or_default(),
        strict: flags.next().unwrap_or_default(),
    }))
}
