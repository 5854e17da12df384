//! The Python modules of the system: read in parallel, each by itself.

use plimsoll_python::code::{self, ModuleFacts};
use plimsoll_source::{RepoPath, Tree};
use rayon::prelude::*;

use crate::inventory::{Inventory, Listed, Role};
use crate::systems::System;

/// Longer modules are data or generated.
const LONGEST: usize = 400_000;

/// A module of the system with its facts.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its file.
    pub path: RepoPath,
    /// What it does.
    pub facts: ModuleFacts,
}

impl Module {
    /// Whether it runs by hand or once: management commands, migrations, scripts outside of
    /// packages. Nobody's request reaches it.
    pub fn is_manual(&self) -> bool {
        self.path.ancestors().any(|above| {
            matches!(
                above.file_name(),
                "migrations" | "management" | "commands" | "scripts" | "bin" | "tools" | "fabfile"
            )
        }) || matches!(
            self.path.file_name(),
            "fabfile.py" | "tasks.py" | "noxfile.py" | "conftest.py" | "setup.py"
        )
    }
}

/// Reads the modules of the chosen system that may be part of production; gives those with facts
/// and how many there are in all.
pub(crate) fn gather(
    tree: &dyn Tree,
    inventory: &Inventory,
    system: &System,
    others: &[System],
) -> (Vec<Module>, usize) {
    let files: Vec<&Listed> =
        inventory.main(Role::Python).filter(|file| belongs(&file.path, system, others)).collect();
    let modules = files
        .par_iter()
        .filter_map(|file| {
            let source = tree.read(&file.path).ok()?;
            let text = source.text();
            if text.len() > LONGEST || !code::is_worth_scanning(text) {
                return None;
            }
            let facts = code::scan(&source);
            (facts != ModuleFacts::default()).then(|| Module { path: file.path.clone(), facts })
        })
        .collect();
    (modules, files.len())
}

/// Whether a file is part of the system and not of another one further in. A small system within
/// a bigger one (a folder beside the packages) does not take the rest of the repository.
fn belongs(path: &RepoPath, system: &System, others: &[System]) -> bool {
    // A folder with a dot in front is a tool's, not a package.
    path.is_within(&system.root)
        && !path.as_str().split('/').any(|part| part.starts_with('.'))
        && !others
            .iter()
            .any(|other| other.root.depth() > system.root.depth() && path.is_within(&other.root))
}
