//! `result-backend-missing`: results are awaited and no result backend is set.

use plimsoll_catalog::{Confidence, Severity};

use super::{configured_in_code, is_eager, uses_celery};
use crate::cache::links::RESULTS;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "result-backend-missing",
    control: "JOB-03",
    title: "results are awaited and no result backend is set",
    what: "Places in the code that ask after results (`AsyncResult`, `.delay(…).get()`, `chord`), while neither the settings nor the code set a result backend for Celery. Configuration objects other than Django's settings are left out.",
    why: "Without a backend Celery keeps no results: asking after one raises NotImplementedError (\"No result backend is configured\"), and the last step of a chord never runs.",
    bad: "```python rota/settings.py
CELERY_BROKER_URL = 'redis://127.0.0.1:6379/0'
```
```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/celery.py
import os
from celery import Celery
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
app = Celery('rota')
app.config_from_object('django.conf:settings', namespace='CELERY')
```
```python rota/views.py
from celery.result import AsyncResult

def status(request, pk):
    return AsyncResult(pk).state
```",
    good: "```python rota/settings.py
CELERY_BROKER_URL = 'redis://127.0.0.1:6379/0'
CELERY_RESULT_BACKEND = 'redis://127.0.0.1:6379/1'
```
```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/celery.py
import os
from celery import Celery
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
app = Celery('rota')
app.config_from_object('django.conf:settings', namespace='CELERY')
```
```python rota/views.py
from celery.result import AsyncResult

def status(request, pk):
    return AsyncResult(pk).state
```",
    sources: &["https://docs.celeryq.dev/en/stable/userguide/configuration.html#result-backend"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !uses_celery(facts) {
        return;
    }
    if let Some(name) = RESULTS.iter().find(|name| facts.is_set(name)) {
        look.evidence(format!("{name} is set"), facts.place_of(name));
        return;
    }
    let awaited = facts
        .code
        .modules
        .iter()
        .find_map(|module| Some((module, module.facts.tasks.awaits.first()?)));
    let Some((_, (at, how))) = awaited else {
        look.evidence("no code that was read asks after the result of a task", None);
        return;
    };
    let environment = &facts.environment.environment;
    if configured_in_code(facts, "backend")
        || is_eager(facts)
        || environment.variables.contains_key("CELERY_RESULT_BACKEND")
        || environment.unknown.contains_key("CELERY_RESULT_BACKEND")
    {
        look.undetermined(
            "the result backend is set in code, or somewhere other than Django's settings",
            "celery -A APP report",
            Some(at.clone()),
        );
        return;
    }
    let finding = look.finding(
        at.clone(),
        fault(
            Severity::Error,
            format!("the code asks after results ({how}), and no result backend is set"),
            "Celery raises \"No result backend is configured\", or waits for ever",
            "set CELERY_RESULT_BACKEND: Redis, or the database by django-celery-results",
        ),
    );
    finding.confidence = Confidence::Medium;
}
