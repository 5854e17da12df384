//! `async-unsafe-allowed`: DJANGO_ALLOW_ASYNC_UNSAFE is set.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "async-unsafe-allowed",
    control: "SET-05",
    title: "DJANGO_ALLOW_ASYNC_UNSAFE is set",
    what: "The variable DJANGO_ALLOW_ASYNC_UNSAFE in the environment of the production process (async.E001).",
    why: "It lifts the guard that keeps the ORM out of event loops: two requests then share one database connection, and one reads or commits the other’s rows.",
    bad: "```python settings.py
DEBUG = False
```
```ini process.env
DJANGO_ALLOW_ASYNC_UNSAFE=true
```",
    good: "```python settings.py
DEBUG = False
```
```ini process.env
LANG=C.UTF-8
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/async/#async-safety"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    match facts.environment.environment.variables.get("DJANGO_ALLOW_ASYNC_UNSAFE") {
        Some(variable) if !variable.value.expose().is_empty() => {
            let Some(at) = variable.at.clone().or_else(|| facts.place_of("DEBUG")) else { return };
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: "DJANGO_ALLOW_ASYNC_UNSAFE is set for the production process".to_owned(),
                    consequence: "requests in one event loop can share a database connection and see each other's data".to_owned(),
                    fix: "take the variable out and call the ORM through its async methods or sync_to_async".to_owned(),
                },
            );
        }
        _ if facts.environment.is_complete() => {
            look.evidence("DJANGO_ALLOW_ASYNC_UNSAFE is not in the environment", None)
        }
        _ => look.evidence("no file of the repository sets DJANGO_ALLOW_ASYNC_UNSAFE", None),
    }
}
