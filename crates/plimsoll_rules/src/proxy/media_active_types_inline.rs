//! `media-active-types-inline`: uploaded HTML or SVG runs on the site's own origin.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_formats::nginx::{Location, Scope};

use super::sites;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-active-types-inline",
    control: "PRX-04",
    title: "uploaded HTML or SVG runs on the site’s own origin",
    what: "The location of nginx that serves MEDIA_URL from files to everybody, where models have file fields: whether it sends `Content-Disposition: attachment`, a Content-Security-Policy with `sandbox`, or a type that browsers do not run. Locations marked `internal` and media on another host are right. What the project accepts as an upload is not looked at.",
    why: "Whoever may upload a file uploads an HTML page or an SVG with a script and sends the link to a colleague. It runs with the site’s cookies: it can do what the colleague can.",
    bad: "```python settings.py
MEDIA_URL = '/media/'
INSTALLED_APPS = ['shop']
```
```python shop/models.py
from django.db import models

class Photo(models.Model):
    file = models.FileField()
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /media/ { alias /srv/media/; }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
MEDIA_URL = '/media/'
INSTALLED_APPS = ['shop']
```
```python shop/models.py
from django.db import models

class Photo(models.Model):
    file = models.FileField()
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /media/ {
        alias /srv/media/;
        add_header Content-Security-Policy \"sandbox; default-src 'none'\" always;
    }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/security/#user-uploaded-content",
        "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy/sandbox",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(url) = facts.partial("MEDIA_URL").and_then(|value| value.text()) else {
        look.undetermined(
            "MEDIA_URL is not known",
            crate::way_to_know("MEDIA_URL"),
            facts.place_of("MEDIA_URL"),
        );
        return;
    };
    if url.contains("://") || url.starts_with("//") {
        look.evidence("uploads are served from another origin", facts.place_of("MEDIA_URL"));
        return;
    }
    let Some(field) = facts.code.file_fields.first() else {
        look.undetermined(
            "no model of the project has a file field",
            "look whether the project takes uploads in another way",
            None,
        );
        return;
    };
    if sites::is_absent(look, "how uploads are served") {
        return;
    }
    let mut any = false;
    for site in sites::sites(facts) {
        let path = format!("/{}/plimsoll/page.html", url.trim_matches('/'));
        if url.trim_matches('/').is_empty() {
            continue;
        }
        let Some(location) = site.server.location_for(&path).location() else { continue };
        if location.pass().is_some() || location.root().is_none() || location.pattern() == "/" {
            continue;
        }
        any = true;
        let at = location.at().clone();
        if location.is_internal() {
            look.evidence(
                "only the application can send an upload, so that it decides the type",
                Some(at),
            );
        } else if is_defused(&location) {
            look.evidence(
                "uploads are served in a way in which browsers do not run them",
                Some(at),
            );
        } else if location.scope().has_unread_includes() {
            look.undetermined(
                "an include that is not in the repository may set headers",
                "add the included file to the repository",
                Some(at),
            );
        } else {
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("an uploaded page or SVG under {url} opens in the browser as a page of this site"),
                    consequence: "a script in an upload acts with the rights of whoever opens its address".to_owned(),
                    fix: "add add_header Content-Disposition attachment; for HTML, SVG and XML, or add_header Content-Security-Policy \"sandbox; default-src 'none'\" always; or serve media from a host of its own".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
            finding.related.push(Related {
                at: field.clone(),
                message: "a file field of the project".to_owned(),
            });
        }
    }
    if !any {
        look.undetermined(
            "no location of the proxy serves MEDIA_URL from files",
            "upload a small HTML file and look at the headers of its address",
            facts.place_of("MEDIA_URL"),
        );
    }
}

fn is_defused(location: &Location<'_>) -> bool {
    let scope = location.scope();
    if headers_defuse(scope) || location.branches().iter().any(headers_defuse) {
        return true;
    }
    // An empty `types` with a default type sends everything as that.
    let own_types = scope.own_named("types").next();
    let plain = scope.value("default_type").directive().and_then(|directive| directive.arg(0));
    own_types.is_some_and(|types| {
        !types.children().iter().any(|entry| {
            matches!(
                entry.name.value.as_str(),
                "text/html" | "image/svg+xml" | "text/xml" | "application/xhtml+xml"
            )
        })
    }) && plain.is_none_or(|kind| !kind.contains("html") && !kind.contains("svg"))
}

fn headers_defuse(scope: &Scope<'_>) -> bool {
    scope.added_headers().iter().any(|header| {
        let value = header.value.to_ascii_lowercase();
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        // A variable is a map by type, as often as not.
        (is("Content-Disposition") && (value.contains("attachment") || value.contains('$')))
            || (is("Content-Security-Policy")
                && (value.contains("sandbox")
                    || value.contains("script-src 'none'")
                    || (value.contains("default-src 'none'") && !value.contains("script-src"))))
    })
}
