//! `connections-exceed-limit`: more connections than the server allows.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{DatabaseKind, Declaration, Process, ProcessKind};
use plimsoll_formats::command::Program;
use plimsoll_source::Span;

use super::connection;
use super::pooler::{self, Pooling};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "connections-exceed-limit",
    control: "DB-07",
    title: "workers, threads and services together can open more connections than the server allows",
    what: "Worker processes and threads of gunicorn, uWSGI and Celery as the compose services or units of production say them, replicas counted, one connection each to the default database; against max_connections of a PostgreSQL service of the stack (100 by default, or as its command says) or of the repository's postgresql.conf, three places kept for administrators. Where a number is not written out, or a pooler stands between, nothing is said.",
    why: "The connection beyond the limit is refused: \"sorry, too many clients already\", on pages picked at random and only at the hour of the highest load.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'db'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi --workers 8 --threads 16
  db:
    image: postgres:17
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'db'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi --workers 8 --threads 4
  db:
    image: postgres:17
```",
    sources: &[
        "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS",
    ],
    check,
};

/// What the server keeps for superusers by default.
const RESERVED: u64 = 3;

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(database) = connection::default(facts).filter(|database| database.is_postgres())
    else {
        return;
    };
    if !matches!(pooler::of(facts, &database), Pooling::Direct(_) | Pooling::Unknown(_)) {
        look.undetermined(
            "a pooler stands between the application and the server; its own limits count",
            "on the pooler: SHOW POOLS at the hour of the highest load",
            Some(database.at),
        );
        return;
    }
    let mut total = 0u64;
    let mut parts: Vec<(String, Span)> = Vec::new();
    for process in counted(look) {
        let Some(each) = connections(process) else {
            look.undetermined(
                format!("how many workers {} {} has is not known", process.declared.name(), process.name),
                "on the host: SELECT count(*) FROM pg_stat_activity at the hour of the highest load",
                Some(process.at.clone()),
            );
            return;
        };
        let Some(replicas) = replicas(look, process) else { return };
        total = total.saturating_add(each.saturating_mul(replicas));
        parts.push((format!("{}: {}", process.name, each * replicas), process.at.clone()));
    }
    let limit = limit(look, &database);
    let (Some((limit, limit_at)), false) = (limit, parts.is_empty()) else {
        look.undetermined(
            "how many connections the server allows, or the processes open, is not known",
            "on the server: SHOW max_connections",
            Some(database.at),
        );
        return;
    };
    if total <= limit.saturating_sub(RESERVED) {
        look.evidence(
            format!("the processes open at most {total} connections; the server allows {limit}"),
            Some(limit_at),
        );
        return;
    }
    let Some((_, first)) = parts.first() else { return };
    let listed: Vec<&str> = parts.iter().map(|(text, _)| text.as_str()).collect();
    let finding = look.finding(
        first.clone(),
        fault(
            Severity::Warning,
            format!("the processes can open {total} connections ({}), and the server allows {limit}", listed.join(", ")),
            "under load the server refuses connections (\"too many clients already\"): errors on pages picked at random",
            "fewer threads, a pooler in between, or a higher max_connections where the memory allows it",
        ),
    );
    finding.confidence = Confidence::Medium;
    finding.related.push(Related { at: limit_at, message: format!("{limit} connections") });
}

/// The long-running processes of one kind of declaration: of compose and units only one is what
/// production runs.
fn counted<'f>(look: &Look<'f>) -> Vec<&'f Process> {
    let facts = look.facts;
    for declared in [Declaration::Compose, Declaration::Unit, Declaration::Supervisor] {
        let found: Vec<&Process> = facts
            .processes
            .iter()
            .filter(|process| process.declared == declared)
            .filter(|p| {
                matches!(p.kind, ProcessKind::Web | ProcessKind::Worker | ProcessKind::Scheduler)
            })
            .collect();
        if found.iter().any(|process| process.kind == ProcessKind::Web) {
            return found;
        }
    }
    Vec::new()
}

/// The connections that a process opens to one database at most.
fn connections(process: &Process) -> Option<u64> {
    let command = process.command.as_ref()?;
    let options = &command.options;
    let literal = |name: &str| options.value(name).map(|value| value.value.parse::<u64>().ok());
    match command.program {
        Program::CeleryBeat => Some(1),
        Program::CeleryWorker => command.workers().map(|workers| workers.value + 1),
        Program::Gunicorn => {
            // A configuration file may say otherwise.
            if options.has("config") {
                return None;
            }
            let workers = command.workers()?.value;
            match literal("threads") {
                Some(threads) => Some(workers * threads?),
                None => Some(workers),
            }
        }
        Program::Uwsgi => {
            let workers = command.workers()?.value;
            match literal("threads") {
                Some(threads) => Some(workers * threads?),
                None => Some(workers),
            }
        }
        _ => None,
    }
}

fn replicas(look: &Look, process: &Process) -> Option<u64> {
    if process.declared != Declaration::Compose {
        return Some(1);
    }
    let stack = look.facts.containers.production_stack()?;
    let service = stack.project.services.get(&process.name)?;
    let scale = service.scale.as_ref();
    let deploy = service.deploy.as_ref().and_then(|deploy| deploy.value.replicas.as_ref());
    match scale.or(deploy) {
        None => Some(1),
        Some(count) => count.value.known()?.parse().ok(),
    }
}

fn limit(look: &Look, database: &connection::Database) -> Option<(u64, Span)> {
    let facts = look.facts;
    if let Some(server) = database.server(facts) {
        if server.kind != DatabaseKind::Postgres {
            return None;
        }
        return match &server.max_connections {
            Some(max) => Some((u64::from(max.value), max.span.clone())),
            None if server.plain => Some((100, server.at.clone())),
            None => of_file(look),
        };
    }
    if facts.containers.databases.is_empty() { of_file(look) } else { None }
}

fn of_file(look: &Look) -> Option<(u64, Span)> {
    let mut files = look.facts.postgres.iter();
    let (one, None) = (files.next()?, files.next()) else { return None };
    let max = one.max_connections.as_ref()?;
    Some((u64::from(max.value), max.span.clone()))
}
