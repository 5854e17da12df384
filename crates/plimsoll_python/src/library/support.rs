//! What several models need: versions, conversions, files beside the calling module.

use std::rc::Rc;

use plimsoll_formats::dotenv::{self, EnvFile, EnvValue, Version};

use super::django::import_value;
use super::prelude::*;
use super::stdlib_text::Trouble;
use super::urls::Context;
use crate::Value;
use crate::interp::files::Place;
use crate::interp::heap::{Builtin, Event};

/// The declared version of a distribution. Without a pin an install gets the newest.
pub(super) fn version(interp: &Interp<'_>, distribution: &str) -> Version {
    let pinned = interp.request.installed.distributions.get(distribution);
    pinned.and_then(|version| Version::parse(version.as_deref()?)).unwrap_or(Version::NEWEST)
}

/// Whether a distribution is installed; `None` where the declared ones need not be all.
fn installed(interp: &Interp<'_>, distribution: &str) -> Option<bool> {
    let installed = &interp.request.installed;
    match installed.distributions.contains_key(distribution) {
        true => Some(true),
        false => installed.complete.then_some(false),
    }
}

/// What the readers of URLs depend on.
pub(super) fn context(interp: &Interp<'_>, distribution: &str) -> Context {
    Context {
        version: version(interp, distribution),
        django: interp.request.installed.django,
        django_until: interp.request.installed.django_until,
        django_redis: installed(interp, "django-redis"),
        redis_cache: installed(interp, "django-redis-cache"),
        pymemcache: installed(interp, "pymemcache"),
    }
}

/// What a function over text gives, as a call's outcome.
pub(super) fn outcome(interp: &mut Interp<'_>, result: Result<Value, Trouble>) -> Outcome {
    match result {
        Ok(value) => Ok(import_value(interp, &value)),
        Err(Trouble::Unknown(reason)) => Ok(Val::unknown(reason)),
        Err(Trouble::Raise(class, message)) => Err(interp.raise(class, message)),
    }
}

/// The text of a string or path.
pub(super) fn text_or_path(value: &Val) -> Option<Rc<str>> {
    match &value.kind {
        Kind::Str(text) | Kind::Path(text) => Some(text.clone()),
        _ => None,
    }
}

/// A path as the library's `open()` takes it: text, `pathlib`, or an object with `__fspath__`.
pub(super) fn path_text(interp: &mut Interp<'_>, value: &Val) -> Result<Option<Rc<str>>, Raise> {
    if let Some(text) = text_or_path(value) {
        return Ok(Some(text));
    }
    if matches!(value.kind, Kind::Ref(_))
        && interp.class_attribute_of(value, "__fspath__").is_some()
    {
        let text = interp.call_method(value, "__fspath__", Vec::new(), interp.here)?;
        return Ok(text_or_path(&text));
    }
    Ok(None)
}

/// Whether a class is this class of the language.
pub(super) fn is_builtin(interp: &Interp<'_>, value: &Val, builtin: Builtin) -> bool {
    value.as_id().is_some_and(|id| interp.is_builtin(id, builtin))
}

/// How a cast is called in a record of a reading.
pub(super) fn cast_name(interp: &Interp<'_>, cast: &Val) -> Option<String> {
    match &cast.kind {
        Kind::None | Kind::Unknown(_) => None,
        Kind::Native(native) => Some(native.name.to_owned()),
        Kind::Ref(id) => match interp.class_name(*id) {
            Some(name) => Some(name),
            None => Some(interp.type_name(cast)),
        },
        _ => Some(interp.type_name(cast)),
    }
}

/// The absolute folder of the file whose code is running.
pub(super) fn calling_folder(interp: &Interp<'_>) -> Option<String> {
    let file = interp.frames.last()?.file;
    let path = interp.files.get(file as usize)?.path().parent()?;
    Some(interp.to_absolute(&path))
}

/// The parent of an absolute path; `/` is its own.
pub(super) fn parent(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// `path/name`.
pub(super) fn join(path: &str, name: &str) -> String {
    if name.starts_with('/') {
        return name.to_owned();
    }
    if path.is_empty() || path.ends_with('/') {
        format!("{path}{name}")
    } else {
        format!("{path}/{name}")
    }
}

/// The first of these names in a folder or above it, up to the repository's root.
pub(super) fn find_upward(interp: &Interp<'_>, folder: &str, names: &[&str]) -> Option<String> {
    let mut folder = folder;
    loop {
        for name in names {
            let path = join(folder, name);
            if interp.place(&path) == Place::File {
                return Some(path);
            }
        }
        let above = parent(folder);
        if above == folder || interp.place(above) == Place::Outside {
            return None;
        }
        folder = above;
    }
}

/// What a variable is to an environment file that refers to it.
pub(super) fn outer(interp: &Interp<'_>, name: &str) -> dotenv::Lookup {
    match interp.environment_get(name) {
        Lookup::Unset => dotenv::Lookup::Unset,
        Lookup::Set(value) => match value.as_str() {
            Some(text) => dotenv::Lookup::Set(text.to_owned()),
            None => dotenv::Lookup::Unknown(format!("{name} has one of several values")),
        },
        Lookup::Unknown(_) => dotenv::Lookup::Unknown(format!("{name} is not known")),
    }
}

/// What an entry of an environment file sets its variable to; `None` for a name alone.
pub(super) fn entry_value(key: &str, value: &EnvValue) -> Option<Val> {
    match value {
        EnvValue::Text(text) => Some(Val::str(text.expose()).depending_on(key)),
        EnvValue::Absent => None,
        EnvValue::Unknown(reason) => Some(Val::unknown_variable(reason.clone(), key)),
    }
}

/// Puts the variables of an environment file into `os.environ`.
pub(super) fn load(interp: &mut Interp<'_>, file: &EnvFile, overrides: bool) {
    for entry in file.effective() {
        let Some(value) = entry_value(&entry.key, &entry.value) else { continue };
        if overrides {
            interp.environment_set(&entry.key, value);
        } else {
            interp.environment_setdefault(&entry.key, value);
        }
    }
}

/// What was found at the path of an environment file.
pub(super) enum EnvSource {
    /// The file as its reader understands it.
    Read(EnvFile),
    /// The repository has no such file; that is noted.
    Absent,
    /// It cannot be known what is in it: why.
    Unknown(String),
}

/// Reads an environment file of the repository at an absolute path.
pub(super) fn read_env_file(
    interp: &mut Interp<'_>,
    path: &str,
    dialect: dotenv::Dialect,
    at: Event,
) -> EnvSource {
    let path = normalize(path);
    match interp.read_file(&path, at) {
        Err(reason) => EnvSource::Unknown(reason),
        Ok(None) => {
            interp.absent_env_file(&path, at);
            EnvSource::Absent
        }
        Ok(Some(source)) => {
            let file = dotenv::read(&source, dialect, &|name| outer(interp, name));
            interp.problems.extend(file.problems.iter().cloned());
            EnvSource::Read(file)
        }
    }
}

/// `os.path.normpath` of an absolute path.
pub(super) fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if path.starts_with('/') { format!("/{}", parts.join("/")) } else { parts.join("/") }
}
