//! `proxy-server-name-mismatch`: the proxy serves a name that Django refuses.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::Reading;
use plimsoll_python::Value;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-server-name-mismatch",
    control: "PRX-01",
    title: "the proxy serves a name that ALLOWED_HOSTS does not have",
    what: "The plain names of `server_name` in servers that lead to the application and hand on the client’s Host, against ALLOWED_HOSTS where its value is certain. Wildcards, expressions, names that a template fills in and servers that only redirect are left alone, and so are the configurations of documents.",
    why: "Django answers every request for such a name with 400. The usual case is the `www.` name: it is in the proxy and in the certificate, and nobody tried it.",
    bad: "```python settings.py
ALLOWED_HOSTS = ['rota.care-home.org.uk']
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk www.rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host $host;
    }
}
```",
    good: "```python settings.py
ALLOWED_HOSTS = ['.rota.care-home.org.uk']
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk www.rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host $host;
    }
}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts",
        "https://nginx.org/en/docs/http/server_names.html",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "under which names the site is served") {
        return;
    }
    let facts = look.facts;
    let place = facts.place_of("ALLOWED_HOSTS");
    let allowed: Vec<String> = match facts.reading("ALLOWED_HOSTS") {
        Reading::Certain(value) if value.is_known() => match value.items() {
            Some(items) => {
                items.iter().filter_map(Value::text).map(str::to_ascii_lowercase).collect()
            }
            None => return,
        },
        _ => {
            look.undetermined(
                "ALLOWED_HOSTS is not known",
                crate::way_to_know("ALLOWED_HOSTS"),
                place,
            );
            return;
        }
    };
    let mut told = false;
    for site in
        sites::sites(facts).into_iter().filter(|site| !site.from.is_shown && !site.from.expands)
    {
        let handed = site.handed(facts);
        let hands_on = handed.iter().any(|handed| {
            handed.location.scope().passed_headers().iter().any(|header| {
                header.name.eq_ignore_ascii_case("Host")
                    && matches!(header.value, "$host" | "$http_host" | "$host:$server_port")
            })
        });
        if !hands_on {
            continue;
        }
        for name in site.server.names() {
            let host = name.value.to_ascii_lowercase();
            let is_plain = host.contains('.')
                && !name.is_placeholder()
                && !name.is_computed()
                && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
                && !host.starts_with('.')
                && !host.chars().all(|c| c.is_ascii_digit() || c == '.');
            if !is_plain {
                continue;
            }
            told = true;
            if allowed.iter().any(|pattern| matches(pattern, &host)) {
                look.evidence(format!("{host} is served and allowed"), Some(name.span.clone()));
                continue;
            }
            look.finding(
                name.span.clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("the proxy serves {host}, and ALLOWED_HOSTS does not have it"),
                    consequence: format!("every page of https://{host}/ is 400 Bad Request"),
                    fix: format!("add {host} to ALLOWED_HOSTS, or take it out of server_name"),
                },
            );
            if let Some(at) = place.clone() {
                look.relate(Related { at, message: "ALLOWED_HOSTS is set here".to_owned() });
            }
        }
    }
    if !told {
        look.undetermined(
            "no server of the proxy that hands on the client's Host has a plain name",
            "compare server_name with ALLOWED_HOSTS on the host",
            place,
        );
    }
}

/// Django's `is_same_domain`, with `*` for everything.
fn matches(pattern: &str, host: &str) -> bool {
    pattern == "*"
        || pattern == host
        || pattern.strip_prefix('.').is_some_and(|domain| {
            host == domain || host.ends_with(pattern) && host.len() > domain.len()
        })
}
