//! `hsts-premature`: HSTS covers all subdomains, or asks to be preloaded, for a short time.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "hsts-premature",
    control: "HDR-01",
    title: "HSTS covers all subdomains, or asks to be preloaded, for a short time",
    what: "SECURE_HSTS_INCLUDE_SUBDOMAINS or SECURE_HSTS_PRELOAD on with a SECURE_HSTS_SECONDS of less than a year.",
    why: "A short age says that HTTPS is still being tried out; includeSubDomains and preload say that it is settled for every host. The preload list refuses such a header, and a subdomain without HTTPS is cut off all the same.",
    bad: "```python settings.py
SECURE_HSTS_SECONDS = 3600
SECURE_HSTS_PRELOAD = True
```",
    good: "```python settings.py
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_PRELOAD = True
```",
    sources: &[
        "https://hstspreload.org/",
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-hsts-seconds",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let preload = facts.certain("SECURE_HSTS_PRELOAD").and_then(|value| value.truth());
    look.judge("SECURE_HSTS_SECONDS", |value| match (value.integer(), preload) {
        (Some(seconds), Some(true)) if seconds > 0 && seconds < 31_536_000 => crate::Judgement::warning(
            format!("SECURE_HSTS_PRELOAD is on with an age of {seconds} seconds"),
            "the preload list refuses it, and whoever reads the setting believes in a protection that is not there",
            "take preload out until SECURE_HSTS_SECONDS is 31536000",
        ),
        (Some(_), Some(_)) => crate::Judgement::Good("preloading is not asked for before its time".to_owned()),
        _ => crate::Judgement::Neither,
    });
}
