//! Where environs finds variables: the process, the files it read, files that `NAME_FILE` names,
//! and `${NAME}` inside of values.

use plimsoll_formats::dotenv::{EnvFile, Interpolation, Version};

use super::environs::{DISTRIBUTION, dialect};
use super::prelude::*;
use super::support::{self, EnvSource};
use crate::interp::heap::Event;

/// The attribute that holds the suffix of a `FileAwareEnv`; `None` on an `Env`.
pub(super) const SUFFIX: &str = "file_suffix";
pub(super) const STRIP: &str = "strip_whitespace";
/// `${NAME}` leads from one variable to another at most this often.
const DEEPEST: usize = 10;

/// An env file.
pub(super) enum Found {
    /// Its path, and what is in it.
    Read(String, EnvFile),
    Absent,
    /// Why it cannot be known.
    Unknown(String),
}

/// The file that `read_env` reads.
pub(super) fn find(
    interp: &mut Interp<'_>,
    path: Option<Val>,
    recurse: Option<Val>,
    interpolation: Interpolation,
    at: Event,
) -> Result<Found, Raise> {
    let unknown = |reason: &str| Ok(Found::Unknown(reason.to_owned()));
    let recurse = match recurse {
        None => Some(true),
        Some(value) => interp.truth(&value)?,
    };
    let given = path.filter(|value| !value.is_none());
    let start = match given {
        None => support::calling_folder(interp).map(|folder| support::join(&folder, ".env")),
        Some(value) => {
            support::path_text(interp, &value)?.map(|path| interp.in_working_folder(&path))
        }
    };
    let (Some(start), Some(recurse)) = (start, recurse) else {
        return unknown("an env file was read whose path is not known");
    };
    if !start.starts_with('/') {
        return Ok(Found::Unknown(format!(
            "the env file {start} is read, relative to the folder that the process starts in"
        )));
    }
    let start = support::normalize(&start);
    let name = start.rsplit('/').next().unwrap_or_default().to_owned();
    let path = match recurse && interp.to_repo(&start).is_some() {
        true => support::find_upward(interp, support::parent(&start), &[&name]),
        false => Some(start.clone()),
    };
    let Some(path) = path else {
        interp.missing(&name, at);
        return Ok(Found::Absent);
    };
    let dialect = dialect(interp, interpolation);
    match support::read_env_file(interp, &path, dialect, at) {
        EnvSource::Unknown(reason) => Ok(Found::Unknown(reason)),
        EnvSource::Absent => Ok(Found::Absent),
        EnvSource::Read(file) if file.refused.is_some() => {
            Err(interp.raise("UnicodeDecodeError", "the env file is not UTF-8"))
        }
        EnvSource::Read(file) => Ok(Found::Read(path, file)),
    }
}

/// What `read_env` gives back: differs by version and `return_path`.
pub(super) fn answer(
    interp: &mut Interp<'_>,
    found: &Found,
    value: Val,
    returns: Option<Val>,
) -> Val {
    let version = support::version(interp, DISTRIBUTION);
    if version < Version(10, 3, 0) {
        return Val::NONE;
    }
    let wants_path = returns.map(|value| interp.truth(&value)).and_then(Result::ok);
    match wants_path {
        None | Some(Some(false)) => value,
        Some(None) => Val::unknown("what read_env gives is not known"),
        Some(Some(true)) => match found {
            Found::Read(path, _) => Val::str(path),
            _ => Val::NONE,
        },
    }
}

/// Looks a variable up; with the name of the one that is missing where none is set.
pub(super) fn look_up(
    interp: &mut Interp<'_>,
    this: &Val,
    name: &str,
    default: Option<Val>,
) -> Result<(Lookup, String), Raise> {
    let expands = interp.get_attribute(this, "expand_vars")?;
    let Some(expands) = interp.truth(&expands)? else {
        let unknown = Val::unknown("whether an Env expands variables is not known");
        return Ok((Lookup::Unknown(unknown), name.to_owned()));
    };
    nested(interp, this, name, default, expands, 0)
}

fn nested(
    interp: &mut Interp<'_>,
    this: &Val,
    name: &str,
    default: Option<Val>,
    expands: bool,
    depth: usize,
) -> Result<(Lookup, String), Raise> {
    let mut found = plain(interp, this, name)?;
    if let (Lookup::Unset, Some(default)) = (&found, &default) {
        found = Lookup::Set(default.clone().depending_on(name));
    }
    let Lookup::Set(value) = &found else { return Ok((found, name.to_owned())) };
    if !expands || matches!(value.kind, Kind::None | Kind::Bool(_) | Kind::Int(_)) {
        return Ok((found, name.to_owned()));
    }
    let Some(text) = value.as_str().map(str::to_owned) else {
        let is_text = matches!(value.kind, Kind::OneOf(_) | Kind::Unknown(_));
        let unknown = Val::unknown_variable(format!("{name} has one of several values"), name);
        return Ok((if is_text { Lookup::Unknown(unknown) } else { found }, name.to_owned()));
    };
    if depth > DEEPEST {
        let unknown = Val::unknown_variable("a variable that refers to itself (${NAME})", name);
        return Ok((Lookup::Unknown(unknown), name.to_owned()));
    }
    let deps = value.deps.clone();
    let references = references(&text);
    let Some(first) = references.first() else {
        let text = Val::str(text.replace("\\$", "$")).with_deps(&deps);
        return Ok((Lookup::Set(text), name.to_owned()));
    };
    // Before 14.6 a value that only starts with a reference was taken for the reference alone.
    let version = support::version(interp, DISTRIBUTION);
    let alone = first.start == 0 && (first.end == text.len() || version < Version(14, 6, 0));
    if alone {
        let fallback = match (&first.default, &default) {
            (Some(text), _) => Some(Val::str(text)),
            (None, Some(default)) if default.as_str() == Some(&*text) => None,
            (None, default) => default.clone(),
        };
        let (inner, missing) = nested(interp, this, &first.name, fallback, expands, depth + 1)?;
        let inner = match inner {
            Lookup::Set(value) => Lookup::Set(value.with_deps(&deps)),
            other => other,
        };
        return Ok((inner, if missing.is_empty() { first.name.clone() } else { missing }));
    }
    let mut result = String::new();
    let mut last = 0;
    let mut all = deps;
    for reference in &references {
        let fallback = reference.default.as_ref().map(Val::str);
        let (inner, missing) = nested(interp, this, &reference.name, fallback, expands, depth + 1)?;
        let Lookup::Set(value) = inner else { return Ok((inner, missing)) };
        let Some(part) = value.as_str() else {
            let unknown = Val::unknown_variable("a part of it has one of several values", name);
            return Ok((Lookup::Unknown(unknown), name.to_owned()));
        };
        result.push_str(text.get(last..reference.start).unwrap_or_default());
        result.push_str(part);
        last = reference.end;
        all = crate::interp::value::union(&all, &value.deps);
    }
    result.push_str(text.get(last..).unwrap_or_default());
    Ok((Lookup::Set(Val::str(result).with_deps(&all)), name.to_owned()))
}

/// `${NAME}` or `${NAME:-default}` in a text, in bytes.
struct Reference {
    start: usize,
    end: usize,
    name: String,
    default: Option<String>,
}

fn references(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find("${")).map(|at| from + at) {
        from = at + 2;
        let escaped = at > 0 && text.as_bytes().get(at - 1) == Some(&b'\\');
        let inner = text.get(from..).and_then(|rest| rest.split_once('}')).map(|(inner, _)| inner);
        let Some(inner) = inner.filter(|_| !escaped) else { continue };
        let (name, default) = match inner.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        };
        let is_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_name || default.is_some_and(|default| default.contains(':')) {
            continue;
        }
        let end = from + inner.len() + 1;
        let default = default.map(str::to_owned);
        found.push(Reference { start: at, end, name: name.to_owned(), default });
        from = end;
    }
    found
}

/// A variable of the process, of `NAME_FILE`, or of the files that were read.
fn plain(interp: &mut Interp<'_>, this: &Val, name: &str) -> Result<Lookup, Raise> {
    let suffix = interp.get_attribute(this, SUFFIX)?;
    if !suffix.is_none() {
        let Some(suffix) = suffix.as_str() else {
            return Ok(Lookup::Unknown(Val::unknown("the file_suffix of an Env is not known")));
        };
        let variable = format!("{name}{suffix}");
        match by_name(interp, this, &variable)? {
            Lookup::Unset => {}
            Lookup::Unknown(value) => return Ok(Lookup::Unknown(value)),
            Lookup::Set(path) => {
                if interp.truth(&path)? != Some(false) {
                    return read_secret(interp, this, &path, &variable);
                }
            }
        }
    }
    by_name(interp, this, name)
}

fn by_name(interp: &mut Interp<'_>, this: &Val, name: &str) -> Result<Lookup, Raise> {
    let version = support::version(interp, DISTRIBUTION);
    let environ = interp.get_attribute(this, "_environ")?;
    let in_file = match interp.dict_items(&environ) {
        None => {
            let reason = format!("{name} may be set in an env file that is not known");
            Lookup::Unknown(Val::unknown_variable(reason, name))
        }
        Some(items) => match items.into_iter().find(|(key, _)| key.as_str() == Some(name)) {
            Some((_, value)) if value.is_unknown() => Lookup::Unknown(value),
            Some((_, value)) => Lookup::Set(value.depending_on(name)),
            None => Lookup::Unset,
        },
    };
    let outside = interp.environment_get(name);
    // In 15.0.0 alone the files came first.
    let files_first = version >= Version(15, 0, 0) && version < Version(15, 0, 1);
    Ok(match (files_first, outside, in_file) {
        (true, outside, Lookup::Unset) => outside,
        (true, _, in_file) => in_file,
        (false, Lookup::Unset, in_file) => in_file,
        (false, outside, _) => outside,
    })
}

/// The content of the file that a variable names.
fn read_secret(
    interp: &mut Interp<'_>,
    this: &Val,
    path: &Val,
    variable: &str,
) -> Result<Lookup, Raise> {
    let reason = |why: &str| {
        let reason = format!("it is read from the file that {variable} names, {why}");
        Ok(Lookup::Unknown(Val::unknown_variable(reason, variable)))
    };
    let strip = interp.get_attribute(this, STRIP)?;
    let Some(strips) = interp.truth(&strip)? else { return reason("stripped or not") };
    let Some(path) = path.as_str().filter(|path| path.starts_with('/')) else {
        return reason("whose place is not known");
    };
    let at = interp.here;
    match interp.read_file(&support::normalize(path), at) {
        Ok(Some(source)) => {
            let text = source.text().replace("\r\n", "\n").replace('\r', "\n");
            let text = match strips {
                true => text.trim_matches(super::stdlib_text::is_space),
                false => text.as_str(),
            };
            Ok(Lookup::Set(Val::str(text).depending_on(variable)))
        }
        Ok(None) | Err(_) => reason("which is not in the repository"),
    }
}
