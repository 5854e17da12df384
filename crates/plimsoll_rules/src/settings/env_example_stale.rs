//! `env-example-stale`: the example of the env file names a variable that nothing reads.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-example-stale",
    control: "SET-11",
    title: "the example of the env file names a variable that nothing reads",
    what: "Every variable of the examples against what the production settings read; names that servers and images read by themselves are let through. Reported as a note: other code may read it.",
    why: "Somebody sets it, and believes that it has an effect.",
    bad: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini .env.example
SHOP_A=
SHOP_OLD=
```",
    good: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini .env.example
SHOP_A=
```",
    sources: &["https://12factor.net/config"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (mut looked, mut stale) = (0, false);
    for file in facts.env_files.iter().filter(|file| file.is_template) {
        for (name, at, _) in &file.variables {
            looked += 1;
            if facts.names_variable(name) || is_for_others(name) {
                continue;
            }
            stale = true;
            let finding = look.finding(
                at.clone(),
                Fault {
                    severity: Severity::Note,
                    message: format!("{name} is documented and no settings code reads it"),
                    consequence: "whoever sets it believes that it has an effect".to_owned(),
                    fix: "take it out of the example, or read it".to_owned(),
                },
            );
            finding.confidence = Confidence::Low;
        }
    }
    if looked > 0 && !stale {
        look.evidence(
            format!("the settings read all {looked} variables that examples document"),
            None,
        );
    }
}

/// Names that servers, images and Python itself read.
fn is_for_others(name: &str) -> bool {
    [
        "POSTGRES_",
        "MYSQL_",
        "REDIS_",
        "DJANGO_SETTINGS_MODULE",
        "GUNICORN",
        "WEB_CONCURRENCY",
        "PORT",
        "TZ",
        "COMPOSE_",
        "PYTHON",
        "CELERY",
        "FLOWER",
        "NGINX",
        "RABBITMQ",
        "AWS_",
        "PG",
        "VITE_",
        "NEXT_",
        "REACT_APP_",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}
