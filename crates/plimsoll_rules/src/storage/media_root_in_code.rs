//! `media-root-in-code`: MEDIA_ROOT lies inside the code that a release replaces.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-root-in-code",
    control: "STO-05",
    title: "MEDIA_ROOT lies inside the code that a release replaces",
    what: "MEDIA_ROOT below the folder of the project, where models have file fields and uploads stay on the local disk. The folder may be a link on the host, and a release may only pull: the finding is a note; on a hosting platform that gives each release a new disk, a warning. Where a volume is mounted over it in the container that serves, it is evidence. media-root-ephemeral tells of containers that lose uploads, release-loses-data of releases that delete them.",
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
    let mounted = facts.interiors.iter().filter(|one| one.serves()).find_map(|interior| {
        let path = super::path_inside(facts, interior, root)?;
        interior.mount_over(&path).map(|mount| mount.at.clone())
    });
    if let Some(mount) = mounted {
        look.evidence(
            "MEDIA_ROOT lies inside the code, and a volume is mounted over it",
            Some(mount),
        );
        return;
    }
    look.undetermined(
        "MEDIA_ROOT lies inside the folder of the code; whether a release replaces it is not told",
        "look whether the folder is a link or a mount on the host, or how a release gets there",
        Some(at.clone()),
    );
    // A platform starts each release on a disk of its own.
    let platform = crate::platform::managed_by(facts);
    let finding = look.finding(
        at,
        Fault {
            severity: if platform.is_some() { Severity::Warning } else { Severity::Note },
            message: match platform {
                Some(platform) => format!("MEDIA_ROOT lies inside the folder of the code, and {platform} gives each release a new disk"),
                None => "MEDIA_ROOT lies inside the folder of the code".to_owned(),
            },
            consequence: match platform {
                Some(_) => "each release loses the uploads, unless a volume is attached there",
                None => "a release that replaces the folder, or a new container, leaves the uploads behind; one that only pulls does not",
            }.to_owned(),
            fix: "give uploads a folder of their own outside the code, or mount a volume there and waive this rule".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
    finding.related.push(plimsoll_catalog::Related {
        at: field.clone(),
        message: "a file field of the project".to_owned(),
    });
}
