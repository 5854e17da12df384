//! `debug-enabled`: DEBUG is on in production.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "debug-enabled",
    control: "SET-01",
    title: "DEBUG is on in production",
    what: "The value of DEBUG in the production settings. Anything that Python takes for true counts, as Django tests it with `if settings.DEBUG`.",
    why: "With DEBUG on, every unhandled error answers with a page that shows the traceback, local variables, SQL and most settings to whoever caused it. Django also keeps every SQL query of a process in memory until the worker dies, and serves no 404 or 500 page of yours.",
    bad: "```python settings.py
DEBUG = True
```",
    good: "```python settings.py
DEBUG = False
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#debug",
        "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#debug",
    ],
    check,
};

fn check(look: &mut Look) {
    if look.leave_fallback_to("DEBUG", "debug-default-on") {
        return;
    }
    look.judge("DEBUG", |value| match value.truth() {
        Some(false) => Judgement::Good("DEBUG is off".to_owned()),
        Some(true) => Judgement::error(
            "DEBUG is on",
            "every error page shows the traceback, local variables and settings to the visitor, and each worker keeps all its SQL queries in memory",
            "set DEBUG = False in the production settings, with no default that turns it on",
        ),
        None => Judgement::Neither,
    });
}
