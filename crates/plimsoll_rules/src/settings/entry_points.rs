//! How production uses the modules that name settings: `wsgi.py`, `asgi.py`, the Celery
//! application, `manage.py`.

use plimsoll_facts::mentions::{Mention, Place};
use plimsoll_facts::{Facts, Process, ProcessKind};

/// How production uses an entry point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Usage {
    /// Every process that loads it names its settings module.
    Given,
    /// Nothing that the repository declares loads it.
    Unserved,
    /// A process loads it, and its whole environment names no settings module.
    Bare,
    /// It can't be told.
    Unknown,
}

pub(super) fn usage(facts: &Facts, mention: &Mention) -> Usage {
    let module = mention.at.file.as_str().trim_end_matches(".py").replace('/', ".");
    let loads = |process: &&Process| {
        process
            .application_module()
            .is_some_and(|loaded| module == loaded || module.ends_with(&format!(".{loaded}")))
    };
    let of_kind = |kinds: &[ProcessKind]| -> Vec<&Process> {
        let known = facts.processes.iter().filter(|process| kinds.contains(&process.kind));
        let (rehearsed, real): (Vec<_>, Vec<_>) = known.partition(|process| is_staging(process));
        if real.is_empty() { rehearsed } else { real }
    };
    let processes = match mention.place {
        Place::Wsgi | Place::Asgi => {
            let web = of_kind(&[ProcessKind::Web]);
            let loaders: Vec<&Process> = web.iter().copied().filter(|p| loads(p)).collect();
            let known = web.iter().all(|process| process.loads.is_some());
            if loaders.is_empty()
                && mention.place == Place::Asgi
                && known
                && !has_asgi_server(facts)
            {
                return Usage::Unserved;
            }
            loaders
        }
        Place::Celery => of_kind(&[ProcessKind::Worker, ProcessKind::Scheduler]),
        // Commands are run where the site is served.
        _ => of_kind(&[ProcessKind::Web, ProcessKind::Release, ProcessKind::Management]),
    };
    if processes.is_empty() {
        return Usage::Unknown;
    }
    let bare = |process: &&Process| process.settings_module().is_none();
    if !processes.iter().any(bare) {
        return Usage::Given;
    }
    // Commands by hand are for people, who mostly see what they do.
    let served = matches!(mention.place, Place::Wsgi | Place::Asgi);
    let whole = |process: &&Process| bare(process) && process.surroundings.is_complete();
    if served && processes.iter().any(whole) { Usage::Bare } else { Usage::Unknown }
}

/// Whether a server that speaks ASGI is among what is installed, or nothing is known of that.
fn has_asgi_server(facts: &Facts) -> bool {
    let declared = &facts.versions.distributions;
    declared.is_empty()
        || ["uvicorn", "daphne", "hypercorn", "granian", "uvicorn-worker"]
            .iter()
            .any(|name| declared.contains_key(*name))
}

/// Whether a process is staging's by its name: `backend_staging`.
fn is_staging(process: &Process) -> bool {
    let mut words = process.name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| matches!(word, "staging" | "stage" | "preview" | "uat"))
}
