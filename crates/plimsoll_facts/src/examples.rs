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
use plimsoll_source::{RepoPath, SourceText};

use crate::blocks::Blocks;
use crate::env_files::EnvFileFacts;
use crate::standing::words;

/// The settings as the examples of an environment would have them.
#[derive(Clone, Debug)]
pub struct Examples {
    /// The settings, with the variables that production's known environment lacks taken from the
    /// examples. One that an example leaves empty is unknown: it is to be filled in.
    pub settings: Settings,
    /// The variables that are taken from examples, with the file that names each.
    pub named: BTreeMap<String, RepoPath>,
}

/// Gathers what the examples set of the variables that the settings read and that production's
/// known environment does not have; `None` where there is nothing.
pub(crate) fn gather(
    files: &[EnvFileFacts],
    blocks: &Blocks,
    settings: &Settings,
    known: &Environment,
    evaluate: impl FnOnce(&Environment) -> Settings,
) -> Option<Examples> {
    let mut environment = known.clone();
    let mut named = BTreeMap::new();
    let is_open = |name: &str| {
        !known.variables.contains_key(name)
            && !known.unknown.contains_key(name)
            && settings.variables.iter().any(|used| used.name == name && !used.is_set)
    };
    for (file, name, variable) in in_order(files, blocks) {
        if named.contains_key(&name) || !is_open(&name) {
            continue;
        }
        if variable.value.expose().trim().is_empty() {
            let reason = format!("{file} leaves {name} to be filled in");
            environment.unknown.insert(name.clone(), (reason, variable.at));
        } else {
            environment.variables.insert(name.clone(), variable);
        }
        named.insert(name, file);
    }
    if named.is_empty() {
        return None;
    }
    Some(Examples { settings: evaluate(&environment), named })
}

/// The variables of the examples, what speaks most of production first.
fn in_order(files: &[EnvFileFacts], blocks: &Blocks) -> Vec<(RepoPath, String, Variable)> {
    let main = files.iter().filter(|file| file.standing.is_main());
    let (production, general): (Vec<_>, Vec<_>) =
        main.partition(|file| speaks_of_production(&file.path));
    let blocks = blocks.production(BlockKind::Dotenv);
    let of_blocks = blocks.flat_map(|block| in_block(&block.file, &block.embedded.text));
    let found = production.into_iter().flat_map(in_file).chain(of_blocks);
    found.chain(general.into_iter().flat_map(in_file)).collect()
}

fn in_file(file: &EnvFileFacts) -> impl Iterator<Item = (RepoPath, String, Variable)> {
    file.variables.iter().map(|(name, at, value)| {
        let variable = Variable { value: value.clone(), at: Some(at.clone()) };
        (file.path.clone(), name.clone(), variable)
    })
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

fn in_block(file: &RepoPath, source: &SourceText) -> Vec<(RepoPath, String, Variable)> {
    let read = dotenv::read(source, Dialect::PYTHON_DOTENV, &|_| Lookup::Unset);
    let entries = read.entries.iter().filter_map(|entry| {
        let value = plimsoll_source::Secret::new(entry.text()?);
        let variable = Variable { value, at: Some(entry.key_span.clone()) };
        Some((file.clone(), entry.key.clone(), variable))
    });
    entries.collect()
}
