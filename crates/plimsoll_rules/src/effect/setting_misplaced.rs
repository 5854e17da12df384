//! `setting-misplaced`: a key of a table of settings that stands at the top of the module.

use plimsoll_catalog::Severity;

use super::{installed, unused};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "setting-misplaced",
    control: "SET-13",
    title: "an entry of a table of settings stands outside of it",
    what: "Names at the top of the settings module that mean something only as an entry of a table: `CONN_MAX_AGE` belongs inside `DATABASES['default']`, `DEFAULT_THROTTLE_RATES` inside `REST_FRAMEWORK`. Left alone: names that other code of the project uses, the settings module itself included, and names that an installed package reads on their own.",
    why: "`CONN_MAX_AGE = 600` at the top of the module is copied from one answer to the next. Django looks for it in each database and nowhere else: every request opens a new connection.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'app'}}
CONN_MAX_AGE = 600
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'app', 'CONN_MAX_AGE': 600}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#databases",
        "https://www.django-rest-framework.org/api-guide/settings/",
    ],
    check,
};

/// Entries of each database that Django looks for nowhere else.
const OF_DATABASES: [&str; 5] = [
    "ATOMIC_REQUESTS",
    "AUTOCOMMIT",
    "CONN_HEALTH_CHECKS",
    "CONN_MAX_AGE",
    "DISABLE_SERVER_SIDE_CURSORS",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let installed = installed(facts);
    let mut found = facts.settings.file.is_none();
    for (name, setting) in unused(facts) {
        let Some(at) = setting.at.clone() else { continue };
        let place = if OF_DATABASES.contains(&name) {
            Some("DATABASES['default']")
        } else {
            let read = |it: &super::Installed| !it.package.read_in(name).is_empty();
            if installed.iter().any(read) {
                continue;
            }
            installed.iter().find_map(|it| {
                let series = it.series.or_else(|| it.package.newest())?;
                let tables = series.tables();
                tables
                    .into_iter()
                    .filter(|table| *table != "CELERY")
                    .find(|table| series.keys(table).contains(name))
            })
        };
        let Some(place) = place else { continue };
        found = true;
        look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!("{name} has no effect here: it is read inside {place} only"),
                consequence: "the default is in force".to_owned(),
                fix: format!("move it into {place}"),
            },
        );
    }
    if !found {
        let statement = "no entry of a table of settings stands outside of it";
        look.evidence(statement, facts.settings.file.clone().map(plimsoll_source::Span::of_file));
    }
}
