//! `queue-flushed-by-script`: a deployment empties the Redis that holds tasks or sessions.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::RoutinePlace;

use super::uses_celery;
use crate::cache::links::{Purpose, links};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "queue-flushed-by-script",
    control: "JOB-03",
    title: "a deployment empties the Redis that holds tasks or sessions",
    what: "`redis-cli flushall` and `flushdb` in scripts, recipes and pipelines for deploying, updating or starting, while the settings keep Celery’s or RQ’s queues or the sessions in Redis. `flushdb` of a database that is named (`-n 2`) and that none of them uses is right. Scripts for developing, and commands of documents, are left alone.",
    why: "FLUSHALL empties every database of the server, not the cache alone: the tasks that wait are gone without a trace, and everybody is logged out, at each deployment.",
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
```sh deploy.sh
#!/bin/sh
set -e
git pull
redis-cli flushall
systemctl restart rota
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
```sh deploy.sh
#!/bin/sh
set -e
git pull
redis-cli -n 1 flushdb
systemctl restart rota
```",
    sources: &["https://redis.io/docs/latest/commands/flushall/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let links = links(facts);
    let kept: Vec<_> =
        links.iter().filter(|link| link.purpose.must_last() && link.address.is_redis()).collect();
    if kept.is_empty() {
        if uses_celery(facts) {
            look.evidence("neither queues nor sessions are seen to be in Redis", None);
        }
        return;
    }
    let about = [
        "deploy",
        "release",
        "updat",
        "upgrad",
        "start",
        "entrypoint",
        "restart",
        "prod",
        "launch",
    ];
    let mut any = false;
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        let runs = matches!(
            routine.place,
            RoutinePlace::Script
                | RoutinePlace::Recipe
                | RoutinePlace::Pipeline
                | RoutinePlace::Container
        );
        if !runs || !routine.is_about(&about) {
            continue;
        }
        for (command, reached) in routine.reached() {
            if reached.program != "redis-cli" {
                continue;
            }
            let has = |word: &str| {
                reached.arguments.iter().any(|argument| argument.text.eq_ignore_ascii_case(word))
            };
            let whole = has("flushall");
            let number = reached.option_text(&["-n"]).unwrap_or_else(|| "0".to_owned());
            let hit = kept.iter().find(|link| {
                whole || (has("flushdb") && same_number(&link.address.database, &number))
            });
            let Some(link) = hit else { continue };
            any = true;
            let sessions = matches!(link.purpose, Purpose::Sessions(_));
            let finding = look.finding(
                command.span.clone(),
                fault(
                    Severity::Error,
                    format!("this empties the Redis that holds {}", link.purpose.name()),
                    if sessions {
                        "everybody is logged out each time it runs"
                    } else {
                        "the tasks that wait are gone each time it runs, and nothing tells of them"
                    },
                    "delete what is stale by its prefix, or keep the cache in a database of its own and flush that with -n",
                ),
            );
            finding.confidence = Confidence::Medium;
            finding.related.push(Related {
                at: link.at.clone(),
                message: format!("{} names it", link.setting),
            });
        }
    }
    if !any {
        look.evidence("no script for deploying empties the Redis of queues or sessions", None);
    }
}

/// Whether an address means the database of this number; none written is the first.
fn same_number(database: &str, number: &str) -> bool {
    let plain = |text: &str| if text.is_empty() { "0".to_owned() } else { text.to_owned() };
    plain(database.trim_matches('/')) == plain(number)
}
