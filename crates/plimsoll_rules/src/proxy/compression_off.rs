//! `compression-off`: the proxy does not compress text responses.

use plimsoll_catalog::Severity;
use plimsoll_formats::nginx::Effective;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compression-off",
    control: "PRX-06",
    title: "the proxy does not compress text responses",
    what: "`gzip` (or brotli, zstd) where nginx leads to the application, and `encode` in Caddy’s sites. Django’s GZipMiddleware counts, as it compresses the pages. nginx’s default is off; where a part of its configuration is not in the repository, it is left open: Debian’s own nginx.conf switches gzip on.",
    why: "Pages, style sheets and JSON are five to ten times as large as they need be: slow for people on telephones, and paid for by the byte.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
events {}
http {
    server {
        listen 443 ssl;
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
events {}
http {
    gzip on;
    gzip_types text/css application/javascript application/json;
    server {
        listen 443 ssl;
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip",
        "https://caddyserver.com/docs/caddyfile/directives/encode",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.lists("MIDDLEWARE", &["django.middleware.gzip.GZipMiddleware"]) == Some(true) {
        look.evidence("Django's GZipMiddleware compresses pages", facts.place_of("MIDDLEWARE"));
        return;
    }
    if sites::is_absent(look, "whether responses are compressed") {
        return;
    }
    let mut any = false;
    for site in sites::sites(facts) {
        let handed = site.handed(facts);
        let Some(main) =
            handed.iter().find(|handed| handed.location.pattern() == "/").or(handed.first())
        else {
            continue;
        };
        any = true;
        let scope = main.location.scope();
        let others = ["brotli", "zstd"].iter().find_map(|name| scope.value(name).directive());
        if let Some(other) = others.filter(|other| other.arg(0) == Some("on")) {
            look.evidence(format!("{} is on", other.name.value), Some(other.span.clone()));
            continue;
        }
        match sites::effective(facts, scope, "gzip") {
            Effective::Set(directive) if directive.arg(0) == Some("on") => {
                look.evidence("gzip is on", Some(directive.span.clone()));
            }
            Effective::Set(directive) if directive.arg(0) == Some("off") => off(look, directive.span.clone(), "gzip is switched off"),
            Effective::Default => {
                let at = site.server.at().unwrap_or(main.location.at()).clone();
                off(look, at, "gzip is not switched on, and nginx's default is off");
            }
            Effective::Set(_) | Effective::Unknown => look.undetermined(
                "whether gzip is on is decided in a part of nginx's configuration that is not in the repository",
                "switch it on in this server, or probe the Content-Encoding of a page",
                site.server.at().cloned(),
            ),
        }
    }
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        if site.reverse_proxies().is_empty() {
            continue;
        }
        any = true;
        match site.all("encode").first() {
            Some(encode) => look.evidence("Caddy compresses responses", Some(encode.span.clone())),
            None => off(
                look,
                site.span.clone(),
                "this site has no encode directive, and Caddy compresses only where it has one",
            ),
        }
    }
    sites::leads_nowhere(look, any);
}

fn off(look: &mut Look, at: plimsoll_source::Span, message: &str) {
    look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: message.to_owned(),
            consequence: "pages, styles, scripts and JSON are sent at their full size".to_owned(),
            fix: "gzip on; with gzip_types text/css application/javascript application/json image/svg+xml; and gzip_vary on; (Caddy: encode zstd gzip)".to_owned(),
        },
    );
}
