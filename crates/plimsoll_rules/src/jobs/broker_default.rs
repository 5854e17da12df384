//! `broker-default`: the broker is unset, in memory, or on localhost from inside a container.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{Declaration, ProcessKind};

use super::{configured_in_code, is_eager, uses_celery};
use crate::cache::links::{self, BROKERS, Purpose};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "broker-default",
    control: "JOB-03",
    title: "the broker is unset, in memory or on localhost from inside a container",
    what: "Celery's broker as production will have it: none set in settings or code, which is RabbitMQ at localhost with the guest account; `memory://` and `filesystem://`, which other processes do not see; localhost where production's compose files run the site in a container. Values that hold only while a variable is unset, and configuration objects other than Django's settings, are left out.",
    why: "Sending a task then fails or hangs in the middle of a request, or tasks vanish in the memory of the process that sent them.",
    bad: "```python rota/settings.py
CELERY_BROKER_URL = 'memory://'
```
```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/celery.py
import os
from celery import Celery
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
app = Celery('rota')
app.config_from_object('django.conf:settings', namespace='CELERY')
```",
    good: "```python rota/settings.py
CELERY_BROKER_URL = 'redis://127.0.0.1:6379/0'
```
```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/celery.py
import os
from celery import Celery
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
app = Celery('rota')
app.config_from_object('django.conf:settings', namespace='CELERY')
```",
    sources: &["https://docs.celeryq.dev/en/stable/userguide/configuration.html#broker-url"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !uses_celery(facts) {
        return;
    }
    let app = facts.code.modules.iter().find_map(|m| m.facts.tasks.apps.first());
    let set = BROKERS.iter().find(|name| facts.is_set(name));
    let Some(name) = set else {
        let Some(app) = app else { return };
        if configured_in_code(facts, "broker") || app.broker || is_eager(facts) {
            look.undetermined(
                "the broker is set in code, or somewhere other than Django's settings",
                "celery -A APP report",
                Some(app.at.clone()),
            );
            return;
        }
        // Celery reads CELERY_BROKER_URL and BROKER_URL of its own environment too.
        let environment = &facts.environment.environment;
        let by_variable = ["CELERY_BROKER_URL", "CELERY_BROKER"].iter().any(|name| {
            environment.variables.contains_key(*name) || environment.unknown.contains_key(*name)
        });
        if by_variable || !facts.environment.is_complete() {
            look.undetermined(
                "the settings name no broker; Celery takes CELERY_BROKER_URL from its environment, which is not all known",
                "celery -A APP report",
                Some(app.at.clone()),
            );
            return;
        }
        look.finding(
            app.at.clone(),
            fault(
                Severity::Error,
                "nothing names a broker for Celery",
                "it looks for RabbitMQ at localhost with the guest account: sending a task hangs or fails",
                "set CELERY_BROKER_URL from the environment, without a default",
            ),
        );
        return;
    };
    let link = links::links(facts).into_iter().find(|link| link.purpose == Purpose::Broker);
    let Some(link) = link else {
        look.undetermined(
            format!("{name} is not known"),
            crate::way_to_know(name),
            facts.place_of(name),
        );
        return;
    };
    if !link.assumed.is_empty() {
        look.undetermined(
            format!(
                "{name} depends on {}, which nothing in the repository sets",
                crate::database::connection::several(&link.assumed)
            ),
            "check with production's environment: --env-file FILE",
            Some(link.at),
        );
        return;
    }
    if matches!(link.address.scheme.as_str(), "memory" | "filesystem") {
        look.finding(
            link.at,
            fault(
                Severity::Error,
                format!("Celery's broker is {}://", link.address.scheme),
                "a task is seen by the process that sent it at most: no worker ever gets it",
                "use Redis or RabbitMQ",
            ),
        );
        return;
    }
    let container = contained(look);
    let local = matches!(link.address.host.as_str(), "localhost" | "127.0.0.1" | "::1" | "");
    let by_variable = container.is_some_and(|process| {
        process.surroundings.environment.variables.values().any(|variable| {
            let value = variable.value.expose();
            value.contains("://") && value.contains(&link.address.host)
        })
    });
    match container {
        // A variable of the container is compose-localhost-url's.
        Some(process) if local && !by_variable && !link.address.host.is_empty() => {
            let finding = look.finding(
                link.at,
                fault(
                    Severity::Error,
                    format!("Celery's broker is at {}, and the site runs in a container", link.address.host),
                    "localhost is the container itself, where no broker listens: sending a task fails",
                    "name the broker's service, and read it from the environment",
                ),
            );
            finding
                .related
                .push(Related { at: process.at.clone(), message: "the container".to_owned() });
        }
        _ => look.evidence(
            format!("Celery's broker is {}://{}", link.address.scheme, link.address.host),
            Some(link.at),
        ),
    }
}

/// The process of the site that runs in a container of its own network.
fn contained<'f>(look: &Look<'f>) -> Option<&'f plimsoll_facts::Process> {
    let facts = look.facts;
    let stack = facts.containers.production_stack()?;
    facts.processes.iter().find(|process| {
        process.declared == Declaration::Compose
            && process.kind == ProcessKind::Web
            && stack
                .project
                .services
                .get(&process.name)
                .is_some_and(|service| service.network_mode.is_none())
    })
}
