//! `env-value-contradictory`: two processes of one deployment get different values of a variable
//! that they must share.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Declaration, Process, ProcessKind};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-value-contradictory",
    control: "SET-10",
    title: "two processes of one deployment get different values of a variable that they share",
    what: "Variables that the settings read and that name a key, a database or a broker, over the processes of one declaration: the services of the compose files, the units, the processes of a platform file. Values that are not known, or that a host fills in, are left alone. That a worker reaches the same database by another way (a pooler, a replica) is possible: for addresses the finding is of medium confidence. Values never appear in the message.",
    why: "The web process signs with one key and the worker verifies with another, or puts its tasks into a queue that no worker reads. Each of them starts well and says nothing.",
    bad: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
```
```yaml docker-compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
    environment:
      SECRET_KEY: 8fk2-first-key-of-the-web-process-1f9d
  worker:
    image: rota
    command: celery -A rota worker
    environment:
      SECRET_KEY: 3bd7-other-key-of-the-worker-77c0
```",
    good: "```python settings.py
import os
SECRET_KEY = os.environ['SECRET_KEY']
```
```yaml docker-compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
    environment:
      SECRET_KEY: 8fk2-first-key-of-the-web-process-1f9d
  worker:
    image: rota
    command: celery -A rota worker
    environment:
      SECRET_KEY: 8fk2-first-key-of-the-web-process-1f9d
```",
    sources: &["https://12factor.net/config"],
    check,
};

/// What a variable is for, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shared {
    Key,
    Database,
    Broker,
}

fn shared(name: &str) -> Option<Shared> {
    let ends =
        |ends: &[&str]| ends.iter().any(|end| name == *end || name.ends_with(&format!("_{end}")));
    if ends(&["SECRET_KEY", "SIGNING_KEY", "JWT_SECRET", "ENCRYPTION_KEY", "FERNET_KEY", "FERNET_KEYS"])
        // Keys of accounts elsewhere may differ by process.
        && !["AWS", "S3", "STRIPE", "MINIO", "R2", "RECAPTCHA"].iter().any(|word| name.contains(word))
    {
        Some(Shared::Key)
    } else if ends(&[
        "DATABASE_URL",
        "DB_NAME",
        "DATABASE_NAME",
        "POSTGRES_DB",
        "MYSQL_DATABASE",
        "DB_HOST",
        "DATABASE_HOST",
    ]) {
        Some(Shared::Database)
    } else if ends(&["BROKER_URL", "CELERY_BROKER", "RABBITMQ_URL", "AMQP_URL"]) {
        Some(Shared::Broker)
    } else {
        None
    }
}

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut groups: BTreeMap<Declaration, Vec<&Process>> = BTreeMap::new();
    for process in &facts.processes {
        let works = matches!(
            process.kind,
            ProcessKind::Web | ProcessKind::Worker | ProcessKind::Scheduler | ProcessKind::Release
        );
        if works && !matches!(process.declared, Declaration::Image | Declaration::Crontab) {
            groups.entry(process.declared).or_default().push(process);
        }
    }
    let mut agree = 0;
    for processes in groups.values() {
        agree += compare(look, processes);
    }
    if agree > 0 {
        look.evidence(format!("{agree} shared values are the same in all processes"), None);
    }
}

/// Compares the values that processes of one declaration get; gives how many agree.
fn compare(look: &mut Look, processes: &[&Process]) -> usize {
    let facts = look.facts;
    let Some((first, others)) = processes.split_first() else { return 0 };
    let mut agree = 0;
    let mut said: Vec<&str> = Vec::new();
    for other in others.iter().filter(|other| other.at.file == first.at.file) {
        for (name, mine) in &first.surroundings.environment.variables {
            let Some(theirs) = other.surroundings.environment.variables.get(name) else { continue };
            let Some(kind) = shared(name).filter(|_| facts.names_variable(name)) else { continue };
            if mine.value.expose() == theirs.value.expose() {
                agree += 1;
                continue;
            }
            let Some(at) = theirs.at.clone().filter(|_| !said.contains(&name.as_str())) else {
                continue;
            };
            said.push(name);
            let consequence = match kind {
                Shared::Key => {
                    "what one of them signs or encrypts the other cannot read: links, sessions and tokens fail at random"
                }
                Shared::Database => {
                    "one of them works on another database than the other, unless both addresses lead to the same one"
                }
                Shared::Broker => {
                    "tasks go into a queue that the worker does not read, unless both addresses lead to the same one"
                }
            };
            let finding = look.finding(
                at,
                Fault {
                    severity: if kind == Shared::Key { Severity::Error } else { Severity::Warning },
                    message: format!(
                        "{name} of {} is another than that of {}",
                        other.name, first.name
                    ),
                    consequence: consequence.to_owned(),
                    fix: "give both the value from one place: one env file, or one anchor"
                        .to_owned(),
                },
            );
            if kind != Shared::Key {
                finding.confidence = Confidence::Medium;
            }
            if let Some(at) = mine.at.clone() {
                finding.related.push(Related { at, message: format!("that of {}", first.name) });
            }
        }
    }
    agree
}
