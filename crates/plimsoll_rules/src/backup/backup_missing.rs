//! `backup-missing`: nothing in the repository backs the database up.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::inventory::Role;

use super::{dumps, place_name};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backup-missing",
    control: "BAK-01",
    title: "nothing in the repository backs the database up",
    what: "Whether the repository has a backup of the database anywhere: a dump in a script, recipe, crontab, pipeline or container, a backup service in a compose file, `django-dbbackup`, a tool named in Python code or in manifests. Found missing only where the repository itself runs the database: as a service of its compose file with the data kept in a volume. Where the database is a platform's or another machine's, that may have backups of its own and the question stays open; so it does where only a document tells how to make one.",
    why: "A volume is one disk and one `docker compose down -v` away from gone. Without a dump there is nothing to restore, and nobody notices before the day it is needed.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop', 'HOST': 'db'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn shop.wsgi
  db:
    image: postgres:16
    volumes:
      - data:/var/lib/postgresql/data
volumes:
  data:
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop', 'HOST': 'db'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn shop.wsgi
  db:
    image: postgres:16
    volumes:
      - data:/var/lib/postgresql/data
  backup:
    image: prodrigestivill/postgres-backup-local:16
    volumes:
      - /srv/backups:/backups
volumes:
  data:
```",
    sources: &["https://www.postgresql.org/docs/current/backup.html"],
    check,
};

/// Images that hold a database.
const DATABASES: [&str; 9] = [
    "postgres",
    "postgis",
    "mysql",
    "mariadb",
    "timescaledb",
    "pgvector",
    "percona",
    "postgresql",
    "pgautoupgrade",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    if let Some(dump) = dumps(facts, false).first() {
        let statement =
            format!("{} backs the database up with {}", place_name(dump.routine), dump.name());
        return look.evidence(statement, Some(dump.command.span.clone()));
    }
    let inventory = &facts.inventory;
    let main = |at: &&plimsoll_source::Span| {
        inventory.iter().any(|file| file.path == at.file && file.standing.is_main())
    };
    // What requirements name is installed, which is not used yet.
    let declares = |at: &&plimsoll_source::Span| {
        !matches!(
            plimsoll_facts::inventory::Inventory::role_of(&at.file),
            Some(Role::Requirements | Role::ProjectFile | Role::Lock)
        )
    };
    if let Some(at) = facts.code.chores.backups.iter().filter(main).find(declares) {
        return look.evidence("the repository names a backup here", Some(at.clone()));
    }
    if facts.has_app("dbbackup") == Some(true) {
        return look.evidence("django-dbbackup is installed", facts.place_of("INSTALLED_APPS"));
    }
    if let Some(dump) = dumps(facts, true).first() {
        return look.undetermined(
            format!("{} tells how to back the database up, and nothing in the repository does it", place_name(dump.routine)),
            "look for the backup job on the machine (crontab -l, systemctl list-timers), or add it to the repository",
            Some(dump.command.span.clone()),
        );
    }
    let platform = [Role::Platform, Role::Procfile]
        .into_iter()
        .any(|role| inventory.main(role).next().is_some());
    let service = facts.compose.as_ref().and_then(|project| {
        project.services.values().find(|service| {
            let keeps = !service.volumes.is_empty();
            let holds = service.image.as_ref().is_some_and(|image| {
                let name = image.value.name.rsplit('/').next().unwrap_or("");
                DATABASES.iter().any(|kind| name == *kind || name.starts_with(&format!("{kind}-")))
            });
            keeps && holds
        })
    });
    match service {
        Some(service) if !platform => {
            let finding = look.finding(
                service.name.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!(
                        "the service '{}' keeps the database in a volume, and nothing in the repository backs it up",
                        service.name.value
                    ),
                    consequence: "when the disk, the volume or a migration goes wrong, there is nothing to restore".to_owned(),
                    fix: "add a nightly dump to another machine (a script with a timer, or a backup service beside the database), and restore it once".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
        _ => look.undetermined(
            "the repository holds no backup, and does not say where the database runs",
            "say where the backups are made: add the script or its configuration to the repository, or attest the platform's backups",
            None,
        ),
    }
}
