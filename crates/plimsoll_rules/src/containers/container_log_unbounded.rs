//! `container-log-unbounded`: the logs of containers grow without a limit.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_formats::compose::Service;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "container-log-unbounded",
    control: "LOG-02",
    title: "the logs of containers grow without a limit",
    what: "The `logging` of the services of the production compose project: a service that logs by Docker's own default, or by `json-file` without `max-size`. The default can also be limited for the whole machine, in the daemon's configuration: where the repository holds that (`daemon.json`), it counts; where it does not, the finding is of medium confidence. Services behind profiles are left alone, compose files for developing, and drivers that send logs elsewhere.",
    why: "Docker's default driver writes each container's output into one file that is never turned over. logrotate does not touch it. It grows until the disk is full, and then the database is the first to stop.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    image: shop
    command: gunicorn shop.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    image: shop
    command: gunicorn shop.wsgi
    logging:
      driver: local
```",
    sources: &[
        "https://docs.docker.com/engine/logging/configure/",
        "https://docs.docker.com/engine/logging/drivers/json-file/",
    ],
    check,
};

/// How a service's log is kept.
enum Log {
    /// Within a limit, or elsewhere: how.
    Bounded(String),
    /// By the daemon's default.
    Default,
    /// By `json-file` without a limit.
    Unbounded,
    /// A variable decides it.
    Unknown,
}

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(stack) = facts.containers.production_stack() else { return };
    let services: Vec<&Service> = stack.services().collect();
    let first = services.first().map(|service| service.name.span.clone());
    let mut endless: Vec<(&Service, bool)> = Vec::new();
    let mut unknown = Vec::new();
    let mut bounded = Vec::new();
    for service in &services {
        match log_of(service) {
            Log::Bounded(how) => bounded.push(format!("{} ({how})", service.name.value)),
            Log::Default => endless.push((service, false)),
            Log::Unbounded => endless.push((service, true)),
            Log::Unknown => unknown.push(service),
        }
    }
    if let Some(at) = &facts.log_limit {
        endless.retain(|(_, explicit)| *explicit);
        look.evidence("the daemon's configuration limits logs", Some(at.clone()));
    }
    if let Some((first, _)) = endless.first() {
        let names: Vec<&str> =
            endless.iter().map(|(service, _)| service.name.value.as_str()).collect();
        let explicit = endless.iter().any(|(_, explicit)| *explicit);
        let at = first.logging.as_ref().map_or(&first.name.span, |logging| &logging.span);
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: match names.as_slice() {
                    [one] => format!("the log of the service {one} has no limit"),
                    all => format!("the logs of {} services have no limit: {}", all.len(), all.join(", ")),
                },
                consequence: "Docker keeps every line they ever print, until the disk is full and the database stops".to_owned(),
                fix: "give them logging: {driver: local}, or json-file with max-size and max-file; one x-logging block serves all services, or set it for the machine in /etc/docker/daemon.json".to_owned(),
            },
        );
        if !explicit {
            finding.confidence = Confidence::Medium;
        }
        for (service, _) in endless.iter().skip(1).take(4) {
            finding.related.push(Related {
                at: service.name.span.clone(),
                message: format!("{} as well", service.name.value),
            });
        }
    } else if !unknown.is_empty() {
        let at = unknown.first().map(|service| service.name.span.clone());
        look.undetermined(
            "a variable decides how services log",
            "write the driver and its max-size into the compose file, or inspect the running containers",
            at,
        );
    } else if !bounded.is_empty() {
        look.evidence(
            format!("the logs of all services are bounded: {}", bounded.join(", ")),
            first,
        );
    }
}

fn log_of(service: &Service) -> Log {
    let Some(logging) = &service.logging else { return Log::Default };
    let driver = match &logging.value.driver {
        None => "json-file",
        Some(driver) => match driver.value.known() {
            Some(driver) => driver,
            None => return Log::Unknown,
        },
    };
    if driver != "json-file" {
        // `local` turns over at 100 MB by itself; the others hand lines on.
        return Log::Bounded(driver.to_owned());
    }
    match logging.value.options.get("max-size") {
        Some(size) => match size.value.known() {
            Some("-1") => Log::Unbounded,
            Some(size) => Log::Bounded(format!("max-size {size}")),
            None => Log::Bounded("max-size by a variable".to_owned()),
        },
        // Options without a driver go to the daemon's own.
        None if logging.value.driver.is_none() => Log::Default,
        None => Log::Unbounded,
    }
}
