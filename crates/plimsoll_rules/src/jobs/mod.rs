//! Rules about task queues: workers, schedulers, brokers, schedules.

mod beat_duplicated;
mod beat_missing;
mod beat_schedule_unwritable;
mod broker_certificate_unchecked;
mod broker_default;
mod broker_shared_with_cache;
mod broker_unencrypted;
mod queue_flushed_by_script;
mod result_backend_missing;
mod scheduled_task_unknown;
mod worker_missing;
mod worker_queue_unconsumed;

use plimsoll_facts::{Declaration, Facts, Module, Process, ProcessKind};
use plimsoll_formats::command::Program;
use plimsoll_python::Value;
use plimsoll_python::code::Task;
use plimsoll_source::Span;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    worker_missing::RULE,
    worker_queue_unconsumed::RULE,
    beat_missing::RULE,
    beat_duplicated::RULE,
    beat_schedule_unwritable::RULE,
    broker_default::RULE,
    broker_shared_with_cache::RULE,
    queue_flushed_by_script::RULE,
    broker_unencrypted::RULE,
    broker_certificate_unchecked::RULE,
    result_backend_missing::RULE,
    scheduled_task_unknown::RULE,
];

/// Celery's tasks of the system, with their modules.
fn celery_tasks(facts: &Facts) -> impl Iterator<Item = (&Module, &Task)> {
    facts
        .code
        .modules
        .iter()
        .flat_map(|module| module.facts.tasks.tasks.iter().map(move |task| (module, task)))
        .filter(|(_, task)| {
            let end = task.by.rsplit('.').next().unwrap_or(&task.by);
            // Celery's first steps have every project define `debug_task`, which nothing sends.
            matches!(end, "shared_task" | "task" | "periodic_task") && task.function != "debug_task"
        })
}

/// Whether the system uses Celery: it makes an application of it.
fn uses_celery(facts: &Facts) -> bool {
    facts.code.modules.iter().any(|module| !module.facts.tasks.apps.is_empty())
        || facts.mentions_celery()
}

/// The tasks that schedules name, with their places; and a place where something is scheduled in a
/// way that names no task.
struct Schedules {
    named: Vec<(String, Span)>,
    unnamed: Option<Span>,
    /// Whether a part of a schedule is not known.
    open: bool,
}

fn schedules(facts: &Facts) -> Schedules {
    let mut found = Schedules { named: Vec::new(), unnamed: None, open: false };
    for name in ["CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE"] {
        let (Some(value), Some(at)) = (facts.partial(name), facts.place_of(name)) else { continue };
        if !facts.is_set(name) {
            continue;
        }
        match value {
            Value::Dict(entries) => {
                for (_, entry) in entries {
                    match entry.get("task").and_then(Value::text) {
                        Some(task) => found.named.push((task.to_owned(), at.clone())),
                        None => found.open = true,
                    }
                }
            }
            _ => found.open = true,
        }
    }
    for module in &facts.code.modules {
        let tasks = &module.facts.tasks;
        found.named.extend(tasks.scheduled.iter().cloned());
        let periodic = tasks
            .tasks
            .iter()
            .find(|task| task.periodic && task.by.rsplit('.').next() == Some("periodic_task"));
        let at = tasks.adds_periodic.clone().or_else(|| periodic.map(|task| task.at.clone()));
        if found.unnamed.is_none() {
            found.unnamed = at;
        }
    }
    found
}

/// The processes by what declares them, for declarations that serve the site or run workers. Files
/// of compose that are a developer's are left out.
fn deployments(facts: &Facts) -> Vec<(Declaration, Vec<&Process>)> {
    let compose = facts.containers.production_stack().is_some();
    let kinds = [
        Declaration::Unit,
        Declaration::Supervisor,
        Declaration::Compose,
        Declaration::Procfile,
        Declaration::Platform,
    ];
    kinds
        .into_iter()
        .filter(|declared| *declared != Declaration::Compose || compose)
        .filter_map(|declared| {
            let of: Vec<&Process> =
                facts.processes.iter().filter(|process| process.declared == declared).collect();
            let serves =
                of.iter().any(|p| matches!(p.kind, ProcessKind::Web | ProcessKind::Worker));
            serves.then_some((declared, of))
        })
        .collect()
}

/// Whether a process puts tasks into the queue by schedule.
fn runs_beat(process: &Process) -> bool {
    process.kind == ProcessKind::Scheduler
        || process.command.as_ref().is_some_and(|command| command.runs_beat())
}

/// A command of the repository's scripts, recipes, pipelines or documents that starts Celery with
/// this subcommand.
fn started_by_hand(facts: &Facts, subcommands: &[&str]) -> Option<Span> {
    let commands = facts.routines.iter().flat_map(|routine| routine.commands());
    for command in commands {
        let mut texts = command.words.iter().map(|word| word.text.as_str());
        let celery = texts.clone().any(|text| text == "celery" || text.ends_with("/celery"));
        let other = texts.clone().any(|text| {
            matches!(text, "rqworker" | "qcluster" | "run_huey" | "rundramatiq" | "db_worker")
        });
        if (celery && texts.any(|text| subcommands.contains(&text)))
            || (other && subcommands.contains(&"worker"))
        {
            return Some(command.span.clone());
        }
    }
    None
}

/// Whether tasks run at once in the process that sends them.
fn is_eager(facts: &Facts) -> bool {
    ["CELERY_TASK_ALWAYS_EAGER", "CELERY_ALWAYS_EAGER"]
        .iter()
        .any(|name| facts.is_set(name) && facts.certain(name).and_then(Value::truth) == Some(true))
}

/// Whether code, or an object other than Django's settings, configures Celery's keys with this
/// beginning.
fn configured_in_code(facts: &Facts, key: &str) -> bool {
    facts.code.modules.iter().any(|module| {
        let tasks = &module.facts.tasks;
        tasks.configures.iter().any(|(name, _)| name.contains(key))
            || tasks
                .apps
                .iter()
                .any(|app| (key == "broker" && app.broker) || (key == "backend" && app.backend))
            || tasks.configured_from.iter().any(|(object, namespace)| {
                !matches!(
                    object.as_deref(),
                    Some("django.conf:settings" | "settings" | "django.conf.settings")
                ) || namespace.as_deref().is_some_and(|namespace| namespace != "CELERY")
            })
    })
}

/// Whether the worker program of a process is Celery's.
fn is_celery(process: &Process) -> bool {
    process.command.as_ref().is_some_and(|command| {
        matches!(
            command.program,
            Program::CeleryWorker | Program::CeleryMulti | Program::CeleryBeat
        )
    })
}
