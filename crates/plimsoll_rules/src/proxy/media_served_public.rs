//! `media-served-public`: the proxy serves every upload to everybody.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-served-public",
    control: "STO-06",
    title: "the proxy serves every upload to everybody",
    what: "A location of the proxy that serves MEDIA_URL from files without `internal`, where models of the project have file fields. Where all fields are pictures by kind and name (avatar, cover, logo, product photo), it is a note; a plain file, or a picture of a document (`passport_scan`, `upload_to='contracts'`), makes it a warning.",
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
        look.undetermined(
            "uploads are not served below a path of the site; who may read them where they are is not in the repository",
            "ask for a private upload without a login, where it is served",
            facts.place_of("MEDIA_URL"),
        );
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
        if facts.code.file_fields.is_empty() {
            look.undetermined(
                format!(
                    "every file under {url} is served to everybody, and no model has a file field"
                ),
                "look whether the project takes uploads in another way",
                Some(served.at.clone()),
            );
            continue;
        }
        let private = facts.code.private_files.first();
        let message = format!("every file under {url} is served without asking the application");
        if private.is_none() {
            // Pictures of goods and people's own portraits are made to be shown; who may see them is
            // for the owner to say.
            look.undetermined(
                format!("{message}; by their names all uploads are pictures to be shown"),
                "say whether all uploads are for everybody",
                Some(served.at.clone()),
            );
        }
        let finding = look.finding(
            served.at.clone(),
            Fault {
                severity: if private.is_some() { Severity::Warning } else { Severity::Note },
                message: match private {
                    Some(_) => message,
                    None => format!("{message}; by their names all uploads are pictures to be shown"),
                },
                consequence: "whoever has or guesses an address reads the upload, logged in or not".to_owned(),
                fix: "where some uploads are not for everybody, make the location internal and let a view that checks the user answer with X-Accel-Redirect; waive the control where all are".to_owned(),
            },
        );
        finding.confidence = plimsoll_catalog::Confidence::Medium;
        finding.related.extend(private.or(facts.code.file_fields.first()).map(|at| {
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
