//! `hsts-without-preload`: HSTS does not allow preloading.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "hsts-without-preload",
    control: "HDR-01",
    title: "HSTS does not allow preloading",
    what: "SECURE_HSTS_PRELOAD where HSTS is sent (security.W021). Reported as a note: preloading is a decision that is hard to take back, and Django asks for it blindly.",
    why: "Only a preloaded name is safe at the very first visit; but removal from browsers takes months, and every subdomain must work on HTTPS until then.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_PRELOAD = False
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_PRELOAD = True
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-hsts-preload",
        "https://hstspreload.org/",
    ],
    check,
};

fn check(look: &mut Look) {
    let sends = look.facts.certain("SECURE_HSTS_SECONDS").and_then(|value| value.integer());
    if sends == Some(0) {
        // Without HSTS from Django its options decide nothing.
        return;
    }
    look.judge("SECURE_HSTS_PRELOAD", |value| match value.truth() {
        Some(true) => Judgement::Good("SECURE_HSTS_PRELOAD is on".to_owned()),
        Some(false) => Judgement::remark("SECURE_HSTS_PRELOAD is off", "the very first visit of a browser is not protected", "decide: set it once includeSubDomains has held for months, or waive the control with the reason"),
        None => Judgement::Neither,
    });
}
