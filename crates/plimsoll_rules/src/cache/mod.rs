//! Rules about Redis, caches and where sessions are kept.

mod cache_per_process;
pub(crate) mod links;
mod redis_eviction_unsafe;
mod redis_memory_unbounded;
mod redis_persistence_off;
mod redis_port_published;
mod redis_unencrypted;
mod redis_without_password;
mod session_store_evictable;
mod session_store_per_process;

use plimsoll_facts::{Facts, ProcessKind, RedisPlace, RedisServer};
use plimsoll_python::Value;
use plimsoll_source::Span;

use crate::{Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    redis_without_password::RULE,
    redis_port_published::RULE,
    redis_unencrypted::RULE,
    redis_eviction_unsafe::RULE,
    redis_memory_unbounded::RULE,
    redis_persistence_off::RULE,
    cache_per_process::RULE,
    session_store_evictable::RULE,
    session_store_per_process::RULE,
];

/// The Redis servers that production runs: services of its stack, configuration files for a host.
fn servers<'f>(look: &mut Look<'f>, what: &str) -> Vec<&'f RedisServer> {
    let facts = look.facts;
    let stack = facts.containers.production_stack().is_some();
    let found: Vec<&RedisServer> = facts
        .containers
        .redis
        .iter()
        .filter(|server| stack || server.place == RedisPlace::ConfFile)
        .collect();
    if found.is_empty() {
        look.undetermined(
            format!(
                "no file of the repository configures production's Redis, so {what} is not known"
            ),
            "on the host: redis-cli CONFIG GET '*'",
            None,
        );
    }
    found
}

/// The backend of a cache: the last part of its class.
fn backend<'f>(facts: &'f Facts, alias: &str) -> Option<&'f str> {
    facts.partial("CACHES")?.get(alias)?.get("BACKEND")?.text()?.rsplit('.').next()
}

/// Whether a cache's backend keeps everything in the memory of one process, or nothing at all.
fn is_per_process(backend: &str) -> bool {
    matches!(backend, "LocMemCache" | "DummyCache")
}

/// What shows that several processes of the system run at a time.
fn several(facts: &Facts) -> Option<Span> {
    let counted = facts.processes.iter().find(|process| {
        process.kind == ProcessKind::Web
            && process
                .command
                .as_ref()
                .and_then(|command| command.workers())
                .is_some_and(|workers| workers.value > 1)
    });
    let worker = || {
        let web = facts.processes_of(ProcessKind::Web).next()?;
        let worker =
            facts.processes_of(ProcessKind::Worker).find(|p| p.declared == web.declared)?;
        Some(worker.at.clone())
    };
    counted
        .map(|process| process.at.clone())
        .or_else(worker)
        .or_else(|| facts.code.processes.several().cloned())
}

/// The text of a setting that is certain.
fn certain_text<'f>(facts: &'f Facts, name: &str) -> Option<&'f str> {
    facts.certain(name).and_then(Value::text)
}
