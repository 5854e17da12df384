//! `forwarded-host-trusted`: the host is taken from a header that a client can write.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "forwarded-host-trusted",
    control: "SET-03",
    title: "the host is taken from a header that a client can write",
    what: "USE_X_FORWARDED_HOST on, and no proxying location of the repository that sets X-Forwarded-Host itself.",
    why: "ALLOWED_HOSTS still holds, but among its entries the client chooses: and with a wildcard the links in reset mails lead wherever it likes.",
    bad: "```python settings.py
USE_X_FORWARDED_HOST = True
```",
    good: "```python settings.py
USE_X_FORWARDED_HOST = False
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#use-x-forwarded-host"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let overwritten = !facts.edge.locations.is_empty()
        && facts.edge.locations.iter().all(|location| {
            location
                .passes("X-Forwarded-Host")
                .is_some_and(|(value, _)| !value.contains("$http_x_forwarded_host"))
        });
    look.judge("USE_X_FORWARDED_HOST", |value| match value.truth() {
        Some(false) => crate::Judgement::Good("the host is taken from the Host header".to_owned()),
        Some(true) if overwritten => crate::Judgement::Good("the proxy sets X-Forwarded-Host itself".to_owned()),
        Some(true) => crate::Judgement::Bad(Fault {
            severity: Severity::Warning,
            message: "USE_X_FORWARDED_HOST is on and no proxy of the repository overwrites X-Forwarded-Host".to_owned(),
            consequence: "a client chooses the host that links and redirects are built with".to_owned(),
            fix: "pass the Host header on (proxy_set_header Host $host) and leave USE_X_FORWARDED_HOST off".to_owned(),
        }),
        None => crate::Judgement::Neither,
    });
}
