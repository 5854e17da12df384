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
    let required = |at: &plimsoll_source::Span| {
        settings.variables.iter().any(|used| {
            !used.is_set
                && used.fallback.is_none()
                && used.at.file == at.file
                && used.at.start.line >= at.start.line
                && used.at.start.line <= at.end.line
        })
    };
    let stops: Vec<_> = settings.stops.iter().filter(|stop| !required(&stop.at)).collect();
    for stop in &stops {
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
    if stops.is_empty() && settings.file.is_some() {
        look.evidence(
            "no statement of the settings was found to stop the import",
            settings.file.clone().map(plimsoll_source::Span::of_file),
        );
    }
}
