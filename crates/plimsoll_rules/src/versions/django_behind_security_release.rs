//! `django-behind-security-release`: the pinned Django lacks releases of its series.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "django-behind-security-release",
    control: "SEC-06",
    title: "the pinned Django lacks releases of its series",
    what: "The exact version of Django against the newest of its series in the bundled table. Of a series that gets no fixes any more, `django-unsupported` speaks.",
    why: "Patch releases of a series are security and data-loss fixes: nothing else goes in.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.1
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
```",
    sources: &["https://docs.djangoproject.com/en/stable/releases/security/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(declared) = facts.versions.distributions.get("django") else {
        look.undetermined(
            "the version of Django is not declared",
            "pin Django in the requirements, or lock it",
            None,
        );
        return;
    };
    let Some(exact) = &declared.exact else {
        look.undetermined(
            "Django is not pinned: the installed release is not known",
            "lock the dependencies, or inspect the host",
            Some(declared.at.clone()),
        );
        return;
    };
    let release = exact.release();
    let series = format!(
        "{}.{}",
        release.first().copied().unwrap_or(0),
        release.get(1).copied().unwrap_or(0)
    );
    let number = |index: usize| release.get(index).and_then(|part| u32::try_from(*part).ok());
    let ended = number(0)
        .zip(number(1))
        .and_then(super::support::django)
        .is_some_and(super::support::is_over);
    if ended {
        look.undetermined(
            format!("Django {series} gets no fixes any more, which django-unsupported looks at"),
            "go to a series that gets security fixes",
            Some(declared.at.clone()),
        );
        return;
    }
    let patch = release.get(2).copied().unwrap_or(0);
    let newest = plimsoll_python::defaults(Some(&series));
    let last = newest.version.rsplit('.').next().and_then(|text| text.parse::<u64>().ok());
    match last.filter(|_| newest.version.starts_with(&format!("{series}."))) {
        Some(last) if patch < last => {
            look.finding(
                declared.at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("Django {exact} is behind {}", newest.version),
                    consequence: "holes that later releases of the same series close stay open"
                        .to_owned(),
                    fix: format!("raise it to {} or later and deploy", newest.version),
                },
            );
        }
        Some(_) => look.evidence(
            format!(
                "Django {exact} is the newest of its series in the table of {}",
                super::support::AS_OF
            ),
            Some(declared.at.clone()),
        ),
        None => look.undetermined(
            format!("Django {series} is not in the table"),
            "https://docs.djangoproject.com/en/stable/releases/security/",
            Some(declared.at.clone()),
        ),
    }
}
