//! `body-limit-mismatch`: the proxy refuses bodies that the project accepts.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::Facts;
use plimsoll_source::Span;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "body-limit-mismatch",
    control: "PRX-05",
    title: "the proxy refuses bodies that the project accepts",
    what: "The body limit of nginx where it leads to the application, against DATA_UPLOAD_MAX_MEMORY_SIZE where the project sets it, and against settings of the project’s own whose name says that they are the largest upload (`MAX_UPLOAD_SIZE` and the like, counted in bytes). Told where the proxy’s is the smaller one. Where several locations have different limits, the largest counts. FILE_UPLOAD_MAX_MEMORY_SIZE is no limit and is not looked at.",
    why: "The form says that 50 MB are fine, the project checks for 50 MB, and at 20 MB the proxy answers 413 with a page of its own. Nobody finds the upload in Django’s log.",
    bad: "```python settings.py
DATA_UPLOAD_MAX_MEMORY_SIZE = 52428800
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    client_max_body_size 20m;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
DATA_UPLOAD_MAX_MEMORY_SIZE = 10485760
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    client_max_body_size 20m;
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#data-upload-max-memory-size",
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size",
    ],
    check,
};

fn check(look: &mut Look) {
    if sites::is_absent(look, "how large a request body may be") {
        return;
    }
    let facts = look.facts;
    let Some((limit, at)) = largest(facts) else {
        look.undetermined(
            "the proxy's body limit is not written in the repository",
            "compare client_max_body_size with the project's own limits",
            None,
        );
        return;
    };
    if limit == 0 {
        look.evidence("the proxy refuses no body for its size", Some(at));
        return;
    }
    let mut any = false;
    for (name, bytes) in own_limits(facts) {
        if bytes <= limit {
            continue;
        }
        any = true;
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("the proxy refuses bodies over {}, and {name} allows {}", size(limit), size(bytes)),
                consequence: "what the project means to accept gets 413 from the proxy, and nothing in its own log".to_owned(),
                fix: format!("raise client_max_body_size a little above {name}, or lower {name}"),
            },
        );
        if name != "DATA_UPLOAD_MAX_MEMORY_SIZE" {
            finding.confidence = Confidence::Medium;
        }
        finding.related.extend(
            facts.place_of(&name).map(|at| Related { at, message: format!("{name} is set here") }),
        );
    }
    if !any {
        look.evidence("no limit that the settings name is above the proxy's", Some(at));
    }
}

/// The largest body that the proxy lets through to the application somewhere; 0 is any.
fn largest(facts: &Facts) -> Option<(u64, Span)> {
    let mut found: Option<(u64, Span)> = None;
    for site in sites::sites(facts) {
        for handed in site.handed(facts) {
            let scope = handed.location.scope();
            let directive = scope.value("client_max_body_size").directive()?;
            let bytes = scope.client_max_body_size()?;
            if bytes == 0 {
                return Some((0, directive.span.clone()));
            }
            if found.as_ref().is_none_or(|(known, _)| *known < bytes) {
                found = Some((bytes, directive.span.clone()));
            }
        }
    }
    found
}

/// What the settings allow: names and bytes.
fn own_limits(facts: &Facts) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    for (name, _) in facts.settings.settings.iter() {
        let words: Vec<&str> = name.split('_').collect();
        let has = |word: &str| words.contains(&word);
        let is_limit = name == "DATA_UPLOAD_MAX_MEMORY_SIZE"
            || ((has("UPLOAD") || has("FILE") || has("ATTACHMENT"))
                && has("MAX")
                && has("SIZE")
                && !has("MEMORY")
                && !has("MB")
                && !has("KB")
                && !has("LOG"));
        if !is_limit || !facts.is_set(name) {
            continue;
        }
        let bytes = facts
            .certain(name)
            .and_then(|value| value.integer())
            .and_then(|n| u64::try_from(n).ok());
        // Smaller figures are counted in another unit.
        found.extend(bytes.filter(|bytes| *bytes >= 65_536).map(|bytes| (name.clone(), bytes)));
    }
    found
}

fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 20 => format!("{} MiB", b >> 20),
        b => format!("{} KiB", b >> 10),
    }
}
