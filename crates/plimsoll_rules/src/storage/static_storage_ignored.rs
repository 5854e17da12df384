//! `static-storage-ignored`: STATICFILES_STORAGE is set on a Django that ignores it.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "static-storage-ignored",
    control: "STO-03",
    title: "STATICFILES_STORAGE is set on a Django that ignores it",
    what: "STATICFILES_STORAGE on Django 5.1 or later, which reads STORAGES only.",
    why: "static files get neither hashes nor compression, and nothing says so: no warning, no error.",
    bad: "```python settings.py
STATICFILES_STORAGE = 'storages.backends.s3.S3Storage'
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
    let Some(at) = facts.place_of("STATICFILES_STORAGE") else { return };
    if !facts.is_set("STATICFILES_STORAGE") {
        look.evidence("STATICFILES_STORAGE is not set", Some(at));
        return;
    }
    match facts.django_at_least(5, 1) {
        Some(true) => {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: "STATICFILES_STORAGE is set, and Django has ignored it since 5.1"
                        .to_owned(),
                    consequence: "static files get neither hashes nor compression".to_owned(),
                    fix: "move the backend to STORAGES['staticfiles']['BACKEND']".to_owned(),
                },
            );
        }
        Some(false) => {
            look.evidence("this version of Django still reads STATICFILES_STORAGE", Some(at))
        }
        None => look.undetermined(
            "STATICFILES_STORAGE is set and the version of Django is not known",
            "pin Django in the requirements",
            Some(at),
        ),
    }
}
