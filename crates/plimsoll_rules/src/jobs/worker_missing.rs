//! `worker-missing`: the project defines tasks and the deployment starts no worker.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::ProcessKind;

use super::{celery_tasks, deployments, is_eager, started_by_hand, uses_celery};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "worker-missing",
    control: "JOB-01",
    title: "the project defines tasks and the deployment starts no worker",
    what: "Projects that make a Celery application and define tasks, against the processes that units, Supervisor, production's compose files, Procfiles and platform files start. A worker in any of them, or a command that starts one in a script or document, is enough. Tasks that run at once (CELERY_TASK_ALWAYS_EAGER) need none; images alone, whose command is given elsewhere, are left out.",
    why: "Tasks pile up in the broker and nothing takes them out: no mail is sent, no report is made, and no page shows an error.",
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
```python rota/tasks.py
from celery import shared_task

@shared_task
def remind():
    pass
```
```text Procfile
web: gunicorn rota.wsgi
```",
    good: "```python rota/settings.py
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
```python rota/tasks.py
from celery import shared_task

@shared_task
def remind():
    pass
```
```text Procfile
web: gunicorn rota.wsgi
worker: celery -A rota worker
```",
    sources: &["https://docs.celeryq.dev/en/stable/userguide/workers.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !uses_celery(facts) {
        return;
    }
    let Some((_, task)) = celery_tasks(facts)
        .find(|(module, _)| !module.is_manual())
        .or_else(|| celery_tasks(facts).next())
    else {
        look.undetermined(
            "no task of the project itself was found",
            "celery -A APP inspect registered",
            None,
        );
        return;
    };
    if is_eager(facts) {
        look.undetermined(
            "tasks run at once in the process that sends them (CELERY_TASK_ALWAYS_EAGER)",
            "decide whether requests may wait for them",
            facts.place_of("CELERY_TASK_ALWAYS_EAGER"),
        );
        return;
    }
    let workers = facts.processes_of(ProcessKind::Worker).next();
    if let Some(worker) = workers {
        look.evidence(
            format!("{} {} takes tasks", worker.declared.name(), worker.name),
            Some(worker.at.clone()),
        );
        return;
    }
    if let Some(at) = started_by_hand(facts, &["worker", "multi"]) {
        look.undetermined(
            "a worker is started by a command of a script or document; whether production runs it is not known",
            "on the host: celery -A APP inspect ping",
            Some(at),
        );
        return;
    }
    let deployments = deployments(facts);
    let web = deployments
        .iter()
        .flat_map(|(_, processes)| processes)
        .find(|process| process.kind == ProcessKind::Web);
    let Some(web) = web else {
        look.undetermined(
            "no file of the repository says which processes production runs",
            "on the host: celery -A APP inspect ping",
            Some(task.at.clone()),
        );
        return;
    };
    // A service whose image is made elsewhere may start workers beside the site.
    let opaque = web.command.is_none();
    if opaque {
        look.undetermined(
            format!(
                "what {} {} runs is not known; it may start a worker too",
                web.declared.name(),
                web.name
            ),
            "on the host: celery -A APP inspect ping",
            Some(web.at.clone()),
        );
        return;
    }
    let finding = look.finding(
        web.at.clone(),
        fault(
            Severity::Error,
            format!("the site is started here and no worker is, although the project has tasks ({})", task.function),
            "tasks wait in the broker for ever: what they should do never happens, without an error",
            "start one beside the site: celery -A APP worker",
        ),
    );
    finding.confidence = Confidence::Medium;
    finding.related.push(Related { at: task.at.clone(), message: "a task".to_owned() });
}
