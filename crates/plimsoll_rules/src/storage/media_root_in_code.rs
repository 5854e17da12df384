//! `media-root-in-code`: MEDIA_ROOT lies inside the code that a release replaces.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-root-in-code",
    control: "STO-05",
    title: "MEDIA_ROOT lies inside the code that a release replaces",
    what: "MEDIA_ROOT below the folder of the project, where models have file fields and uploads stay on the local disk. The folder may be a volume or a link on the host: the finding is a guess of medium confidence.",
    why: "A deployment that puts a new copy of the code in place of the old one, or starts a new container, leaves the uploads behind; and the service must be able to write into its own code.",
    bad: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
INSTALLED_APPS = ['shop']
MEDIA_ROOT = BASE_DIR / 'media'
```
```python shop/models.py
from django.db import models

class Item(models.Model):
    image = models.ImageField(upload_to='items')
```",
    good: "```python settings.py
INSTALLED_APPS = ['shop']
MEDIA_ROOT = '/srv/rota/media'
```
```python shop/models.py
from django.db import models

class Item(models.Model):
    image = models.ImageField(upload_to='items')
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#media-root"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if super::media_is_remote(facts) {
        look.evidence("uploads go to a remote storage", facts.place_of("STORAGES"));
        return;
    }
    let Some(at) = facts.place_of("MEDIA_ROOT") else { return };
    let Some(root) = facts.certain("MEDIA_ROOT").and_then(|value| value.text()) else {
        look.undetermined("MEDIA_ROOT is not known", crate::way_to_know("MEDIA_ROOT"), Some(at));
        return;
    };
    let code = facts.absolute_root.as_str();
    let inside = !code.is_empty()
        && root.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(field) = facts.code.file_fields.first() else {
        look.evidence("no model of the project has a file field", Some(at));
        return;
    };
    if !inside {
        look.evidence(format!("MEDIA_ROOT is {root}, outside of the code"), Some(at));
        return;
    }
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: "MEDIA_ROOT lies inside the folder of the code".to_owned(),
            consequence: "a release that replaces the folder, or a new container, leaves the uploads behind".to_owned(),
            fix: "give uploads a folder of their own outside the code, or mount a volume there and waive this rule".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
    finding.related.push(plimsoll_catalog::Related {
        at: field.clone(),
        message: "a file field of the project".to_owned(),
    });
}
