//! `scheduled-task-unknown`: a schedule names a task that does not exist.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, Module};

use super::{schedules, uses_celery};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "scheduled-task-unknown",
    control: "JOB-04",
    title: "a schedule names a task that does not exist",
    what: "The names in Celery's schedules, in settings and written out in code, whose first part is a package of the project: whether a module of that name exists and defines a function or task of that name, or any task carries that name. Names of other packages, and modules that were not read, are left out; where a task's name is computed, so is everything.",
    why: "The worker drops it with \"Received unregistered task\", in its log alone: since the function was renamed or moved, the nightly job has not run.",
    bad: "```python rota/settings.py
CELERY_BEAT_SCHEDULE = {'remind': {'task': 'rota.tasks.remind_all', 'schedule': 3600}}
```
```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/celery.py
import os
from celery import Celery
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
app = Celery('rota')
```
```python rota/tasks.py
from celery import shared_task

@shared_task
def remind():
    pass
```",
    good: "```python rota/settings.py
CELERY_BEAT_SCHEDULE = {'remind': {'task': 'rota.tasks.remind', 'schedule': 3600}}
```
```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/celery.py
import os
from celery import Celery
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
app = Celery('rota')
```
```python rota/tasks.py
from celery import shared_task

@shared_task
def remind():
    pass
```",
    sources: &["https://docs.celeryq.dev/en/stable/userguide/tasks.html#names"],
    check,
};

enum Known {
    Yes,
    No(String),
    Unknown(&'static str),
}

fn check(look: &mut Look) {
    let facts = look.facts;
    if !uses_celery(facts) {
        return;
    }
    let schedules = schedules(facts);
    let mut right = 0usize;
    for (name, at) in &schedules.named {
        match known(facts, name) {
            Known::Yes => right += 1,
            Known::Unknown(why) => look.undetermined(
                format!("whether the scheduled task {name} exists is not known: {why}"),
                "celery -A APP inspect registered",
                Some(at.clone()),
            ),
            Known::No(why) => {
                let finding = look.finding(
                    at.clone(),
                    fault(
                        Severity::Error,
                        format!("the schedule names the task {name}: {why}"),
                        "the worker drops it as unregistered, with a line in its log; the job never runs",
                        "name the task as its module and function are called, or give the task this name",
                    ),
                );
                finding.confidence = Confidence::Medium;
            }
        }
    }
    if right > 0 {
        look.evidence(format!("{right} scheduled tasks exist"), None);
    }
}

fn known(facts: &Facts, name: &str) -> Known {
    let all = || facts.code.modules.iter().flat_map(|module| &module.facts.tasks.tasks);
    if all().any(|task| task.name.as_deref() == Some(name)) {
        return Known::Yes;
    }
    let Some((module_name, function)) = name.rsplit_once('.') else {
        return if all().any(|task| task.function == name) {
            Known::Unknown("it is no dotted name")
        } else {
            Known::Unknown("it has no module")
        };
    };
    if !facts.is_own_package(module_name) {
        return Known::Unknown("it is of another package");
    }
    if let Some(module) = module_of(facts, module_name) {
        let tasks = &module.facts.tasks.tasks;
        let here = tasks.iter().any(|task| task.function == function && task.name.is_none());
        let function_there = module.facts.functions.iter().any(|f| f.name == function)
            || module.facts.classes.iter().any(|class| class.name == function);
        if here || function_there {
            return Known::Yes;
        }
        if all().any(|task| task.name_open) {
            return Known::Unknown("the names of some tasks are computed");
        }
        // A module that holds no task itself may take them from elsewhere.
        if tasks.is_empty() {
            return Known::Unknown("its module holds no task of its own");
        }
        return Known::No(format!("{module_name} defines no {function}"));
    }
    if facts.has_module(module_name) {
        return Known::Unknown("its module was not read");
    }
    if facts.has_module(module_name.rsplit_once('.').map_or(module_name, |(above, _)| above)) {
        // `shop.tasks.Purge.run`: a method of a class.
        let parent = module_name.rsplit_once('.').map_or("", |(above, _)| above);
        let last = module_name.rsplit('.').next().unwrap_or("");
        if last.starts_with(char::is_uppercase) || !facts.is_own_package(parent) {
            return Known::Unknown("it is named after a class");
        }
    }
    if all().any(|task| task.name_open) {
        return Known::Unknown("the names of some tasks are computed");
    }
    Known::No(format!("there is no module {module_name}"))
}

/// The module of a dotted name, where it was read and has facts.
fn module_of<'f>(facts: &'f Facts, name: &str) -> Option<&'f Module> {
    let base = name.replace('.', "/");
    let paths = [format!("{base}.py"), format!("{base}/__init__.py")];
    facts.system.roots().find_map(|root| {
        paths
            .iter()
            .filter_map(|path| root.join(path))
            .find_map(|path| facts.code.modules.iter().find(|module| module.path == path))
    })
}
