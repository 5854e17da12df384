//! `jwt-key-shared`: tokens are signed with SECRET_KEY.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "jwt-key-shared",
    control: "AUTH-10",
    title: "tokens are signed with SECRET_KEY",
    what: "SIMPLE_JWT['SIGNING_KEY'], which falls back to SECRET_KEY.",
    why: "One leaked key then opens everything: sessions, reset links and the API; and it cannot be changed for one without the other.",
    bad: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'SIGNING_KEY': SECRET_KEY}
```",
    good: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'SIGNING_KEY': os.environ['JWT_KEY']}
```",
    sources: &["https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_simplejwt(facts) {
        return;
    }
    let shared = || {
        Judgement::warning(
            "tokens are signed with SECRET_KEY",
            "one leaked key opens sessions and the API alike, and cannot be changed for one alone",
            "give SIMPLE_JWT['SIGNING_KEY'] a key of its own from the environment",
        )
    };
    if !facts.is_set("SIMPLE_JWT") {
        look.settle_default("INSTALLED_APPS", shared());
        return;
    }
    let Some(at) = facts.place_of("SIMPLE_JWT") else { return };
    let Some(value) = facts.partial("SIMPLE_JWT") else { return };
    let secret = facts.partial("SECRET_KEY");
    match value.get("SIGNING_KEY") {
        None if matches!(value, Value::Dict(_)) => look.settle(at, shared()),
        Some(Value::Unknown { variable: Some(variable), .. }) => {
            let same = matches!(secret, Some(Value::Unknown { variable: Some(other), .. }) if other == variable);
            if same {
                look.settle(at, shared());
            } else {
                look.evidence(
                    format!("tokens are signed with a key from the variable {variable}"),
                    Some(at),
                );
            }
        }
        Some(key) if key.text().is_some() => {
            if key.text() == secret.and_then(Value::text) {
                look.settle(at, shared());
            } else {
                look.evidence("tokens are signed with a key of their own", Some(at));
            }
        }
        _ => look.undetermined(
            "the key that signs tokens is not known",
            crate::way_to_know("SIMPLE_JWT"),
            Some(at),
        ),
    }
}
