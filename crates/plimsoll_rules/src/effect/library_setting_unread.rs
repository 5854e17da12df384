//! `library-setting-unread`: a setting that the installed version of its library does not read.

use plimsoll_catalog::Severity;
use plimsoll_python::settings_atlas::{Reads, atlas};

use super::{family, installed, may_be_unlisted, unused};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "library-setting-unread",
    control: "SET-13",
    title: "a setting that the installed version of its library does not read",
    what: "Settings that other versions of an installed package read and the pinned one does not: it renamed or removed them, or does not have them yet. The atlas of settings behind this rule was extracted from the packages' releases. Left alone: settings that the project's own code uses, that any other installed package names, and packages without an exact version.",
    why: "Libraries rename their settings between major versions and say so in a change log that nobody reads twice. The old name stays in the settings and looks as if the lockout, the policy or the limit were in force.",
    bad: "```python settings.py
INSTALLED_APPS = ['axes']
AXES_USE_ATTEMPT_EXPIRATION = True
```
```text requirements.txt
Django==4.2.20
django-axes==6.5.2
```",
    good: "```python settings.py
INSTALLED_APPS = ['axes']
AXES_LOCKOUT_PARAMETERS = [['username', 'ip_address']]
```
```text requirements.txt
Django==4.2.20
django-axes==6.5.2
```",
    sources: &[
        "https://pypi.org/",
        "https://django-axes.readthedocs.io/en/latest/4_configuration.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let installed = installed(facts);
    let mut looked_at = 0;
    let mut found = false;
    for (name, setting) in unused(facts) {
        let Some(at) = setting.at.clone() else { continue };
        let of = installed.iter().find_map(|it| {
            let series = it.series?;
            let read_in = it.package.read_in(name);
            (!read_in.is_empty() && family(it.package, name).is_some()).then_some((series, read_in))
        });
        let Some((series, read_in)) = of else { continue };
        // Celery's names depend on how it is configured, which has a rule of its own.
        if series.package.name == "celery" || may_be_unlisted(facts, name) {
            continue;
        }
        looked_at += 1;
        if series.reads(name) != Reads::No || installed.iter().any(|it| it.may_read(name)) {
            continue;
        }
        found = true;
        let package = series.package.name;
        let spans: Vec<String> = read_in
            .iter()
            .map(|(first, last)| match first == last {
                true => (*first).to_owned(),
                false => format!("{first} to {last}"),
            })
            .collect();
        look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{name} has no effect: {package} {} does not read it; {package} {} does",
                    series.version(),
                    spans.join(" and "),
                ),
                consequence: format!(
                    "what it asks for is not in force; {package} uses its default"
                ),
                fix: format!(
                    "look up in the change log of {package} what took its place, or take it out"
                ),
            },
        );
    }
    if !found && looked_at > 0 {
        let which = format!(
            "the settings of libraries are read by their pinned versions (atlas of {})",
            atlas().date
        );
        look.evidence(which, facts.settings.file.clone().map(plimsoll_source::Span::of_file));
    }
}
