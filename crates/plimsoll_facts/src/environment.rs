//! The environment that the files of the repository give the production web process.

use plimsoll_source::{RepoPath, Span};

use crate::inventory::{Inventory, Role};
use crate::processes::{Declaration, Process, ProcessKind};
use crate::standing::Standing;
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
        let mut surroundings = process.surroundings.clone();
        for other in others(processes, process) {
            let text = format!(
                "{} {} serves the site too, in another environment",
                other.declared.name(),
                other.name
            );
            surroundings.gap(Source::at(text, &other.at));
        }
        leave_emptied_open(&mut surroundings, inventory);
        return surroundings;
    }
    let mut surroundings = Surroundings::default();
    let deployed = [Role::Dockerfile, Role::Procfile, Role::Platform, Role::Supervisor]
        .into_iter()
        .find_map(|role| {
            let files = inventory.main(role);
            let tools = |path: &RepoPath| path.as_str().starts_with('.');
            files.filter(|file| !tools(&file.path)).min_by_key(|file| file.path.depth())
        });
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

/// An image clears what it needed for its build (`ENV SECRET_KEY=`). Where the process gets more
/// variables than are known here, that one is among them: it is not known to be empty.
fn leave_emptied_open(surroundings: &mut Surroundings, inventory: &Inventory) {
    if surroundings.is_complete() {
        return;
    }
    let images: Vec<&RepoPath> = inventory.with(Role::Dockerfile).map(|file| &file.path).collect();
    surroundings.environment.variables.retain(|_, variable| {
        let in_image = variable.at.as_ref().is_some_and(|at| images.contains(&&at.file));
        !(in_image && variable.value.expose().is_empty())
    });
}

/// The env files and compose files that are those of development, so that they were not taken for
/// production's.
pub(crate) fn left_out(inventory: &Inventory) -> Vec<Source> {
    let files = [Role::EnvFile, Role::Compose].into_iter().flat_map(|role| inventory.with(role));
    files
        .filter_map(|file| {
            let reason = Standing::why_development(&file.path)?;
            let at = Span::of_file(file.path.clone());
            Some(Source::at(format!("{} ({reason})", file.path), &at))
        })
        .collect()
}

/// Declarations of another kind that serve the site in another environment: the repository does
/// not say which of the two production is, so that what one sets is not all there can be. An image
/// is a part of the others.
fn others<'p>(processes: &'p [Process], chosen: &'p Process) -> impl Iterator<Item = &'p Process> {
    let mut seen = std::collections::BTreeSet::new();
    processes.iter().filter(move |other| {
        other.kind == ProcessKind::Web
            && other.declared != chosen.declared
            && other.declared != Declaration::Image
            && !is_staging(other)
            && values(other) != values(chosen)
            && seen.insert((other.declared, other.name.clone()))
    })
}

/// The variables of a process, without their places.
fn values(process: &Process) -> (Vec<(&str, &str)>, Vec<&str>, bool) {
    let environment = &process.surroundings.environment;
    let known = environment.variables.iter();
    (
        known.map(|(name, variable)| (name.as_str(), variable.value.expose())).collect(),
        environment.unknown.keys().map(String::as_str).collect(),
        process.surroundings.gaps.is_empty(),
    )
}

fn is_staging(process: &Process) -> bool {
    let mut names = crate::standing::words(&process.name)
        .chain(crate::standing::words(process.at.file.as_str()));
    names.any(|word| matches!(word, "staging" | "stage" | "preview" | "qa" | "uat"))
}
