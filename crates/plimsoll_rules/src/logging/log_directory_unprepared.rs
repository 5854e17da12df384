//! `log-directory-unprepared`: a log file lies in a folder that nothing makes.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "log-directory-unprepared",
    control: "LOG-03",
    title: "a log file lies in a folder that nothing makes",
    what: "Files of LOGGING inside the checkout whose folder holds no tracked file, so that a fresh checkout does not have it, while nothing in the repository makes it: no `mkdir`, `makedirs`, `LogsDirectory` or volume that names it. Folders elsewhere on the machine stay an open question.",
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
                .any(|(line, _)| line.contains(name) || line.contains("LOG"));
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

/// Whether a fresh checkout has the folder: a tracked file lies in it.
fn exists(facts: &plimsoll_facts::Facts, folder: &str) -> bool {
    let within = |path: &plimsoll_source::RepoPath| {
        path.as_str().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    match &facts.tracked {
        Some(tracked) => tracked.iter().any(within),
        None => facts.inventory.iter().any(|file| within(&file.path)),
    }
}
