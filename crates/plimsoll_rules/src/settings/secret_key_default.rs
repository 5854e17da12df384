//! `secret-key-default`: SECRET_KEY falls back to a value in the code.

use plimsoll_catalog::Severity;
use plimsoll_python::{Value, VariableUse};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-key-default",
    control: "SET-02",
    title: "SECRET_KEY falls back to a value in the code",
    what: "Whether the reading of SECRET_KEY from the environment has a fallback.",
    why: "When the variable is missing the site starts all the same, signing with a key that is public. Without a fallback it would have refused to start, and somebody would have noticed.",
    bad: "```python settings.py
import os
SECRET_KEY = os.environ.get('SECRET_KEY', 'change-me')
```",
    good: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
```",
    sources: &["https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#secret-key"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(setting) = facts.settings.get("SECRET_KEY") else { return };
    let reads: Vec<&VariableUse> = facts
        .settings
        .variables
        .iter()
        .filter(|used| setting.variables.contains(&used.name))
        .collect();
    if reads.is_empty() {
        look.evidence(
            "SECRET_KEY is read from no variable that could be missing",
            facts.place_of("SECRET_KEY"),
        );
    }
    let names: Vec<&str> = setting.variables.iter().map(String::as_str).collect();
    if facts.is_refused(&names) {
        look.evidence(
            "the settings refuse to load with the fallback of SECRET_KEY",
            facts.place_of("SECRET_KEY"),
        );
        return;
    }
    for used in super::last_reads(reads, setting) {
        // None and '' stop Django at start-up: "The SECRET_KEY setting must not be empty".
        let safe = match &used.fallback {
            None | Some(Value::None) => true,
            Some(value) => value.text().is_some_and(str::is_empty),
        };
        if safe {
            look.evidence(
                format!("without {} the process does not start", used.name),
                Some(used.at.clone()),
            );
        } else {
            look.finding(
                used.at.clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("SECRET_KEY falls back to a value in the code when {} is not set", used.name),
                    consequence: "a process without the variable starts and signs with a key that everybody can read".to_owned(),
                    fix: "read the variable without a fallback, so that the process refuses to start without it".to_owned(),
                },
            );
        }
    }
}
