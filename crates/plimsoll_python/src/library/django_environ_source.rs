//! Where django-environ's variables come from: the process, env files, files that `NAME_FILE` names.

use plimsoll_formats::dotenv::{Dialect, Version};

use super::django_environ::DISTRIBUTION;
use super::prelude::*;
use super::support::{self, EnvSource};
use crate::interp::heap::Event;

pub(super) static READ_ENV: Native = class_method("environ.Env.read_env", read_env);

/// Stands for a mapping that looks for `NAME_FILE` first.
pub(super) static FILE_AWARE: Native =
    function("environ.fileaware_mapping.FileAwareMapping", opaque);

fn opaque(_: &mut Interp<'_>, _: Call) -> Outcome {
    Ok(Val::unknown("environ's FileAwareMapping by itself is not modelled"))
}

/// Looks a variable up in the mapping of the class.
pub(super) fn look_up(
    interp: &mut Interp<'_>,
    environ: &Val,
    name: &str,
    at: Event,
) -> Result<Lookup, Raise> {
    if environ.same(&Val::native(&FILE_AWARE)) {
        let file = format!("{name}_FILE");
        match interp.environment_get(&file) {
            Lookup::Unset => {}
            Lookup::Unknown(value) => return Ok(Lookup::Unknown(value)),
            Lookup::Set(path) => {
                if interp.truth(&path)? != Some(false) {
                    return Ok(read_secret(interp, &path, &file, at));
                }
            }
        }
        return Ok(interp.environment_get(name));
    }
    let os = interp.import("os", at)?;
    let process = interp.get_attribute(&os, "environ")?;
    if process.is_unknown() || environ.same(&process) {
        return Ok(interp.environment_get(name));
    }
    // A mapping of the project's own.
    let Some(items) = interp.dict_items(environ) else {
        return Ok(Lookup::Unknown(Val::unknown("the ENVIRON of this Env class is not modelled")));
    };
    let found = items.into_iter().find(|(key, _)| key.as_str() == Some(name));
    Ok(found.map_or(Lookup::Unset, |(_, value)| Lookup::Set(value)))
}

/// The content of the file that `NAME_FILE` names.
fn read_secret(interp: &mut Interp<'_>, path: &Val, variable: &str, at: Event) -> Lookup {
    let reason = |why: &str| {
        Lookup::Unknown(Val::unknown_variable(
            format!("it is read from the file that {variable} names, {why}"),
            variable,
        ))
    };
    let Some(path) = path.as_str() else { return reason("which is not known") };
    match interp.read_file(&support::normalize(path), at) {
        Ok(Some(source)) => Lookup::Set(Val::str(source.text()).depending_on(variable)),
        Ok(None) | Err(_) => reason("which is not in the repository"),
    }
}

/// The keywords of `read_env` that are its own; all others are variables.
const READ_ENV_OPTIONS: &[&str] = &["env_file", "overwrite", "parse_comments", "encoding"];

fn read_env(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let version = support::version(interp, DISTRIBUTION);
    let mut flag = |at: usize, name: &str| match call.get(at, name) {
        Some(value) => interp.truth(value),
        None => Ok(Some(false)),
    };
    let overwrite = flag(2, "overwrite")?;
    let parse_comments =
        flag(if version >= Version(0, 12, 0) { 3 } else { usize::MAX }, "parse_comments")?;
    let (Some(overwrite), Some(parse_comments)) = (overwrite, parse_comments) else {
        interp.environment_open("read_env with options that are not known", true);
        return Ok(Val::NONE);
    };
    let given = call.get(1, "env_file").filter(|value| !value.is_none()).cloned();
    let path = match given {
        None => support::calling_folder(interp).map(|folder| support::join(&folder, ".env")),
        Some(value) => {
            support::path_text(interp, &value)?.map(|path| interp.in_working_folder(&path))
        }
    };
    match path.filter(|path| path.starts_with('/')) {
        None => {
            let reason = "an env file was read whose path is not known";
            interp.environment_open(reason, overwrite);
        }
        Some(path) => {
            let dialect = Dialect::DjangoEnviron { version, parse_comments };
            match support::read_env_file(interp, &path, dialect, call.at) {
                EnvSource::Unknown(reason) => interp.environment_open(&reason, overwrite),
                EnvSource::Absent => {}
                EnvSource::Read(file) => {
                    if file.refused.is_some() {
                        return Err(interp.raise("UnicodeDecodeError", "the env file is not UTF-8"));
                    }
                    support::load(interp, &file, overwrite);
                }
            }
        }
    }
    for (name, value) in &call.named {
        if READ_ENV_OPTIONS.contains(&&**name) {
            continue;
        }
        let text = interp.text_of(value)?;
        if overwrite {
            interp.environment_set(name, text);
        } else {
            interp.environment_setdefault(name, text);
        }
    }
    Ok(Val::NONE)
}
