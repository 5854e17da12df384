//! `https-redirect-missing`: a server on port 80 serves content in place of a redirect.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::Facts;
use plimsoll_formats::nginx::Server;

use crate::proxy::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "https-redirect-missing",
    control: "TLS-03",
    title: "a server on port 80 serves content in place of a redirect",
    what: "Servers of nginx and sites of Caddy that speak plain HTTP and hand requests to the application or serve its files, where the same configuration ends TLS. A redirect at the server’s top, in `location /`, or under a condition on `$scheme` or a header counts; the path of the ACME challenge may be an exception. Proxies that never speak TLS stand behind what does and are left open, unless Django’s SECURE_SSL_REDIRECT is on. Caddy redirects by itself.",
    why: "The first visit of everybody who types the name goes to port 80. If it is answered there, the password of the login form and the session travel in clear, and HSTS is never seen.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 80;
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 80;
    server_name rota.care-home.org.uk;
    return 301 https://rota.care-home.org.uk$request_uri;
}
server {
    listen 443 ssl;
    server_name rota.care-home.org.uk;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#return",
        "https://caddyserver.com/docs/automatic-https",
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-ssl-redirect",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let by_django =
        facts.certain("SECURE_SSL_REDIRECT").and_then(|value| value.truth()) == Some(true);
    if !facts.edge.is_present() {
        if by_django {
            look.evidence(
                "Django redirects plain HTTP by SECURE_SSL_REDIRECT",
                facts.place_of("SECURE_SSL_REDIRECT"),
            );
        } else {
            look.undetermined(
                "what answers on port 80 is not in the repository",
                "add the proxy's configuration to the repository, or probe port 80",
                None,
            );
        }
        return;
    }
    let all = sites::sites(facts);
    let mut any = false;
    for site in &all {
        let server = &site.server;
        let Some(at) = server.at().cloned() else { continue };
        let plain =
            server.listens().into_iter().find(|listen| !listen.ssl && listen.port == Some(80));
        // `ssl on` makes every listen of the server speak TLS.
        let Some(plain) = plain.filter(|listen| !old_style(server) || listen.ssl) else { continue };
        // Of several files one may be for a host that stands behind another proxy.
        let ends_tls = site.from.config.servers().iter().any(|other| other.is_tls());
        if redirects(server) {
            any = true;
            look.evidence("this server redirects plain HTTP to HTTPS", Some(at));
            continue;
        }
        if server.answers_all().is_some() || !serves(facts, site) {
            continue;
        }
        any = true;
        if by_django && server.is_tls() {
            look.evidence(
                "Django redirects pages by SECURE_SSL_REDIRECT",
                facts.place_of("SECURE_SSL_REDIRECT"),
            );
        }
        if site.server.scope().has_unread_includes() {
            look.undetermined(
                "an include that is not in the repository may redirect",
                "add the included file to the repository, or probe port 80",
                Some(at),
            );
        } else if ends_tls {
            let place = plain.directive.map_or(at, |directive| directive.span.clone());
            let severity = if by_django { Severity::Warning } else { Severity::Error };
            let finding = look.finding(
                place,
                Fault {
                    severity,
                    message: "this server answers on port 80 with content, not with a redirect"
                        .to_owned(),
                    consequence: if by_django {
                        "Django redirects its pages; static and media files are served in clear"
                    } else {
                        "passwords and sessions travel in clear for everybody who comes by http://"
                    }
                    .to_owned(),
                    fix: "give port 80 a server of its own: return 301 https://NAME$request_uri;"
                        .to_owned(),
                },
            );
            finding.confidence = Confidence::High;
            if by_django && let Some(at) = facts.place_of("SECURE_SSL_REDIRECT") {
                look.relate(Related { at, message: "Django's own redirect".to_owned() });
            }
        } else if by_django {
            look.evidence(
                "Django redirects plain HTTP by SECURE_SSL_REDIRECT",
                facts.place_of("SECURE_SSL_REDIRECT"),
            );
        } else {
            look.undetermined(
                "this proxy speaks plain HTTP only; what ends TLS stands before it",
                "probe port 80 of the live site",
                Some(at),
            );
        }
    }
    any |= of_caddy(look);
    if !any {
        if by_django {
            look.evidence(
                "Django redirects plain HTTP by SECURE_SSL_REDIRECT",
                facts.place_of("SECURE_SSL_REDIRECT"),
            );
        } else {
            look.undetermined(
                "no server of the proxy's configuration listens on port 80",
                "probe port 80 of the live site",
                None,
            );
        }
    }
}

fn of_caddy(look: &mut Look) -> bool {
    let facts = look.facts;
    let caddy: Vec<_> = facts
        .edge
        .caddy
        .iter()
        .flat_map(|file| &file.sites)
        .map(|site| site.span.clone())
        .collect();
    let mut any = false;
    for span in &caddy {
        if facts.edge.redirects.contains(span) {
            any = true;
            look.evidence("Caddy redirects plain HTTP of this site", Some(span.clone()));
        } else if facts.edge.plain_servers.contains(span) {
            any = true;
            look.undetermined(
                "this site speaks plain HTTP only; what ends TLS stands before it",
                "probe port 80 of the live site",
                Some(span.clone()),
            );
        }
    }
    any
}

fn old_style(server: &Server<'_>) -> bool {
    server.scope().switch("ssl", false) == Some(true)
}

/// Whether a server hands requests to the application or serves a whole tree of files.
fn serves(facts: &Facts, site: &sites::Site<'_>) -> bool {
    site.serves_app(facts)
}

/// Whether plain HTTP is redirected: by the server, in `location /`, or under a condition.
fn redirects(server: &Server<'_>) -> bool {
    let is_it = |answer: &plimsoll_formats::nginx::Answer<'_>| answer.is_https_redirect();
    server.redirects().iter().any(is_it)
        || server.locations().iter().any(|location| {
            (location.pattern() == "/"
                || location.pattern() == "^/"
                || location.pattern() == "/(.*)")
                && location.redirects().iter().any(is_it)
        })
}
