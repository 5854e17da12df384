//! `broker-shared-with-cache`: the broker shares host, port and database with a cache.

use plimsoll_catalog::{Confidence, Related, Severity};

use crate::cache::links::{self, Purpose};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "broker-shared-with-cache",
    control: "JOB-03",
    title: "the broker shares host, port and database with a cache",
    what: "The addresses of Celery's broker and RQ's queues against those of the Redis caches in the settings: same host, port and database number. Other numbers on the same server are enough here; what the server evicts is looked at by redis-eviction-unsafe. Addresses that are not known are undetermined.",
    why: "`cache.clear()` empties the whole database (FLUSHDB), in Django's own backend and in django-redis: one call, in a deploy script or the admin, and all waiting tasks are gone.",
    bad: "```python settings.py
CELERY_BROKER_URL = 'redis://redis:6379/0'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://redis:6379'}}
```",
    good: "```python settings.py
CELERY_BROKER_URL = 'redis://redis:6379/0'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://redis:6379/1'}}
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/cache/#basic-usage"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let all = links::links(facts);
    let queues: Vec<_> = all
        .iter()
        .filter(|link| matches!(link.purpose, Purpose::Broker | Purpose::Queue))
        .filter(|link| link.address.is_redis())
        .collect();
    let caches: Vec<_> = all
        .iter()
        .filter(|link| matches!(link.purpose, Purpose::Cache(_) | Purpose::Sessions(_)))
        .collect();
    let (Some(queue), false) = (queues.first(), caches.is_empty()) else {
        let set = links::BROKERS.iter().find(|name| facts.is_set(name));
        if let Some(name) = set {
            let other = all.iter().any(|l| l.purpose == Purpose::Broker && !l.address.is_redis());
            if other {
                look.evidence("the broker is no Redis", facts.place_of(name));
            } else {
                look.undetermined(
                    "the addresses of broker and cache are not both known",
                    "check with production's environment: --env-file FILE",
                    facts.place_of(name),
                );
            }
        }
        return;
    };
    let key = |link: &links::Link| {
        let host = match link.address.host.as_str() {
            "127.0.0.1" | "::1" => "localhost".to_owned(),
            host => host.to_owned(),
        };
        (host, link.address.port, link.address.database.clone())
    };
    let shared = queues
        .iter()
        .find_map(|queue| Some((queue, caches.iter().find(|cache| key(cache) == key(queue))?)));
    let Some((queue, cache)) = shared else {
        let assumed = all.iter().any(|link| !link.assumed.is_empty());
        if assumed {
            look.undetermined(
                "the addresses of broker and cache depend on variables that nothing in the repository sets",
                "check with production's environment: --env-file FILE",
                Some(queue.at.clone()),
            );
        } else {
            look.evidence("broker and caches are in different databases", Some(queue.at.clone()));
        }
        return;
    };
    // One variable for both stays one variable, whatever its value.
    let same = queue.assumed.iter().any(|name| cache.assumed.contains(name));
    let sure = queue.assumed.is_empty() && cache.assumed.is_empty();
    if !sure && !same {
        look.undetermined(
            "broker and cache fall to the same database while their variables are unset",
            "check with production's environment: --env-file FILE",
            Some(queue.at.clone()),
        );
        return;
    }
    let finding = look.finding(
        queue.at.clone(),
        fault(
            if sure { Severity::Error } else { Severity::Warning },
            format!(
                "{} and {} are in the same Redis database",
                queue.purpose.name(),
                cache.purpose.name()
            ),
            "cache.clear() empties the database: every waiting task is gone, without an error",
            "give the queue a Redis of its own; at the very least another database number",
        ),
    );
    if !sure {
        finding.confidence = Confidence::Medium;
    }
    finding.related.push(Related { at: cache.at.clone(), message: "the cache".to_owned() });
}
