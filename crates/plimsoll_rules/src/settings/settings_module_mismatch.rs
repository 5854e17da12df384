//! `settings-module-mismatch`: two processes of the deployment run on different settings.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::mentions::Place;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "settings-module-mismatch",
    control: "SET-04",
    title: "two processes of the deployment run on different settings",
    what: "The settings modules named by what starts production: units, compose files, Dockerfiles, process files, env files.",
    why: "Web and worker then differ in database, broker, mail or time zone. A task that the site queues is run by a worker that sees another world, and no error says why.",
    bad: "```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a')
```
```python a.py
DEBUG = False
```
```python b.py
DEBUG = False
```
```text Procfile
web: DJANGO_SETTINGS_MODULE=a gunicorn shop.wsgi
worker: DJANGO_SETTINGS_MODULE=b celery -A shop worker
```",
    good: "```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a')
```
```python a.py
DEBUG = False
```
```python b.py
DEBUG = False
```
```text Procfile
web: DJANGO_SETTINGS_MODULE=a gunicorn shop.wsgi
worker: DJANGO_SETTINGS_MODULE=a celery -A shop worker
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/settings/#designating-the-settings",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let chosen = facts.settings.module.as_str();
    let starts: Vec<_> = facts
        .production_mentions()
        .filter(|mention| {
            matches!(
                mention.place,
                Place::Unit | Place::Compose | Place::Dockerfile | Place::Platform | Place::EnvFile
            )
        })
        .collect();
    let first = starts.iter().find(|mention| mention.module == chosen);
    let mut agreed = true;
    for other in
        starts.iter().filter(|mention| mention.module != chosen && facts.resolves(&mention.module))
    {
        agreed = false;
        let finding = look.finding(
            other.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{} runs on {} and other processes of the deployment on {chosen}", other.place.name(), other.module),
                consequence: "processes that share a database and a queue see different settings".to_owned(),
                fix: "give every process the same settings module, in one place that all of them read".to_owned(),
            },
        );
        if let Some(first) = first {
            finding
                .related
                .push(Related { at: first.at.clone(), message: format!("{chosen} is named here") });
        }
    }
    // Entry points name the module where nothing else does; where that is another one than the
    // module looked at, which of the two production runs on depends on its environment.
    let mut entry_points = facts.production_mentions().filter(|mention| {
        matches!(mention.place, Place::Wsgi | Place::Asgi) && mention.module != chosen
    });
    if first.is_none()
        && let Some(other) = entry_points.find(|mention| facts.resolves(&mention.module))
    {
        look.undetermined(
            format!(
                "{} names {}, and no file that starts a process says that it runs on {chosen}",
                other.place.name(),
                other.module
            ),
            format!("look at DJANGO_SETTINGS_MODULE of the running process, or check with --settings {}", other.module),
            Some(other.at.clone()),
        );
        return;
    }
    if agreed {
        let count = starts.len();
        look.evidence(
            if count == 0 {
                "no file that starts a process names another settings module".to_owned()
            } else {
                format!("all {count} files that start processes name {chosen}")
            },
            first.map(|mention| mention.at.clone()),
        );
    }
}
