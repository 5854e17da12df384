//! `redis-memory-unbounded`: Redis has no memory limit.

use plimsoll_catalog::Severity;

use super::links::{self, Purpose};
use super::servers;
use crate::containers::fault;
use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "redis-memory-unbounded",
    control: "CACHE-03",
    title: "Redis has no memory limit",
    what: "`maxmemory` of production's Redis servers: compose services with their command and mounted redis.conf, and redis.conf files of the repository. Where the settings keep a cache there, which grows, this is a warning; otherwise a note. A limit of the container alone does not count: Redis does not know it, and is killed at it.",
    why: "A cache without limit takes all the memory of its machine; the kernel then kills something, often the database or Redis itself with the queue in it.",
    bad: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://redis:6379/1'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  redis:
    image: redis:8
```",
    good: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://redis:6379/1'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  redis:
    image: redis:8
    command: redis-server --maxmemory 256mb --maxmemory-policy allkeys-lru
```",
    sources: &["https://redis.io/docs/latest/develop/reference/eviction/#maxmem"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for server in servers(look, "its memory limit") {
        match (&server.max_memory, &server.open) {
            (Some(memory), _) if memory.value > 0 => look
                .evidence(format!("{} has a memory limit", server.name), Some(memory.span.clone())),
            (None, Some(why)) => look.undetermined(
                format!("the memory limit of {} is not known: {why}", server.name),
                "redis-cli CONFIG GET maxmemory",
                Some(server.at.clone()),
            ),
            (limit, _) => {
                let at = limit.as_ref().map_or(&server.at, |limit| &limit.span).clone();
                let caches = links::uses(facts, server)
                    .links
                    .iter()
                    .any(|link| matches!(link.purpose, Purpose::Cache(_) | Purpose::Sessions(_)));
                let severity = if caches { Severity::Warning } else { Severity::Note };
                look.settle(
                    at,
                    Judgement::Bad(fault(
                        severity,
                        format!("{} has no memory limit", server.name),
                        "it grows until the machine has no memory left, and the kernel kills it or the database beside it",
                        "set maxmemory: with allkeys-lru for a pure cache, with noeviction where queues or sessions live",
                    )),
                );
            }
        }
    }
}
