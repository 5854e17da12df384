//! What the repository's own examples of an environment make of the settings.
//!
//! A variable that nothing sets is commonly named by `.env.example` or by a guide to deploying, which
//! whoever deploys fills in: production then has a value that the repository does not show. The
//! settings are evaluated once more with what the examples give, so that a rule can tell a fallback
//! that the examples replace from one that they repeat.

use std::collections::BTreeMap;

use plimsoll_formats::dotenv::{self, Dialect, Lookup};
use plimsoll_formats::embedded::BlockKind;
use plimsoll_python::{Environment, Settings, Variable};
use plimsoll_source::{RepoPath, Secret, SourceText, Span};

use crate::Facts;
use crate::blocks::Blocks;
use crate::env_files::EnvFileFacts;
use crate::processes::{Process, ProcessKind};
use crate::standing::words;
use crate::systems::System;

/// The settings as the examples of an environment would have them.
#[derive(Clone, Debug)]
pub struct Examples {
    /// The settings, with the variables that production's known environment lacks taken from the
    /// examples. One that an example leaves empty is unknown: it is to be filled in.
    pub settings: Settings,
    /// The variables that are taken from examples, with the file that names each.
    pub named: BTreeMap<String, RepoPath>,
    /// The values of those that are not left to be filled in.
    pub given: BTreeMap<String, Secret>,
}

/// What shows an environment.
pub(crate) struct Shown<'a> {
    pub(crate) files: &'a [EnvFileFacts],
    pub(crate) blocks: &'a Blocks,
    /// Processes that serve the site elsewhere show what it is to have here.
    pub(crate) processes: &'a [Process],
    pub(crate) system: &'a System,
}

impl Facts {
    /// The file that names a variable which production's known environment lacks, and its value
    /// there; `None` for a value that is to be filled in.
    pub fn example_of(&self, variable: &str) -> Option<(&RepoPath, Option<&Secret>)> {
        let examples = self.examples.as_ref()?;
        Some((examples.named.get(variable)?, examples.given.get(variable)))
    }

    /// The env files and examples that can be for the system's processes in production: none of
    /// development, none of a front end.
    pub fn env_documents(&self) -> impl Iterator<Item = &EnvFileFacts> {
        self.env_files
            .iter()
            .filter(|file| file.standing.is_main() && !is_of_frontend(file, &self.system))
    }
}

/// Gathers what the examples set of the variables that the settings read and that production's
/// known environment does not have; `None` where there is nothing.
pub(crate) fn gather(
    shown: &Shown<'_>,
    settings: &Settings,
    known: &Environment,
    evaluate: impl FnOnce(&Environment) -> Settings,
) -> Option<Examples> {
    let mut environment = known.clone();
    let (mut named, mut given) = (BTreeMap::new(), BTreeMap::new());
    let is_open = |name: &str| {
        !known.variables.contains_key(name)
            && !known.unknown.contains_key(name)
            && settings.variables.iter().any(|used| used.name == name && !used.is_set)
    };
    for Example { file, name, value, at } in in_order(shown) {
        if named.contains_key(&name) || !is_open(&name) {
            continue;
        }
        match value.filter(|value| !is_left_open(value.expose())) {
            Some(value) => {
                given.insert(name.clone(), value.clone());
                environment.variables.insert(name.clone(), Variable { value, at });
            }
            None => {
                let reason = format!("{file} leaves {name} to be filled in");
                environment.unknown.insert(name.clone(), (reason, at));
            }
        }
        named.insert(name, file);
    }
    if named.is_empty() {
        return None;
    }
    Some(Examples { settings: evaluate(&environment), named, given })
}

/// A variable that something shows; without a value where that is filled in elsewhere.
struct Example {
    file: RepoPath,
    name: String,
    value: Option<Secret>,
    at: Option<Span>,
}

/// The variables of the examples, what speaks most of production first.
fn in_order(shown: &Shown<'_>) -> Vec<Example> {
    let main = shown.files.iter().filter(|file| file.standing.is_main());
    let ours = main.filter(|file| !is_of_frontend(file, shown.system));
    let (production, general): (Vec<_>, Vec<_>) =
        ours.partition(|file| speaks_of_production(&file.path));
    let blocks = shown.blocks.production(BlockKind::Dotenv);
    let of_blocks = blocks.flat_map(|block| in_block(&block.file, &block.embedded.text));
    let serving = shown.processes.iter().filter(|process| process.kind == ProcessKind::Web);
    let found = production.into_iter().flat_map(in_file).chain(of_blocks);
    found.chain(serving.flat_map(in_process)).chain(general.into_iter().flat_map(in_file)).collect()
}

fn in_file(file: &EnvFileFacts) -> impl Iterator<Item = Example> {
    file.variables.iter().map(|(name, at, value)| Example {
        file: file.path.clone(),
        name: name.clone(),
        value: Some(value.clone()),
        at: Some(at.clone()),
    })
}

fn in_process(process: &Process) -> Vec<Example> {
    let environment = &process.surroundings.environment;
    let example = |name: &String, value: Option<Secret>, at: &Option<Span>| {
        let at = at.clone().unwrap_or_else(|| process.at.clone());
        Example { file: at.file.clone(), name: name.clone(), value, at: Some(at) }
    };
    // An image clears what it needed for its build.
    let set = environment.variables.iter().filter(|(_, it)| !it.value.expose().is_empty());
    let set = set.map(|(name, it)| example(name, Some(it.value.clone()), &it.at));
    let open = environment.unknown.iter().map(|(name, (_, at))| example(name, None, at));
    set.chain(open).filter(|example| example.name != "DJANGO_SETTINGS_MODULE").collect()
}

fn speaks_of_production(path: &RepoPath) -> bool {
    let mut parts = path.as_str().split('/').flat_map(words);
    parts.any(|word| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "prod" | "production" | "deploy" | "deployment" | "live"
        )
    })
}

fn in_block(file: &RepoPath, source: &SourceText) -> Vec<Example> {
    let read = dotenv::read(source, Dialect::PYTHON_DOTENV, &|_| Lookup::Unset);
    let entries = read.entries.iter().filter_map(|entry| {
        let value = Some(Secret::new(entry.text()?));
        let at = Some(entry.key_span.clone());
        Some(Example { file: file.clone(), name: entry.key.clone(), value, at })
    });
    entries.collect()
}

/// Whether an env file is a front end's: bundlers read names of their own only.
fn is_of_frontend(file: &EnvFileFacts, system: &System) -> bool {
    const PREFIXES: [&str; 5] = ["VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_", "EXPO_PUBLIC_"];
    let bundled = |name: &str| PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let folder = file.path.parent().unwrap_or_else(RepoPath::root);
    let beside = !folder.is_within(&system.root) && !system.root.is_within(&folder);
    beside && file.variables.iter().any(|(name, ..)| bundled(name))
}

/// Whether an example leaves a value to be filled in: empty, or what guides write in its place.
fn is_left_open(value: &str) -> bool {
    const HOSTS: [&str; 7] = [
        "example.com",
        "example.org",
        "example.net",
        "yoursite",
        "your-site",
        "yourapp",
        "your-app",
    ];
    let lower = value.trim().to_ascii_lowercase();
    lower.is_empty() || is_placeholder(value) || HOSTS.iter().any(|part| lower.contains(part))
}

/// Whether a value is one that templates carry to be replaced.
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let plain = value.replace(['_', ' '], "-");
    let starts = [
        "your-",
        "change-me",
        "changeme",
        "replace-me",
        "replace-with",
        "insert-",
        "example-",
        "placeholder",
        "put-your",
        "todo",
        "fixme",
        "enter-your",
        "my-secret",
        "secret-key-here",
        "set-me",
        "<",
    ];
    let holds = [
        "change-me",
        "changeme",
        "-here",
        "replace-this",
        "change-this",
        "changethis",
        "must-be-changed",
        "your-domain",
        "yourdomain",
        "-goes-here",
        "!!!set-",
    ];
    let whole = [
        "xxx", "xxxx", "xxxxx", "xxxxxx", "foo", "bar", "secret", "password", "none-set", "demo",
        "demo-key", "dummy", "tbd", "...",
    ];
    if value.starts_with('<') {
        return value.ends_with('>');
    }
    starts.iter().any(|s| *s != "<" && plain.starts_with(s))
        || holds.iter().any(|s| plain.contains(s))
        || whole.contains(&plain.as_str())
}
