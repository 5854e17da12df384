//! `csrf-origins-missing`: forms are refused behind the proxy: the origin does not match what Django sees.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Facts;
use plimsoll_formats::command::{Bind, Program};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csrf-origins-missing",
    control: "AUTH-07",
    title: "forms are refused behind the proxy: the origin does not match what Django sees",
    what: "A proxy that ends TLS without a scheme header that Django trusts, or without passing the Host header, while CSRF_TRUSTED_ORIGINS is empty, on Django 4.0 or later. gunicorn behind loopback can set the scheme by itself: medium confidence.",
    why: "Since 4.0 Django compares the browser's Origin header, scheme included, with the address it believes it is served under. Where it believes in http://, every form post from https:// gets 403.",
    bad: "```python settings.py
CSRF_TRUSTED_ORIGINS = []
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
```
```text requirements.txt
Django==5.2.19
```",
    good: "```python settings.py
CSRF_TRUSTED_ORIGINS = []
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
    }
}
```
```text requirements.txt
Django==5.2.19
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#csrf-trusted-origins",
        "https://docs.djangoproject.com/en/stable/ref/csrf/#how-it-works",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(at) = facts.place_of("CSRF_TRUSTED_ORIGINS") else { return };
    if facts.django_at_least(4, 0) == Some(false) {
        look.evidence("this version of Django does not look at the Origin header", None);
        return;
    }
    let Some(origins) = facts.certain("CSRF_TRUSTED_ORIGINS").and_then(|value| value.items())
    else {
        look.undetermined(
            "CSRF_TRUSTED_ORIGINS is not known",
            crate::way_to_know("CSRF_TRUSTED_ORIGINS"),
            Some(at),
        );
        return;
    };
    if !origins.is_empty() {
        look.evidence(format!("{} origins are trusted", origins.len()), Some(at));
        return;
    }
    let Some(location) = facts.edge.locations.iter().find(|location| location.tls) else {
        look.undetermined(
            "what ends TLS is not in the repository",
            "post a form on the live site",
            Some(at),
        );
        return;
    };
    let trusts = facts
        .partial("SECURE_PROXY_SSL_HEADER")
        .and_then(|value| value.items())
        .is_some_and(|pair| !pair.is_empty())
        || location.passes("X-Forwarded-Proto").is_some()
            && crate::proxy::server_sets_scheme(facts).is_some();
    let missing = match (trusts, location.passes("Host").is_some(), location.open) {
        (true, true, _) => {
            look.evidence(
                "Django sees the scheme and the host that the browser used",
                Some(location.at.clone()),
            );
            return;
        }
        // From a socket or its own machine gunicorn believes the header that the proxy sends.
        (false, true, _)
            if location.passes("X-Forwarded-Proto").is_some() && near_gunicorn(facts) =>
        {
            look.undetermined(
                "Django trusts no scheme header; gunicorn sets the scheme from X-Forwarded-Proto where the proxy reaches it by a socket or on the same machine, which is not certain here",
                "post a form on the live site",
                Some(location.at.clone()),
            );
            return;
        }
        (_, _, true) => {
            look.undetermined(
                "an include that is not in the repository may pass the host and the scheme",
                "post a form on the live site",
                Some(location.at.clone()),
            );
            return;
        }
        (false, _, _) => "Django trusts no scheme header",
        (true, false, _) => "the proxy does not pass the Host header",
    };
    let finding = look.finding(
        location.at.clone(),
        Fault {
            severity: Severity::Warning,
            message: format!("the proxy ends TLS, {missing}, and CSRF_TRUSTED_ORIGINS is empty"),
            consequence: "browsers send Origin: https://…, Django believes in another address, and forms get 403".to_owned(),
            fix: "pass Host and X-Forwarded-Proto at the proxy and set SECURE_PROXY_SSL_HEADER, or list the site in CSRF_TRUSTED_ORIGINS".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}

/// Whether some server of production may be a gunicorn that a proxy of the same machine reaches:
/// by a socket, a descriptor that systemd hands over, an address of loopback.
fn near_gunicorn(facts: &Facts) -> bool {
    facts.servers.iter().any(|server| {
        let binds = server.binds();
        server.program == Program::Gunicorn
            && (binds.is_empty()
                || binds.iter().any(|(bind, _)| match bind {
                    Bind::Unix(_) | Bind::Descriptor | Bind::Computed(_) => true,
                    Bind::Tcp { host, .. } => {
                        matches!(host.as_str(), "127.0.0.1" | "localhost" | "::1")
                    }
                }))
    })
}
