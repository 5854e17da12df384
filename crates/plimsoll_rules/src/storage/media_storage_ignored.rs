//! `media-storage-ignored`: DEFAULT_FILE_STORAGE is set on a Django that ignores it.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-storage-ignored",
    control: "STO-05",
    title: "DEFAULT_FILE_STORAGE is set on a Django that ignores it",
    what: "DEFAULT_FILE_STORAGE on Django 5.1 or later, which reads STORAGES only.",
    why: "uploads are written to the local disk of a machine or container, and nothing says so: no warning, no error.",
    bad: "```python settings.py
DEFAULT_FILE_STORAGE = 'storages.backends.s3.S3Storage'
```
```text requirements.txt
Django==5.2.1
```",
    good: "```python settings.py
STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}, 'staticfiles': {'BACKEND': 'storages.backends.s3.S3Storage'}}
```
```text requirements.txt
Django==5.2.1
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/releases/5.1/#features-removed-in-5-1",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(at) = facts.place_of("DEFAULT_FILE_STORAGE") else { return };
    if !facts.is_set("DEFAULT_FILE_STORAGE") {
        look.evidence("DEFAULT_FILE_STORAGE is not set", Some(at));
        return;
    }
    match facts.django_at_least(5, 1) {
        Some(true) => {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: "DEFAULT_FILE_STORAGE is set, and Django has ignored it since 5.1"
                        .to_owned(),
                    consequence: "uploads are written to the local disk of a machine or container"
                        .to_owned(),
                    fix: "move the backend to STORAGES['default']['BACKEND']".to_owned(),
                },
            );
        }
        Some(false) => {
            look.evidence("this version of Django still reads DEFAULT_FILE_STORAGE", Some(at))
        }
        None => look.undetermined(
            "DEFAULT_FILE_STORAGE is set and the version of Django is not known",
            "pin Django in the requirements",
            Some(at),
        ),
    }
}
