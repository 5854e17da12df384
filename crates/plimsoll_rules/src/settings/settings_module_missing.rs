//! `settings-module-missing`: an entry point names a settings module that is not there.

use plimsoll_catalog::Severity;
use plimsoll_facts::Facts;
use plimsoll_facts::mentions::{Mention, Place};

use super::entry_points::{Usage, usage};
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
        let is_entry =
            matches!(mention.place, Place::Wsgi | Place::Asgi | Place::Celery | Place::Manage);
        if is_entry && !facts.is_own_package(&mention.module) {
            look.undetermined(
                format!(
                    "{} names the settings module {}, which is not a part of the repository",
                    mention.place.name(),
                    mention.module
                ),
                "look on the host whether it is installed or made there",
                Some(mention.at.clone()),
            );
            continue;
        }
        let (message, consequence) = told(facts, mention);
        // What a file of the deployment names is what its process gets.
        let severity = match usage(facts, mention) {
            _ if !is_entry => Severity::Error,
            Usage::Bare => Severity::Error,
            Usage::Unknown | Usage::Unserved => Severity::Warning,
            Usage::Given => Severity::Note,
        };
        look.finding(
            mention.at.clone(),
            Fault {
                severity,
                message,
                consequence: consequence.to_owned(),
                fix: "name a module that exists, as seen from the folder of manage.py".to_owned(),
            },
        );
    }
    if seen > 0 {
        look.evidence(format!("{seen} places of the deployment name a settings module"), None);
    }
}

/// What is wrong with the module that a place names. A folder without `__init__.py` is imported
/// without an error, and has no settings.
fn told(facts: &Facts, mention: &Mention) -> (String, &'static str) {
    let (place, module) = (mention.place.name(), &mention.module);
    let folder = module.replace('.', "/");
    let mut folders = facts.system.roots().filter_map(|root| root.join(&folder));
    if folders.any(|folder| facts.inventory.has_below(&folder)) {
        return (
            format!(
                "{place} names {module}, a folder without __init__.py that holds the settings modules"
            ),
            "Python imports the folder as an empty module: a process that is started without DJANGO_SETTINGS_MODULE runs without the project's settings",
        );
    }
    (
        format!("{place} names the settings module {module}, which is not in the repository"),
        "a process that is started without another DJANGO_SETTINGS_MODULE stops with ModuleNotFoundError",
    )
}
