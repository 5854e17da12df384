//! `redis-eviction-unsafe`: a Redis that holds queues or sessions may evict keys.

use plimsoll_catalog::{Confidence, Related, Severity};

use super::links::{self, Purpose};
use super::servers;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "redis-eviction-unsafe",
    control: "CACHE-03",
    title: "a Redis that holds queues, sessions or locks may evict keys",
    what: "`maxmemory-policy` of production's Redis servers (compose services with their command and mounted redis.conf, and redis.conf files of the repository) against what the settings keep there: Celery's and RQ's queues, results, sessions, the channel layer. The policy counts for the whole server, whatever the database number. The volatile policies spare keys without an expiry, so queues are safe from them and sessions are not. Without `maxmemory` nothing is evicted.",
    why: "When the memory is full, Redis drops the queue's list like any other key: waiting tasks are gone, without an error in application, worker or log. Mails and reports simply never happen.",
    bad: "```python settings.py
CELERY_BROKER_URL = 'redis://redis:6379/0'
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  redis:
    image: redis:8
    command: redis-server --maxmemory 512mb --maxmemory-policy allkeys-lru
```",
    good: "```python settings.py
CELERY_BROKER_URL = 'redis://redis:6379/0'
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  redis:
    image: redis:8
    command: redis-server --maxmemory 512mb --maxmemory-policy noeviction --appendonly yes
```",
    sources: &["https://redis.io/docs/latest/develop/reference/eviction/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for server in servers(look, "what it evicts") {
        let uses = links::uses(facts, server);
        let Some(policy) = server.evicts().filter(|_| limited(server)) else {
            match &server.open {
                Some(why) if server.policy.is_none() => look.undetermined(
                    format!("the policy of {} is not known: {why}", server.name),
                    "redis-cli CONFIG GET maxmemory-policy",
                    Some(server.at.clone()),
                ),
                _ => look
                    .evidence(format!("{} evicts nothing", server.name), Some(server.at.clone())),
            }
            continue;
        };
        // The volatile policies take keys with an expiry only.
        let all = policy.value.to_ascii_lowercase().starts_with("allkeys");
        let at_risk = |purpose: &Purpose| match purpose {
            Purpose::Broker | Purpose::Queue => all,
            Purpose::Sessions(_) | Purpose::Results | Purpose::Channels => true,
            Purpose::Cache(_) => false,
        };
        let lost: Vec<_> = uses.links.iter().filter(|link| at_risk(&link.purpose)).collect();
        let guessed: Vec<&Purpose> = uses.guessed.iter().filter(|p| at_risk(p)).collect();
        if lost.is_empty() && guessed.is_empty() {
            let known = !uses.links.is_empty();
            if known {
                look.evidence(
                    format!(
                        "{} evicts ({}), and nothing that must last is known to be in it",
                        server.name, policy.value
                    ),
                    Some(policy.span.clone()),
                );
            } else {
                look.undetermined(
                    format!(
                        "{} evicts ({}); what is kept in it is not known",
                        server.name, policy.value
                    ),
                    "check with production's environment: --env-file FILE",
                    Some(policy.span.clone()),
                );
            }
            continue;
        }
        let mut names: Vec<String> = lost.iter().map(|link| link.purpose.name()).collect();
        names.extend(guessed.iter().map(|purpose| purpose.name()));
        names.dedup();
        let severe = lost
            .iter()
            .map(|link| &link.purpose)
            .chain(guessed.iter().copied())
            .any(|purpose| matches!(purpose, Purpose::Broker | Purpose::Queue));
        let sure = lost.iter().any(|link| link.assumed.is_empty());
        let finding = look.finding(
            policy.span.clone(),
            fault(
                if severe { Severity::Error } else { Severity::Warning },
                format!("{} evicts keys by {} and holds {}", server.name, policy.value, names.join(", ")),
                if severe {
                    "when its memory is full, waiting tasks vanish without an error anywhere"
                } else {
                    "when its memory is full, users are signed out and results vanish at random"
                },
                "give the cache a Redis of its own; the other one gets noeviction, persistence and an alarm on its memory",
            ),
        );
        if !sure {
            finding.confidence = Confidence::Medium;
        }
        finding.related.extend(lost.iter().map(|link| Related {
            at: link.at.clone(),
            message: format!("{} points {} there", link.setting, link.purpose.name()),
        }));
    }
}

fn limited(server: &plimsoll_facts::RedisServer) -> bool {
    // A limit may stand in a part of the configuration that was not read.
    server.open.is_some() || server.max_memory.as_ref().is_some_and(|memory| memory.value > 0)
}
