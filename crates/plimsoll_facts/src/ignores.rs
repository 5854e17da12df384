//! Whether git leaves out what must not be in a repository.

use plimsoll_formats::gitignore::GitIgnore;
use plimsoll_python::Settings;
use plimsoll_source::{RepoPath, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::systems::System;

/// What the `.gitignore` files of a repository leave out.
#[derive(Clone, Debug, Default)]
pub struct Ignores {
    /// The files that were read; none: nothing is left out, as far as the repository says.
    pub files: Vec<RepoPath>,
    /// Their patterns, for any other path.
    pub patterns: GitIgnore,
    /// Env files: `.env` beside `manage.py` and at the root, and those that are there.
    pub env_files: Vec<Ignored>,
    /// Databases: the SQLite file that the settings name, else `db.sqlite3` beside `manage.py`.
    pub databases: Vec<Ignored>,
    /// What users upload: a file in `MEDIA_ROOT`, where that lies in the repository.
    pub media: Vec<Ignored>,
}

/// A path that must not get into git, and the pattern that keeps it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The path; it need not exist.
    pub path: RepoPath,
    /// The pattern because of which git leaves it out; `None` where it would be added.
    pub by: Option<Span>,
}

impl Ignores {
    pub(crate) fn gather(
        tree: &dyn Tree,
        inventory: &Inventory,
        system: &System,
        settings: &Settings,
        absolute_root: &str,
    ) -> Self {
        let texts: Vec<SourceText> =
            inventory.with(Role::Gitignore).filter_map(|file| tree.read(&file.path).ok()).collect();
        let patterns = GitIgnore::new(&texts);
        let of = |paths: Vec<RepoPath>| -> Vec<Ignored> {
            let mut paths = paths;
            paths.sort();
            paths.dedup();
            paths
                .into_iter()
                .map(|path| Ignored { by: patterns.ignores(&path).cloned(), path })
                .collect()
        };
        let mut env: Vec<RepoPath> =
            [&RepoPath::root(), &system.root].iter().filter_map(|root| root.join(".env")).collect();
        env.extend(inventory.main(Role::EnvFile).map(|file| file.path.clone()));
        let inside = |path: &str| in_repository(path, absolute_root);
        let mut databases =
            sqlite_files(settings).iter().filter_map(|p| inside(p)).collect::<Vec<_>>();
        if databases.is_empty() {
            databases.extend(system.root.join("db.sqlite3"));
        }
        let media = settings
            .known("MEDIA_ROOT")
            .and_then(|value| inside(value.text()?))
            .filter(|folder| !folder.is_root() && *folder != system.root)
            .and_then(|folder| folder.join("upload"));
        Self {
            env_files: of(env),
            databases: of(databases),
            media: of(media.into_iter().collect()),
            files: texts.iter().map(|text| text.path().clone()).collect(),
            patterns,
        }
    }
}

/// The databases of the settings that are files.
fn sqlite_files(settings: &Settings) -> Vec<String> {
    let Some(databases) = settings.known("DATABASES") else { return Vec::new() };
    let plimsoll_python::Value::Dict(entries) = databases else { return Vec::new() };
    entries
        .iter()
        .filter(|(_, database)| {
            let engine = database.get("ENGINE").and_then(|engine| engine.text());
            engine.is_some_and(|engine| engine.contains("sqlite") || engine.contains("spatialite"))
        })
        .filter_map(|(_, database)| Some(database.get("NAME")?.text()?.to_owned()))
        .filter(|name| !name.is_empty() && !name.contains(":memory:"))
        .collect()
}

/// A path of this machine as one of the repository.
fn in_repository(path: &str, absolute_root: &str) -> Option<RepoPath> {
    let root = if absolute_root.is_empty() { "/app" } else { absolute_root };
    let rest = path.strip_prefix(root)?;
    RepoPath::new(rest.strip_prefix('/')?)
}
