//! `hsts-short`: HSTS lasts less than the wanted time.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "hsts-short",
    control: "HDR-01",
    title: "HSTS lasts less than the wanted time",
    what: "SECURE_HSTS_SECONDS against a year (31,536,000 seconds), the figure that preload lists and graders ask for.",
    why: "A visitor who comes back after the header has run out is unprotected again on the first request. Short values are right for the first days only.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 3600
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-hsts-seconds",
        "https://hstspreload.org/",
    ],
    check,
};

fn check(look: &mut Look) {
    let wanted = look.parameter("max_age");
    look.judge("SECURE_HSTS_SECONDS", |value| match value.integer() {
        Some(seconds) if seconds >= wanted => Judgement::Good(format!("HSTS lasts {seconds} seconds")),
        Some(seconds) if seconds > 0 => Judgement::warning(
            format!("HSTS lasts {seconds} seconds, the wanted age is {wanted}"),
            "visitors who come less often than that are unprotected at each first request",
            "raise SECURE_HSTS_SECONDS to 31536000 once every host name has proved to work on HTTPS",
        ),
        _ => Judgement::Neither,
    });
}
