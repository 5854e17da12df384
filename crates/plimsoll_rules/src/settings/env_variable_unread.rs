//! `env-variable-unread`: a variable is provided and no settings code reads it.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-variable-unread",
    control: "SET-10",
    title: "a variable is provided and no settings code reads it",
    what: "Variables of the production environment, and of env files that hold values, against every variable that the settings read. Names that the server, Python, Django and common images read by themselves are let through.",
    why: "A misspelt name: the setting runs on its fallback, and whoever looks into the env file sees it set. `ALLOWED_HOST` for `ALLOWED_HOSTS` is an outage; `SESSION_SECURE` for `SESSION_COOKIE_SECURE` is a leak.",
    bad: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini process.env
SHOP_AA=1
```",
    good: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini process.env
SHOP_A=1
```",
    sources: &["https://12factor.net/config"],
    check,
};

/// Beginnings of names that others than the settings read: the shell, Python, servers, images.
const OTHERS: [&str; 40] = [
    "PATH",
    "HOME",
    "LANG",
    "LC_",
    "TZ",
    "PYTHON",
    "PIP_",
    "VIRTUAL_ENV",
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_CONFIGURATION",
    "GUNICORN",
    "WEB_CONCURRENCY",
    "UVICORN",
    "PORT",
    "HOST",
    "C_FORCE_ROOT",
    "CELERY",
    "FLOWER",
    "POSTGRES_",
    "PG",
    "MYSQL_",
    "MARIADB_",
    "REDIS_",
    "RABBITMQ",
    "AWS_",
    "SENTRY_",
    "NEW_RELIC",
    "DD_",
    "OTEL_",
    "SSL_CERT",
    "REQUESTS_CA",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "COMPOSE_",
    "DOCKER_",
    "NODE_",
    "TRAEFIK",
    "LETSENCRYPT",
    "NGINX",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let read = |name: &str| facts.names_variable(name);
    let by_others = |name: &str| OTHERS.iter().any(|start| name.starts_with(start));
    let mut looked = 0;
    for (name, variable) in &facts.environment.environment.variables {
        looked += 1;
        if read(name) || by_others(name) {
            continue;
        }
        let Some(at) = variable.at.clone() else { continue };
        let near = facts
            .settings
            .variables
            .iter()
            .map(|used| used.name.as_str())
            .find(|known| crate::is_slip(name, known));
        let finding = look.finding(
            at,
            Fault {
                severity: if near.is_some() { Severity::Warning } else { Severity::Note },
                message: match near {
                    Some(near) => {
                        format!("{name} is set and no settings code reads it; {near} is read")
                    }
                    None => format!("{name} is set and no settings code reads it"),
                },
                consequence: "the setting that was meant runs on its fallback".to_owned(),
                fix: "give the variable the name that the code reads, or take it out".to_owned(),
            },
        );
        // Other code than the settings may read it.
        finding.confidence = if near.is_some() { Confidence::High } else { Confidence::Low };
    }
    if looked > 0 {
        look.evidence(
            format!(
                "{looked} variables of the environment were held against what the settings read"
            ),
            None,
        );
    } else {
        look.undetermined(
            "no variable of production's environment is known here",
            "check with production's environment: --env-file FILE",
            None,
        );
    }
}
