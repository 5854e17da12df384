//! The migrations of the project's apps as they follow each other.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_facts::{Facts, Module};
use plimsoll_python::code::{Migration, Operation, Reach};
use plimsoll_source::RepoPath;

/// The migrations of one app.
pub(super) struct App<'f> {
    /// The folder `migrations`.
    pub folder: RepoPath,
    /// The app's folder's name.
    pub name: String,
    /// Its migrations by name.
    pub migrations: BTreeMap<&'f str, (&'f Module, &'f Migration)>,
    /// Whether a file of the folder could not be understood as a migration.
    pub open: bool,
}

/// Days between the newest migration of the project and one that may still wait for its release.
const RECENT: i64 = 31;

impl<'f> App<'f> {
    /// The migrations that no other of the app follows. A squashed migration stands in for those it
    /// replaces.
    pub(super) fn leaves(&self) -> Vec<&'f str> {
        let replaced: BTreeMap<&str, &'f str> = self
            .migrations
            .iter()
            .flat_map(|(name, (_, migration))| {
                migration.replaces.iter().map(|(_, old)| (old.as_str(), *name))
            })
            .filter(|(old, _)| self.migrations.contains_key(old))
            .collect();
        let stands = |name: &'f str| replaced.get(name).copied().unwrap_or(name);
        let label = self.label();
        let mut followed = BTreeSet::new();
        for (name, (_, migration)) in &self.migrations {
            // What is replaced follows nothing any more.
            if replaced.contains_key(name) {
                continue;
            }
            for (app, other) in migration.dependencies.iter().flatten() {
                if Some(app.as_str()) == label
                    && let Some((own, _)) = self.migrations.get_key_value(other.as_str())
                {
                    followed.insert(stands(own));
                }
            }
        }
        let names = self.migrations.keys().copied();
        names.filter(|name| !replaced.contains_key(name) && !followed.contains(name)).collect()
    }

    /// The label by which migrations of the app name each other: the folder's name, or the one that
    /// most of them use.
    fn label(&self) -> Option<&'f str> {
        let mut counts: BTreeMap<&'f str, usize> = BTreeMap::new();
        for (_, migration) in self.migrations.values() {
            for (app, other) in migration.dependencies.iter().flatten() {
                if self.migrations.contains_key(other.as_str()) {
                    *counts.entry(app.as_str()).or_default() += 1;
                }
            }
        }
        if let Some((own, _)) = counts.get_key_value(self.name.as_str()) {
            return Some(own);
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(app, _)| app)
    }
}

/// The apps of the project that have migrations.
pub(super) fn apps(facts: &Facts) -> Vec<App<'_>> {
    let mut found: BTreeMap<&str, App<'_>> = BTreeMap::new();
    for module in &facts.code.modules {
        let Some(migration) = &module.facts.migration else { continue };
        let Some(name) = module.path.file_name().strip_suffix(".py") else { continue };
        if !module.path.folder_name().starts_with("migrations") {
            continue;
        }
        let app = found.entry(module.path.folder()).or_insert_with(|| App {
            name: module.path.folder_names().nth_back(1).unwrap_or_default().to_owned(),
            folder: module.path.parent().unwrap_or_else(RepoPath::root),
            migrations: BTreeMap::new(),
            open: false,
        });
        app.migrations.insert(name, (module, migration));
    }
    for app in found.values_mut() {
        let others = facts.inventory.python_below(&app.folder).filter(|file| {
            file.path.folder() == app.folder.as_str()
                && !file.path.file_name().starts_with(['_', '~'])
        });
        let all = others
            .filter_map(|file| file.path.file_name().strip_suffix(".py"))
            .all(|name| app.migrations.contains_key(name));
        app.open =
            !all || app.migrations.values().any(|(_, migration)| migration.dependencies.is_none());
    }
    found.into_values().collect()
}

/// A migration that may still wait for its release.
pub(super) struct Recent<'f> {
    /// The app's name.
    pub app: String,
    /// The migration's name.
    pub name: &'f str,
    pub migration: &'f Migration,
}

impl<'f> Recent<'f> {
    /// The operations that change the database, those on models that the migration itself makes
    /// left out.
    pub(super) fn operations(&self) -> impl Iterator<Item = &'f Operation> {
        let all = &self.migration.operations;
        let made: BTreeSet<&str> = all
            .iter()
            .filter(|operation| operation.kind == "CreateModel")
            .filter_map(|operation| operation.model.as_deref())
            .collect();
        all.iter().filter(move |operation| {
            operation.reach != Reach::State
                && !operation.model.as_deref().is_some_and(|model| made.contains(model))
        })
    }
}

/// The last migration of each app, where it was generated in the month before the newest of the
/// project: what production may not have applied yet. The first migrations of apps, and squashed
/// ones, which only stand in for others, are left out.
pub(super) fn recent(facts: &Facts) -> Vec<Recent<'_>> {
    let apps = apps(facts);
    let day = |migration: &Migration| migration.generated.as_deref().and_then(day_number);
    let newest = apps
        .iter()
        .flat_map(|app| app.migrations.values())
        .filter_map(|(_, migration)| day(migration))
        .max();
    let mut found = Vec::new();
    for app in apps.iter().filter(|app| is_installed(facts, app)) {
        for name in app.leaves() {
            let Some((_, migration)) = app.migrations.get(name) else { continue };
            if migration.initial || !migration.replaces.is_empty() {
                continue;
            }
            // One that was written by hand is as old as what it follows, at the least.
            let own = day(migration).or_else(|| {
                let before = migration.dependencies.iter().flatten();
                before
                    .filter_map(|(_, other)| app.migrations.get(other.as_str()))
                    .filter_map(|(_, migration)| day(migration))
                    .max()
            });
            let recent = match (own, newest) {
                (Some(own), Some(newest)) => newest - own <= RECENT,
                (None, Some(_)) => false,
                // No migration of the project has a date.
                (_, None) => true,
            };
            if recent {
                found.push(Recent { app: app.name.clone(), name, migration });
            }
        }
    }
    found
}

/// Whether an app may be installed: its folder's dotted name stands in INSTALLED_APPS, or that is
/// not wholly known.
fn is_installed(facts: &Facts, app: &App<'_>) -> bool {
    let Some(installed) = facts.texts("INSTALLED_APPS") else { return true };
    let Some(folder) = app.folder.parent() else { return true };
    let names: Vec<String> = facts
        .system
        .roots()
        .filter_map(|root| folder.strip_prefix(root))
        .map(|path| path.replace('/', "."))
        .collect();
    names.is_empty()
        || installed.iter().any(|entry| {
            names.iter().any(|name| {
                entry == name
                    || entry.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
            })
        })
}

/// Days since a fixed day, of `2024-05-03`.
fn day_number(text: &str) -> Option<i64> {
    let mut parts = text.split('-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let (year, month) = if month <= 2 { (year - 1, month + 12) } else { (year, month) };
    Some(365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day)
}

#[cfg(test)]
mod tests {
    use super::day_number;

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        let between = |a: &str, b: &str| day_number(b).unwrap() - day_number(a).unwrap();
        assert_eq!(between("2024-02-28", "2024-03-01"), 2);
        assert_eq!(between("2023-02-28", "2023-03-01"), 1);
        assert_eq!(between("2023-12-31", "2024-01-01"), 1);
        assert_eq!(between("2023-05-03", "2024-05-03"), 366);
    }
}
