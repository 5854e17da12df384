//! `log-directory-unprepared`: a log file lies in a folder that nothing makes.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Declaration, Facts, ProcessKind};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-directory-unprepared",
    control: "LOG-03",
    title: "a log file lies in a folder that nothing makes",
    what: "Files of LOGGING inside the checkout whose folder holds no tracked file, so that a fresh checkout does not have it, while nothing in the repository makes it: no `mkdir`, `makedirs`, `LogsDirectory` or volume that names it. Where the site is served from containers alone, also absolute paths that nothing copies, mounts or makes in them. Other folders elsewhere on the machine stay an open question.",
    why: "Python opens log files when the settings are loaded: the first start on a new machine ends with FileNotFoundError before any page.",
    bad: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.FileHandler', 'filename': BASE_DIR / 'journal' / 'app.log'}}, 'root': {'handlers': ['file']}}
```",
    good: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
(BASE_DIR / 'journal').mkdir(exist_ok=True)
LOGGING = {'version': 1, 'handlers': {'file': {'class': 'logging.FileHandler', 'filename': BASE_DIR / 'journal' / 'app.log'}}, 'root': {'handlers': ['file']}}
```",
    sources: &["https://docs.python.org/3/library/logging.handlers.html#filehandler"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (Some(logging), Some(at)) = (facts.partial("LOGGING"), facts.place_of("LOGGING")) else {
        return;
    };
    let files = super::file_logs(logging);
    for file in &files {
        let Some(path) = file.path else {
            look.undetermined(
                format!("where the handler '{}' writes is not known", file.handler),
                crate::way_to_know("LOGGING"),
                Some(at.clone()),
            );
            continue;
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = folder.rsplit('/').next().unwrap_or("");
        let made = !name.is_empty()
            && facts
                .code
                .upkeep
                .made
                .iter()
                .any(|(line, _)| names(line, name) || (makes(line) && line.contains("LOG")));
        if made {
            look.evidence(
                format!("the repository makes the folder of the handler '{}'", file.handler),
                Some(at.clone()),
            );
            continue;
        }
        let inside = folder
            .strip_prefix(facts.absolute_root.as_str())
            .filter(|_| !facts.absolute_root.is_empty())
            .map(|inside| inside.trim_matches('/'));
        if let Some(container) = container_without(facts, folder) {
            let finding = look.finding(
                at.clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("the handler '{}' writes into {folder}, which the container {container} does not have: nothing copies, mounts or makes it", file.handler),
                    consequence: "Python opens the file when the settings are loaded, so that the container ends at its start with FileNotFoundError".to_owned(),
                    fix: "make the folder in the Dockerfile and give it to the service's user, or log to stdout".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
            continue;
        }
        match inside {
            Some(inside) if !inside.is_empty() && !exists(facts, inside) => {
                let finding = look.finding(
                    at.clone(),
                    Fault {
                        severity: Severity::Warning,
                        message: format!("the handler '{}' writes into {inside}/, which a fresh checkout does not have and nothing makes", file.handler),
                        consequence: "the first start on a new machine fails while the settings are loaded".to_owned(),
                        fix: "make the folder where the service is installed (LogsDirectory= in the unit), or log to stdout".to_owned(),
                    },
                );
                finding.confidence = Confidence::Medium;
            }
            Some(_) => look.evidence(
                format!("the folder of the handler '{}' is in the repository", file.handler),
                Some(at.clone()),
            ),
            None => look.undetermined(
                format!(
                    "nothing in the repository makes the folder of the handler '{}'",
                    file.handler
                ),
                "look on the machine whether the folder is there and belongs to the service's user",
                Some(at.clone()),
            ),
        }
    }
    if files.is_empty() {
        look.evidence("no handler writes to a file", Some(at));
    }
}

/// Whether a line makes folders.
fn makes(line: &str) -> bool {
    ["mkdir", "makedirs", "install -d", "ensure_dir", "LogsDirectory"]
        .iter()
        .any(|word| line.contains(word))
}

/// Whether a line names a folder, as a word of its own.
fn names(line: &str, name: &str) -> bool {
    let outside = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    line.match_indices(name).any(|(at, _)| {
        outside(line.get(..at).and_then(|before| before.chars().next_back()))
            && outside(line.get(at + name.len()..).and_then(|after| after.chars().next()))
    })
}

/// A container of production that serves the site and has no such folder, by its name. What its
/// base image brings is not seen, so only folders that none brings count.
fn container_without<'f>(facts: &'f Facts, folder: &str) -> Option<&'f str> {
    // The checkout stands elsewhere in a container, so its own folders can't be told there.
    let root = facts.absolute_root.as_str();
    let elsewhere = !root.is_empty() && folder.starts_with(root);
    let common = ["/var/log", "/tmp", "/var/tmp", "/var/log/nginx", "/var", "/srv", "/opt"];
    if elsewhere || !folder.starts_with('/') || common.contains(&folder) {
        return None;
    }
    let stack = facts.containers.production_stack();
    let other = facts
        .processes_of(ProcessKind::Web)
        .any(|process| !matches!(process.declared, Declaration::Compose | Declaration::Image));
    if other {
        return None;
    }
    let mut serving = facts.interiors.iter().filter(|interior| {
        interior.serves()
            && interior.dockerfile.is_some()
            && match interior.declared {
                Declaration::Compose => stack.is_some_and(|stack| {
                    stack.services().any(|service| service.name.value == interior.name)
                }),
                _ => stack.is_none(),
            }
    });
    let found = serving.find(|interior| {
        let volume = interior.mount_over(folder).is_some()
            || interior.volumes.iter().any(|(path, _)| folder.starts_with(path.as_str()));
        let copied = interior.holds.iter().any(|(there, here)| {
            let rest = folder.strip_prefix(there.trim_end_matches('/'));
            rest.is_some_and(|rest| {
                let rest = rest.trim_start_matches('/');
                rest.is_empty() || here.join(rest).is_some_and(|path| exists(facts, path.as_str()))
            })
        });
        !volume && !copied
    })?;
    Some(&found.name)
}

/// Whether a fresh checkout has the folder: a tracked file lies in it.
fn exists(facts: &Facts, folder: &str) -> bool {
    let within = |path: &plimsoll_source::RepoPath| {
        path.as_str().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    match &facts.tracked {
        Some(tracked) => tracked.iter().any(within),
        None => facts.inventory.iter().any(|file| within(&file.path)),
    }
}
