//! `body-limit-unset`: the proxy's body limit is its default while the project takes uploads.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_formats::nginx::Effective;

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "body-limit-unset",
    control: "PRX-05",
    title: "the proxy’s body limit is its default while the project takes uploads",
    what: "`client_max_body_size` where nginx hands requests to the application, if models have file fields: unset in a configuration that is whole (or stands in nginx’s own image), or 0, which is no limit. Caddy has no limit unless `request_body` sets one. A fragment that the machine’s own nginx.conf includes is left open.",
    why: "nginx’s default is 1 MiB: a photograph from a telephone gets 413 from the proxy, before Django sees it and without the site’s own error page. The other way round, without any limit, one client fills the disk with half a file.",
    bad: "```python settings.py
INSTALLED_APPS = ['shop']
```
```python shop/models.py
from django.db import models

class Photo(models.Model):
    file = models.ImageField()
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
INSTALLED_APPS = ['shop']
```
```python shop/models.py
from django.db import models

class Photo(models.Model):
    file = models.ImageField()
```
```text deploy/nginx.conf
events {}
http {
    client_max_body_size 20m;
    server {
        listen 443 ssl;
        location / { proxy_pass http://127.0.0.1:8000; }
    }
}
```",
    sources: &[
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size",
        "https://caddyserver.com/docs/caddyfile/directives/request_body",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(field) = facts.code.file_fields.first().cloned() else {
        look.undetermined(
            "no model of the project has a file field",
            "look whether the project takes uploads in another way",
            None,
        );
        return;
    };
    if sites::is_absent(look, "how large a request body may be") {
        return;
    }
    let limit = look.parameter("body_limit");
    let mut any = false;
    for site in sites::sites(facts) {
        let handed = site.handed(facts);
        // One server is one defect: the limit of its main location.
        let Some(main) =
            handed.iter().find(|handed| handed.location.pattern() == "/").or(handed.first())
        else {
            continue;
        };
        any = true;
        // Some location of its own may be where uploads go.
        let scopes = || {
            handed.iter().map(|handed| {
                sites::effective(facts, handed.location.scope(), "client_max_body_size")
            })
        };
        let set = scopes().find_map(Effective::directive);
        let at = main.location.at().clone();
        if let Some(directive) = set {
            if directive.arg(0) == Some("0") {
                tell(
                    look,
                    directive.span.clone(),
                    &field,
                    "client_max_body_size 0 lets in bodies of any size",
                    "one client can fill the disk of the proxy with a single request",
                    limit,
                );
            } else if is_wanted(directive.arg(0).unwrap_or(""), limit) {
                look.evidence(
                    format!("the body limit is {}", directive.text()),
                    Some(directive.span.clone()),
                );
            } else {
                look.undetermined(
                    format!("the body limit is {}, and the wanted one is {limit} MB", directive.text()),
                    format!("client_max_body_size {limit}m, or another body_limit for PRX-05 in plimsoll.toml"),
                    Some(directive.span.clone()),
                );
            }
        } else if scopes().all(|value| value == Effective::Default) {
            tell(
                look,
                at,
                &field,
                "client_max_body_size is not set, and nginx's default is 1 MiB",
                "uploads over 1 MiB get 413 Request Entity Too Large from the proxy",
                limit,
            );
        } else {
            look.undetermined("client_max_body_size is not set here, and may be in a part of nginx's configuration that is not in the repository", "set it in this server, or run nginx -T on the host", Some(at));
        }
    }
    for site in facts.edge.caddy.iter().flat_map(|file| &file.sites) {
        let proxies = site.reverse_proxies();
        let Some(proxy) = proxies.first() else { continue };
        any = true;
        if let Some(size) = site.max_body_sizes().first() {
            look.evidence(
                format!("Caddy's body limit is {}", size.value),
                Some(proxy.directive.span.clone()),
            );
        } else {
            let at = proxy.directive.span.clone();
            tell(
                look,
                at,
                &field,
                "Caddy limits no request body unless it is told to",
                "one client can send bodies of any size",
                limit,
            );
            if let Some(finding) = look.last() {
                finding.confidence = Confidence::Medium;
            }
        }
    }
    sites::leads_nowhere(look, any);
}

/// Whether a size as nginx writes it is this many megabytes, of 1000 or 1024 times 1000 or 1024
/// bytes.
fn is_wanted(size: &str, megabytes: i64) -> bool {
    let lower = size.to_ascii_lowercase();
    let (number, unit) = match lower.strip_suffix(['k', 'm', 'g']) {
        Some(number) => (number, lower.get(number.len()..).unwrap_or("")),
        None => (lower.as_str(), ""),
    };
    let factor: i64 = match unit {
        "k" => 1024,
        "m" => 1024 * 1024,
        "g" => 1024 * 1024 * 1024,
        _ => 1,
    };
    let bytes = number.parse::<i64>().ok().and_then(|number| number.checked_mul(factor));
    let wanted = [1024 * 1024, 1000 * 1024, 1000 * 1000].map(|unit| megabytes.checked_mul(unit));
    bytes.is_some() && wanted.contains(&bytes)
}

fn tell(
    look: &mut Look,
    at: plimsoll_source::Span,
    field: &plimsoll_source::Span,
    message: &str,
    consequence: &str,
    limit: i64,
) {
    look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: message.to_owned(),
            consequence: consequence.to_owned(),
            fix: format!("set the largest upload that you want: client_max_body_size {limit}m; (request_body {{ max_size {limit}MB }} in Caddy)"),
        },
    );
    look.relate(Related { at: field.clone(), message: "a file field of the project".to_owned() });
}
