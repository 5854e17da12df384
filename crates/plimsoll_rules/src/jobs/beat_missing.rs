//! `beat-missing`: the project defines schedules and the deployment starts no scheduler.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::ProcessKind;

use super::{deployments, is_celery, runs_beat, schedules, started_by_hand, uses_celery};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "beat-missing",
    control: "JOB-02",
    title: "the project defines schedules and the deployment starts no scheduler",
    what: "Celery schedules in settings or code (CELERY_BEAT_SCHEDULE, `beat_schedule`, `add_periodic_task`), against the processes that units, Supervisor, production's compose files, Procfiles and platform files start: a worker and neither `celery beat` nor a worker with `-B` beside it. Schedules that only django-celery-beat's tables hold cannot be seen; deployments without any worker are left to worker-missing.",
    why: "Nothing puts the scheduled tasks into the queue: clean-ups, reminders and renewals do not happen, and everything looks healthy, as the worker is up and idle.",
    bad: "```python rota/settings.py
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
```text Procfile
web: gunicorn rota.wsgi
worker: celery -A rota worker
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
```text Procfile
web: gunicorn rota.wsgi
worker: celery -A rota worker
beat: celery -A rota beat
```",
    sources: &[
        "https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#starting-the-scheduler",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !uses_celery(facts) {
        return;
    }
    let schedules = schedules(facts);
    let first = schedules.named.first().map(|(_, at)| at.clone()).or(schedules.unnamed);
    let Some(scheduled) = first else {
        if schedules.open || facts.has_app("django_celery_beat") == Some(true) {
            look.undetermined(
                "the schedule is not in the code, or is not known",
                "on the host: is celery beat running?",
                None,
            );
        }
        return;
    };
    if let Some(process) = facts.processes.iter().find(|process| runs_beat(process)) {
        look.evidence(
            format!("{} {} runs the schedule", process.declared.name(), process.name),
            Some(process.at.clone()),
        );
        return;
    }
    if let Some(at) = started_by_hand(facts, &["beat", "-B", "--beat"]) {
        look.undetermined(
            "a scheduler is started by a command of a script or document; whether production runs it is not known",
            "on the host: is celery beat running?",
            Some(at),
        );
        return;
    }
    let deployments = deployments(facts);
    let worker = deployments
        .iter()
        .flat_map(|(_, processes)| processes)
        .find(|process| process.kind == ProcessKind::Worker && is_celery(process));
    let Some(worker) = worker else {
        look.undetermined(
            "no file of the repository starts a Celery worker, so what runs the schedule is not known",
            "on the host: is celery beat running?",
            Some(scheduled),
        );
        return;
    };
    let finding = look.finding(
        scheduled,
        fault(
            Severity::Error,
            "tasks are scheduled here, and nothing that the repository starts runs the schedule",
            "they never run, and nothing shows it: the worker is up and idle",
            "start exactly one scheduler: celery -A APP beat",
        ),
    );
    finding.confidence = Confidence::Medium;
    finding.related.push(Related {
        at: worker.at.clone(),
        message: "the worker is started here, without -B".to_owned(),
    });
}
