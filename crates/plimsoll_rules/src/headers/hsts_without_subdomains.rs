//! `hsts-without-subdomains`: HSTS leaves out the subdomains.

use plimsoll_facts::Reading;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "hsts-without-subdomains",
    control: "HDR-01",
    title: "HSTS leaves out the subdomains",
    what: "SECURE_HSTS_INCLUDE_SUBDOMAINS where Django sends HSTS and the proxy does not send it for the subdomains (security.W005).",
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
    let facts = look.facts;
    let sends = match facts.reading("SECURE_HSTS_SECONDS") {
        Reading::Certain(value) | Reading::Assumed { value, .. } => value.integer(),
        _ => None,
    };
    if sends == Some(0) {
        // Without HSTS from Django its options decide nothing.
        return;
    }
    let header = facts.edge.header_over_tls("Strict-Transport-Security");
    if let Some(header) = header
        && header.value.to_ascii_lowercase().contains("includesubdomains")
    {
        look.evidence("the proxy sends HSTS for the subdomains too", Some(header.at.clone()));
        return;
    }
    look.judge("SECURE_HSTS_INCLUDE_SUBDOMAINS", |value| match value.truth() {
        Some(true) => Judgement::Good("SECURE_HSTS_INCLUDE_SUBDOMAINS is on".to_owned()),
        Some(false) => Judgement::warning("SECURE_HSTS_INCLUDE_SUBDOMAINS is off", "a plain HTTP host below the domain can be impersonated and set cookies for the site", "prove that every subdomain answers on HTTPS, then set SECURE_HSTS_INCLUDE_SUBDOMAINS = True"),
        None => Judgement::Neither,
    });
}
