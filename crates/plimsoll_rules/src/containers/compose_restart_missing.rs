//! `compose-restart-missing`: a compose service has no restart policy.

use plimsoll_catalog::{Change, Related, Repair, Severity};
use plimsoll_formats::compose::{Condition, Service};

use super::{fault, is_proxy, runs_project, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compose-restart-missing",
    control: "APP-10",
    title: "a compose service has no restart policy",
    what: "The services of production's compose files that stay up: the site, workers, schedulers, databases, Redis, proxies. One-time services (migrations, what others wait for to end) and services behind profiles are left out, and stacks that only a swarm runs, where services restart by themselves.",
    why: "The default is to restart nothing. One crash, one kill by the kernel for memory, or one reboot of the host after an update ends the site, or silently all background work, until somebody notices.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    restart: unless-stopped
```",
    sources: &["https://docs.docker.com/engine/containers/start-containers-automatically/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(stack) = stack(look) else { return };
    let is_server = |service: &Service| {
        facts.containers.databases.iter().any(|server| server.service == service.name.value)
            || facts.containers.redis.iter().any(|server| server.name == service.name.value)
    };
    let awaited: Vec<&str> = stack
        .project
        .services
        .values()
        .flat_map(|service| &service.depends_on)
        .filter(|dependency| dependency.value.condition == Condition::Completed)
        .map(|dependency| dependency.value.service.as_str())
        .collect();
    let staying: Vec<&Service> = stack
        .services()
        .filter(|service| !awaited.contains(&service.name.value.as_str()))
        .filter(|s| runs_project(facts, stack, s) || is_server(s) || is_proxy(s))
        .collect();
    let missing: Vec<&&Service> = staying.iter().filter(|service| !restarts(service)).collect();
    if missing.is_empty() {
        if !staying.is_empty() {
            look.evidence(
                format!("{} services of {} are restarted", staying.len(), stack.name()),
                None,
            );
        }
        return;
    }
    // A swarm ignores `restart` and restarts by default.
    let swarm = stack.files.iter().any(|file| {
        let name = file.file_name().to_ascii_lowercase();
        name.contains("swarm") || name.contains("stack")
    });
    if swarm {
        look.undetermined(
            format!("{} looks like a swarm's, which restarts services by default", stack.name()),
            "docker service inspect NAME",
            None,
        );
        return;
    }
    let names: Vec<&str> = missing.iter().map(|service| service.name.value.as_str()).collect();
    let mut places = missing.iter().map(|service| place(service));
    let Some(first) = places.next() else { return };
    let all = names.len();
    let repair = Repair {
        is_safe: true,
        does: format!("add restart: unless-stopped to {}", names.join(", ")),
        changes: missing.iter().map(|service| restarted(service)).collect(),
    };
    let finding = look.finding(
        first,
        fault(
            Severity::Warning,
            match names.as_slice() {
                [one] => format!("{one} has no restart policy"),
                _ => format!("{all} services have no restart policy: {}", names.join(", ")),
            },
            "after a crash, a kill for memory or a reboot of the host they stay down until somebody starts them by hand",
            "add restart: unless-stopped",
        ),
    );
    finding.repair = Some(repair);
    finding.related.extend(
        places.map(|at| Related { at, message: "no restart policy here either".to_owned() }),
    );
}

fn place(service: &Service) -> plimsoll_source::Span {
    service.restart.as_ref().map_or(&service.name.span, |restart| &restart.span).clone()
}

/// A restart policy for a service that has none, or none that restarts.
fn restarted(service: &Service) -> Change {
    let wanted = "unless-stopped";
    match &service.restart {
        Some(restart) => Change::Replace {
            at: restart.span.clone(),
            old: restart.value.text.clone(),
            new: wanted.to_owned(),
            every: false,
        },
        None => Change::Insert {
            at: service.name.span.clone(),
            lines: vec![format!("restart: {wanted}")],
            inside: true,
        },
    }
}

fn restarts(service: &Service) -> bool {
    let policy = service.restart.as_ref().map(|restart| {
        // What a variable decides is decided.
        !restart.value.unknown.is_empty()
            || !matches!(restart.value.text.as_str(), "no" | "false" | "")
    });
    let deployed = service.deploy.as_ref().is_some_and(|deploy| {
        deploy
            .value
            .restart_condition
            .as_ref()
            .is_some_and(|condition| condition.value.text != "none")
    });
    policy.unwrap_or(deployed) || deployed
}
