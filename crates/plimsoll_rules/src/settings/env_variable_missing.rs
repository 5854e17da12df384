//! `env-variable-missing`: a variable that the settings require is set nowhere.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-variable-missing",
    control: "SET-10",
    title: "a variable that the settings require is set nowhere",
    what: "Every environment variable that the settings read without a fallback, against the environment of the production process as far as it is known.",
    why: "The process stops at import with KeyError or ImproperlyConfigured. When it is set on one host and not on the next, the second one does not come up on the day it is needed.",
    bad: "```python settings.py
import os
MAIL_KEY = os.environ['MAIL_KEY']
```
```ini process.env
OTHER=1
```",
    good: "```python settings.py
import os
MAIL_KEY = os.environ['MAIL_KEY']
```
```ini process.env
MAIL_KEY=abc
```",
    sources: &["https://12factor.net/config"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let complete = facts.environment.is_complete();
    let mut seen = BTreeSet::new();
    let mut provided = 0;
    for used in &facts.settings.variables {
        if used.is_set {
            provided += 1;
        } else if used.fallback.is_none() && seen.insert(&used.name) {
            if !complete {
                continue;
            }
            let finding = look.finding(
                used.at.clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("{} is required here and production's environment does not set it", used.name),
                    consequence: "the process stops when it imports its settings".to_owned(),
                    fix: format!("set {} for every process of the system, or give the reading a safe fallback", used.name),
                },
            );
            finding.confidence = Confidence::High;
        }
    }
    if !complete && !seen.is_empty() {
        let names: Vec<&str> = seen.iter().map(|name| name.as_str()).collect();
        look.undetermined(
            format!("the settings require {} and production's whole environment is not in the repository", names.join(", ")),
            "check with production's environment: --env-file FILE",
            facts.settings.variables.iter().find(|used| seen.contains(&used.name)).map(|used| used.at.clone()),
        );
    } else if seen.is_empty() {
        look.evidence(
            format!("no variable is required and missing ({provided} readings are set, the others have fallbacks)"),
            facts.settings.file.clone().map(plimsoll_source::Span::of_file),
        );
    }
}
