//! `header-dropped-by-location`: an inner add_header drops the security headers of the outer block.

use plimsoll_catalog::Severity;
use plimsoll_facts::EdgeHeader;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "header-dropped-by-location",
    control: "HDR-07",
    title: "an inner add_header drops the security headers of the outer block",
    what: "Levels of the nginx configuration that add a header of their own, and thereby lose every add_header of the levels around them. Where none is lost, and the proxy serves files itself without adding X-Content-Type-Options anywhere, nothing is proven: what Django sends does not reach those files.",
    why: "nginx takes add_header from the outer level only when the inner one has none. One `add_header Cache-Control` in a location takes HSTS and nosniff away from everything it serves.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    add_header X-Content-Type-Options nosniff always;
    location /static/ {
        alias /srv/static/;
        add_header Cache-Control public;
    }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    add_header X-Content-Type-Options nosniff always;
    location /static/ {
        alias /srv/static/;
        expires 30d;
    }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &["https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header"],
    check,
};

/// Django's header does not reach files that the proxy serves.
const NOSNIFF: &str = "X-Content-Type-Options";

/// Headers whose loss is a defect.
const SECURITY: [&str; 7] = [
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
    "content-security-policy",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
];

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
    // A block that adds one header drops all of those around it: one defect.
    let mut blocks: Vec<(&Span, Vec<&EdgeHeader>)> = Vec::new();
    for (header, at) in &facts.edge.dropped {
        if !SECURITY.contains(&header.name.to_ascii_lowercase().as_str()) {
            continue;
        }
        match blocks.iter_mut().find(|(known, _)| *known == at) {
            Some((_, headers)) => headers.push(header),
            None => blocks.push((at, vec![header])),
        }
    }
    let any = !blocks.is_empty();
    for (at, headers) in blocks {
        let names: Vec<&str> = headers.iter().map(|header| header.name.as_str()).collect();
        // What is asked of a page does not matter to a style sheet; that its type is not guessed does.
        let serves_files =
            facts.edge.served.iter().any(|served| served.at == *at && served.pattern != "/");
        let matters =
            |name: &&str| !serves_files || name.eq_ignore_ascii_case("X-Content-Type-Options");
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: if names.iter().any(matters) { Severity::Warning } else { Severity::Note },
                message: format!("this block adds a header of its own and so drops {} of the block around it", joined(&names)),
                consequence: format!("what is served here has no {}", crate::list(&names)),
                fix: "repeat the headers here, or put all of them into a file that each block includes".to_owned(),
            },
        );
        finding.related.extend(headers.iter().take(6).map(|header| plimsoll_catalog::Related {
            at: header.at.clone(),
            message: format!("{} is added here", header.name),
        }));
    }
    let bare = facts.edge.served.iter().find(|served| !served.internal);
    if let Some(bare) = bare.filter(|_| !any && facts.edge.header(NOSNIFF).is_none()) {
        look.undetermined(
            format!("the proxy serves {} by itself, and nothing is seen that adds {NOSNIFF} there", bare.pattern),
            format!("add_header {NOSNIFF} nosniff always; for what the proxy serves, or a look at the live response"),
            Some(bare.at.clone()),
        );
        return;
    }
    if !any {
        look.evidence("no block of the proxy drops a security header of the block around it", None);
    }
}

/// `A`, `A and B`, `A, B and C`.
fn joined(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
