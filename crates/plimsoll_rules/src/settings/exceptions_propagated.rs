//! `exceptions-propagated`: errors skip the error page and the report.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "exceptions-propagated",
    control: "SET-01",
    title: "errors skip the error page and the report",
    what: "The value of DEBUG_PROPAGATE_EXCEPTIONS in the production settings.",
    why: "With it on, Django does not handle exceptions: no 500 page, no mail to ADMINS, no log record by django.request. What the visitor sees then depends on the application server, and some of them show the traceback.",
    bad: "```python settings.py
DEBUG_PROPAGATE_EXCEPTIONS = True
```",
    good: "```python settings.py
DEBUG_PROPAGATE_EXCEPTIONS = False
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#debug-propagate-exceptions"],
    check,
};

fn check(look: &mut Look) {
    look.require_flag(
        "DEBUG_PROPAGATE_EXCEPTIONS",
        false,
        "an unhandled exception goes past the error page, the log and the mail to ADMINS",
        "set DEBUG_PROPAGATE_EXCEPTIONS = False in the production settings",
    );
}
