//! `celery-setting-unread`: a setting that Celery passes over because of its name.

use plimsoll_catalog::Severity;
use plimsoll_formats::requirements::Version;
use plimsoll_python::settings_atlas::{Package, Series, atlas};
use plimsoll_python::settings_code::Namespace;

use super::unused;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "celery-setting-unread",
    control: "SET-13",
    title: "a setting that Celery passes over because of its name",
    what: "Settings that are written for Celery and that it does not read in the way it is configured. With `namespace='CELERY'` it reads `CELERY_` and the new name of an option and nothing else: `BROKER_URL`, `CELERYBEAT_SCHEDULE` and `CELERY_TASK_RESULT_EXPIRES` are passed over. Without a namespace it reads the names from before version 4 and passes over `CELERY_BROKER_URL`. Left alone: names that the project's own code uses, names beside which the right one is set as well, projects that do not tell Celery to read Django's settings.",
    why: "Celery says nothing. It connects to amqp://localhost, runs no schedule, has no time limits, and keeps results for a day, while the settings say otherwise.",
    bad: "```python config/settings.py
CELERY_BROKER_URL = 'redis://redis:6379/0'
CELERYBEAT_SCHEDULE = {'purge': {'task': 'app.purge', 'schedule': 60}}
```
```python config/celery.py
from celery import Celery
app = Celery('config')
app.config_from_object('django.conf:settings', namespace='CELERY')
```",
    good: "```python config/settings.py
CELERY_BROKER_URL = 'redis://redis:6379/0'
CELERY_BEAT_SCHEDULE = {'purge': {'task': 'app.purge', 'schedule': 60}}
```
```python config/celery.py
from celery import Celery
app = Celery('config')
app.config_from_object('django.conf:settings', namespace='CELERY')
```",
    sources: &[
        "https://docs.celeryq.dev/en/stable/userguide/configuration.html#new-lowercase-settings",
        "https://docs.celeryq.dev/en/stable/django/first-steps-with-django.html",
    ],
    check,
};

/// Names from before Celery 4 and the options that took their place, from the table of the
/// configuration guide. `None`: gone.
const RENAMED: [(&str, Option<&str>); 26] = [
    ("BROKER_URL", Some("BROKER_URL")),
    ("BROKER_TRANSPORT_OPTIONS", Some("BROKER_TRANSPORT_OPTIONS")),
    ("BROKER_POOL_LIMIT", Some("BROKER_POOL_LIMIT")),
    ("CELERYBEAT_SCHEDULE", Some("BEAT_SCHEDULE")),
    ("CELERYBEAT_SCHEDULER", Some("BEAT_SCHEDULER")),
    ("CELERYBEAT_SCHEDULE_FILENAME", Some("BEAT_SCHEDULE_FILENAME")),
    ("CELERYBEAT_MAX_LOOP_INTERVAL", Some("BEAT_MAX_LOOP_INTERVAL")),
    ("CELERYD_CONCURRENCY", Some("WORKER_CONCURRENCY")),
    ("CELERYD_PREFETCH_MULTIPLIER", Some("WORKER_PREFETCH_MULTIPLIER")),
    ("CELERYD_MAX_TASKS_PER_CHILD", Some("WORKER_MAX_TASKS_PER_CHILD")),
    ("CELERYD_HIJACK_ROOT_LOGGER", Some("WORKER_HIJACK_ROOT_LOGGER")),
    ("CELERYD_TASK_TIME_LIMIT", Some("TASK_TIME_LIMIT")),
    ("CELERYD_TASK_SOFT_TIME_LIMIT", Some("TASK_SOFT_TIME_LIMIT")),
    ("CELERY_ACKS_LATE", Some("TASK_ACKS_LATE")),
    ("CELERY_ALWAYS_EAGER", Some("TASK_ALWAYS_EAGER")),
    ("CELERY_EAGER_PROPAGATES_EXCEPTIONS", Some("TASK_EAGER_PROPAGATES")),
    ("CELERY_DEFAULT_QUEUE", Some("TASK_DEFAULT_QUEUE")),
    ("CELERY_QUEUES", Some("TASK_QUEUES")),
    ("CELERY_ROUTES", Some("TASK_ROUTES")),
    ("CELERY_CREATE_MISSING_QUEUES", Some("TASK_CREATE_MISSING_QUEUES")),
    ("CELERY_IGNORE_RESULT", Some("TASK_IGNORE_RESULT")),
    ("CELERY_TASK_RESULT_EXPIRES", Some("RESULT_EXPIRES")),
    ("CELERY_TRACK_STARTED", Some("TASK_TRACK_STARTED")),
    ("CELERY_REDIRECT_STDOUTS", Some("WORKER_REDIRECT_STDOUTS")),
    ("CELERY_SEND_EVENTS", Some("WORKER_SEND_TASK_EVENTS")),
    ("CELERY_SEND_TASK_ERROR_EMAILS", None),
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let namespaces: Vec<&Namespace> = facts.uses.celery.iter().map(|it| &it.namespace).collect();
    if namespaces.is_empty() {
        return;
    }
    let Some(celery) = atlas().package("celery") else { return };
    let declared = facts.versions.distributions.get("celery").and_then(|it| it.exact.clone());
    // Before version 4 there was no namespace, and every name was an old one.
    if declared.as_ref().is_some_and(|version| version.release().first() < Some(&4))
        || namespaces.contains(&&Namespace::Unknown)
    {
        return;
    }
    let series = declared.as_ref().and_then(|version| celery.series(version));
    let Some(series) = series.or_else(|| celery.newest()) else { return };
    let old = Old::of(celery);
    let mut found = false;
    for (name, setting) in unused(facts) {
        let Some(at) = setting.at.clone() else { continue };
        let answers: Option<Vec<String>> = namespaces
            .iter()
            .map(|namespace| passed_over(name, namespace, &series, &old))
            .collect();
        // Beside the name that is read, the older one says nothing wrong.
        let is_said_again = RENAMED.iter().any(|(old, new)| {
            let written =
                |prefix: &str| new.is_some_and(|new| facts.is_set(&format!("{prefix}_{new}")));
            *old == name
                && namespaces
                    .iter()
                    .any(|it| matches!(it, Namespace::Named(prefix) if written(prefix)))
        });
        if is_said_again {
            continue;
        }
        // Every way in which it is configured passes over it.
        let Some(fix) = answers.and_then(|answers| answers.into_iter().next()) else { continue };
        found = true;
        let how = match namespaces.first() {
            Some(Namespace::Named(prefix)) => format!("with namespace='{prefix}'"),
            _ => "without a namespace".to_owned(),
        };
        let grave = name.contains("BROKER_URL") || name.ends_with("_SCHEDULE");
        let repair = fix.strip_prefix("write ").map(|to| crate::repairs::rename(&at, name, to));
        let finding = look.finding(
            at,
            Fault {
                severity: if grave { Severity::Error } else { Severity::Warning },
                message: format!(
                    "{name} has no effect: Celery is configured {how} and does not read this name"
                ),
                consequence: consequence(name).to_owned(),
                fix,
            },
        );
        finding.repair = repair;
        finding.related.extend(facts.uses.celery.first().map(|config| plimsoll_catalog::Related {
            at: config.at.clone(),
            message: "Celery is told here which settings to read".to_owned(),
        }));
    }
    if !found {
        let at = facts.uses.celery.first().map(|config| config.at.clone());
        look.evidence("Celery reads every setting that is written for it", at);
    }
}

fn consequence(name: &str) -> &'static str {
    if name.contains("BROKER_URL") {
        "Celery connects to its default broker, amqp://localhost, unless the process's environment names another"
    } else if name.ends_with("_SCHEDULE") {
        "the scheduler has nothing to run: none of these tasks ever starts"
    } else {
        "Celery uses its default"
    }
}

/// The names from before Celery 4.
struct Old {
    series: Option<Series<'static>>,
}

impl Old {
    fn of(celery: &'static Package) -> Self {
        Self { series: Version::parse("3.1").and_then(|version| celery.series(&version)) }
    }

    fn has(&self, name: &str) -> bool {
        RENAMED.iter().any(|(old, _)| *old == name)
            || self
                .series
                .is_some_and(|series| series.settings().any(|it| it == name) && is_celerys(name))
    }
}

/// Celery 3 also read `ADMINS`, `TIME_ZONE` and the settings of mail, which are Django's.
fn is_celerys(name: &str) -> bool {
    ["CELERY_", "CELERYD_", "CELERYBEAT_", "BROKER_"].iter().any(|prefix| name.starts_with(prefix))
}

/// What to write instead, where this way of configuring passes over the name; `None` where it
/// reads it or the name is none of Celery's.
fn passed_over(
    name: &str,
    namespace: &Namespace,
    series: &Series<'_>,
    old: &Old,
) -> Option<String> {
    let keys = series.keys("CELERY");
    let Namespace::Named(prefix) = namespace else {
        let option = name.strip_prefix("CELERY_")?;
        let is_new = keys.contains(option) && !old.has(name);
        return is_new.then(|| {
            format!("configure Celery with namespace='CELERY', under which {name} is read; then rename the older settings as well")
        });
    };
    if let Some(option) = name.strip_prefix(prefix.as_str()).and_then(|rest| rest.strip_prefix('_'))
    {
        if keys.contains(option) {
            return None;
        }
        let slip = keys.iter().find(|key| crate::is_slip(option, key) && option.len() > 5);
        let renamed = RENAMED.iter().find(|(old, _)| *old == name);
        return match (renamed, slip) {
            (Some((_, new)), _) => Some(instead(prefix, *new)),
            (None, Some(meant)) => Some(format!("write {prefix}_{meant}")),
            (None, None) => None,
        };
    }
    let renamed = RENAMED.iter().find(|(old, _)| *old == name);
    match renamed {
        Some((_, new)) => Some(instead(prefix, *new)),
        None => old.has(name).then(|| {
            format!("look up its new name in the table of Celery's configuration guide and write it with {prefix}_ before it")
        }),
    }
}

fn instead(prefix: &str, new: Option<&str>) -> String {
    match new {
        Some(new) => format!("write {prefix}_{new}"),
        None => "take it out: Celery 4 removed it".to_owned(),
    }
}
