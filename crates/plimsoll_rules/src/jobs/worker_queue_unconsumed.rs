//! `worker-queue-unconsumed`: tasks go to a queue that no worker takes from.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Facts, Process, ProcessKind};
use plimsoll_formats::command::Program;
use plimsoll_python::Value;
use plimsoll_source::Span;

use super::{celery_tasks, is_eager, schedules, uses_celery};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "worker-queue-unconsumed",
    control: "JOB-01",
    title: "tasks go to a queue that no worker takes from",
    what: "The queues that Celery’s tasks go to (task_routes, the `queue` of decorators, schedules and calls, and the default queue for what is sent without one) against the queues that the workers of production take from: those of `-Q`, else those of task_queues, else the default queue. A worker in any file of the deployment is enough, and so is a command of a script or document. Where a router is code, where options of a worker hold variables, or where a worker is started by something that was not read, nothing is said.",
    why: "The broker takes the tasks and keeps them. No worker asks for that queue, so nothing fails and nothing is logged: the mails are never sent, and the broker’s memory grows.",
    bad: "```python rota/settings.py
CELERY_BROKER_URL = 'redis://127.0.0.1:6379/0'
CELERY_TASK_ROUTES = {'rota.tasks.remind': {'queue': 'mail'}}
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
    good: "```python rota/settings.py
CELERY_BROKER_URL = 'redis://127.0.0.1:6379/0'
CELERY_TASK_ROUTES = {'rota.tasks.remind': {'queue': 'mail'}}
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
worker: celery -A rota worker -Q celery,mail
```",
    sources: &[
        "https://docs.celeryq.dev/en/stable/userguide/routing.html",
        "https://docs.celeryq.dev/en/stable/userguide/workers.html#queues",
    ],
    check,
};

const ROUTES: [&str; 2] = ["CELERY_TASK_ROUTES", "CELERY_ROUTES"];
const QUEUES: [&str; 2] = ["CELERY_TASK_QUEUES", "CELERY_QUEUES"];
const DEFAULTS: [&str; 2] = ["CELERY_TASK_DEFAULT_QUEUE", "CELERY_DEFAULT_QUEUE"];
const SCHEDULES: [&str; 2] = ["CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE"];

fn check(look: &mut Look) {
    let facts = look.facts;
    if !uses_celery(facts) || is_eager(facts) || celery_tasks(facts).next().is_none() {
        return;
    }
    let workers: Vec<&Process> = facts.processes_of(ProcessKind::Worker).collect();
    if workers.is_empty() {
        // The business of worker-missing.
        return;
    }
    let routing = match Routing::of(facts) {
        Ok(routing) => routing,
        Err((reason, at)) => {
            look.undetermined(reason, "celery -A APP inspect active_queues", at);
            return;
        }
    };
    let consumed = match consumed(facts, &workers, &routing) {
        Ok(consumed) => consumed,
        Err((reason, at)) => {
            look.undetermined(reason, "celery -A APP inspect active_queues", at);
            return;
        }
    };
    let by_hand = queues_by_hand(facts);
    let mut all = true;
    for (queue, (at, why)) in &routing.used {
        if consumed.iter().any(|known| known == queue) {
            continue;
        }
        all = false;
        if by_hand.iter().any(|(known, _)| known == queue) {
            let place = by_hand.iter().find(|(known, _)| known == queue).map(|(_, at)| at.clone());
            look.undetermined(
                format!("a worker for the queue {queue} is started by a command of a script or document; whether production runs it is not known"),
                "celery -A APP inspect active_queues",
                place,
            );
            continue;
        }
        let finding = look.finding(
            at.clone(),
            fault(
                Severity::Error,
                format!("{why} to the queue {queue}, and the workers take from {} only", consumed.join(", ")),
                "the tasks stay in the broker: what they should do never happens, and no error says so",
                format!("start a worker for it, or name it beside the others: -Q {},{queue}", consumed.join(",")),
            ),
        );
        finding.confidence = Confidence::Medium;
        finding.related.extend(workers.iter().take(3).map(|worker| Related {
            at: worker.at.clone(),
            message: format!("the worker {}", worker.name),
        }));
    }
    if all {
        look.evidence(
            format!("the workers take from the queues that tasks go to: {}", consumed.join(", ")),
            workers.first().map(|worker| worker.at.clone()),
        );
    }
}

type Open = (String, Option<Span>);

/// Where tasks go.
struct Routing {
    default: String,
    /// The queues of task_queues, where they are set.
    declared: Option<Vec<String>>,
    /// Each queue that something goes to, with a place and what goes there.
    used: BTreeMap<String, (Span, String)>,
}

impl Routing {
    fn of(facts: &Facts) -> Result<Self, Open> {
        let mut routing = Self {
            default: default_queue(facts)?,
            declared: declared_queues(facts)?,
            used: BTreeMap::new(),
        };
        let routes = routes(facts)?;
        for (pattern, queue, at) in &routes {
            routing.take(queue, at, || format!("task_routes sends {pattern}"));
        }
        for (_, task) in celery_tasks(facts) {
            if let Some(queue) = &task.queue {
                routing.take(queue, &task.at, || format!("the task {} goes", task.function));
            }
        }
        for module in &facts.code.modules {
            for (queue, at) in &module.facts.tasks.sent_to {
                routing.take(queue, at, || "a call sends its task".to_owned());
            }
        }
        let scheduled = scheduled_queues(facts);
        for (queue, at) in scheduled.iter().filter_map(|(_, queue, at)| Some((queue.as_ref()?, at)))
        {
            routing.take(queue, at, || "the schedule sends a task".to_owned());
        }
        if let Some((task, at)) = sent_to_default(facts, &routes, &scheduled) {
            let default = routing.default.clone();
            routing.take(&default, &at, || {
                format!("the task {task}, which nothing routes elsewhere, goes")
            });
        }
        Ok(routing)
    }

    fn take(&mut self, queue: &str, at: &Span, why: impl FnOnce() -> String) {
        if !self.used.contains_key(queue) {
            self.used.insert(queue.to_owned(), (at.clone(), why()));
        }
    }
}

/// A text of Celery's configuration: in Django's settings, or written out in code.
fn default_queue(facts: &Facts) -> Result<String, Open> {
    if let Some(name) = DEFAULTS.iter().find(|name| facts.is_set(name)) {
        return match facts.certain(name).and_then(Value::text) {
            Some(text) => Ok(text.to_owned()),
            None => Err((format!("{name} is not known"), facts.place_of(name))),
        };
    }
    let mut open = None;
    for module in &facts.code.modules {
        let tasks = &module.facts.tasks;
        let mut texts = tasks.texts.iter();
        if let Some((_, text, _)) = texts.find(|(key, ..)| key == "task_default_queue") {
            return Ok(text.clone());
        }
        let mut set = tasks.configures.iter();
        open = open.or_else(|| set.find(|(key, _)| key.ends_with("default_queue")));
    }
    match open {
        Some((_, at)) => {
            Err(("the default queue is computed in code".to_owned(), Some(at.clone())))
        }
        None if from_elsewhere(facts) => {
            Err(("Celery is configured by another object than Django's settings".to_owned(), None))
        }
        None => Ok("celery".to_owned()),
    }
}

/// Whether an application takes its configuration from anything but Django's settings with the
/// namespace that this rule reads.
fn from_elsewhere(facts: &Facts) -> bool {
    let mut configured = facts.code.modules.iter().flat_map(|m| &m.facts.tasks.configured_from);
    configured.any(|(object, namespace)| {
        !matches!(
            object.as_deref(),
            Some("django.conf:settings" | "settings" | "django.conf.settings")
        ) || namespace.as_deref() != Some("CELERY")
    })
}

/// The queues of task_queues: names of `Queue('mail')`, as far as they are known.
fn declared_queues(facts: &Facts) -> Result<Option<Vec<String>>, Open> {
    if let Some(name) = QUEUES.iter().find(|name| facts.is_set(name)) {
        let texts = match facts.certain(name) {
            Some(Value::Dict(pairs)) => {
                pairs.iter().map(|(key, _)| key.text().map(str::to_owned)).collect::<Option<_>>()
            }
            _ => None,
        };
        return match texts {
            Some(texts) => Ok(Some(texts)),
            None => Err((
                format!("the queues of {name} are objects that are not read"),
                facts.place_of(name),
            )),
        };
    }
    let mut set = facts.code.modules.iter().flat_map(|module| &module.facts.tasks.configures);
    match set.find(|(key, _)| matches!(key.as_str(), "task_queues" | "celery_queues")) {
        Some((_, at)) => Err(("the queues are declared in code".to_owned(), Some(at.clone()))),
        None => Ok(None),
    }
}

/// What task_routes says: patterns with their queues.
fn routes(facts: &Facts) -> Result<Vec<(String, String, Span)>, Open> {
    let mut found = Vec::new();
    for name in ROUTES.iter().filter(|name| facts.is_set(name)) {
        let open =
            || (format!("{name} is not fully known, or names a router"), facts.place_of(name));
        let at = facts.place_of(name).ok_or_else(open)?;
        let value = facts.certain(name).filter(|value| value.is_known()).ok_or_else(open)?;
        let tables = match value {
            Value::Dict(_) => vec![value],
            other => other.items().ok_or_else(open)?.iter().collect(),
        };
        for table in tables {
            let Value::Dict(pairs) = table else { return Err(open()) };
            for (pattern, route) in pairs {
                let pattern = pattern.text().ok_or_else(open)?;
                let queue = route.text().or_else(|| route.get("queue")?.text());
                // A route of exchanges and routing keys alone says no queue.
                let queue = queue.ok_or_else(open)?;
                found.push((pattern.to_owned(), queue.to_owned(), at.clone()));
            }
        }
    }
    for module in &facts.code.modules {
        let tasks = &module.facts.tasks;
        found.extend(tasks.routes.iter().cloned());
        let mut set = tasks.configures.iter();
        if let Some((_, at)) = set.find(|(key, _)| key == "task_routes")
            && tasks.routes.is_empty()
        {
            return Err(("the routes are computed in code".to_owned(), Some(at.clone())));
        }
    }
    Ok(found)
}

/// The tasks of the schedule in the settings, with the queue that their options name.
fn scheduled_queues(facts: &Facts) -> Vec<(String, Option<String>, Span)> {
    let mut found = Vec::new();
    for name in SCHEDULES.iter().filter(|name| facts.is_set(name)) {
        let (Some(Value::Dict(entries)), Some(at)) = (facts.partial(name), facts.place_of(name))
        else {
            continue;
        };
        for (_, entry) in entries {
            let Some(task) = entry.get("task").and_then(Value::text) else { continue };
            let options = entry.get("options");
            let queue = options.and_then(|options| options.get("queue")?.text());
            // Options that are not known may name one.
            if queue.is_some() || options.is_none() {
                found.push((task.to_owned(), queue.map(str::to_owned), at.clone()));
            }
        }
    }
    found
}

/// A task that is sent or scheduled with nothing that names a queue for it.
fn sent_to_default(
    facts: &Facts,
    routes: &[(String, String, Span)],
    scheduled: &[(String, Option<String>, Span)],
) -> Option<(String, Span)> {
    let sent: Vec<&str> = facts
        .code
        .modules
        .iter()
        .flat_map(|module| module.facts.tasks.sent.iter().map(String::as_str))
        .collect();
    let in_code: Vec<String> = schedules(facts).named.into_iter().map(|(name, _)| name).collect();
    celery_tasks(facts)
        .filter(|(_, task)| task.queue.is_none() && !task.queue_open && !task.name_open)
        .find(|(module, task)| {
            let names = names_of(facts, &module.path, task);
            let routed = routes.iter().any(|(pattern, ..)| {
                names.iter().any(|name| matches(pattern, name))
                    || pattern.rsplit('.').next() == Some(task.function.as_str())
            });
            let is = |name: &str| names.iter().any(|own| own == name);
            let by_schedule = scheduled.iter().any(|(name, queue, _)| queue.is_none() && is(name))
                || (scheduled.is_empty() && in_code.iter().any(|name| is(name)));
            !routed && (by_schedule || sent.contains(&task.function.as_str()))
        })
        .map(|(_, task)| (task.function.clone(), task.at.clone()))
}

/// The names that a task can have: its own, else those of its module and function, for each root.
fn names_of(
    facts: &Facts,
    path: &plimsoll_source::RepoPath,
    task: &plimsoll_python::code::Task,
) -> Vec<String> {
    if let Some(name) = &task.name {
        return vec![name.clone()];
    }
    let modules =
        facts.system.roots().filter_map(|root| plimsoll_facts::systems::module_name(root, path));
    modules.map(|module| format!("{module}.{}", task.function)).collect()
}

/// Whether a pattern of task_routes fits a name: `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            let Some(rest) = name.strip_prefix(before) else { return false };
            // Of several stars the rest is looked for anywhere: routed rather than not.
            after.contains('*') || rest.ends_with(after)
        }
    }
}

/// The queues that the workers take from.
fn consumed(facts: &Facts, workers: &[&Process], routing: &Routing) -> Result<Vec<String>, Open> {
    let mut found: Vec<String> = Vec::new();
    for worker in workers {
        let at = Some(worker.at.clone());
        let command = worker.command.as_ref().filter(|command| {
            let multi = command.program == Program::CeleryMulti
                && command
                    .words
                    .iter()
                    .all(|w| !w.value.contains('$') && !w.value.starts_with("-Q"));
            command.program == Program::CeleryWorker || multi
        });
        let Some(command) = command else {
            return Err((
                format!("which queues the worker {} takes from is not read", worker.name),
                at,
            ));
        };
        let words = || command.words.iter().map(|word| word.value.as_str());
        if command.options.has("exclude_queues") || words().any(|word| word == "-X") {
            return Err((format!("the worker {} takes from all queues but some", worker.name), at));
        }
        let named = command.queues();
        if named.iter().any(|queue| queue.contains(['$', '%', '{'])) {
            return Err((format!("a variable names the queues of the worker {}", worker.name), at));
        }
        if named.is_empty() {
            // `$CELERY_OPTS` may hold -Q.
            if words().any(|word| word.starts_with('$')) {
                return Err((
                    format!("a variable holds options of the worker {}", worker.name),
                    at,
                ));
            }
            found.extend(routing.declared.clone().unwrap_or_else(|| vec![routing.default.clone()]));
        }
        found.extend(named.into_iter().map(|queue| queue.trim().to_owned()));
    }
    // Platforms whose processes are not all in the repository.
    if let Some(web) = facts
        .processes_of(ProcessKind::Web)
        .find(|web| web.command.is_none() && web.declared == plimsoll_facts::Declaration::Compose)
    {
        let reason = format!("what {} runs is not known; it may start a worker too", web.name);
        return Err((reason, Some(web.at.clone())));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The queues of workers that commands of scripts and documents start.
fn queues_by_hand(facts: &Facts) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for command in facts.routines.iter().flat_map(|routine| routine.commands()) {
        let texts: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
        if !texts.contains(&"worker") {
            continue;
        }
        for (place, text) in texts.iter().enumerate() {
            let value = match *text {
                "-Q" | "--queues" => texts.get(place + 1).copied(),
                other => other.strip_prefix("--queues=").or_else(|| other.strip_prefix("-Q")),
            };
            let queues = value.unwrap_or("").split(',').filter(|queue| !queue.is_empty());
            found.extend(queues.map(|queue| (queue.to_owned(), command.span.clone())));
        }
    }
    found
}
