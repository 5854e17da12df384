//! `proxy-scheme-header-missing`: the proxy does not set X-Forwarded-Proto.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_formats::nginx::{PassKind, PassedHeader, Scope};

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-scheme-header-missing",
    control: "PRX-02",
    title: "the proxy ends TLS and does not say so",
    what: "Locations of TLS servers of nginx that hand requests to the application by HTTP without X-Forwarded-Proto, or the header that SECURE_PROXY_SSL_HEADER names. X-Forwarded-Protocol and X-Forwarded-Ssl count where the server is gunicorn, which knows them. Caddy sets the header by itself, uwsgi_params pass the scheme on. A proxy that speaks plain HTTP only is left alone: what ends TLS stands before it.",
    why: "Django takes every request for plain HTTP: it sends no HSTS, writes http:// into mails, and since 4.0 refuses browsers’ forms with 403, because the Origin says https. With SECURE_SSL_REDIRECT the site redirects to itself for ever.",
    bad: "```python settings.py
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
    good: "```python settings.py
DEBUG = False
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
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-proxy-ssl-header",
        "https://docs.gunicorn.org/en/stable/settings.html#secure-scheme-headers",
        "https://docs.djangoproject.com/en/stable/ref/csrf/#how-it-works",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "whether the proxy tells the scheme") {
        return;
    }
    let facts = look.facts;
    let trusted = super::trusted_header(facts);
    let wanted = trusted.clone().unwrap_or_else(|| "X-Forwarded-Proto".to_owned());
    let mut any = false;
    for site in sites::sites(facts) {
        if !site.server.is_tls() {
            continue;
        }
        let outer = site.server.scope();
        let mut bare = Vec::new();
        for handed in site.handed(facts) {
            any = true;
            let at = handed.location.at().clone();
            let scope = handed.location.scope();
            if handed.pass.kind == PassKind::Uwsgi {
                of_uwsgi(look, scope, at);
                continue;
            }
            let names = if trusted.is_some() {
                vec![wanted.as_str()]
            } else {
                vec!["X-Forwarded-Proto", "X-Forwarded-Protocol", "X-Forwarded-Ssl"]
            };
            if let Some(name) = names.iter().find(|name| sets(&scope.passed_headers(), name)) {
                look.evidence(format!("the proxy sets {name}"), Some(at));
            } else if scope.has_unread_includes() {
                look.undetermined(
                    format!("an include that is not in the repository may set {wanted}"),
                    "add the included file to the repository",
                    Some(at),
                );
            } else if sets(&outer.passed_headers(), &wanted) {
                look.evidence(format!("the block around sets {wanted}; that this one loses it is told by proxy-headers-dropped"), Some(at));
            } else {
                bare.push(at);
            }
        }
        // A server that forgets it does so in all of its locations: one defect.
        let mut bare = bare.into_iter();
        if let Some(first) = bare.next() {
            let finding = look.finding(
                first,
                Fault {
                    severity: Severity::Error,
                    message: format!("this TLS server does not set {wanted}"),
                    consequence: "Django takes every request for plain HTTP: no HSTS, http:// in links, 403 for forms, and a redirect loop with SECURE_SSL_REDIRECT".to_owned(),
                    fix: format!("add proxy_set_header {wanted} $scheme;"),
                },
            );
            if trusted.is_none() {
                finding.confidence = Confidence::Medium;
            }
            finding.related.extend(bare.take(5).map(|at| Related {
                at,
                message: "this location does not set it either".to_owned(),
            }));
        }
    }
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        for proxy in site.reverse_proxies() {
            any = true;
            look.evidence(
                "Caddy sets X-Forwarded-Proto by itself",
                Some(proxy.directive.span.clone()),
            );
        }
    }
    if !any {
        look.undetermined(
            "no server that ends TLS is known to lead to the application",
            "probe the live site",
            None,
        );
    }
}

fn sets(headers: &[PassedHeader<'_>], name: &str) -> bool {
    headers.iter().any(|header| {
        header.at.is_some() && header.name.eq_ignore_ascii_case(name) && !header.value.is_empty()
    })
}

/// uWSGI takes the scheme from the parameters HTTPS and UWSGI_SCHEME, of which nginx's own
/// `uwsgi_params` has the first.
fn of_uwsgi(look: &mut Look, scope: &Scope<'_>, at: plimsoll_source::Span) {
    let params = scope.inherited("uwsgi_param");
    let tells = params.iter().any(|param| matches!(param.arg(0), Some("HTTPS" | "UWSGI_SCHEME")));
    if tells {
        look.evidence("uwsgi_param passes the scheme on", Some(at));
    } else {
        look.undetermined(
            "no uwsgi_param passes the scheme on in what was read",
            "include uwsgi_params, or probe the live site",
            Some(at),
        );
    }
}
