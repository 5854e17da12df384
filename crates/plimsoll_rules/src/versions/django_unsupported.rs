//! `django-unsupported`: this Django no longer gets security fixes.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "django-unsupported",
    control: "SEC-06",
    title: "this Django no longer gets security fixes",
    what: "The pinned or locked version of Django (or the lowest that is accepted) against the end of its series’ extended support.",
    why: "Django publishes several security releases a year. A series past its end gets none, and the holes are described in public with the fix for the next series.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==4.1.13
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
```",
    sources: &["https://www.djangoproject.com/download/#supported-versions"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (Some(version), Some(declared)) =
        (facts.django.as_deref(), facts.versions.distributions.get("django"))
    else {
        look.undetermined(
            "the version of Django is not declared",
            "pin Django in the requirements, or lock it",
            None,
        );
        return;
    };
    let at = declared.at.clone();
    let series = (version.first().copied().unwrap_or(0), version.get(1).copied().unwrap_or(0));
    match super::support::django(series) {
        Some(ended) if super::support::is_over(ended) => {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("Django {}.{} has had no security fixes since {}", series.0, series.1, super::support::month(ended)),
                    consequence: "holes that are described in public stay open".to_owned(),
                    fix: "go to the newest long-term release, one series at a time, with deprecation warnings on".to_owned(),
                },
            );
        }
        Some(ends) => look.evidence(
            format!(
                "Django {}.{} gets security fixes until {}",
                series.0,
                series.1,
                super::support::month(ends)
            ),
            Some(at),
        ),
        None => look.undetermined(
            format!(
                "the end of support of Django {}.{} is not in the table of {}",
                series.0,
                series.1,
                super::support::AS_OF
            ),
            "https://www.djangoproject.com/download/#supported-versions",
            Some(at),
        ),
    }
}
