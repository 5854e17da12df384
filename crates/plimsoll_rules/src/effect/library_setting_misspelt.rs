//! `library-setting-misspelt`: a setting differs by a slip from one that an installed library reads.

use plimsoll_catalog::Severity;
use plimsoll_python::settings_atlas::atlas;

use super::{family, installed, unused};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "library-setting-misspelt",
    control: "SET-13",
    title: "a setting differs by a slip from one that an installed library reads",
    what: "Settings that no package of the atlas knows and that are one letter, or one swap, away from a setting of a package that the project installs, where that one is not set itself. Left alone: names that the project's own code uses.",
    why: "`CORS_ALLOWED_ORIGIN = […]` is valid Python. No program complains, and the library works with its default.",
    bad: "```python settings.py
INSTALLED_APPS = ['corsheaders']
CORS_ALLOWED_ORIGIN = ['https://app.example.org']
```
```text requirements.txt
Django==5.2.1
django-cors-headers==4.4.0
```",
    good: "```python settings.py
INSTALLED_APPS = ['corsheaders']
CORS_ALLOWED_ORIGINS = ['https://app.example.org']
```
```text requirements.txt
Django==5.2.1
django-cors-headers==4.4.0
```",
    sources: &["https://github.com/adamchainz/django-cors-headers#configuration"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let installed = installed(facts);
    if installed.is_empty() {
        return;
    }
    let mut found = false;
    for (name, setting) in unused(facts) {
        let Some(at) = setting.at.clone() else { continue };
        if name.len() < 8 || atlas().packages().any(|package| package.has(name)) {
            continue;
        }
        let meant = installed.iter().find_map(|it| {
            let series = it.series.or_else(|| it.package.newest())?;
            let meant = family(it.package, name)?
                .into_iter()
                .find(|read| crate::is_slip(name, read) && series.settings().any(|s| s == *read))?;
            Some((meant, it.package.name))
        });
        let Some((meant, package)) = meant.filter(|(meant, _)| !facts.is_set(meant)) else {
            continue;
        };
        found = true;
        let repair = crate::repairs::rename(&at, name, meant);
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Error,
                message: format!("{name} is no setting of {package}'s; {meant} is"),
                consequence: format!("{meant} has its default"),
                fix: format!("write {meant}"),
            },
        );
        finding.repair = Some(repair);
    }
    if !found {
        let statement = "no setting is a slip away from one that an installed library reads";
        look.evidence(statement, facts.settings.file.clone().map(plimsoll_source::Span::of_file));
    }
}
