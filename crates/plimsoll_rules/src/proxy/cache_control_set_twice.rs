//! `cache-control-set-twice`: expires and add_header both send Cache-Control.

use std::collections::BTreeSet;

use plimsoll_catalog::{Related, Severity};
use plimsoll_formats::nginx::Scope;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cache-control-set-twice",
    control: "PRX-03",
    title: "`expires` and add_header both send Cache-Control",
    what: "Levels of nginx at which `expires` sends a Cache-Control and `add_header Cache-Control` another one. A warning where the two contradict each other (two lifetimes, `no-cache` beside one), a note where the second only adds words such as `public` or `immutable`, which browsers put together.",
    why: "The response carries the header twice, and which of two lifetimes wins differs between browsers and caches. Whoever changes one of the lines wonders why nothing changes.",
    bad: r#"```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /static/ {
        alias /srv/static/;
        expires 30d;
        add_header Cache-Control "max-age=3600";
    }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```"#,
    good: r#"```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /static/ {
        alias /srv/static/;
        add_header Cache-Control "max-age=3600";
    }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```"#,
    sources: &["https://nginx.org/en/docs/http/ngx_http_headers_module.html#expires"],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "what the proxy says about caching") {
        return;
    }
    let facts = look.facts;
    let mut told = BTreeSet::new();
    let mut any = false;
    for site in sites::sites(facts) {
        let locations = site.server.all_locations();
        let scopes = std::iter::once(site.server.scope())
            .chain(locations.iter().map(|location| location.scope()));
        for scope in scopes {
            any |= level(look, scope, &mut told);
        }
    }
    if !any {
        look.evidence("no level of the proxy's configuration sends Cache-Control twice", None);
    }
}

fn level(look: &mut Look, scope: &Scope<'_>, told: &mut BTreeSet<plimsoll_source::Span>) -> bool {
    let Some(expires) = scope.value("expires").directive() else { return false };
    if expires.arg(0) == Some("off") {
        return false;
    }
    let headers = scope.added_headers();
    let Some(header) =
        headers.iter().find(|header| header.name.eq_ignore_ascii_case("Cache-Control"))
    else {
        return false;
    };
    if header.value.is_empty() || !told.insert(header.directive.span.clone()) {
        return false;
    }
    let value = header.value.to_ascii_lowercase();
    let says = |word: &str| value.split(',').any(|part| part.trim().starts_with(word));
    // `expires -1` and `epoch` send no-cache themselves.
    let fresh = !matches!(expires.arg(0), Some("epoch" | "0"))
        && !expires.arg(0).is_some_and(|arg| arg.starts_with('-'));
    let age = value.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok());
    let of_expires = match expires.arg(0) {
        Some("max") => Some(315_360_000),
        Some("epoch") => None,
        other => other.and_then(plimsoll_formats::nginx::values::time).map(|time| time.as_secs()),
    };
    let other_age = age.is_some_and(|age: u64| of_expires != Some(age));
    let contradicts = other_age || (fresh && (says("no-cache") || says("no-store")));
    let (severity, consequence) = if contradicts {
        (
            Severity::Warning,
            "responses carry two Cache-Control headers that say different things; browsers and caches choose differently",
        )
    } else {
        (Severity::Note, "responses carry the header twice; browsers put the two together")
    };
    look.finding(
        header.directive.span.clone(),
        Fault {
            severity,
            message: format!(
                "Cache-Control: {} is added to the one that expires {} sends",
                header.value,
                expires.text()
            ),
            consequence: consequence.to_owned(),
            fix: "write one of the two: add_header Cache-Control with the whole value".to_owned(),
        },
    );
    look.relate(Related {
        at: expires.span.clone(),
        message: "expires sends the other one".to_owned(),
    });
    contradicts
}
