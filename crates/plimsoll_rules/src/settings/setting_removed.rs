//! `setting-removed`: a setting that the project's Django no longer reads.

use plimsoll_catalog::Severity;
use plimsoll_python::removed_settings;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "setting-removed",
    control: "SET-13",
    title: "a setting that the project's Django no longer reads",
    what: "Settings of the project that its version of Django has removed; Django says nothing of them.",
    why: "The setting looks as if it were in force: a storage, a session serialiser, a security switch. The default is in force.",
    bad: "```python settings.py
STATICFILES_STORAGE = 'whitenoise.storage.CompressedManifestStaticFilesStorage'
```
```text requirements.txt
Django==5.2.1
```",
    good: "```python settings.py
STORAGES = {'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'}, 'staticfiles': {'BACKEND': 'whitenoise.storage.CompressedManifestStaticFilesStorage'}}
```
```text requirements.txt
Django==5.2.1
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/internals/deprecation/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(version) = &facts.django else {
        look.undetermined(
            "the version of Django is not known",
            "pin Django in the requirements",
            None,
        );
        return;
    };
    let mut found = false;
    for removed in removed_settings() {
        let Some(removed_in) = removed.removed_in else { continue };
        let since: Vec<u32> = removed_in.split('.').filter_map(|part| part.parse().ok()).collect();
        // The obsolete XSS filter has a rule and a control of its own.
        if version.as_slice() < since.as_slice()
            || !facts.is_set(removed.name)
            || removed.name == "SECURE_BROWSER_XSS_FILTER"
        {
            continue;
        }
        let Some(at) = facts.place_of(removed.name) else { continue };
        found = true;
        look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{} has no effect: Django removed it in {}",
                    removed.name, removed_in
                ),
                consequence: "the default is in force, whatever the setting says".to_owned(),
                fix: format!("take it out; in its place: {}", removed.instead),
            },
        );
    }
    if !found {
        look.evidence(
            "no setting is one that this version of Django has removed",
            facts.settings.file.clone().map(plimsoll_source::Span::of_file),
        );
    }
}
