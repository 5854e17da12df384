//! `header-set-twice`: a security header is set by both Django and the proxy.

use std::collections::BTreeSet;

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "header-set-twice",
    control: "HDR-07",
    title: "a security header is set by both Django and the proxy",
    what: "The headers that nginx adds to proxied responses, against those that the settings make Django send: HSTS, nosniff, X-Frame-Options, Referrer-Policy, Cross-Origin-Opener-Policy.",
    why: "The response carries the header twice. Browsers take a doubled Strict-Transport-Security’s first value, and two different values of X-Frame-Options count as none; of the others they take one, which is a note; and whoever changes one of the two wonders why nothing changes.",
    bad: r#"```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    add_header Strict-Transport-Security "max-age=300" always;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
```"#,
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
```",
    sources: &[
        "https://www.rfc-editor.org/rfc/rfc6797#section-8.1",
        "https://nginx.org/en/docs/http/ngx_http_headers_module.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !facts.edge.is_present() {
        look.undetermined(
            "what the proxy adds is not in the repository",
            "add the proxy's configuration to the repository, or probe the live site",
            None,
        );
        return;
    }
    let mut any = false;
    for (name, setting) in super::headers_of_django(facts) {
        let mut told = BTreeSet::new();
        for header in facts.edge.locations.iter().flat_map(|location| &location.headers) {
            // A server's header is added in each of its locations; one place is one defect.
            if !header.name.eq_ignore_ascii_case(name) || !told.insert(header.at.clone()) {
                continue;
            }
            any = true;
            let related = facts.place_of(setting).map(|at| plimsoll_catalog::Related {
                at,
                message: format!("{setting} makes Django send it"),
            });
            // Of two lifetimes of HSTS the first counts, and two different values of X-Frame-Options
            // are no value at all; of the others browsers take one.
            let same = facts.certain(setting).and_then(|value| value.text()).is_some_and(|value| {
                value.eq_ignore_ascii_case(header.value.trim_matches(['"', '\'']))
            });
            let harms = name == "X-Frame-Options" && !same || name == "Strict-Transport-Security";
            let finding = look.finding(
                header.at.clone(),
                Fault {
                    severity: if harms { Severity::Warning } else { Severity::Note },
                    message: format!("{name} is added here and by Django"),
                    consequence: match harms {
                        true => "responses carry it twice: browsers take the first one, or none where they contradict each other".to_owned(),
                        false => "responses carry it twice; a change of one of the two places has no effect or half of one".to_owned(),
                    },
                    fix: "let one of the two send it: Django for its pages, the proxy for static files".to_owned(),
                },
            );
            finding.related.extend(related);
        }
    }
    if !any {
        look.evidence("no security header is sent by both Django and the proxy", None);
    }
}
