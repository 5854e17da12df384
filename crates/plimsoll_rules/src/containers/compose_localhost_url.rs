//! `compose-localhost-url`: a containerised service is pointed at localhost for another service.

use std::collections::BTreeSet;

use plimsoll_catalog::Severity;
use plimsoll_facts::ProcessKind;

use super::{fault, processes_of, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compose-localhost-url",
    control: "APP-10",
    title: "a containerised service is pointed at localhost for another service",
    what: "The known variables of production's compose services that run the project: addresses of Redis, message brokers, search engines, memcached and MongoDB (by their scheme, or by names such as REDIS_HOST) at localhost. Databases have a rule of their own; containers in the host's network, and variables whose value nobody has shown, are left out.",
    why: "Inside a container localhost is the container itself. The address worked on the developer's machine; in production the connection is refused, at the first task or the first cached page.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    environment:
      CELERY_BROKER_URL: redis://localhost:6379/0
  redis:
    image: redis:8
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    environment:
      CELERY_BROKER_URL: redis://redis:6379/0
  redis:
    image: redis:8
```",
    sources: &["https://docs.docker.com/compose/how-tos/networking/"],
    check,
};

const SCHEMES: [&str; 10] = [
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "pyamqp",
    "memcached",
    "mongodb",
    "elasticsearch",
    "valkey",
    "sqs",
];
const SERVICES: [&str; 10] = [
    "REDIS",
    "RABBIT",
    "BROKER",
    "MEMCACHE",
    "ELASTIC",
    "OPENSEARCH",
    "MONGO",
    "VALKEY",
    "AMQP",
    "MEILI",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(stack) = stack(look) else { return };
    let mut seen = BTreeSet::new();
    let mut known = 0usize;
    for service in stack.services().filter(|service| service.network_mode.is_none()) {
        for process in processes_of(facts, stack, &service.name.value) {
            if !matches!(
                process.kind,
                ProcessKind::Web
                    | ProcessKind::Worker
                    | ProcessKind::Scheduler
                    | ProcessKind::Monitor
            ) {
                continue;
            }
            for (name, variable) in &process.surroundings.environment.variables {
                let Some(at) = &variable.at else { continue };
                let Some(local) = points(name, variable.value.expose()) else { continue };
                known += 1;
                if !local || !seen.insert((at.clone(), name.clone())) {
                    continue;
                }
                look.finding(
                    at.clone(),
                    fault(
                        Severity::Error,
                        format!("{name} points at localhost, and {} is a container", service.name.value),
                        "localhost is the container itself: the connection is refused",
                        "write the name of the service in place of localhost; for a server on the host itself, host.docker.internal with extra_hosts: host.docker.internal:host-gateway",
                    ),
                );
            }
        }
    }
    if seen.is_empty() {
        if known > 0 {
            look.evidence(
                format!("{known} known addresses of {} name other services", stack.name()),
                None,
            );
        } else {
            look.undetermined(
                "no address of another service is among the variables that are known",
                "check with production's environment: --env-file FILE",
                None,
            );
        }
    }
}

/// Whether a variable is the address of a service and, if so, whether that is this machine.
fn points(name: &str, value: &str) -> Option<bool> {
    let local = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "::1");
    if let Some((scheme, rest)) = value.split_once("://") {
        if !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
            return None;
        }
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let address = authority.rsplit('@').next().unwrap_or(authority);
        let host = match address.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or(rest),
            None => address.split(':').next().unwrap_or(address),
        };
        return Some(local(host));
    }
    let upper = name.to_ascii_uppercase();
    let is_host =
        (upper.ends_with("_HOST") || upper.ends_with("_HOSTNAME") || upper.ends_with("_SERVER"))
            && SERVICES.iter().any(|word| upper.contains(word));
    is_host.then(|| local(value.split(':').next().unwrap_or(value)))
}
