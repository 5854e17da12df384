//! The Python modules of the system: read in parallel, each by itself.

use plimsoll_python::code::{self, ModuleFacts};
use plimsoll_source::{RepoPath, SourceText};

use crate::inventory::{Listed, Role};
use crate::systems::System;

/// Longer modules are data or generated.
const LONGEST: usize = 400_000;

/// A module of the system with its facts.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its file.
    pub path: RepoPath,
    /// What it does; kept apart, as modules are handed on and facts are large.
    pub facts: Box<ModuleFacts>,
}

impl Module {
    /// Whether it is a test or what tests are made of.
    pub fn is_test(&self) -> bool {
        let name = self.path.file_name();
        name.starts_with("test_")
            || name.ends_with("_test.py")
            || matches!(name, "tests.py" | "factories.py" | "conftest.py")
            || self.path.folder_names().any(|above| matches!(above, "tests" | "test"))
    }

    /// Whether it runs by hand or once: management commands, migrations, scripts outside of
    /// packages. Nobody's request reaches it.
    pub fn is_manual(&self) -> bool {
        self.facts.migration.is_some()
            || self.path.folder_names().any(|above| {
                matches!(
                    above,
                    "migrations"
                        | "management"
                        | "commands"
                        | "scripts"
                        | "bin"
                        | "tools"
                        | "fabfile"
                )
            })
            || matches!(
                self.path.file_name(),
                "fabfile.py" | "tasks.py" | "noxfile.py" | "conftest.py" | "setup.py"
            )
    }
}

/// Whether a file is a module of the chosen system that may be part of production.
pub(crate) fn is_module(file: &Listed, system: &System, others: &[System]) -> bool {
    file.role == Role::Python && file.standing.is_main() && belongs(&file.path, system, others)
}

/// Reads a module; `None` where it has no facts to tell.
pub(crate) fn of_file(source: &SourceText) -> Option<Module> {
    let text = source.text();
    if text.len() > LONGEST || !code::is_worth_scanning(text) {
        return None;
    }
    let facts = code::scan(source);
    (facts != ModuleFacts::default())
        .then(|| Module { path: source.path().clone(), facts: Box::new(facts) })
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
