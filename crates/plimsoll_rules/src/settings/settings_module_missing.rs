//! `settings-module-missing`: an entry point names a settings module that is not there.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "settings-module-missing",
    control: "SET-04",
    title: "an entry point names a settings module that is not there",
    what: "Every place of the deployment that names a settings module: entry points, units, compose files, Dockerfiles, process files, env files.",
    why: "The process that is started from there stops with ModuleNotFoundError. When it is the worker or a nightly command, nobody sees it until its work is missed.",
    bad: "```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')
```
```python settings.py
DEBUG = False
```
```text Procfile
worker: DJANGO_SETTINGS_MODULE=shop.settings.prod celery -A shop worker
```",
    good: "```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')
```
```python settings.py
DEBUG = False
```
```text Procfile
worker: DJANGO_SETTINGS_MODULE=settings celery -A shop worker
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/settings/#designating-the-settings",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut seen = 0;
    for mention in facts.production_mentions() {
        seen += 1;
        if facts.resolves(&mention.module) {
            continue;
        }
        look.finding(
            mention.at.clone(),
            Fault {
                severity: Severity::Error,
                message: format!(
                    "{} names the settings module {}, which is not in the repository",
                    mention.place.name(),
                    mention.module
                ),
                consequence: "the process that starts from here stops with ModuleNotFoundError"
                    .to_owned(),
                fix: "name a module that exists, as seen from the folder of manage.py".to_owned(),
            },
        );
    }
    if seen > 0 {
        look.evidence(format!("{seen} places of the deployment name a settings module"), None);
    }
}
