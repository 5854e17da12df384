//! `settings-import-fails`: importing the settings stops with an exception.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "settings-import-fails",
    control: "SET-13",
    title: "importing the settings stops with an exception",
    what: "Exceptions that the evaluation of the production settings met and that no `try` catches, other than a variable that is not set.",
    why: "The process stops before it serves its first request.",
    bad: "```python settings.py
DATABASES = {}
DATABASES['default']['CONN_MAX_AGE'] = 60
```",
    good: "```python settings.py
DATABASES = {'default': {}}
DATABASES['default']['CONN_MAX_AGE'] = 60
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/settings/"],
    check,
};

fn check(look: &mut Look) {
    let settings = &look.facts.settings;
    let mut any = false;
    let broken = |file: &plimsoll_source::RepoPath| {
        settings
            .problems
            .iter()
            .any(|p| p.kind == plimsoll_source::ProblemKind::Syntax && &p.at.file == file)
    };
    for stop in &settings.stops {
        // In a file that does not parse everything else follows from that.
        if broken(&stop.at.file) {
            any = true;
            continue;
        }
        // A variable that nobody gave is the business of env-variable-missing.
        if stop.message.contains("environment variable") {
            continue;
        }
        any = true;
        if let Some(variables) = look.facts.refused_at(&stop.at) {
            let names: Vec<&str> = variables.iter().map(String::as_str).collect();
            look.undetermined(
                format!(
                    "the settings refuse to load here as long as {} has no other value, and production's whole environment is not in the repository",
                    crate::look::list(&names)
                ),
                "check with production's environment: --env-file FILE",
                Some(stop.at.clone()),
            );
            continue;
        }
        // What an unset variable leaves: None where a text is wanted.
        let of_none = ["NoneType", "argument must be a string or a real number"]
            .iter()
            .any(|part| stop.message.contains(part));
        if of_none && !look.facts.environment.is_complete() {
            look.undetermined(
                format!(
                    "{} as long as a variable is not set, and production's whole environment is not in the repository",
                    stop.message.trim_end_matches('.')
                ),
                "check with production's environment: --env-file FILE",
                Some(stop.at.clone()),
            );
            continue;
        }
        // A file can be made when the system is set up; that it is not in the repository says little.
        if stop.message.contains("FileNotFoundError") || stop.message.contains("No module named") {
            look.undetermined(
                stop.message.trim_end_matches('.').to_owned(),
                "look on the host whether the file is there, or start the settings there: python manage.py check",
                Some(stop.at.clone()),
            );
            continue;
        }
        look.finding(
            stop.at.clone(),
            Fault {
                severity: Severity::Error,
                message: stop.message.trim_end_matches('.').to_owned(),
                consequence: "the process stops when it imports its settings".to_owned(),
                fix: "mend the statement, or catch what may be missing and say what to do"
                    .to_owned(),
            },
        );
    }
    if !any && settings.file.is_some() {
        look.evidence(
            "no statement of the settings was found to stop the import",
            settings.file.clone().map(plimsoll_source::Span::of_file),
        );
    }
}
