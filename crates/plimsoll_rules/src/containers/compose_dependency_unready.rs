//! `compose-dependency-unready`: a service starts without waiting for its database to be ready.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{ComposeStack, Facts};
use plimsoll_formats::compose::{Condition, Service};

use super::{fault, image_name, runs_project, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compose-dependency-unready",
    control: "APP-10",
    title: "a service starts without waiting for its database to be ready",
    what: "Services of production's compose files that run the project beside a database service: whether they wait until it is healthy (`condition: service_healthy`), directly or through a service they wait for, or whether a script of the repository waits (pg_isready, wait-for-it, dockerize, a loop on the port). A health condition on an official image without any health check is reported too.",
    why: "`depends_on` alone waits until the database's container was started, not until it answers, which takes seconds, or minutes after a crash. Migrations at start-up then fail, and a worker gives up.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    depends_on: [db]
  db:
    image: postgres:17
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:17
    healthcheck:
      test: pg_isready -U rota
```",
    sources: &["https://docs.docker.com/compose/how-tos/startup-order/"],
    check,
};

/// Words of commands that wait for another service.
const WAITS: [&str; 14] = [
    "wait-for-it",
    "wait-for",
    "wait_for",
    "dockerize",
    "pg_isready",
    "wait4x",
    "wait-for-db",
    "wait-for-postgres",
    "mysqladmin",
    "waitdb",
    "wait_db",
    "db_ready",
    "postgres_ready",
    "waitfor",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.containers.databases.is_empty() {
        return;
    }
    let Some(stack) = stack(look) else { return };
    impossible(look, stack);
    let script = waiting_script(facts);
    let (mut ready, mut unready) = (Vec::new(), Vec::new());
    for service in stack.services().filter(|service| runs_project(facts, stack, service)) {
        if waits(facts, stack, service, 0) || command_waits(service) {
            ready.push(service);
        } else {
            unready.push(service);
        }
    }
    let Some(first) = unready.first() else {
        if !ready.is_empty() {
            look.evidence(
                format!("{} services wait until the database is ready", ready.len()),
                None,
            );
        }
        return;
    };
    if let Some(at) = script {
        look.evidence("a script of the repository waits for the database", Some(at));
        return;
    }
    let restarts = unready.iter().all(|service| {
        service
            .restart
            .as_ref()
            .is_some_and(|restart| !matches!(restart.value.text.as_str(), "no" | "false" | ""))
    });
    let names: Vec<&str> = unready.iter().map(|service| service.name.value.as_str()).collect();
    let place = |service: &Service| {
        let first = service.depends_on.first().map(|dependency| dependency.span.clone());
        first.unwrap_or_else(|| service.name.span.clone())
    };
    let verb = if names.len() == 1 { "starts" } else { "start" };
    let finding = look.finding(
        place(first),
        fault(
            if restarts { Severity::Note } else { Severity::Warning },
            format!("{} {verb} without waiting for the database to answer", names.join(", ")),
            if restarts {
                "at a fresh start it fails and is restarted until the database is there: noise in the log, and start scripts that run several times"
            } else {
                "at a fresh start or after a reboot it can fail on the first query and stay down"
            },
            "give the database a healthcheck and wait for it: depends_on with condition: service_healthy",
        ),
    );
    finding.related.extend(
        unready
            .iter()
            .skip(1)
            .map(|service| Related { at: place(service), message: "the same here".to_owned() }),
    );
}

/// Whether a service waits until a database is healthy, itself or through those it waits for.
fn waits(facts: &Facts, stack: &ComposeStack, service: &Service, depth: usize) -> bool {
    let is_database =
        |name: &str| facts.containers.databases.iter().any(|server| server.service == name);
    depth < 8
        && service.depends_on.iter().any(|dependency| {
            let dependency = &dependency.value;
            match dependency.condition {
                Condition::Healthy if is_database(&dependency.service) => true,
                Condition::Healthy | Condition::Completed => stack
                    .project
                    .services
                    .get(&dependency.service)
                    .is_some_and(|other| waits(facts, stack, other, depth + 1)),
                Condition::Started => false,
            }
        })
}

fn command_waits(service: &Service) -> bool {
    [&service.command, &service.entrypoint].into_iter().flatten().any(|command| {
        command.texts().any(|text| {
            WAITS.iter().any(|word| text.contains(word))
                || ["nc -z", "/dev/tcp/", "until ", "while !"]
                    .iter()
                    .any(|word| text.contains(word))
        })
    })
}

/// A place where a script of the repository waits for something.
fn waiting_script(facts: &Facts) -> Option<plimsoll_source::Span> {
    facts.scripts.iter().find_map(|script| {
        let mut commands = script.script.commands.iter();
        let found = commands.find(|command| {
            let mut words = command.words.iter().map(|word| word.text.as_str());
            let first = words.next().unwrap_or("");
            WAITS.iter().any(|word| first.contains(word))
                || (first == "nc" && words.clone().any(|word| word.starts_with("-z")))
                || words.any(|word| WAITS.iter().any(|wait| word.contains(wait)))
                || matches!(first, "until" | "sleep")
        })?;
        Some(found.span.clone())
    })
}

/// Conditions that can never come true: compose refuses to start what waits for the health of a
/// container without a health check.
fn impossible(look: &mut Look, stack: &ComposeStack) {
    const PLAIN: [&str; 6] = ["postgres", "mysql", "mariadb", "redis", "valkey", "postgis"];
    for service in stack.services() {
        for dependency in &service.depends_on {
            let Some(other) = stack.project.services.get(&dependency.value.service) else {
                continue;
            };
            let plain = image_name(other).is_some_and(|name| PLAIN.contains(&name.as_str()))
                && other.build.is_none();
            if dependency.value.condition == Condition::Healthy
                && other.healthcheck.is_none()
                && plain
            {
                look.finding(
                    dependency.span.clone(),
                    fault(
                        Severity::Error,
                        format!(
                            "{} waits for {} to be healthy, which has no health check",
                            service.name.value, other.name.value
                        ),
                        "compose refuses to start it: the image brings no health check of its own",
                        format!("give {} a healthcheck", other.name.value),
                    ),
                );
            }
        }
    }
}
