//! `setting-misspelt`: a setting differs by a slip from one that Django reads.

use plimsoll_catalog::Severity;
use plimsoll_python::Origin;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "setting-misspelt",
    control: "SET-13",
    title: "a setting differs by a slip from one that Django reads",
    what: "Settings of the project that Django does not know and whose name is one letter, or one swap, away from one that it does, where that one is not set itself.",
    why: "`SESSION_COOKIE_SECRUE = True` is valid Python, and the session cookie is sent in clear.",
    bad: "```python settings.py
SESSION_COOKIE_SECRUE = True
```",
    good: "```python settings.py
SESSION_COOKIE_SECURE = True
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/"],
    check,
};

/// Settings of well-known libraries that are named almost like one of Django's.
const LIBRARIES: [&str; 1] = ["ASGI_APPLICATION"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let defaults: Vec<&str> = facts
        .settings
        .settings
        .iter()
        .filter(|(_, s)| s.origin == Origin::Default)
        .map(|(name, _)| name.as_str())
        .collect();
    let known = plimsoll_python::defaults(None);
    let mut any = false;
    for (name, setting) in &facts.settings.settings {
        if LIBRARIES.contains(&name.as_str()) {
            continue;
        }
        let is_djangos = known.get(name).is_some() || defaults.contains(&name.as_str());
        if setting.origin != Origin::Project || is_djangos || name.len() < 6 {
            continue;
        }
        let Some(meant) = defaults.iter().find(|default| crate::is_slip(name, default)) else {
            continue;
        };
        let Some(at) = setting.at.clone() else { continue };
        any = true;
        let repair = crate::repairs::rename(&at, name, meant);
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Error,
                message: format!("{name} is no setting of Django's; {meant} is"),
                consequence: format!("{meant} has its default"),
                fix: format!("write {meant}"),
            },
        );
        finding.repair = Some(repair);
    }
    if !any && !facts.settings.settings.is_empty() {
        look.evidence(
            "no setting is a slip away from one of Django's",
            facts.settings.file.clone().map(plimsoll_source::Span::of_file),
        );
    }
}
