//! The folder that the web process of production starts in, as a folder of the repository: paths
//! that settings write without a folder lead from there.

use plimsoll_formats::command::{Command, Program};
use plimsoll_source::{RepoPath, Tree};

use crate::processes::{Process, ProcessKind};
use crate::systems::{System, resolve};

/// Options of servers that change their folder, or where they import from.
const ELSEWHERE: [&str; 4] = ["chdir", "pythonpath", "app_dir", "app-dir"];

/// The folder that every web process starts in. Servers import what they load from there, so the
/// folder is the one from which that is found. Without a declared process it is the top of a
/// repository whose `manage.py` stands there; `None` where it cannot be told.
pub(crate) fn folder(tree: &dyn Tree, processes: &[Process], system: &System) -> Option<RepoPath> {
    let mut web = processes.iter().filter(|process| process.kind == ProcessKind::Web).peekable();
    if web.peek().is_none() {
        return system.manage.as_ref().filter(|_| system.root.is_root()).map(|_| RepoPath::root());
    }
    let mut found: Option<RepoPath> = None;
    for process in web {
        let folder = of_process(tree, process, system)?;
        if found.as_ref().is_some_and(|other| *other != folder) {
            return None;
        }
        found = Some(folder);
    }
    found
}

fn of_process(tree: &dyn Tree, process: &Process, system: &System) -> Option<RepoPath> {
    let command = process.command.as_ref()?;
    let variables = &process.surroundings.environment;
    if variables.variables.contains_key("PYTHONPATH")
        || variables.unknown.contains_key("PYTHONPATH")
        || ELSEWHERE.iter().any(|name| command.options.get(name).is_some())
        || configuration_moves(tree, process)
    {
        return None;
    }
    let mut folders = std::iter::once(system.root.clone()).chain(system.root.ancestors());
    match command.program {
        Program::Gunicorn | Program::Uvicorn | Program::Hypercorn | Program::Daphne => {
            let module = process.application_module()?;
            let mut found = folders.filter(|folder| resolve(tree, folder, &module).is_some());
            let first = found.next()?;
            found.next().is_none().then_some(first)
        }
        Program::Manage => {
            let script = script(command)?;
            folders.find(|folder| folder.join(script).as_ref() == system.manage.as_ref())
        }
        _ => None,
    }
}

/// `manage.py` as the command writes it, where that leads from the folder it starts in.
fn script(command: &Command) -> Option<&str> {
    let word = command.name.value.as_str();
    (word.ends_with(".py") && !word.starts_with('/') && !word.contains('$')).then_some(word)
}

/// Whether the configuration file of a server may change its folder.
fn configuration_moves(tree: &dyn Tree, process: &Process) -> bool {
    let Some(path) = &process.config else { return false };
    match tree.read(path) {
        Ok(source) => {
            ["chdir", "pythonpath", "sys.path"].iter().any(|word| source.text().contains(word))
        }
        Err(_) => true,
    }
}
