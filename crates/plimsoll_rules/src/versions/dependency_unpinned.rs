//! `dependency-unpinned`: a dependency that decides how production behaves has no exact version.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::versions::Distribution;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-unpinned",
    control: "APP-08",
    title: "a dependency that decides how production behaves has no exact version",
    what: "Django, the application server, the database driver, the task queue and the REST framework among the production requirements: whether each has an exact version, or a lock names it. They are told in one finding, which is a note where each range ends below the next major version (`>=22,<23`, `~=5.2`). Every other dependency is looked at as a whole by `dependency-unlocked`. Requirements for developing and testing are left alone.",
    why: "Two installations of the same commit are two different systems, and the difference shows on the day of the emergency rebuild: a new major version of Django or of the driver, with nobody prepared.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django>=5.2
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
```",
    sources: &["https://pip.pypa.io/en/stable/topics/repeatable-installs/"],
    check,
};

pub(super) const CORE: [&str; 22] = [
    "django",
    "gunicorn",
    "uvicorn",
    "hypercorn",
    "daphne",
    "uwsgi",
    "granian",
    "psycopg",
    "psycopg2",
    "psycopg2-binary",
    "psycopg-binary",
    "mysqlclient",
    "pymysql",
    "celery",
    "django-rq",
    "huey",
    "dramatiq",
    "django-q2",
    "channels",
    "djangorestframework",
    "django-ninja",
    "redis",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    if declared.is_empty() {
        look.undetermined(
            "the project declares no dependencies",
            "add a lock or requirements file",
            None,
        );
        return;
    }
    let mut any = false;
    let mut loose: Vec<(&str, &Distribution)> = Vec::new();
    for name in CORE {
        let Some(distribution) = declared.get(name) else { continue };
        any = true;
        if let Some(version) = &distribution.exact {
            look.evidence(format!("{name} is {version}"), Some(distribution.at.clone()));
        } else if facts.versions.locked {
            // The lock is another program's, or for another group.
            look.undetermined(
                format!("{name} is not in the lock that was read"),
                "look at the installed version on the target",
                Some(distribution.at.clone()),
            );
        } else {
            loose.push((name, distribution));
        }
    }
    tell(look, &loose);
    if !any {
        look.undetermined(
            "Django is not among the requirements that were read",
            "add a lock or requirements file",
            None,
        );
    }
}

/// One finding for all of them: a lock puts them right together.
fn tell(look: &mut Look, loose: &[(&str, &Distribution)]) {
    // What accepts any later version comes first: that is where a new major version comes in.
    let open = |distribution: &Distribution| !super::is_bounded(distribution);
    let Some((_, first)) = loose.iter().find(|(_, it)| open(it)).or(loose.first()) else { return };
    let all_bounded = loose.iter().all(|(_, distribution)| !open(distribution));
    let names: Vec<String> =
        loose.iter().map(|(name, it)| format!("{name}{}", super::range(it))).collect();
    let (verb, one) = if loose.len() == 1 { ("has", "it") } else { ("have", "them") };
    let at = first.at.clone();
    let finding = look.finding(
        at.clone(),
        Fault {
            // Within a series the difference between two installations is small.
            severity: if all_bounded { Severity::Note } else { Severity::Warning },
            message: format!(
                "{} {verb} no exact version, and no lock names one",
                enumerated(&names)
            ),
            consequence: if all_bounded {
                "two installations of the same commit may differ within that range".to_owned()
            } else {
                "the next installation may bring another major version than the one that was tested".to_owned()
            },
            fix: format!("pin {one} (NAME==VERSION), or commit a lock file (uv lock, poetry lock, pip-compile)"),
        },
    );
    let others = loose.iter().filter(|(_, it)| it.at != at).take(6);
    finding.related.extend(others.map(|(name, it)| Related {
        at: it.at.clone(),
        message: format!("{name} is asked for here"),
    }));
}

fn enumerated(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
