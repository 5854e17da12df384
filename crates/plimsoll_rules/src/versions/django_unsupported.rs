//! `django-unsupported`: this Django no longer gets security fixes.

use plimsoll_catalog::Severity;
use plimsoll_facts::versions::Distribution;
use plimsoll_formats::requirements::Version;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "django-unsupported",
    control: "SEC-06",
    title: "this Django no longer gets security fixes",
    what: "The pinned or locked version of Django against the end of its series’ extended support. Of a range (`>=5.0,<5.2`) the newest series that it accepts counts: where that gets fixes, what is installed is not known, and nothing is said.",
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
    // Of a range an installation takes the newest; what runs was installed some day.
    if declared.exact.is_none() {
        of_range(look, declared, version);
        return;
    }
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

/// A requirement that accepts several versions: the newest series among them decides.
fn of_range(look: &mut Look, declared: &Distribution, lowest: &[u32]) {
    let accepts = |series: (u32, u32)| {
        let Some(range) = &declared.accepts else { return true };
        // Any release of the series will do.
        (0..100).step_by(3).any(|patch| {
            let release = Version::parse(&format!("{}.{}.{patch}", series.0, series.1));
            release.is_some_and(|release| range.contains(&release))
        })
    };
    let at = declared.at.clone();
    let newest = super::support::django_series().filter(|series| accepts(*series)).max();
    let lowest: Vec<String> = lowest.iter().take(2).map(ToString::to_string).collect();
    let lowest = lowest.join(".");
    match newest.and_then(|series| Some((series, super::support::django(series)?))) {
        Some((series, ended)) if super::support::is_over(ended) => {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!(
                        "the requirement accepts Django up to {}.{}, which has had no security fixes since {}",
                        series.0,
                        series.1,
                        super::support::month(ended)
                    ),
                    consequence: "holes that are described in public stay open".to_owned(),
                    fix: "go to the newest long-term release, one series at a time, with deprecation warnings on".to_owned(),
                },
            );
        }
        newest => {
            let newest = newest.map_or(String::new(), |((major, minor), _)| {
                format!(", {major}.{minor} among them")
            });
            look.undetermined(
                format!("the requirement accepts Django {lowest} and later{newest}; which one was installed is not known"),
                "pin Django, or look on the host: python -m django --version",
                Some(at),
            );
        }
    }
}
