//! `proxy-headers-dropped`: an inner proxy_set_header drops those of the outer block.

use plimsoll_catalog::{Related, Severity};
use plimsoll_formats::nginx::PassKind;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-headers-dropped",
    control: "PRX-02",
    title: "an inner proxy_set_header drops those of the outer block",
    what: "Locations of nginx that lead to the application and set a request header of their own, and thereby lose Host, X-Forwarded-Proto, X-Forwarded-For, X-Forwarded-Host, X-Real-IP or the trusted scheme header of the server around them.",
    why: "nginx takes proxy_set_header from the outer level only where the inner one has none. One `proxy_set_header Upgrade` for a web socket, or Host for one address, takes the scheme and the client’s address away from everything under it.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Proto $scheme;
    location / { proxy_pass http://127.0.0.1:8000; }
    location /ws/ {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Host $host;
    }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Proto $scheme;
    location / { proxy_pass http://127.0.0.1:8000; }
    location /ws/ {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
    }
}
```",
    sources: &["https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header"],
    check,
};

const OF_CONCERN: [&str; 5] =
    ["Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"];

fn check(look: &mut Look) {
    if sites::is_absent(look, "which headers the proxy passes") {
        return;
    }
    let facts = look.facts;
    if facts.edge.nginx.is_empty() {
        look.evidence("Caddy's reverse_proxy blocks do not inherit headers from each other", None);
        return;
    }
    let trusted = super::trusted_header(facts);
    let mut any = false;
    let mut clean = true;
    for site in sites::sites(facts) {
        let outer = site.server.scope().passed_headers();
        for handed in site.handed(facts) {
            if !matches!(handed.pass.kind, PassKind::Http | PassKind::Https) {
                continue;
            }
            any = true;
            let scope = handed.location.scope();
            let inner = scope.passed_headers();
            let is_set = |name: &str| {
                inner
                    .iter()
                    .any(|header| header.at.is_some() && header.name.eq_ignore_ascii_case(name))
            };
            let lost: Vec<_> = outer
                .iter()
                .filter(|header| {
                    let name = header.name;
                    header.at.is_some()
                        && (OF_CONCERN.iter().any(|known| known.eq_ignore_ascii_case(name))
                            || trusted
                                .as_ref()
                                .is_some_and(|known| known.eq_ignore_ascii_case(name)))
                        && !is_set(name)
                })
                .collect();
            let Some(first) = lost.first() else { continue };
            if scope.own().iter().any(|directive| directive.is("include")) {
                look.undetermined(
                    format!(
                        "an include that is not in the repository may set {} again",
                        first.name
                    ),
                    "add the included file to the repository",
                    Some(handed.location.at().clone()),
                );
                continue;
            }
            clean = false;
            let names: Vec<&str> = lost.iter().map(|header| header.name).collect();
            let finding = look.finding(
                handed.location.at().clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("this location sets a header of its own and so loses {} of the block around it", names.join(", ")),
                    consequence: "the application sees another host, scheme or client here than elsewhere".to_owned(),
                    fix: "repeat the headers here, or put all of them into a file that each block includes".to_owned(),
                },
            );
            finding.related.extend(first.at.map(|at| Related {
                at: at.clone(),
                message: "the outer block sets it here".to_owned(),
            }));
        }
    }
    if sites::leads_nowhere(look, any) {
        return;
    }
    if clean {
        look.evidence(
            "no location that leads to the application loses a header of the block around it",
            None,
        );
    }
}
