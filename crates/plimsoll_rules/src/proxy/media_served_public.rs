//! `media-served-public`: the proxy serves every upload to everybody.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-served-public",
    control: "STO-06",
    title: "the proxy serves every upload to everybody",
    what: "A location of the proxy that serves MEDIA_URL from files without `internal`, where models of the project have file fields.",
    why: "Whoever has, guesses or is forwarded an address reads the upload, logged in or not: contracts, photographs of people, marks. Deleting the account does not help.",
    bad: "```python settings.py
INSTALLED_APPS = ['shop']
MEDIA_URL = '/media/'
MEDIA_ROOT = '/srv/media'
```
```python shop/models.py
from django.db import models

class Contract(models.Model):
    scan = models.FileField()
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /media/ { alias /srv/media/; }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    good: "```python settings.py
INSTALLED_APPS = ['shop']
MEDIA_URL = '/media/'
MEDIA_ROOT = '/srv/media'
```
```python shop/models.py
from django.db import models

class Contract(models.Model):
    scan = models.FileField()
```
```text deploy/nginx.conf
server {
    listen 443 ssl;
    location /media/ { internal; alias /srv/media/; }
    location / { proxy_pass http://127.0.0.1:8000; }
}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/security/#user-uploaded-content",
        "https://nginx.org/en/docs/http/ngx_http_core_module.html#internal",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(url) = facts.partial("MEDIA_URL").and_then(|value| value.text()) else { return };
    let bare = url.trim_matches('/');
    if bare.is_empty() || url.contains("://") {
        look.evidence("the proxy serves no uploads by MEDIA_URL", facts.place_of("MEDIA_URL"));
        return;
    }
    let mut any = false;
    for served in facts
        .edge
        .served
        .iter()
        .filter(|served| served.pattern.trim_matches('/') == bare && !served.internal)
    {
        any = true;
        let finding = look.finding(
            served.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("every file under {url} is served without asking the application"),
                consequence: "whoever has or guesses an address reads the upload, logged in or not".to_owned(),
                fix: "make the location internal and let a view that checks the user answer with X-Accel-Redirect; waive the control where all uploads are public".to_owned(),
            },
        );
        finding.confidence = plimsoll_catalog::Confidence::Medium;
        finding.related.extend(facts.code.file_fields.first().map(|at| {
            plimsoll_catalog::Related {
                at: at.clone(),
                message: "a file field of the project".to_owned(),
            }
        }));
    }
    if !any {
        if facts.edge.is_present() {
            look.evidence("no location of the proxy serves uploads to everybody", None);
        } else {
            look.undetermined(
                "how uploads are served is not in the repository",
                "add the proxy's configuration to the repository, or probe the live site",
                None,
            );
        }
    }
}
