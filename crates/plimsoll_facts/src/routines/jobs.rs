//! Lines of crontabs as cron cuts them, and the files that name a script.

use plimsoll_formats::crontab;
use plimsoll_formats::embedded::{self, BlockKind};
use plimsoll_source::{RepoPath, SourceText, Span, Tree};

use super::documents;
use crate::inventory::{Inventory, Role};
use crate::standing::Standing;
use crate::systems::System;

/// A job of a crontab.
#[derive(Clone, Debug)]
pub struct CronLine {
    /// The file.
    pub file: RepoPath,
    /// What part it plays.
    pub standing: Standing,
    /// Whether it stands in a document.
    pub in_document: bool,
    /// The command, up to an unescaped `%`.
    pub command: String,
    /// Where an unescaped `%` ends it.
    pub percent: Option<Span>,
    /// The names of the variables that the crontab sets above it.
    pub variables: Vec<String>,
}

/// The jobs of crontabs, of files that scripts write, and of documents that show one.
pub(crate) fn cron_lines(tree: &dyn Tree, inventory: &Inventory) -> Vec<CronLine> {
    let mut found = Vec::new();
    for file in inventory.with(Role::Crontab) {
        if let Ok(source) = tree.read(&file.path) {
            read(&source, file.standing, false, &mut found);
        }
    }
    for role in [Role::Shell, Role::Dockerfile, Role::Document] {
        for file in inventory.with(role) {
            if matches!(file.standing, Standing::Vendored | Standing::Copy) {
                continue;
            }
            let Ok(source) = tree.read(&file.path) else { continue };
            // Few files hold a crontab; five fields or a name are in each that does.
            if !source.text().contains("* * ") && !source.text().contains("@daily") {
                continue;
            }
            let in_document = role == Role::Document;
            let standing =
                if in_document { documents::standing_of(&file.path) } else { file.standing };
            for block in embedded::blocks(&source) {
                if block.kind == BlockKind::Crontab {
                    read(&block.text, standing, in_document, &mut found);
                }
            }
        }
    }
    found
}

fn read(text: &SourceText, standing: Standing, in_document: bool, found: &mut Vec<CronLine>) {
    let crontab = crontab::read(text, crontab::kind_of(text));
    let variables: Vec<String> =
        crontab.variables.iter().map(|(name, _)| name.value.trim().to_owned()).collect();
    found.extend(crontab.jobs.iter().map(|job| CronLine {
        file: text.path().clone(),
        standing,
        in_document,
        command: job.command.value.clone(),
        percent: job.percent.as_ref().map(|percent| percent.span.clone()),
        variables: variables.clone(),
    }));
}

/// Where the names of scripts for backups stand in what starts processes: units, compose files,
/// images, manifests, schedules in Python.
pub(crate) fn backup_starters(tree: &dyn Tree, inventory: &Inventory) -> Vec<(String, Span)> {
    let mut names: Vec<String> = inventory
        .main(Role::Shell)
        .map(|file| file.path.file_name().to_owned())
        .filter(|name| {
            let lower = name.to_ascii_lowercase();
            ["backup", "dump", "bkp", "archive"].iter().any(|word| lower.contains(word))
        })
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Vec::new();
    }
    let starts = |file: &&crate::inventory::Listed| match file.role {
        Role::Unit
        | Role::Compose
        | Role::Dockerfile
        | Role::Supervisor
        | Role::Platform
        | Role::Procfile
        | Role::OtherText
        | Role::Crontab => true,
        Role::Python => ["task", "cron", "job", "command", "settings", "celery", "schedul", "fab"]
            .iter()
            .any(|word| file.path.as_str().contains(word)),
        _ => false,
    };
    let mut found = Vec::new();
    for file in inventory.iter().filter(|file| file.standing.is_main()).filter(starts) {
        let Ok(source) = tree.read(&file.path) else { continue };
        if source.text().len() > super::LONGEST {
            continue;
        }
        for name in &names {
            if let Some(at) = source.text().find(name.as_str()) {
                found.push((name.clone(), source.span(at..at + name.len())));
            }
        }
    }
    found
}

/// Words of workflows that name a database server, or what brings one up, the first place of each
/// outside of comments.
pub(crate) fn workflow_words(tree: &dyn Tree, inventory: &Inventory) -> Vec<(String, Span)> {
    const WORDS: [&str; 8] = [
        "postgres",
        "postgis",
        "mysql",
        "mariadb",
        "docker compose",
        "docker-compose",
        "psql",
        "make ",
    ];
    let mut found: Vec<(String, Span)> = Vec::new();
    for file in inventory.with(Role::Workflow) {
        let Ok(source) = tree.read(&file.path) else { continue };
        let lower = source.text().to_ascii_lowercase();
        for word in WORDS {
            if found.iter().any(|(known, _)| known == word) {
                continue;
            }
            let place = lower.match_indices(word).map(|(at, _)| at).find(|at| {
                let line = lower.get(..*at).and_then(|before| before.rsplit('\n').next());
                !line.unwrap_or("").trim_start().starts_with('#')
            });
            if let Some(at) = place {
                found.push((word.to_owned(), source.span(at..at + word.len())));
            }
        }
    }
    found
}

/// Where settings that are for tests by their name set SQLite.
pub(crate) fn test_sqlite(tree: &dyn Tree, inventory: &Inventory, system: &System) -> Vec<Span> {
    let mut found = Vec::new();
    for file in inventory.python_below(&system.root) {
        let path = file.path.as_str();
        let name = file.path.file_name();
        let of_settings = path.contains("settings") || path.contains("config/");
        let for_tests = name.starts_with("test")
            || name.contains("_test")
            || name.contains("test_")
            || name == "ci.py";
        if !of_settings || !for_tests {
            continue;
        }
        let Ok(source) = tree.read(&file.path) else { continue };
        let text = source.text();
        let place = text.match_indices("backends.sqlite3").map(|(at, _)| at).find(|at| {
            let line = text.get(..*at).and_then(|before| before.rsplit('\n').next());
            !line.unwrap_or("").trim_start().starts_with('#')
        });
        // A choice between servers is none.
        let chooses = text.contains("backends.postgresql") || text.contains("DATABASE_URL");
        if let Some(at) = place.filter(|_| !chooses) {
            found.push(source.span(at..at + "backends.sqlite3".len()));
        }
    }
    found
}
