//! `settings-module-development`: an entry point falls back to development settings.

use plimsoll_catalog::Severity;
use plimsoll_facts::mentions::Place;

use super::entry_points::{Usage, usage};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "settings-module-development",
    control: "SET-04",
    title: "an entry point falls back to development settings",
    what: "The settings module that wsgi.py, asgi.py, the Celery application and manage.py set where the environment names none. An error where a process of production loads the entry point and its whole environment names no settings module; a note where every process that the repository declares names one, and for an asgi.py that nothing serves.",
    why: "A command run by hand on the host, a cron job or a unit without its environment file gets the development settings: DEBUG on, another database, mail to the console. `manage.py migrate` then migrates a SQLite file and reports success.",
    bad: "```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.development')
```
```python conf/__init__.py
```
```python conf/development.py
DEBUG = True
```
```python conf/production.py
DEBUG = False
```",
    good: "```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'conf.production')
```
```python conf/__init__.py
```
```python conf/development.py
DEBUG = True
```
```python conf/production.py
DEBUG = False
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/howto/deployment/wsgi/#configuring-the-settings-module",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let chosen = facts.settings.module.as_str();
    let entry_points = facts.production_mentions().filter(|mention| {
        matches!(mention.place, Place::Wsgi | Place::Asgi | Place::Celery | Place::Manage)
    });
    let mut good = 0;
    for mention in entry_points.collect::<Vec<_>>() {
        if mention.module == chosen || !facts.is_development(&mention.module) {
            good += 1;
            continue;
        }
        let used = usage(facts, mention);
        let severity = match used {
            Usage::Bare => Severity::Error,
            Usage::Unknown => Severity::Warning,
            Usage::Given | Usage::Unserved => Severity::Note,
        };
        look.finding(
            mention.at.clone(),
            Fault {
                severity,
                message: format!("{} falls back to the development settings {}", mention.place.name(), mention.module),
                consequence: match used {
                    Usage::Given => "the processes that the repository declares name their settings; one that is started by hand without DJANGO_SETTINGS_MODULE runs with development settings",
                    Usage::Unserved => "nothing in the repository serves it; a server that is started with it and without DJANGO_SETTINGS_MODULE runs with development settings",
                    Usage::Bare | Usage::Unknown => "a process that is started without DJANGO_SETTINGS_MODULE runs with development settings, and nothing says so",
                }.to_owned(),
                fix: format!("fall back to {chosen}, and set the variable on development machines"),
            },
        );
    }
    if good > 0 {
        look.evidence(
            format!("{good} entry points fall back to settings that are not for development"),
            None,
        );
    }
}
