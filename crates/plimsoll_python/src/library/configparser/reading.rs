//! What a parser takes in: files, texts, dicts.

use super::state::{self, MODULE};
use super::{reader, support};
use crate::interp::heap::Event;
use crate::library::prelude::*;

/// The files of a list that are there.
pub(super) fn read(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let at = call.at;
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let Some(names) = call.get(1, "filenames").cloned() else {
        return Err(interp.raise("TypeError", "read() missing 1 required positional argument"));
    };
    let names = match &names.kind {
        Kind::Str(_) | Kind::Path(_) | Kind::Unknown(_) => vec![names],
        _ => match interp.iterate_any_order(&names)? {
            Some(names) => names,
            None => {
                let reason = interp.why_unknown(&names);
                state::forget_for(interp, &this, &reason)?;
                return Ok(reason);
            }
        },
    };
    let mut done = Vec::new();
    let mut unknown = None;
    for name in names {
        match file_at(interp, &name, at) {
            Ok(None) => {
                if let Some(file) = shown(interp, &name) {
                    state::may_hold(interp, &this, &file)?;
                }
            }
            Ok(Some(text)) => {
                take(interp, &this, &text)?;
                let path = support::text_or_path(&name);
                done.push(path.map_or(name, Val::str));
            }
            Err(reason) => {
                state::forget_for(interp, &this, &reason)?;
                unknown = Some(reason);
            }
        }
    }
    Ok(match unknown {
        Some(reason) => reason,
        None => interp.new_list(done),
    })
}

/// What to call a file that this checkout does not have: a path, which no variable's name is.
fn shown(interp: &Interp<'_>, name: &Val) -> Option<String> {
    let path = interp.to_path(name)?;
    let full = interp.in_working_folder(&path);
    interp.to_repo(&support::normalize(&full))?;
    let file = path.rsplit('/').next().filter(|file| !file.is_empty())?;
    Some(if path.contains('/') { path.to_string() } else { format!("./{file}") })
}

/// The text of a file that may be there; an unknown value where that cannot be told.
fn file_at(interp: &mut Interp<'_>, name: &Val, at: Event) -> Result<Option<String>, Val> {
    let Some(path) = interp.to_path(name) else {
        if interp.is_absent_at_home(name) {
            return Ok(None);
        }
        return Err(interp.why_unknown(name));
    };
    // No file has an empty name, and `~` is not expanded: a file of that very name.
    if path.is_empty() || path.starts_with('~') {
        return Ok(None);
    }
    let path = interp.in_working_folder(&path);
    if !path.starts_with('/') {
        return Err(Val::unknown(format!(
            "{path} is read relative to the folder that the process starts in"
        )));
    }
    let path = support::normalize(&path);
    match interp.read_file(&path, at) {
        Ok(found) => Ok(found.map(|source| source.text().to_owned())),
        Err(reason) => Err(Val::unknown(reason).with_deps(&interp.of_file(&path))),
    }
}

pub(super) fn read_string(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let text = call.get(1, "string").cloned().unwrap_or(Val::NONE);
    match text.as_str().map(str::to_owned) {
        Some(text) => take(interp, &this, &text)?,
        None => {
            let reason = interp.why_unknown(&text);
            state::forget_for(interp, &this, &reason)?;
        }
    }
    Ok(Val::NONE)
}

pub(super) fn read_file(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let file = call.get(1, "f").or_else(|| call.keyword("fp")).cloned().unwrap_or(Val::NONE);
    let lines = interp.iterate(&file)?;
    let lines: Option<Vec<String>> = lines.and_then(|lines| {
        lines
            .iter()
            .map(|line| line.as_str().map(|line| line.trim_end_matches('\n').to_owned()))
            .collect()
    });
    match lines {
        Some(lines) => take(interp, &this, &lines.join("\n"))?,
        None => state::forget(interp, &this, "it was read from a file that is not known")?,
    }
    Ok(Val::NONE)
}

/// Takes in the text of a file.
fn take(interp: &mut Interp<'_>, this: &Val, text: &str) -> Result<(), Raise> {
    if !interp.spend(text.len() as u64) {
        return state::forget(interp, this, "the limit of the evaluation was reached before this");
    }
    if !state::is_plain(interp, this, &["_read"]) {
        return state::forget(interp, this, "a parser that reads in a way of its own");
    }
    let Some(options) = state::options(interp, this)? else {
        return state::forget(interp, this, "how it reads files is not known");
    };
    let found = match reader::read(text, &options) {
        Ok(found) => found,
        Err(reader::Refused::Differs) => {
            return state::forget(interp, this, "versions of Python read its file differently");
        }
        Err(reader::Refused::Raises(class)) => {
            state::forget(interp, this, "its file could not be read")?;
            return Err(interp.raise(&format!("{MODULE}.{class}"), "the file cannot be read"));
        }
    };
    let default = state::default_section(interp, this)?;
    let mut seen = std::collections::HashSet::new();
    for section in found {
        let name = Val::str(&section.name);
        let is_default = default.as_str() == Some(&*section.name);
        let repeats = !is_default && !seen.insert((section.name.clone(), None));
        if repeats && options.strict {
            state::forget(interp, this, "its file could not be read")?;
            return Err(interp.raise("configparser.DuplicateSectionError", "a repeated section"));
        }
        if !is_default {
            state::ensure_section(interp, this, &name)?;
        }
        for (option, value) in section.options {
            let option = state::spelled(interp, this, &Val::str(option))?;
            let key = (section.name.clone(), Some(option.as_str().unwrap_or_default().to_owned()));
            if !seen.insert(key) && options.strict {
                state::forget(interp, this, "its file could not be read")?;
                return Err(interp.raise("configparser.DuplicateOptionError", "a repeated option"));
            }
            let value = value.map_or(Val::NONE, Val::str);
            state::put(interp, this, &name, &option, value)?;
        }
    }
    Ok(())
}

pub(super) fn read_dict(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let given = call.get(1, "dictionary").cloned().unwrap_or(Val::NONE);
    if !state::is_plain(interp, &this, &["set", "add_section"]) {
        state::forget(interp, &this, "a parser that sets values in a way of its own")?;
        return Ok(Val::NONE);
    }
    let Some(items) = interp.dict_items(&given) else {
        let reason = interp.why_unknown(&given);
        state::forget_for(interp, &this, &reason)?;
        return Ok(Val::NONE);
    };
    for (section, options) in items {
        let section = state::text(interp, &section)?;
        state::ensure_section(interp, &this, &section)?;
        let Some(options) = interp.dict_items(&options) else {
            let reason = interp.why_unknown(&options);
            state::forget_for(interp, &this, &reason)?;
            continue;
        };
        for (name, value) in options {
            let name = state::text(interp, &name)?;
            let value = state::text(interp, &value)?;
            state::store(interp, &this, &section, &name, value, true)?;
        }
    }
    Ok(Val::NONE)
}
