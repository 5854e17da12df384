//! Programs of Supervisor.

use plimsoll_formats::embedded::BlockKind;
use plimsoll_formats::supervisor::{self, ProgramVariable};
use plimsoll_source::{RepoPath, SourceText, Span, Spanned, Tree};

use super::commands::Runner;
use super::{Declaration, Process, ProcessKind, of_commands};
use crate::blocks::Blocks;
use crate::inventory::{Inventory, Role};
use crate::surroundings::{Source, Surroundings};

/// A program of Supervisor that starts something of Django's.
#[derive(Clone, Debug)]
pub struct ProgramFacts {
    /// Its name.
    pub name: String,
    /// Where its section begins.
    pub at: Span,
    /// Whether Supervisor brings it back after a crash, and where that is said; `None` for a value
    /// that is none of Supervisor's.
    pub restarts: (Option<bool>, Option<Span>),
    /// Whether a stop reaches every process of its group: `stopasgroup` or `killasgroup`.
    pub stops_group: bool,
    /// What it starts.
    pub processes: Vec<Process>,
}

/// The programs that may be part of production.
pub(super) fn gather(tree: &dyn Tree, inventory: &Inventory, blocks: &Blocks) -> Vec<ProgramFacts> {
    let files: Vec<SourceText> =
        inventory.main(Role::Supervisor).filter_map(|file| tree.read(&file.path).ok()).collect();
    let embedded = blocks.production(BlockKind::Supervisor).map(|block| &block.embedded.text);
    let texts: Vec<&SourceText> = files.iter().chain(embedded).collect();
    // `[supervisord] environment` holds for the programs of the files that it includes too.
    let read: Vec<_> = texts.into_iter().map(|text| (text, supervisor::read(text))).collect();
    let shared: Vec<&ProgramVariable> =
        read.iter().flat_map(|(_, file)| &file.environment).collect();
    let mut found = Vec::new();
    for (text, file) in &read {
        for program in &file.programs {
            let mut surroundings = Surroundings::default();
            let at = Span::of_file(text.path().clone());
            let name = &program.name.value;
            let source = format!("the program {name} of {}", text.path());
            surroundings.source(Source::at(source, &program.name.span));
            for variable in shared.iter().copied().chain(&program.environment) {
                surroundings.set(&variable.name, &variable.value, &variable.span);
            }
            // A program gets the environment of supervisord besides.
            surroundings.gap(Source::at(
                "a program also gets the environment that supervisord was started with",
                &program.name.span,
            ));
            let get = |key| {
                let value = program.get(key)?;
                Some(Spanned::new(value.value.clone(), value.span.clone()))
            };
            let whole = Process {
                name: name.clone(),
                kind: ProcessKind::Other,
                command: None,
                loads: None,
                config: None,
                declared: Declaration::Supervisor,
                at: program.command.as_ref().map_or(at, |command| command.span.clone()),
                surroundings,
                user: get("user"),
                working_directory: get("directory"),
                folders: Vec::new(),
            };
            let mut runner = Runner::new(tree, inventory);
            if let Some(folder) = &whole.working_directory {
                let folder = folder.value.trim_end_matches('/').to_owned();
                runner.copies.push((folder, RepoPath::root()));
            }
            let processes: Vec<Process> =
                of_commands(&whole, &runner, runner.words(&program.argv), ProcessKind::Other)
                    .into_iter()
                    .filter(|process| process.kind != ProcessKind::Other)
                    .collect();
            if processes.is_empty() {
                continue;
            }
            let on = |key| {
                program.get(key).is_some_and(|value| {
                    matches!(value.value.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "1")
                })
            };
            found.push(ProgramFacts {
                name: name.clone(),
                at: program.name.span.clone(),
                restarts: (
                    program.restarts(),
                    program.get("autorestart").map(|value| value.span.clone()),
                ),
                stops_group: on("stopasgroup") || on("killasgroup"),
                processes,
            });
        }
    }
    found
}
