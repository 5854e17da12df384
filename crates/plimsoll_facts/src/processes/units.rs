//! systemd services, with their drop-ins and environment files.

use plimsoll_formats::dotenv::{Dialect, EnvValue};
use plimsoll_formats::embedded::BlockKind;
use plimsoll_formats::systemd::{EnvironmentFile, Service, Unit};
use plimsoll_source::{RepoPath, SourceText, Span, Spanned, Tree};

use super::commands::Runner;
use super::written::WrittenFiles;
use super::{Declaration, Process, ProcessKind, of_commands};
use crate::blocks::Blocks;
use crate::inventory::{Inventory, Listed, Role};
use crate::surroundings::{Source, Surroundings};

/// A systemd unit of production with its drop-ins.
#[derive(Clone, Debug)]
pub struct UnitFacts {
    /// The unit, its drop-ins read after it.
    pub unit: Unit,
    /// Its file name on the machine; empty where a document does not say.
    pub name: String,
    /// The file it stands in.
    pub file: RepoPath,
    /// Whether a document shows it, so that nobody can say how it gets to the machine.
    pub is_shown: bool,
    /// Whether variables of the script that writes it are filled in.
    pub expands: bool,
    /// What of Django's it starts.
    pub processes: Vec<Process>,
}

impl UnitFacts {
    /// Where it stands: the first section's header.
    pub fn at(&self) -> Span {
        let first = self.unit.sections.first();
        first.map_or_else(|| Span::of_file(self.file.clone()), |header| header.span.clone())
    }
}

/// The units that may be part of production, with the processes of services.
pub(super) fn gather(
    tree: &dyn Tree,
    inventory: &Inventory,
    blocks: &Blocks,
    written: &WrittenFiles<'_>,
) -> Vec<UnitFacts> {
    let around = Around { tree, inventory, written };
    let mut found = Vec::new();
    let (drop_ins, units): (Vec<&Listed>, Vec<&Listed>) =
        inventory.main(Role::Unit).partition(|file| drop_in_of(&file.path).is_some());
    for file in units {
        let Ok(source) = tree.read(&file.path) else { continue };
        let mut unit = Unit::read(&source);
        let mut sources = Vec::new();
        for drop_in in &drop_ins {
            if drop_in_of(&drop_in.path).is_some_and(|name| applies(&name, &unit.name))
                && let Ok(text) = tree.read(&drop_in.path)
            {
                unit = unit.with_drop_in(&text);
                let at = Span::of_file(drop_in.path.clone());
                sources.push(Source::at(format!("the drop-in {}", drop_in.path), &at));
            }
        }
        let name = unit.name.clone();
        let first =
            Source::at(format!("the unit {}", file.path), &Span::of_file(file.path.clone()));
        sources.insert(0, first);
        let processes = of_unit(around, &unit, name.clone(), false, sources);
        let file = file.path.clone();
        found.push(UnitFacts { unit, name, file, is_shown: false, expands: false, processes });
    }
    // What a guide shows is told by the unit itself where that is in the repository.
    let told: Vec<ProcessKind> =
        found.iter().flat_map(|unit| unit.processes.iter().map(|process| process.kind)).collect();
    for block in blocks.production(BlockKind::Systemd) {
        let unit = Unit::read(&block.embedded.text);
        let path = block.embedded.path.as_deref().unwrap_or("");
        let name = path.rsplit('/').next().unwrap_or("").to_owned();
        let first = Source::at(format!("the unit in {}", block.file), &block.embedded.span);
        let expands = block.embedded.expands;
        let processes = of_unit(around, &unit, name.clone(), expands, vec![first]);
        let is_told = |process: &Process| told.contains(&process.kind);
        if !block.embedded.is_written && !processes.is_empty() && processes.iter().all(is_told) {
            continue;
        }
        found.push(UnitFacts {
            unit,
            name,
            file: block.file.clone(),
            is_shown: !block.embedded.is_written,
            expands,
            processes,
        });
    }
    found
}

/// Where units are looked at.
#[derive(Clone, Copy)]
struct Around<'a> {
    tree: &'a dyn Tree,
    inventory: &'a Inventory,
    written: &'a WrittenFiles<'a>,
}

/// The unit whose drop-in a file is: its folder is named `web.service.d`.
fn drop_in_of(path: &RepoPath) -> Option<String> {
    let folder = path.parent()?;
    Some(folder.file_name().strip_suffix(".d")?.to_owned())
        .filter(|name| name.ends_with(".service"))
}

/// Whether the drop-ins of a name apply to a unit: `web.service`, or `web@.service` for
/// `web@1.service`, or `web-.service` for all whose names begin so.
fn applies(name: &str, unit: &str) -> bool {
    if name == unit {
        return true;
    }
    let stem = name.strip_suffix(".service").unwrap_or(name);
    (stem.ends_with('@') || stem.ends_with('-')) && unit.starts_with(stem)
}

fn of_unit(
    around: Around<'_>,
    unit: &Unit,
    name: String,
    expands: bool,
    sources: Vec<Source>,
) -> Vec<Process> {
    let Some(service) = unit.service() else { return Vec::new() };
    let working = service.working_directory().map(|(path, _)| path);
    let mut surroundings = Surroundings { sources, ..Surroundings::default() };
    environment(around, &service, expands, &mut surroundings);
    let at = service
        .text("ExecStart")
        .map_or_else(|| Span::of_file(unit.path.clone()), |start| start.span.clone());
    let spanned = |word: &plimsoll_formats::Spanned<String>| {
        Spanned::new(word.value.clone(), word.span.clone())
    };
    let whole = Process {
        name,
        kind: ProcessKind::Other,
        command: None,
        loads: None,
        config: None,
        declared: Declaration::Unit,
        at,
        surroundings,
        user: service.text("User").map(spanned),
        working_directory: working.as_ref().map(spanned),
        folders: Vec::new(),
    };
    let mut runner = Runner::new(around.tree, around.inventory);
    if let Some(folder) = &working {
        runner.copies.push((folder.value.trim_end_matches('/').to_owned(), RepoPath::root()));
    }
    let mut found = Vec::new();
    for (key, nameless) in [("ExecStartPre", false), ("ExecStart", true)] {
        for exec in service.exec(key) {
            let processes =
                of_commands(&whole, &runner, runner.words(&exec.argv), ProcessKind::Other);
            found
                .extend(processes.into_iter().filter(|p| nameless || p.kind != ProcessKind::Other));
        }
    }
    // A unit that starts nothing of Django's (a proxy, a database, compose) is no process of it.
    found.retain(|process| process.kind != ProcessKind::Other);
    found
}

fn environment(around: Around<'_>, service: &Service<'_>, expands: bool, out: &mut Surroundings) {
    for variable in service.environment() {
        let filled = match &variable.value {
            EnvValue::Text(text) => expands && text.expose().contains('$'),
            _ => false,
        };
        if filled {
            let reason = "the script that writes the unit fills it in".to_owned();
            out.mark_unknown(&variable.name, reason, &variable.span);
        } else {
            out.set(&variable.name, &variable.value, &variable.span);
        }
    }
    for name in service.unit().names("Service", "PassEnvironment") {
        out.mark_unknown(&name.value, "systemd passes it on from the host".to_owned(), &name.span);
    }
    // systemd reads the files after Environment=, so that they win (systemd.exec(5)).
    let working = service.working_directory().map(|(path, _)| path.value);
    for file in service.environment_files() {
        env_file(around, &file, working.as_deref(), out);
    }
    for name in service.unit().names("Service", "UnsetEnvironment") {
        match name.value.split_once('=') {
            None => out.remove(&name.value),
            Some((name, value)) => {
                let same = out.environment.variables.get(name);
                if same.is_some_and(|variable| variable.value.expose() == value) {
                    out.remove(name);
                }
            }
        }
    }
}

fn env_file(
    around: Around<'_>,
    file: &EnvironmentFile,
    working: Option<&str>,
    out: &mut Surroundings,
) {
    let (path, at) = (file.path.value.as_str(), &file.path.span);
    if path.contains(['*', '?', '[']) {
        out.gap(Source::at(format!("the unit reads all files {path} of the host"), at));
        return;
    }
    // What a script puts there takes the place of what the repository has under that name.
    if let Some(file) = around.written.find(path) {
        file.take_in(Dialect::Systemd, out);
        return;
    }
    let tree = around.tree;
    match in_repository(tree, around.inventory, path, working) {
        Some(source) => {
            out.take_in(&source, Dialect::Systemd);
            if is_untracked(tree, source.path()) {
                let text = format!("{} is not in git, so the host's may differ", source.path());
                out.gap(Source::at(text, at));
            }
        }
        None => {
            let text = format!("the unit reads {path}, which is not in the repository");
            out.gap(Source::at(text, at));
        }
    }
}

/// An env file that a unit names by its path on the host: the file at the same place below the
/// working folder, else the file of the repository with that name, where there is exactly one.
fn in_repository(
    tree: &dyn Tree,
    inventory: &Inventory,
    path: &str,
    working: Option<&str>,
) -> Option<SourceText> {
    if let Some(folder) = working
        && let Some(rest) = path.strip_prefix(folder.trim_end_matches('/'))
        && let Some(rest) = rest.strip_prefix('/')
        && let Some(source) = RepoPath::new(rest).and_then(|path| tree.read(&path).ok())
    {
        return Some(source);
    }
    let name = path.rsplit('/').next()?;
    let mut same = inventory.main(Role::EnvFile).filter(|file| file.path.file_name() == name);
    let first = same.next()?;
    if same.next().is_some() {
        return None;
    }
    tree.read(&first.path).ok()
}

/// Whether git knows the repository and does not hold the file.
pub(super) fn is_untracked(tree: &dyn Tree, path: &RepoPath) -> bool {
    tree.git().and_then(|git| git.tracks(path)) == Some(false)
}
