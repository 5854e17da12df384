//! `beat-duplicated`: more than one scheduler is started.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{Declaration, Process};

use super::{deployments, runs_beat};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "beat-duplicated",
    control: "JOB-02",
    title: "more than one scheduler is started",
    what: "Schedulers of the same Celery application among the processes of one kind of declaration: units, Supervisor, production's compose files, Procfiles, platform files. A scheduler service with replicas, and a worker with `-B` that runs several times, count as several. Schedulers that keep a lock (celery-redbeat) may run more than once.",
    why: "Each scheduler sends every task: reminders go out twice, invoices are made twice, and two clean-ups meet on the same rows.",
    bad: "```python settings.py
DEBUG = False
```
```text Procfile
web: gunicorn rota.wsgi
worker: celery -A rota worker -B
beat: celery -A rota beat
```",
    good: "```python settings.py
DEBUG = False
```
```text Procfile
web: gunicorn rota.wsgi
worker: celery -A rota worker
beat: celery -A rota beat
```",
    sources: &["https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#introduction"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for (declared, processes) in deployments(facts) {
        let beats: Vec<&&Process> = processes
            .iter()
            .filter(|process| runs_beat(process) && is_celery_beat(process))
            .collect();
        let Some(first) = beats.first() else { continue };
        let application = |process: &Process| {
            process
                .command
                .as_ref()
                .and_then(|c| c.options.value("app"))
                .map(|app| app.value.clone())
        };
        if beats.iter().any(|process| keeps_lock(process)) {
            look.evidence("the scheduler keeps a lock", Some(first.at.clone()));
            continue;
        }
        let same: Vec<&&&Process> =
            beats.iter().filter(|process| application(process) == application(first)).collect();
        if let Some(second) = same.get(1) {
            let finding = look.finding(
                second.at.clone(),
                fault(
                    Severity::Error,
                    format!("{} and {} both run the schedule", first.name, second.name),
                    "every scheduled task is sent twice",
                    "keep one scheduler; take -B off the worker",
                ),
            );
            finding
                .related
                .push(Related { at: first.at.clone(), message: "the other scheduler".to_owned() });
            continue;
        }
        if declared == Declaration::Compose
            && let Some((count, at)) = replicas(look, first)
        {
            look.finding(
                at,
                fault(
                    Severity::Error,
                    format!("{} runs the schedule in {count} containers", first.name),
                    "every scheduled task is sent once by each of them",
                    "give the scheduler a service of its own with one container",
                ),
            );
            continue;
        }
        look.evidence(format!("{} alone runs the schedule", first.name), Some(first.at.clone()));
    }
}

/// Whether the scheduler is Celery's: others lock by themselves.
fn is_celery_beat(process: &Process) -> bool {
    process.command.as_ref().is_some_and(|command| command.runs_beat())
}

fn keeps_lock(process: &Process) -> bool {
    process.command.as_ref().is_some_and(|command| {
        command.words.iter().any(|word| word.value.to_ascii_lowercase().contains("redbeat"))
    })
}

/// How many containers of a service run, where that is more than one.
fn replicas(look: &Look, process: &Process) -> Option<(u64, plimsoll_source::Span)> {
    let stack = look.facts.containers.production_stack()?;
    let service = stack.project.services.get(&process.name)?;
    let deploy = service.deploy.as_ref().and_then(|deploy| deploy.value.replicas.as_ref());
    let count = service.scale.as_ref().or(deploy)?;
    let number: u64 = count.value.known()?.parse().ok()?;
    (number > 1).then(|| (number, count.span.clone()))
}
