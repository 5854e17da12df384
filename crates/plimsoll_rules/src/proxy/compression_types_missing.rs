//! `compression-types-missing`: gzip is on for HTML only.

use std::collections::BTreeSet;

use plimsoll_catalog::{Related, Severity};
use plimsoll_formats::nginx::Effective;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compression-types-missing",
    control: "PRX-06",
    title: "gzip is on for HTML only",
    what: "`gzip_types` where gzip is on: unset, or without style sheets or scripts. Caddy’s `encode` has a list of its own that holds them. Where gzip is not on, `compression-off` tells.",
    why: "`gzip on` alone compresses text/html and nothing else: scripts, styles and JSON, which are most of the bytes, go out at their full size, and the box is ticked.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
events {}
http {
    gzip on;
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
    gzip_vary on;
    server {
        listen 443 ssl;
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    sources: &["https://nginx.org/en/docs/http/ngx_http_gzip_module.html#gzip_types"],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "which types are compressed") {
        return;
    }
    let facts = look.facts;
    let mut told = BTreeSet::new();
    let mut any = false;
    for site in sites::sites(facts) {
        if !site.serves_app(facts)
            && !site.server.all_locations().iter().any(|location| location.root().is_some())
        {
            continue;
        }
        let scope = site.server.scope();
        let Some(gzip) = scope.value("gzip").directive().filter(|gzip| gzip.arg(0) == Some("on"))
        else {
            continue;
        };
        any = true;
        let place = match sites::effective(facts, scope, "gzip_types") {
            Effective::Set(types) => types.span.clone(),
            Effective::Default => gzip.span.clone(),
            Effective::Unknown => {
                look.undetermined("which types are compressed is decided in a part of nginx's configuration that is not in the repository", "probe the Content-Encoding of a script", Some(gzip.span.clone()));
                continue;
            }
        };
        let types: Vec<&str> = scope
            .inherited("gzip_types")
            .iter()
            .flat_map(|directive| &directive.args)
            .map(|word| word.value.as_str())
            .collect();
        let has = |test: &dyn Fn(&str) -> bool| types.iter().any(|kind| *kind == "*" || test(kind));
        let mut missing = Vec::new();
        if !has(&|kind| kind == "text/css") {
            missing.push("text/css");
        }
        if !has(&|kind| kind.contains("javascript")) {
            missing.push("application/javascript");
        }
        let varies =
            scope.value("gzip_vary").directive().is_some_and(|vary| vary.arg(0) == Some("on"));
        if missing.is_empty() && !has(&|kind| kind == "application/json") {
            look.undetermined(
                "styles and scripts are among gzip_types, and application/json is not",
                "gzip_types with application/json, or the Content-Encoding of JSON on the live site",
                Some(place),
            );
        } else if missing.is_empty() && !varies {
            look.undetermined(
                "styles and scripts are compressed, and gzip_vary is not on, so that responses lack Vary: Accept-Encoding",
                "gzip_vary on;, or the Vary header of a script on the live site",
                Some(place),
            );
        } else if missing.is_empty() {
            look.evidence("styles, scripts and JSON are among gzip_types", Some(place));
        } else if told.insert(place.clone()) {
            let message = if types.is_empty() {
                "gzip is on without gzip_types, so that only HTML is compressed".to_owned()
            } else {
                format!("gzip_types lacks {}", missing.join(" and "))
            };
            let finding = look.finding(
                place,
                Fault {
                    severity: Severity::Warning,
                    message,
                    consequence: "scripts and styles, most of the bytes of a page, are sent at their full size".to_owned(),
                    fix: "gzip_types text/css application/javascript application/json image/svg+xml;".to_owned(),
                },
            );
            if types.is_empty() {
                finding.repair = Some(crate::repairs::add_below(
                    &gzip.span,
                    &["gzip_types text/css application/javascript application/json image/svg+xml;"],
                    true,
                    format!("add gzip_types to {}", gzip.span.file),
                ));
            }
            look.relate(Related {
                at: gzip.span.clone(),
                message: "gzip is switched on here".to_owned(),
            });
        }
    }
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        for encode in site.all("encode") {
            any = true;
            look.evidence(
                "Caddy's encode has a list of types that holds styles, scripts and JSON",
                Some(encode.span.clone()),
            );
        }
    }
    if !any {
        look.undetermined(
            "no configuration of the repository switches gzip on",
            "probe the Content-Encoding of a script on the live site",
            None,
        );
    }
}
