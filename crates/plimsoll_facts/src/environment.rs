//! The environment that the files of the repository give the production web process.

use plimsoll_source::Span;

use crate::inventory::{Inventory, Role};
use crate::processes::{Process, ProcessKind};
use crate::surroundings::{Source, Surroundings};

/// The environment of the production web process, `processes` being those of the system, what
/// tells most of production first.
pub(crate) fn of_repository(processes: &[Process], inventory: &Inventory) -> Surroundings {
    let web = processes
        .iter()
        .filter(|process| process.kind == ProcessKind::Web)
        // Of several units one is often staging's.
        .min_by_key(|process| (process.declared, is_staging(process)));
    if let Some(process) = web {
        return process.surroundings.clone();
    }
    let mut surroundings = Surroundings::default();
    let deployed = [Role::Dockerfile, Role::Procfile, Role::Platform, Role::Supervisor]
        .into_iter()
        .find_map(|role| inventory.main(role).next());
    surroundings.gap(match deployed {
        Some(file) => Source::at(
            format!("{} starts the process, and who runs it sets its variables", file.path),
            &Span::of_file(file.path.clone()),
        ),
        None => Source {
            text: "no file of the repository says how production is started".to_owned(),
            at: None,
        },
    });
    surroundings
}

fn is_staging(process: &Process) -> bool {
    let mut names = crate::standing::words(&process.name)
        .chain(crate::standing::words(process.at.file.as_str()));
    names.any(|word| matches!(word, "staging" | "stage" | "preview" | "qa" | "uat"))
}
