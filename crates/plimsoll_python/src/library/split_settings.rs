//! django-split-settings: `include` and `optional`. Files run in the caller's own names.

use plimsoll_source::{FileKind, RepoPath};

use super::prelude::*;
use super::support;
use crate::interp::Flow;
use crate::interp::heap::Event;

const DISTRIBUTION: &str = "django-split-settings";
const INCLUDED: &str = "__included_file__";
/// Files that one pattern may match.
const MOST_FILES: usize = 200;

pub(super) const MODELS: &[Model] = &[
    Model { name: "split_settings", distribution: Some(DISTRIBUTION), build: build_package },
    Model { name: "split_settings.tools", distribution: Some(DISTRIBUTION), build },
];

static INCLUDE: Native = function("split_settings.tools.include", include);
static OPTIONAL: Native = function("split_settings.tools.optional", optional);

fn build_package(module: &mut Builder<'_, '_>) {
    module.unknown("this part of django-split-settings is not modelled");
}

fn build(module: &mut Builder<'_, '_>) {
    module.function("include", &INCLUDE);
    module.function("optional", &OPTIONAL);
    module.class("_Optional", &[], |_| {});
}

/// A path that need not be there: an instance that keeps it.
fn optional(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [name] = call.bind(interp, "optional", ["filename"], 1)?;
    let name = name.filter(|name| !name.is_none()).unwrap_or_else(|| Val::str(""));
    let module = interp.import("split_settings.tools", interp.here)?;
    let class = interp.get_attribute(&module, "_Optional")?;
    let made = interp.new_instance(&class);
    interp.set_attribute(&made, "path", name)?;
    Ok(made)
}

fn include(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let own = interp.frames.last().map(|frame| frame.module);
    let scope = match call.keyword("scope") {
        Some(scope) if !scope.is_none() => scope.as_id(),
        _ => own,
    };
    let Some(scope) = scope.filter(|id| interp.dict(*id).is_some()) else {
        let reason = "files were included by django-split-settings in a scope that is not known";
        if let Some(own) = own {
            interp.open_namespace(own, reason);
        }
        return Ok(Val::unknown(reason));
    };
    for argument in call.positional.clone() {
        include_one(interp, &argument, scope, call.at)?;
    }
    Ok(Val::NONE)
}

/// One argument of `include`.
fn include_one(interp: &mut Interp<'_>, argument: &Val, scope: Id, at: Event) -> Result<(), Raise> {
    let is_optional =
        argument.as_id().is_some() && interp.find_attribute(argument, "path")?.is_some();
    let path = if is_optional { interp.get_attribute(argument, "path")? } else { argument.clone() };
    let saved = interp.namespace_get(scope, INCLUDED);
    let file =
        interp.namespace_get(scope, INCLUDED).or_else(|| interp.namespace_get(scope, "__file__"));
    let folder = file.as_ref().and_then(Val::as_str).map(|file| support::parent(file).to_owned());
    let path = support::path_text(interp, &path)?;
    let (Some(folder), Some(path)) = (folder, path) else {
        let reason = "a file was included whose path is not known";
        interp.open_namespace(scope, reason);
        return Ok(());
    };
    if path.is_empty() {
        return Ok(());
    }
    let pattern = support::normalize(&support::join(&folder, &path));
    let files = match matching(interp, &pattern) {
        Some(files) => files,
        None if !pattern.contains(['*', '?', '['])
            && interp.place(&pattern) == crate::interp::files::Place::Absent =>
        {
            Vec::new()
        }
        None => {
            let reason = format!("{pattern} was included, which is outside of the repository");
            interp.open_namespace(scope, &reason);
            return Ok(());
        }
    };
    if files.is_empty() {
        interp.missing(&pattern, at);
        if !is_optional {
            return Err(
                interp.raise("OSError", "no such file for django-split-settings to include")
            );
        }
    }
    for file in files {
        run(interp, &file, scope, at)?;
    }
    match saved {
        Some(saved) => interp.namespace_set(scope, INCLUDED, saved),
        None => {
            if let Some(dict) = interp.dict_mut(scope) {
                dict.entries.shift_remove(&crate::interp::heap::StrKey(INCLUDED));
            }
        }
    }
    Ok(())
}

/// Runs a file in the scope, once.
fn run(interp: &mut Interp<'_>, file: &RepoPath, scope: Id, at: Event) -> Result<(), Raise> {
    let path = interp.to_absolute(file);
    let marker = format!("__included_files__:{path}");
    if interp.namespace_get(scope, &marker).is_some() {
        return Ok(());
    }
    interp.namespace_set(scope, &marker, Val::NONE);
    interp.namespace_set(scope, INCLUDED, Val::str(&path));
    let source = match interp.read_file(&path, at) {
        Ok(Some(source)) => source,
        Ok(None) => return Ok(()),
        Err(reason) => {
            interp.open_namespace(scope, &reason);
            return Ok(());
        }
    };
    if interp.frames.len() >= interp.request.limits.calls {
        interp.exhaust("files that include each other too deeply");
        return Ok(());
    }
    let here = interp.here;
    let flow = interp.execute(&source, scope, file.as_str());
    interp.here = here;
    match flow {
        Flow::Raise(raise) => Err(raise),
        _ => Ok(()),
    }
}

/// The files of the repository that a pattern matches, by name; `None` outside of it.
///
/// `glob` gives them in the order of the file system; by name is what projects rely on that
/// number their files.
fn matching(interp: &Interp<'_>, pattern: &str) -> Option<Vec<RepoPath>> {
    let pattern = interp.to_repo(pattern)?;
    let tree = interp.request.tree;
    if !pattern.as_str().contains(['*', '?', '[']) {
        return Some(if tree.has_file(&pattern) { vec![pattern] } else { Vec::new() });
    }
    let wanted: Vec<&str> = pattern.as_str().split('/').collect();
    let mut found: Vec<RepoPath> = tree
        .files()
        .iter()
        .filter(|entry| matches!(entry.kind, FileKind::Regular | FileKind::Link { .. }))
        .map(|entry| entry.path.clone())
        .filter(|path| {
            let parts: Vec<&str> = path.as_str().split('/').collect();
            parts.len() == wanted.len()
                && parts.iter().zip(&wanted).all(|(part, wanted)| fits(wanted, part))
        })
        .collect();
    found.sort();
    found.truncate(MOST_FILES);
    Some(found)
}

/// `fnmatch` of one path segment; a leading dot needs one in the pattern.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    // Every place in the pattern that may stand before the rest of the name.
    let mut places = vec![0usize];
    let skip_stars = |mut at: usize, places: &mut Vec<usize>| {
        loop {
            if !places.contains(&at) {
                places.push(at);
            }
            if pattern.get(at) != Some(&'*') {
                return;
            }
            at += 1;
        }
    };
    let mut start = Vec::new();
    places.drain(..).for_each(|at| skip_stars(at, &mut start));
    let mut places = start;
    for c in name {
        let mut next = Vec::new();
        for at in places {
            match pattern.get(at) {
                Some('*') => skip_stars(at, &mut next),
                Some('?') => skip_stars(at + 1, &mut next),
                Some('[') => {
                    if let Some((matches, after)) = set_at(&pattern, at, c)
                        && matches
                    {
                        skip_stars(after, &mut next);
                    }
                }
                Some(wanted) if *wanted == c => skip_stars(at + 1, &mut next),
                _ => {}
            }
        }
        places = next;
    }
    places.contains(&pattern.len())
}

/// A set `[abc]`, `[a-z]` or `[!abc]`: whether `c` is in it, and what follows it.
fn set_at(pattern: &[char], at: usize, c: char) -> Option<(bool, usize)> {
    let negated = pattern.get(at + 1) == Some(&'!');
    let first = at + 1 + usize::from(negated);
    let close = pattern.iter().skip(first + 1).position(|c| *c == ']')? + first + 1;
    let members = pattern.get(first..close)?;
    let mut found = false;
    let mut place = 0;
    while let Some(low) = members.get(place) {
        match (members.get(place + 1), members.get(place + 2)) {
            (Some('-'), Some(high)) => {
                found |= (*low..=*high).contains(&c);
                place += 3;
            }
            _ => {
                found |= *low == c;
                place += 1;
            }
        }
    }
    Some((found != negated, close + 1))
}
