//! The env files of a repository: what they set, what they document, and where readers disagree.

use plimsoll_formats::dotenv::{self, Cause, Dialect, Lookup, Reading};
use plimsoll_source::{RepoPath, Secret, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::standing::Standing;
use crate::systems::System;

/// An env file or the example of one.
#[derive(Clone, Debug)]
pub struct EnvFileFacts {
    /// The file.
    pub path: RepoPath,
    /// Whether it documents variables (`.env.example`) rather than setting them.
    pub is_template: bool,
    /// What part it plays.
    pub standing: Standing,
    /// The variables that it names, with where, and their value as python-dotenv reads it.
    pub variables: Vec<(String, Span, Secret)>,
    /// The variables that are commented out (`# NAME=value`): documented, not set.
    pub commented: Vec<String>,
    /// Variables for which systemd, Docker Compose and python-dotenv read different values.
    pub disagreements: Vec<Disagreement>,
}

/// A variable that two readers read differently.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// Its name.
    pub name: String,
    /// Where it is set.
    pub at: Span,
    /// What the readers trip over.
    pub cause: Cause,
    /// The readers, grouped by what they read: each group reads the same.
    pub groups: Vec<Vec<&'static str>>,
}

/// The readers that the same file commonly goes through in one deployment.
const READERS: [Dialect; 3] = [Dialect::PYTHON_DOTENV, Dialect::Compose, Dialect::Systemd];

/// Gathers the env files near a system.
pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory, system: &System) -> Vec<EnvFileFacts> {
    let files = inventory.with(Role::EnvFile).chain(inventory.with(Role::EnvTemplate));
    files
        .filter(|file| matches!(file.standing, Standing::Main | Standing::Development))
        .filter(|file| is_near(&file.path, system))
        .filter_map(|file| {
            let source = tree.read(&file.path).ok()?;
            let read = dotenv::read(&source, Dialect::PYTHON_DOTENV, &|_| Lookup::Unset);
            Some(EnvFileFacts {
                path: file.path.clone(),
                is_template: file.role == Role::EnvTemplate,
                standing: file.standing,
                variables: read
                    .entries
                    .iter()
                    .map(|entry| {
                        let value = Secret::new(entry.text().unwrap_or_default());
                        (entry.key.clone(), entry.key_span.clone(), value)
                    })
                    .collect(),
                commented: commented(&source),
                disagreements: disagreements(&source),
            })
        })
        .collect()
}

/// Whether a file can belong to a system: beside or below its folder, or above it.
fn is_near(path: &RepoPath, system: &System) -> bool {
    path.parent().is_some_and(|folder| {
        folder.is_within(&system.root) || system.root.is_within(&folder) || folder.depth() <= 2
    })
}

fn commented(source: &SourceText) -> Vec<String> {
    source
        .text()
        .lines()
        .filter_map(|line| {
            let (name, _) = line.trim_start().strip_prefix('#')?.split_once('=')?;
            let name = name.trim().trim_start_matches("export ");
            let valid = !name.is_empty()
                && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
            valid.then(|| name.to_owned())
        })
        .collect()
}

fn disagreements(source: &SourceText) -> Vec<Disagreement> {
    dotenv::differences(source, &READERS)
        .into_iter()
        .map(|difference| {
            let mut groups: Vec<(Reading, Vec<&'static str>)> = Vec::new();
            for (dialect, reading) in difference.readings {
                match groups.iter_mut().find(|(known, _)| *known == reading) {
                    Some((_, names)) => names.push(dialect.name()),
                    None => groups.push((reading, vec![dialect.name()])),
                }
            }
            Disagreement {
                name: difference.key,
                at: difference.at,
                cause: difference.cause,
                groups: groups.into_iter().map(|(_, names)| names).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{MemoryTree, RepoPath};

    use super::gather;
    use crate::Standing;
    use crate::inventory::Inventory;
    use crate::systems::System;

    #[test]
    fn variables_comments_and_disagreements_are_told_apart() {
        let tree =
            MemoryTree::new([(".env.example", "A=1\n# B=2\nC=x # a comment\n# just words\n")]);
        let system = System {
            root: RepoPath::root(),
            manage: None,
            standing: Standing::Main,
            python_files: 0,
            search: Vec::new(),
        };
        let files = gather(&tree, &Inventory::of(&tree), &system);
        let file = files.first().unwrap();
        assert!(file.is_template);
        assert_eq!(file.variables.iter().map(|v| v.0.as_str()).collect::<Vec<_>>(), ["A", "C"]);
        assert_eq!(file.commented, ["B"]);
        // systemd keeps the comment in the value.
        assert_eq!(file.disagreements.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["C"]);
    }
}
