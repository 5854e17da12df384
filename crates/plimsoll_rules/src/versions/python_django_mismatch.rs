//! `python-django-mismatch`: Django does not support the Python that production runs.

use plimsoll_catalog::{Confidence, Related, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "python-django-mismatch",
    control: "APP-08",
    title: "Django does not support the Python that production runs",
    what: "The Python that a file names for production (.python-version, runtime.txt, the image’s base) against the pinned or locked Django, by Django’s own table of supported versions. Where Django is not pinned, or its series is newer than the table, it is left open.",
    why: "Below the range pip refuses to install. Above it things break in odd places: the template context of Django 4.2 fails under Python 3.14, which takes the admin down; modules that Python dropped are missing.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==4.2.30
```
```text .python-version
3.14
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
```
```text .python-version
3.14
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/faq/install/#what-python-version-can-i-use-with-django",
    ],
    check,
};

/// A series of Django with the oldest and newest Python that it supports.
type Row = ((u64, u64), (u8, u8), (u8, u8));

/// From Django's FAQ and release notes, read on the day of [`super::support::AS_OF`]; a newest
/// Python that came with a patch release counts for the whole series.
const SUPPORTED: &[Row] = &[
    ((1, 11), (2, 7), (3, 7)),
    ((2, 0), (3, 4), (3, 7)),
    ((2, 1), (3, 5), (3, 7)),
    ((2, 2), (3, 5), (3, 9)),
    ((3, 0), (3, 6), (3, 9)),
    ((3, 1), (3, 6), (3, 9)),
    ((3, 2), (3, 6), (3, 10)),
    ((4, 0), (3, 8), (3, 10)),
    ((4, 1), (3, 8), (3, 11)),
    ((4, 2), (3, 8), (3, 12)),
    ((5, 0), (3, 10), (3, 12)),
    ((5, 1), (3, 10), (3, 13)),
    ((5, 2), (3, 10), (3, 14)),
    ((6, 0), (3, 12), (3, 14)),
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some((python, at)) = facts.versions.python_runs.clone() else {
        look.undetermined(
            "no file says which Python production runs",
            "name it: .python-version, runtime.txt, or the image's base",
            None,
        );
        return;
    };
    let Some((django, pinned_at)) = facts
        .versions
        .distributions
        .get("django")
        .and_then(|django| Some((django.exact.as_ref()?, django.at.clone())))
    else {
        look.undetermined(
            "Django's version is not pinned",
            "pin Django in the requirements or a lock file",
            Some(at),
        );
        return;
    };
    let series = (django.part(0), django.part(1));
    let Some((_, oldest, newest)) = SUPPORTED.iter().find(|(known, ..)| *known == series) else {
        look.undetermined(
            format!(
                "which Pythons Django {}.{} supports is not in the table of {}",
                series.0,
                series.1,
                super::support::AS_OF
            ),
            "https://docs.djangoproject.com/en/stable/faq/install/",
            Some(at),
        );
        return;
    };
    let text = |(major, minor): (u8, u8)| format!("{major}.{minor}");
    if (*oldest..=*newest).contains(&python) {
        look.evidence(format!("Django {django} supports Python {}", text(python)), Some(at));
        return;
    }
    let below = python < *oldest;
    let finding = look.finding(
        at,
        Fault {
            severity: if below { Severity::Error } else { Severity::Warning },
            message: format!("Django {django} supports Python {} to {}, and production runs {}", text(*oldest), text(*newest), text(python)),
            consequence: if below { "pip refuses to install this Django".to_owned() } else { "nobody tests the two together: parts of Django fail, the admin of 4.2 under 3.14 for one".to_owned() },
            fix: "run a Python of the range, or a newer series of Django".to_owned(),
        },
    );
    finding.confidence = Confidence::High;
    finding.related.push(Related { at: pinned_at, message: "Django is pinned here".to_owned() });
}
