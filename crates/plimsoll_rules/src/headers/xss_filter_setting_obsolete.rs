//! `xss-filter-setting-obsolete`: SECURE_BROWSER_XSS_FILTER is set on a Django that ignores it.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "xss-filter-setting-obsolete",
    control: "HDR-05",
    title: "SECURE_BROWSER_XSS_FILTER is set on a Django that ignores it",
    what: "SECURE_BROWSER_XSS_FILTER in the settings of a project on Django 4.0 or later, which removed it.",
    why: "The setting does nothing, and its presence says that somebody believes in a filter that browsers have dropped because it opened holes of its own. A note: no harm is done but to the reader.",
    bad: "```python settings.py
SECURE_BROWSER_XSS_FILTER = True
```
```text requirements.txt
Django==5.2.1
```",
    good: "```python settings.py
SECURE_CONTENT_TYPE_NOSNIFF = True
```
```text requirements.txt
Django==5.2.1
```",
    sources: &["https://docs.djangoproject.com/en/stable/releases/4.0/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !facts.is_set("SECURE_BROWSER_XSS_FILTER") {
        look.evidence(
            "SECURE_BROWSER_XSS_FILTER is not set",
            facts.settings.file.clone().map(plimsoll_source::Span::of_file),
        );
        return;
    }
    let (Some(at), Some(at_least)) =
        (facts.place_of("SECURE_BROWSER_XSS_FILTER"), facts.django_at_least(4, 0))
    else {
        look.undetermined(
            "SECURE_BROWSER_XSS_FILTER is set and the version of Django is not known",
            "pin Django in the requirements",
            facts.place_of("SECURE_BROWSER_XSS_FILTER"),
        );
        return;
    };
    if at_least {
        look.finding(
            at,
            Fault {
                severity: Severity::Note,
                message: "SECURE_BROWSER_XSS_FILTER is set, and Django has ignored it since 4.0"
                    .to_owned(),
                consequence: "nothing: no header is sent, and whoever counts on one is wrong"
                    .to_owned(),
                fix: "take the setting out; a Content-Security-Policy does what it was meant for"
                    .to_owned(),
            },
        );
    } else {
        look.evidence("this version of Django still reads SECURE_BROWSER_XSS_FILTER", Some(at));
    }
}
