//! `database-host-container-local`: a containerised application looks for its database at localhost.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{Declaration, ProcessKind};

use super::connection::{self, Part};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-host-container-local",
    control: "DB-02",
    title: "a containerised application is pointed at localhost for its database",
    what: "The default database's HOST as production will have it, where production's compose files run the site in a container of its own: localhost, a loopback address, or none at all. Containers in the host's network, sockets that are mounted, and values that hold only while a variable is unset are left out.",
    why: "Inside the container localhost is the container itself, where no database listens: every page is a 500.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'localhost'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
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
    command: gunicorn rota.wsgi
  db:
    image: postgres:17
```",
    sources: &["https://docs.docker.com/compose/how-tos/networking/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(stack) = facts.containers.production_stack() else { return };
    let Some(database) = connection::default(facts) else { return };
    if !(database.is_postgres() || database.is_mysql()) {
        return;
    }
    let web = facts.processes.iter().find(|process| {
        process.declared == Declaration::Compose
            && process.kind == ProcessKind::Web
            && stack.has_file(&process.at.file)
    });
    let Some(service) = web.and_then(|web| stack.project.services.get(&web.name)) else { return };
    let shares = service.network_mode.is_some()
        || service.volumes.iter().any(|mount| {
            ["postgresql", "mysqld", "/cloudsql", "/run/"]
                .iter()
                .any(|part| mount.value.target.contains(part))
        });
    let host = match database.part("HOST") {
        Part::Text(host) => Some(host),
        Part::Missing => None,
        Part::Unknown => {
            look.undetermined(
                "the host of the default database is not known",
                crate::way_to_know("DATABASES"),
                Some(database.at),
            );
            return;
        }
    };
    let local = host.is_none_or(|host| connection::is_local(host) && !host.starts_with('/'));
    if !local {
        look.evidence(
            format!("the default database is on {}", host.unwrap_or("a socket")),
            Some(database.at),
        );
        return;
    }
    let by_service = host.is_none() && !matches!(database.option("service"), Ok(None));
    // Where another system's units run the site, its settings are for a host.
    let on_host = facts.processes.iter().any(|process| {
        process.kind == ProcessKind::Web
            && matches!(process.declared, Declaration::Unit | Declaration::Supervisor)
    });
    if shares || by_service || on_host || !database.assumed.is_empty() {
        look.undetermined(
            "the default database is at localhost unless a variable, a socket or the host's network says otherwise",
            crate::way_to_know("DATABASES"),
            Some(database.at),
        );
        return;
    }
    let finding = look.finding(
        database.at,
        fault(
            Severity::Error,
            match host {
                Some(host) => format!("the default database is at {host}, and {} is a container", service.name.value),
                None => format!("the default database has no HOST, so it is looked for on a socket inside the container of {}", service.name.value),
            },
            "localhost is the container itself, where no database listens",
            "set HOST to the name of the database service",
        ),
    );
    finding.related.push(Related {
        at: service.name.span.clone(),
        message: "the container that serves the site".to_owned(),
    });
}
