//! The shell scripts of a repository, as commands.

use plimsoll_formats::shell::Script;
use plimsoll_source::{RepoPath, Tree};

use crate::inventory::{Inventory, Role};

/// A shell script that may be part of production: deploy, backup, entry point.
#[derive(Clone, Debug)]
pub struct ScriptFacts {
    /// The file.
    pub path: RepoPath,
    /// What it runs.
    pub script: Script,
}

/// Longer scripts are installers of others, or generated.
const LONGEST: usize = 200_000;

pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Vec<ScriptFacts> {
    inventory
        .main(Role::Shell)
        .filter_map(|file| {
            let source = tree.read(&file.path).ok()?;
            (source.text().len() <= LONGEST)
                .then(|| ScriptFacts { path: file.path.clone(), script: Script::parse(&source) })
        })
        .collect()
}
