//! What folders hold: `os.listdir`, `os.walk`, `glob`, `Path.iterdir`, `Path.glob`, `Path.rglob`
//! (CPython 3.8 to 3.14). Only folders of the repository; files come in the order of the disk.

use std::collections::BTreeSet;

use plimsoll_source::RepoPath;

use super::paths::{join, normalize, os_join};
use super::prelude::*;
use super::split_settings::fits;
use crate::interp::files::Place;

pub(super) const MODELS: &[Model] =
    &[Model { name: "glob", distribution: None, build: build_glob }];

/// The most that a search gives.
const MAX_FOUND: usize = 5_000;

/// What a folder of the repository holds.
#[derive(Default)]
struct Listing {
    folders: BTreeSet<String>,
    files: BTreeSet<String>,
    /// Folders that are not listed and may be there: what Python compiles, packages of others.
    perhaps: Vec<&'static str>,
}

/// What a path holds.
enum Held {
    Known(Listing),
    /// There is no such folder, or it is a file.
    Absent,
    Unknown(String),
}

pub(super) fn listdir(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let path = match call.get(0, "path") {
        None => Some(".".into()),
        Some(value) => interp.to_path(value),
    };
    let Some(path) = path else { return Ok(Val::unknown("what a folder holds that is not known")) };
    match held(interp, &path) {
        Held::Unknown(reason) => {
            interp.may_raise(&reason);
            Ok(Val::unknown(reason))
        }
        Held::Absent => Err(not_found(interp, &path)),
        Held::Known(listing) => {
            let names = listing.folders.iter().chain(&listing.files).map(Val::str).collect();
            let perhaps = listing.perhaps.iter().map(Val::str).collect();
            Ok(interp.new_unordered(names, perhaps, true))
        }
    }
}

/// `os.walk(top)`, from the top down: triples of a path, its folders and its files.
pub(super) fn walk(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let top = call.get(0, "top").cloned().unwrap_or(Val::NONE);
    let Some(path) = interp.to_path(&top) else { return Ok(interp.why_unknown(&top)) };
    if call.positional.len() > 1 || !call.named.is_empty() {
        return Ok(Val::unknown("os.walk with options is not modelled"));
    }
    let mut found = Vec::new();
    let mut others = Vec::new();
    let mut open = vec![path.to_string()];
    while let Some(path) = open.pop() {
        let listing = match held(interp, &path) {
            Held::Known(listing) => listing,
            // Errors are ignored.
            Held::Absent => continue,
            Held::Unknown(reason) => return Ok(Val::unknown(reason)),
        };
        let count = (listing.folders.len() + listing.files.len()) as u64;
        if found.len() > MAX_FOUND || !interp.spend(1 + count) {
            return Ok(Val::unknown("a folder with too many files"));
        }
        open.extend(listing.folders.iter().map(|name| os_join(&[&path, name])));
        let folders = listing.folders.iter().map(Val::str).collect();
        let perhaps = listing.perhaps.iter().map(Val::str).collect();
        let folders = interp.new_unordered(folders, perhaps, true);
        for name in &listing.perhaps {
            let files = unlisted(interp, name, &listing);
            let none = interp.new_list(Vec::new());
            others.push(Val::tuple(vec![Val::str(os_join(&[&path, name])), none, files]));
        }
        let files = listing.files.iter().map(Val::str).collect();
        let files = interp.in_disk_order(files, true);
        found.push(Val::tuple(vec![Val::str(&path), folders, files]));
    }
    let found = interp.new_unordered(found, others, false);
    interp.begin_with_first(&found);
    Ok(found.with_deps(&top.deps))
}

/// The files of a folder that is not listed: what Python compiles has names that follow from those
/// of the sources.
fn unlisted(interp: &mut Interp<'_>, name: &str, beside: &Listing) -> Val {
    let version = interp.request.installed.python.filter(|_| name == "__pycache__");
    let Some((major, minor)) = version else {
        return Val::unknown(format!("what a folder {name} holds"));
    };
    let stems = beside.files.iter().filter_map(|file| file.strip_suffix(".py"));
    let files = stems.flat_map(|stem| {
        ["", ".opt-1", ".opt-2"]
            .map(|mark| Val::str(format!("{stem}.cpython-{major}{minor}{mark}.pyc")))
    });
    let files = files.collect();
    interp.new_unordered(Vec::new(), files, true)
}

fn build_glob(module: &mut Builder<'_, '_>) {
    static GLOB: Native = function("glob.glob", |interp, call| glob(interp, call, true));
    static IGLOB: Native = function("glob.iglob", |interp, call| glob(interp, call, false));
    static ESCAPE: Native = function("glob.escape", |interp, call| {
        let value = call.get(0, "pathname").cloned().unwrap_or(Val::NONE);
        match value.as_str() {
            Some(text) if !text.contains(['*', '?', '[']) => Ok(value.clone()),
            Some(text) => {
                let escaped: String = text
                    .chars()
                    .map(|c| match c {
                        '*' | '?' | '[' => format!("[{c}]"),
                        c => c.to_string(),
                    })
                    .collect();
                Ok(Val::str(escaped).with_deps(&value.deps))
            }
            None => Ok(interp.why_unknown(&value)),
        }
    });
    module.function("glob", &GLOB);
    module.function("iglob", &IGLOB);
    module.function("escape", &ESCAPE);
    module.unknown("this part of glob is not modelled");
}

/// `glob.glob(pathname, recursive=…)`.
fn glob(interp: &mut Interp<'_>, call: Call, is_list: bool) -> Outcome {
    let value = call.get(0, "pathname").cloned().unwrap_or(Val::NONE);
    let Some(pattern) = value.as_str().map(str::to_owned) else {
        return Ok(interp.why_unknown(&value));
    };
    let recursive = match call.keyword("recursive") {
        Some(flag) => interp.truth(flag)?,
        None => Some(false),
    };
    let only_recursive = call.named.iter().all(|(name, _)| &**name == "recursive");
    let not_modelled = Ok(Val::unknown("a search for files that is not modelled"));
    let (true, Some(recursive)) = (call.positional.len() < 2 && only_recursive, recursive) else {
        return not_modelled;
    };
    // Names come back as the pattern writes them: what is not normal is left.
    if pattern.is_empty() || normalize(&pattern) != pattern || pattern.ends_with("**") && recursive
    {
        return not_modelled;
    }
    let full = interp.in_working_folder(&pattern);
    if !full.starts_with('/') {
        let reason = format!("{pattern} is searched from the folder that the process starts in");
        return Ok(Val::unknown(reason));
    }
    let search = Search { hidden: false, recursive };
    let found = search.run(interp, &full);
    let written = |path: &String| match pattern.starts_with('/') {
        true => Val::str(path),
        false => {
            let start = full.len() - pattern.len();
            Val::str(path.get(start..).unwrap_or(path))
        }
    };
    Ok(match found {
        Ok(found) => {
            let items = found.certain.iter().map(written).collect();
            let perhaps = found.perhaps.iter().map(written).collect();
            interp.new_unordered(items, perhaps, is_list).with_deps(&value.deps)
        }
        Err(reason) => Val::unknown(reason).with_deps(&value.deps),
    })
}

/// `Path.iterdir()`, `Path.glob(pattern)`, `Path.rglob(pattern)`.
pub(crate) fn of_path(
    interp: &mut Interp<'_>,
    path: &str,
    name: &str,
    pattern: Option<&str>,
) -> Outcome {
    if name == "iterdir" {
        return match held(interp, path) {
            Held::Unknown(reason) => {
                interp.may_raise(&reason);
                Ok(Val::unknown(reason))
            }
            Held::Absent => Err(not_found(interp, path)),
            Held::Known(listing) => {
                let within = |name: &str| Val::path(join(&[path, name]));
                let all = listing.folders.iter().chain(&listing.files);
                let items = all.map(|name| within(name)).collect();
                let perhaps = listing.perhaps.iter().map(|name| within(name)).collect();
                Ok(interp.new_unordered(items, perhaps, false))
            }
        };
    }
    let Some(pattern) = pattern else { return Ok(Val::unknown("a pattern that is not known")) };
    let pattern = if name == "rglob" { format!("**/{pattern}") } else { pattern.to_owned() };
    let is_plain = !pattern.starts_with('/')
        && normalize(&pattern) == pattern
        && !pattern.ends_with("**")
        && pattern.split('/').filter(|part| part.contains("**")).all(|part| part == "**");
    let full = interp.in_working_folder(path);
    if !is_plain || !full.starts_with('/') || path.contains(['*', '?', '[']) {
        return Ok(Val::unknown("a search of folders that is not modelled"));
    }
    let base = normalize(&full);
    let search = Search { hidden: true, recursive: true };
    Ok(match search.run(interp, &format!("{}/{pattern}", base.trim_end_matches('/'))) {
        Ok(found) => {
            let within = |found: &String| {
                let rest = found.get(base.trim_end_matches('/').len() + 1..).unwrap_or_default();
                Val::path(join(&[path, rest]))
            };
            let items = found.certain.iter().map(within).collect();
            let perhaps = found.perhaps.iter().map(within).collect();
            interp.new_unordered(items, perhaps, false)
        }
        Err(reason) => Val::unknown(reason),
    })
}

/// How a pattern is understood.
struct Search {
    /// Whether `*` matches names that begin with a dot.
    hidden: bool,
    /// Whether `**` stands for any number of folders.
    recursive: bool,
}

/// Absolute paths.
#[derive(Default)]
struct Found {
    certain: BTreeSet<String>,
    perhaps: BTreeSet<String>,
}

impl Search {
    /// What an absolute pattern matches.
    ///
    /// # Errors
    /// Why that is not known.
    fn run(&self, interp: &mut Interp<'_>, pattern: &str) -> Result<Found, String> {
        let parts: Vec<&str> = pattern.split('/').skip(1).collect();
        let fixed = parts.iter().take_while(|part| !is_magic(part)).count();
        let (start, rest) = parts.split_at(fixed.min(parts.len()));
        let start = format!("/{}", start.join("/"));
        if rest.iter().filter(|part| **part == "**").count() > 1 {
            return Err("a search for files that is not modelled".to_owned());
        }
        let mut found = Found::default();
        if rest.is_empty() {
            match interp.place(&start) {
                Place::Outside => return Err(interp.why_outside(&start)),
                Place::Absent => {}
                Place::File | Place::Folder => {
                    found.certain.insert(start);
                }
            }
            return Ok(found);
        }
        self.below(interp, &start, rest, &mut found)?;
        Ok(found)
    }

    fn below(
        &self,
        interp: &mut Interp<'_>,
        folder: &str,
        parts: &[&str],
        found: &mut Found,
    ) -> Result<(), String> {
        let Some((part, rest)) = parts.split_first() else { return Ok(()) };
        let listing = match held(interp, folder) {
            Held::Known(listing) => listing,
            Held::Absent => return Ok(()),
            Held::Unknown(reason) => return Err(reason),
        };
        let count = (listing.folders.len() + listing.files.len()) as u64;
        if found.certain.len() > MAX_FOUND || !interp.spend(1 + count) {
            return Err("a folder with too many files".to_owned());
        }
        let within = |name: &str| format!("{}/{name}", folder.trim_end_matches('/'));
        if *part == "**" && self.recursive {
            self.below(interp, folder, rest, found)?;
            for name in &listing.folders {
                if self.hidden || !name.starts_with('.') {
                    self.below(interp, &within(name), parts, found)?;
                }
            }
            return Ok(());
        }
        let matches = |name: &str| match is_magic(part) {
            true if self.hidden => hidden_fits(part, name),
            true => fits(part, name),
            false => *part == name,
        };
        for name in listing.folders.iter().filter(|name| matches(name)) {
            match rest {
                [] => {
                    found.certain.insert(within(name));
                }
                rest => self.below(interp, &within(name), rest, found)?,
            }
        }
        if rest.is_empty() {
            let files = listing.files.iter().filter(|name| matches(name));
            found.certain.extend(files.map(|name| within(name)));
            let perhaps = listing.perhaps.iter().filter(|name| matches(name));
            found.perhaps.extend(perhaps.map(|name| within(name)));
        }
        Ok(())
    }
}

/// `fnmatch` of a name with a dot in front, which a pattern may match without one of its own.
fn hidden_fits(pattern: &str, name: &str) -> bool {
    // A letter before both takes the rule of leading dots away.
    fits(&format!("x{pattern}"), &format!("x{name}"))
}

fn is_magic(part: &str) -> bool {
    part.contains(['*', '?', '['])
}

fn not_found(interp: &mut Interp<'_>, path: &str) -> Raise {
    interp.raise("FileNotFoundError", &format!("No such file or directory: '{path}'"))
}

/// What a folder holds.
fn held(interp: &mut Interp<'_>, path: &str) -> Held {
    let full = interp.in_working_folder(path);
    if !full.starts_with('/') {
        return Held::Unknown(format!(
            "what {path} holds depends on the folder that the process starts in"
        ));
    }
    let full = normalize(&full);
    let folder = match (interp.place(&full), interp.to_repo(&full)) {
        (Place::Absent | Place::File, _) => return Held::Absent,
        (Place::Folder, Some(folder)) => folder,
        (Place::Folder, None) => {
            return Held::Unknown(format!("what {path} holds depends on the machine"));
        }
        (Place::Outside, _) => return Held::Unknown(interp.why_outside(&full)),
    };
    if interp.is_written_below(&full) {
        return Held::Unknown(format!("the process itself may write into {path}"));
    }
    Held::Known(listing(interp, &folder))
}

fn listing(interp: &Interp<'_>, folder: &RepoPath) -> Listing {
    let mut listing = Listing::default();
    let files = interp.request.tree.files();
    // Sorted as text, what a folder holds stands together.
    let prefix = if folder.is_root() { String::new() } else { format!("{folder}/") };
    let start = files.partition_point(|entry| entry.path.as_str() < prefix.as_str());
    for entry in files.iter().skip(start) {
        let Some(rest) = entry.path.as_str().strip_prefix(&prefix) else { break };
        match rest.split_once('/') {
            Some((name, _)) => {
                if !listing.folders.contains(name) {
                    listing.folders.insert(name.to_owned());
                }
            }
            None => {
                listing.files.insert(rest.to_owned());
            }
        }
    }
    let mut perhaps = vec![];
    if listing.files.iter().any(|name| name.ends_with(".py")) {
        perhaps.push("__pycache__");
    }
    if listing.files.contains("package.json") {
        perhaps.push("node_modules");
    }
    if folder.is_root() {
        perhaps.extend([".git", "venv", ".venv", "env", ".tox"]);
    }
    perhaps.retain(|name| !listing.folders.contains(*name));
    listing.perhaps = perhaps;
    listing
}
