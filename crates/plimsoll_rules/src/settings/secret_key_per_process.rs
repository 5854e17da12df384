//! `secret-key-per-process`: SECRET_KEY is made at random when the settings are imported.

use plimsoll_catalog::Severity;
use plimsoll_python::State;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-key-per-process",
    control: "SET-02",
    title: "SECRET_KEY is made at random when the settings are imported",
    what: "Whether SECRET_KEY comes from a random source in the settings.",
    why: "Each worker process, and each restart, has another key: sessions and CSRF tokens made by one worker are refused by the next, users are logged out at random, and reset links stop working at each deployment.",
    bad: "```python settings.py
from django.core.management.utils import get_random_secret_key
SECRET_KEY = get_random_secret_key()
```",
    good: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secret-key"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(setting) = facts.settings.get("SECRET_KEY") else { return };
    let Some(at) = facts.place_of("SECRET_KEY") else { return };
    let random = match &setting.state {
        State::Unknown { reason, .. } => reason.contains("random"),
        State::Known(_) | State::OneOf(_) => false,
    };
    let fallback = facts.settings.variables.iter().find(|used| {
        setting.variables.contains(&used.name)
            && matches!(&used.fallback, Some(plimsoll_python::Value::Unknown { reason, .. }) if reason.contains("random"))
    });
    if random && fallback.is_none() && !setting.variables.is_empty() {
        // A key that is made only where none is given, and may be kept then.
        look.undetermined(
            format!(
                "SECRET_KEY is made at random unless {} gives one",
                setting.variables.join(" or ")
            ),
            "check with production's environment: --env-file FILE",
            Some(at),
        );
        return;
    }
    if random || fallback.is_some() {
        look.finding(
            fallback.map_or(at, |used| used.at.clone()),
            Fault {
                severity: Severity::Error,
                message: match fallback {
                    Some(used) => format!("SECRET_KEY is made at random when {} is not set", used.name),
                    None => "SECRET_KEY is made at random when the settings are imported".to_owned(),
                },
                consequence: "each worker and each restart has another key: sessions, CSRF tokens and reset links break at random".to_owned(),
                fix: "make one key, keep it outside the code and read it from the environment".to_owned(),
            },
        );
    } else {
        look.evidence("SECRET_KEY is not made at random at import", Some(at));
    }
}
