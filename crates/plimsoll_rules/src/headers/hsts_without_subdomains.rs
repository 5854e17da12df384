//! `hsts-without-subdomains`: HSTS leaves out the subdomains.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "hsts-without-subdomains",
    control: "HDR-01",
    title: "HSTS leaves out the subdomains",
    what: "SECURE_HSTS_INCLUDE_SUBDOMAINS where HSTS is sent (security.W005).",
    why: "A host below yours that is reached over plain HTTP can set cookies for the whole domain, the session cookie among them.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-hsts-include-subdomains",
    ],
    check,
};

fn check(look: &mut Look) {
    let sends = look.facts.certain("SECURE_HSTS_SECONDS").and_then(|value| value.integer());
    if sends == Some(0) {
        // Without HSTS from Django its options decide nothing.
        return;
    }
    look.judge("SECURE_HSTS_INCLUDE_SUBDOMAINS", |value| match value.truth() {
        Some(true) => Judgement::Good("SECURE_HSTS_INCLUDE_SUBDOMAINS is on".to_owned()),
        Some(false) => Judgement::warning("SECURE_HSTS_INCLUDE_SUBDOMAINS is off", "a plain HTTP host below the domain can be impersonated and set cookies for the site", "prove that every subdomain answers on HTTPS, then set SECURE_HSTS_INCLUDE_SUBDOMAINS = True"),
        None => Judgement::Neither,
    });
}
