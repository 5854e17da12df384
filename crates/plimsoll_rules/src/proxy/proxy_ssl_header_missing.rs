//! `proxy-ssl-header-missing`: the proxy sends the scheme and Django does not look at it.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-ssl-header-missing",
    control: "SET-07",
    title: "the proxy sends the scheme and Django does not look at it",
    what: "SECURE_PROXY_SSL_HEADER unset where the proxy ends TLS and sets X-Forwarded-Proto.",
    why: "request.is_secure() is then false for everybody: links in mails begin with http://, HSTS is never sent, as Django sends it on secure requests only, and CSRF checks compare with the wrong scheme.",
    bad: "```python settings.py
SECURE_PROXY_SSL_HEADER = None
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header X-Forwarded-Proto $scheme;
    }
}
```",
    good: "```python settings.py
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header X-Forwarded-Proto $scheme;
    }
}
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secure-proxy-ssl-header"],
    check,
};

/// What would settle whether Django sees requests as secure.
const NEEDS: &str = "the configuration of the server that takes TLS, with X-Forwarded-Proto, or a probe of the live site";

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(at) = facts.place_of("SECURE_PROXY_SSL_HEADER") else { return };
    if super::trusted_header(facts).is_some() {
        match super::told_of_https(facts) {
            Ok(how) => look.evidence(how, Some(at)),
            Err(why) => look.undetermined(why, NEEDS, Some(at)),
        }
        return;
    }
    let sends =
        facts.edge.locations.iter().find_map(|location| location.passes("X-Forwarded-Proto"));
    match (facts.certain("SECURE_PROXY_SSL_HEADER"), sends) {
        (None, _) => look.undetermined(
            "SECURE_PROXY_SSL_HEADER is not known",
            crate::way_to_know("SECURE_PROXY_SSL_HEADER"),
            Some(at),
        ),
        (Some(_), Some((_, place))) => {
            let place = place.clone();
            if let Some(server) = super::server_sets_scheme(facts) {
                match super::told_of_https(facts) {
                    Ok(_) => look.evidence("the proxy sends X-Forwarded-Proto, and gunicorn trusts it and sets the scheme by itself", Some(server)),
                    Err(why) => look.undetermined(why, NEEDS, Some(place)),
                }
                return;
            }
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: "the proxy sends X-Forwarded-Proto and SECURE_PROXY_SSL_HEADER is not set".to_owned(),
                    consequence: "unless the application server sets the scheme by itself, Django takes every request for plain HTTP: no HSTS, http:// links, loops".to_owned(),
                    fix: "set SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')".to_owned(),
                },
            );
            // gunicorn takes the header from loopback by itself (forwarded_allow_ips).
            finding.confidence = plimsoll_catalog::Confidence::Medium;
            finding.related.push(plimsoll_catalog::Related {
                at: place,
                message: "the header is set here".to_owned(),
            });
        }
        (Some(_), None) if facts.edge.is_present() => look.undetermined(
            "the proxy sends no scheme header, and Django trusts none: where TLS ends before Django, it takes every request for plain HTTP",
            "have the proxy that ends TLS set X-Forwarded-Proto and trust it, or probe the live site",
            Some(at),
        ),
        (Some(_), None) => look.undetermined(
            "whether a proxy sends a scheme header is not in the repository",
            "add the proxy's configuration to the repository, or probe the live site",
            Some(at),
        ),
    }
}
