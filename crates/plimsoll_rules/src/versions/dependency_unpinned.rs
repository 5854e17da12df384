//! `dependency-unpinned`: a dependency that decides how production behaves has no exact version.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-unpinned",
    control: "APP-08",
    title: "a dependency that decides how production behaves has no exact version",
    what: "Django, the application server, the database driver, the task queue and the REST framework among the production requirements: whether each has an exact version, or a lock names it. Every other dependency is looked at as a whole by `dependency-unlocked`. Requirements for developing and testing are left alone.",
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

const CORE: [&str; 22] = [
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
            let lowest = distribution
                .lowest
                .as_ref()
                .map_or(String::new(), |version| format!(", {version} or later,"));
            look.finding(
                distribution.at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("{name}{lowest} has no exact version, and no lock names one"),
                    consequence: "the next installation may bring another version than the one that was tested".to_owned(),
                    fix: format!("pin {name}==VERSION, or commit a lock file (uv lock, poetry lock, pip-compile)"),
                },
            );
        }
    }
    if !any {
        look.undetermined(
            "Django is not among the requirements that were read",
            "add a lock or requirements file",
            None,
        );
    }
}
