//! `setting-removed`: a setting that the project's Django no longer reads.

use plimsoll_catalog::Severity;
use plimsoll_python::{Value, removed_settings};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "setting-removed",
    control: "SET-13",
    title: "a setting that the project's Django no longer reads",
    what: "Settings of the project that its version of Django has removed; Django says nothing of them. One that says what is in force anyway (`USE_L10N = True`) is a note. The storages and the XSS filter have rules of their own: static-storage-ignored, media-storage-ignored, xss-filter-setting-obsolete.",
    why: "The setting looks as if it were in force: a session serialiser, a lifetime, a security switch. The default is in force.",
    bad: "```python settings.py
PASSWORD_RESET_TIMEOUT_DAYS = 1
```
```text requirements.txt
Django==5.2.1
```",
    good: "```python settings.py
PASSWORD_RESET_TIMEOUT = 86400
```
```text requirements.txt
Django==5.2.1
```",
    sources: &["https://docs.djangoproject.com/en/stable/internals/deprecation/"],
    check,
};

/// Settings that rules of their own look at, which say more of what follows.
const ELSEWHERE: [(&str, &str); 3] = [
    ("SECURE_BROWSER_XSS_FILTER", "xss-filter-setting-obsolete"),
    ("STATICFILES_STORAGE", "static-storage-ignored"),
    ("DEFAULT_FILE_STORAGE", "media-storage-ignored"),
];

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
        if version.as_slice() < since.as_slice() || !facts.is_set(removed.name) {
            continue;
        }
        if let Some((_, rule)) = ELSEWHERE.iter().find(|(name, _)| *name == removed.name) {
            found = true;
            look.undetermined(
                format!("{} was removed in {removed_in}; {rule} tells what follows", removed.name),
                format!("look at what {rule} says"),
                facts.place_of(removed.name),
            );
            continue;
        }
        let Some(at) = facts.place_of(removed.name) else { continue };
        // Set to what is in force anyway: a line that nobody misses.
        let same =
            facts.partial(removed.name).is_some_and(|value| is_last_default(removed.name, value));
        if !same {
            found = true;
        }
        look.finding(
            at,
            Fault {
                severity: if same { Severity::Note } else { Severity::Warning },
                message: format!(
                    "{} has no effect: Django removed it in {}",
                    removed.name, removed_in
                ),
                consequence: match same {
                    true => "nothing changes: it says what is in force anyway",
                    false => "the default is in force, whatever the setting says",
                }
                .to_owned(),
                fix: format!("take it out; in its place: {}", removed.instead),
            },
        );
    }
    if !found {
        look.evidence(
            "no setting that this version of Django has removed says something else than what is in force",
            facts.settings.file.clone().map(plimsoll_source::Span::of_file),
        );
    }
}

/// Whether a value is the default that the last versions of Django with the setting had.
fn is_last_default(name: &str, value: &Value) -> bool {
    ["5.2", "4.2", "3.2", "2.2"]
        .iter()
        .find_map(|series| plimsoll_python::defaults(Some(series)).get(name).cloned())
        .is_some_and(|default| default == *value)
}
