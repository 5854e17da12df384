//! `beat-schedule-unwritable`: the scheduler's state file lies where its user cannot write.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Declaration, ImageUser, Process};
use plimsoll_formats::compose::Service;

use super::runs_beat;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "beat-schedule-unwritable",
    control: "JOB-02",
    title: "the scheduler's state file lies where its user cannot write",
    what: "`celery beat` with its own scheduler, which keeps `celerybeat-schedule` in the working folder or where `-s` says, in services of production's compose files: a container whose root file system is read-only and has no volume or tmpfs there, or an image that runs as an unprivileged user and gives no folder to it. Schedulers that keep their state in the database or in Redis are left out, and units, whose folders are the host's.",
    why: "beat ends at its start, or at its first save three minutes later, and no scheduled task runs. Restarted over and over it sends nothing.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  beat:
    build: .
    command: celery -A rota beat
    read_only: true
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  beat:
    build: .
    command: celery -A rota beat -s /var/lib/beat/schedule
    read_only: true
    volumes:
      - beat:/var/lib/beat
volumes:
  beat:
```",
    sources: &[
        "https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#starting-the-scheduler",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let in_database = ["CELERY_BEAT_SCHEDULER", "CELERYBEAT_SCHEDULER"].iter().any(|name| {
        facts.partial(name).and_then(plimsoll_python::Value::text).is_some_and(is_elsewhere)
    });
    for process in facts.processes.iter().filter(|process| runs_beat(process)) {
        let Some(command) = &process.command else { continue };
        let scheduler = command.options.value("scheduler").map(|value| value.value.as_str());
        if in_database || scheduler.is_some_and(is_elsewhere) {
            look.evidence(
                format!("{} keeps its state in a database", process.name),
                Some(process.at.clone()),
            );
            continue;
        }
        if process.declared != Declaration::Compose {
            look.undetermined(
                format!(
                    "whether {} {} can write its schedule depends on the host",
                    process.declared.name(),
                    process.name
                ),
                "on the host: does celerybeat-schedule change?",
                Some(process.at.clone()),
            );
            continue;
        }
        of_service(look, process);
    }
}

fn of_service(look: &mut Look, process: &Process) {
    let facts = look.facts;
    let Some(stack) = facts.containers.production_stack() else { return };
    let Some(service) = stack.project.services.get(&process.name) else { return };
    let named = process.command.as_ref().and_then(|command| command.options.value("schedule"));
    let path = named.map_or("celerybeat-schedule", |path| path.value.as_str());
    let folder = match path.rsplit_once('/') {
        Some((folder, _)) if path.starts_with('/') => Some(folder.to_owned()),
        _ => process.working_directory.as_ref().map(|folder| folder.value.clone()),
    };
    let open = folder.as_deref().is_some_and(|folder| has_place(service, folder));
    if open {
        look.evidence(
            format!("{} writes its schedule into a volume", process.name),
            Some(process.at.clone()),
        );
        return;
    }
    let read_only = service.read_only.as_ref().filter(|flag| flag.value);
    let image = facts.containers.images.iter().find(|image| image.services.contains(&process.name));
    if let Some(flag) = read_only {
        look.finding(
            flag.span.clone(),
            problem(format!(
                "{} keeps its schedule in a file system that is read-only",
                process.name
            )),
        );
        return;
    }
    // `/tmp` takes files of everybody.
    let in_tmp = folder
        .as_deref()
        .is_some_and(|folder| folder.starts_with("/tmp") || folder.starts_with("/dev/shm"));
    match image.map(|image| (&image.user, image.gives_folders)) {
        Some((ImageUser::Named(user), false))
            if !in_tmp && !matches!(user.value.as_str(), "root" | "0") =>
        {
            let at = user.span.clone();
            let finding = look.finding(
                at,
                problem(format!("{} runs as {} in an image that gives this user no folder to write its schedule into", process.name, user.value)),
            );
            finding.confidence = Confidence::Medium;
        }
        _ => look.undetermined(
            format!("whether {} can write its schedule is not certain", process.name),
            "in the container: does celerybeat-schedule change?",
            Some(process.at.clone()),
        ),
    }
}

fn problem(message: String) -> crate::Fault {
    fault(
        Severity::Error,
        message,
        "beat fails with a permission error when it opens or saves it, and no scheduled task runs",
        "give it a folder of its own: -s /var/lib/beat/schedule on a volume, or keep the schedule in the database (django-celery-beat)",
    )
}

fn is_elsewhere(scheduler: &str) -> bool {
    let lower = scheduler.to_ascii_lowercase();
    ["database", "redbeat", "django", "mongo"].iter().any(|word| lower.contains(word))
}

/// Whether a volume or memory is mounted at a folder or above it.
fn has_place(service: &Service, folder: &str) -> bool {
    let below = |target: &str| {
        let target = target.split(':').next().unwrap_or(target).trim_end_matches('/');
        !target.is_empty() && (folder == target || folder.starts_with(&format!("{target}/")))
    };
    service.volumes.iter().any(|mount| !mount.value.read_only && below(&mount.value.target))
        || service.tmpfs.iter().any(|folder| below(&folder.value))
}
