//! `proxy-ssl-header-spoofable`: a client can write the scheme header that Django trusts.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-ssl-header-spoofable",
    control: "SET-07",
    title: "a client can write the scheme header that Django trusts",
    what: "SECURE_PROXY_SSL_HEADER against what each proxying location does with that header: set to a value of its own, passed on from the client, or not touched (which passes it on).",
    why: "A client that sends `X-Forwarded-Proto: https` over plain HTTP is believed: no redirect, and secure cookies over a clear connection.",
    bad: "```python settings.py
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header X-Forwarded-Proto $http_x_forwarded_proto;
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

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(name) = super::trusted_header(facts) else {
        if facts.certain("SECURE_PROXY_SSL_HEADER").is_some() {
            look.evidence("no scheme header is trusted", facts.place_of("SECURE_PROXY_SSL_HEADER"));
        }
        return;
    };
    let Some(at) = facts.place_of("SECURE_PROXY_SSL_HEADER") else { return };
    if facts.edge.locations.is_empty() {
        look.undetermined(
            format!("what the proxy does with {name} is not in the repository"),
            "add the proxy's configuration to the repository, or probe the live site",
            Some(at),
        );
        return;
    }
    let variable = format!("$http_{}", name.to_ascii_lowercase().replace('-', "_"));
    for location in &facts.edge.locations {
        let message = match location.passes(&name) {
            Some((value, place)) if value == variable => {
                Some((place.clone(), format!("the proxy hands on the client's own {name}")))
            }
            Some((_, place)) => {
                look.evidence(format!("the proxy sets {name} itself"), Some(place.clone()));
                None
            }
            None if location.open => {
                look.undetermined(
                    format!("an include that is not in the repository may set {name}"),
                    "add the included file to the repository",
                    Some(location.at.clone()),
                );
                None
            }
            None => Some((
                location.at.clone(),
                format!("this location leaves {name} as the client sent it"),
            )),
        };
        if let Some((place, message)) = message {
            let finding = look.finding(
                place,
                Fault {
                    severity: Severity::Error,
                    message,
                    consequence: "a client that sends the header is taken to be on HTTPS"
                        .to_owned(),
                    fix: format!(
                        "set proxy_set_header {name} $scheme; in every location that proxies"
                    ),
                },
            );
            finding.related.push(plimsoll_catalog::Related {
                at: at.clone(),
                message: "Django trusts the header here".to_owned(),
            });
        }
    }
}
