//! `dependency-unsupported`: a direct dependency is abandoned or past its end of life.

use plimsoll_catalog::Severity;

use super::packages::{Package, table};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-unsupported",
    control: "SEC-06",
    title: "a direct dependency is abandoned or past its end of life",
    what: "The packages that the project itself asks for, against a bundled table with a date, of packages that are abandoned, renamed or replaced, or that have series their makers no longer fix. The table holds only what the makers say, or the package index shows, with where; a package that it does not name is not thereby in good health. What other packages bring along is left alone, and so is a package whose version cannot be told where only old series are affected. Django and Python have rules of their own.",
    why: "Nobody looks for holes in an abandoned package except those who want to use them, and nobody will publish the fix. It also holds the project back: it is what breaks at the next upgrade of Django, when there is no time for it.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
raven==6.10.0
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
sentry-sdk==2.30.0
```",
    sources: &["https://owasp.org/Top10/A06_2021-Vulnerable_and_Outdated_Components/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    if declared.is_empty() {
        look.undetermined(
            "the project declares no dependencies",
            "keep the requirements or the lock in the repository",
            None,
        );
        return;
    }
    let direct = declared.values().filter(|distribution| distribution.direct).count();
    let table = table();
    let mut found = false;
    for package in &table.packages {
        let Some(distribution) = declared.get(package.name).filter(|known| known.direct) else {
            continue;
        };
        let version = distribution.exact.as_ref().or(distribution.lowest.as_ref());
        match (&package.since, version) {
            (Some(since), Some(version)) if version >= since => {}
            (Some(since), None) => look.undetermined(
                format!(
                    "the version of {} is not declared, and series before {since} get no fixes",
                    package.name
                ),
                "pin it, or inspect what is installed",
                Some(distribution.at.clone()),
            ),
            // A lower bound may be long past.
            (Some(since), Some(_)) if distribution.exact.is_none() => look.undetermined(
                format!("{} may be older than {since}", package.name),
                "pin it, or inspect what is installed",
                Some(distribution.at.clone()),
            ),
            _ => {
                found = true;
                let shown = version.filter(|_| package.since.is_some()).map(ToString::to_string);
                let fault = fault(package, shown.as_deref());
                look.finding(distribution.at.clone(), fault);
            }
        }
    }
    if !found && direct > 0 {
        look.evidence(
            format!(
                "none of {direct} direct dependencies is in the table of unsupported packages of {}",
                table.as_of
            ),
            None,
        );
    }
}

fn fault(package: &Package, version: Option<&str>) -> Fault {
    let name = match version {
        Some(version) => format!("{} {version}", package.name),
        None => package.name.to_owned(),
    };
    Fault {
        severity: Severity::Warning,
        message: format!("{name} is not supported: {}", package.state),
        consequence: "a hole that is found in it stays open, and the next upgrade of Django or Python stops at it".to_owned(),
        fix: format!("move to {} ({})", package.instead, package.source),
    }
}
