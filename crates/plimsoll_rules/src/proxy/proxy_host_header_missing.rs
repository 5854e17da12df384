//! `proxy-host-header-missing`: the proxy does not pass the original Host.

use plimsoll_catalog::{Related, Severity};
use plimsoll_formats::nginx::{PassKind, PassedHeader};

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-host-header-missing",
    control: "PRX-02",
    title: "the proxy does not pass the original Host",
    what: "Locations of nginx that hand requests to the application by HTTP without `proxy_set_header Host`, so that nginx sends the name of the upstream in its place. Caddy and uwsgi_pass hand on the client’s Host by themselves. Where an inner block loses what an outer one sets, `proxy-headers-dropped` tells it.",
    why: "Django sees `127.0.0.1:8000` or the upstream’s name: with a proper ALLOWED_HOSTS each page is 400; with a loose one, links in mails and redirects lead to an address that nobody outside can open, and the CSRF check of forms fails.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host $host;
    }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
        "https://docs.djangoproject.com/en/stable/topics/security/#host-header-validation",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "which Host the proxy passes") {
        return;
    }
    let facts = look.facts;
    let forwarded = facts.certain("USE_X_FORWARDED_HOST").and_then(|value| value.truth());
    let mut any = false;
    for site in sites::sites(facts) {
        let outer = site.server.scope().passed_headers();
        let mut bare = Vec::new();
        for handed in site.handed(facts) {
            any = true;
            let at = handed.location.at().clone();
            if handed.pass.kind == PassKind::Uwsgi {
                look.evidence("uwsgi_pass hands on the client's Host", Some(at));
                continue;
            }
            let scope = handed.location.scope();
            let headers = scope.passed_headers();
            let sets = |headers: &[PassedHeader<'_>], name: &str| {
                headers
                    .iter()
                    .any(|header| header.at.is_some() && header.name.eq_ignore_ascii_case(name))
            };
            if sets(&headers, "Host") {
                look.evidence("the proxy sets Host", Some(at));
            } else if forwarded != Some(false) && sets(&headers, "X-Forwarded-Host") {
                if forwarded.is_none() {
                    look.undetermined("the proxy sets X-Forwarded-Host in place of Host, and whether Django takes it is not known", crate::way_to_know("USE_X_FORWARDED_HOST"), Some(at));
                    continue;
                }
                look.evidence("the proxy sets X-Forwarded-Host, which Django takes", Some(at));
            } else if scope.has_unread_includes()
                || !site.from.config.is_complete() && site.server.at().is_none()
            {
                look.undetermined(
                    "an include or a block that is not in the repository may set Host",
                    "add the included file to the repository",
                    Some(at),
                );
            } else if sets(&outer, "Host") {
                look.evidence("the block around sets Host; that this one loses it is told by proxy-headers-dropped", Some(at));
            } else {
                bare.push((at, handed.pass.authority));
            }
        }
        // A server that forgets it does so in all of its locations: one defect.
        let mut bare = bare.into_iter();
        if let Some((first, authority)) = bare.next() {
            let finding = look.finding(
                first,
                Fault {
                    severity: Severity::Error,
                    message: format!("requests reach the application with Host {authority}, not with the one that the client asked for"),
                    consequence: "Django answers 400 for the name of the upstream, or makes links to it and refuses forms where ALLOWED_HOSTS lets it through".to_owned(),
                    fix: "add proxy_set_header Host $host;".to_owned(),
                },
            );
            finding.related.extend(bare.take(5).map(|(at, _)| Related {
                at,
                message: "this location does not set it either".to_owned(),
            }));
        }
    }
    caddy(look, &mut any);
    sites::leads_nowhere(look, any);
}

/// Caddy hands on the client's Host unless `header_up Host` says otherwise.
fn caddy(look: &mut Look, any: &mut bool) {
    let facts = look.facts;
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        for proxy in site.reverse_proxies() {
            *any = true;
            look.evidence("Caddy hands on the client's Host", Some(proxy.directive.span.clone()));
        }
    }
}
