//! `session-store-evictable`: sessions live only in a cache that may evict them.

use plimsoll_catalog::{Confidence, Related, Severity};

use super::links::{self, Purpose};
use super::{backend, certain_text, is_per_process};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-store-evictable",
    control: "CACHE-06",
    title: "sessions live only in a cache that may evict them",
    what: "SESSION_ENGINE of the pure cache backend, with memcached, which always evicts, or with a Redis of the repository whose `maxmemory-policy` evicts. `cached_db`, `db`, files and signed cookies keep sessions elsewhere: no finding, but only `cached_db` is what the control asks for, the others leave it open. A Redis whose configuration is not in the repository is undetermined.",
    why: "When the cache is full, sessions go with the rest: users are signed out in the middle of a form, at random, at the busiest hour.",
    bad: "```python settings.py
SESSION_ENGINE = 'django.contrib.sessions.backends.cache'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache', 'LOCATION': '127.0.0.1:11211'}}
```",
    good: "```python settings.py
SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache', 'LOCATION': '127.0.0.1:11211'}}
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/http/sessions/#using-cached-sessions"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let at = facts.place_of("SESSION_ENGINE");
    let Some(engine) = certain_text(facts, "SESSION_ENGINE") else {
        look.undetermined(
            "SESSION_ENGINE is not known for certain",
            crate::way_to_know("SESSION_ENGINE"),
            at,
        );
        return;
    };
    let Some(alias) = links::session_alias(facts) else {
        if engine.contains("cached_db") || engine.to_ascii_lowercase().contains("redis") {
            look.evidence(format!("sessions are kept by {engine}"), at);
        } else {
            look.undetermined(
                format!("sessions are kept by {engine}, and the control asks for `cached_db` or Redis"),
                "SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db', or a waiver that says why the place is right",
                at,
            );
        }
        return;
    };
    let Some(at) = at else { return };
    let backend = backend(facts, alias).unwrap_or("");
    if is_per_process(backend) {
        // session-store-per-process looks at it.
        return;
    }
    let lower = backend.to_ascii_lowercase();
    if lower.contains("memcache") || lower.contains("pylibmc") {
        look.finding(at, problem(format!("sessions live only in memcached (the cache {alias})")));
        return;
    }
    let link = links::links(facts)
        .into_iter()
        .find(|link| link.purpose == Purpose::Sessions(alias.to_owned()));
    let server = link.as_ref().and_then(|link| links::server(facts, &link.address));
    match server {
        Some(server) if server.evicts().is_some() && server.max_memory.is_some() => {
            let assumed = link.is_some_and(|link| !link.assumed.is_empty());
            let (policy, policy_at) = match server.evicts() {
                Some(policy) => (policy.value.clone(), policy.span.clone()),
                None => (String::new(), server.at.clone()),
            };
            let finding = look.finding(
                at,
                problem(format!("sessions live only in {}, which evicts by {policy}", server.name)),
            );
            if assumed {
                finding.confidence = Confidence::Medium;
            }
            finding.related.push(Related { at: policy_at, message: "the policy".to_owned() });
        }
        Some(server) if server.open.is_none() => {
            look.evidence(
                format!("sessions live in {}, which evicts nothing", server.name),
                Some(at),
            );
        }
        _ => look.undetermined(
            format!(
                "sessions live in the cache {alias}; whether it evicts is not in the repository"
            ),
            "redis-cli CONFIG GET maxmemory-policy",
            Some(at),
        ),
    }
}

fn problem(message: String) -> crate::Fault {
    fault(
        Severity::Warning,
        message,
        "when the cache is full or restarted, users are signed out at random",
        "SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db', or a Redis of its own that does not evict",
    )
}
