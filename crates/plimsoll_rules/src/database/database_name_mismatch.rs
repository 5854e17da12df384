//! `database-name-mismatch`: settings and the compose files name different databases or roles.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{DatabaseServer, ProcessKind};

use super::connection::{self, Database};
use crate::containers::{fault, processes_of};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-name-mismatch",
    control: "DB-02",
    title: "settings and compose files name different databases, roles or hosts",
    what: "The default database's HOST, NAME, USER and PASSWORD as production will have them, against the services of production's compose files and what the image of the database service makes (POSTGRES_DB, POSTGRES_USER, MYSQL_DATABASE …). Values that are not certain, stacks with external networks or extra hosts, and servers whose start scripts make further databases and roles are left out. Dumps and backup scripts have rules of their own.",
    why: "The image makes its database and role once, at its first start. Where the application asks for another one, it cannot connect at all; where both exist, backups and monitoring watch the empty one.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota_production', 'USER': 'rota', 'PASSWORD': 'x8Jq4Zt1', 'HOST': 'db'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  db:
    image: postgres:17
    environment:
      POSTGRES_USER: rota
      POSTGRES_DB: rota
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota', 'PASSWORD': 'x8Jq4Zt1', 'HOST': 'db'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  db:
    image: postgres:17
    environment:
      POSTGRES_USER: rota
      POSTGRES_DB: rota
```",
    sources: &["https://github.com/docker-library/docs/blob/master/postgres/README.md#environment-variables"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(stack) = facts.containers.production_stack() else { return };
    let Some(database) = connection::default(facts) else { return };
    if database.is_sqlite()
        || (facts.containers.databases.is_empty() && database.text("HOST").is_none())
    {
        return;
    }
    let open = |look: &mut Look, reason: &str, database: &Database| {
        look.undetermined(
            reason,
            "check with production's environment: --env-file FILE",
            Some(database.at.clone()),
        );
    };
    let Some(host) = database.text("HOST") else {
        return open(look, "the host of the default database is not known", &database);
    };
    if !database.assumed.is_empty() {
        let reason = format!(
            "DATABASES depends on {}, which nothing in the repository sets",
            connection::several(&database.assumed)
        );
        return open(look, &reason, &database);
    }
    if let Some(server) = database.server(facts) {
        return compare(look, &database, server);
    }
    // A pooler or proxy stands between.
    if stack.answering(host).is_some() || connection::is_local(host) || host.contains('.') {
        return open(look, "the default database is no database service of the stack", &database);
    }
    let in_stack = stack.services().any(|service| {
        processes_of(facts, stack, &service.name.value).any(|p| p.kind == ProcessKind::Web)
    });
    if !in_stack || stack.may_know_other_hosts() || facts.containers.databases.is_empty() {
        return open(
            look,
            "the host of the default database is no service of the stack",
            &database,
        );
    }
    let names: Vec<&str> =
        facts.containers.databases.iter().map(|server| server.service.as_str()).collect();
    let finding = look.finding(
        database.at.clone(),
        fault(
            Severity::Error,
            format!("the default database is on {host}, and {} has no such service", stack.name()),
            "the name does not resolve: the application cannot connect",
            format!("the database service is called {}", crate::list(&names)),
        ),
    );
    finding.related.extend(
        facts.containers.databases.iter().map(|server| Related {
            at: server.at.clone(),
            message: "a database service".to_owned(),
        }),
    );
}

fn compare(look: &mut Look, database: &Database, server: &DatabaseServer) {
    let mut compared = 0usize;
    let mut any = false;
    if server.has_init_scripts {
        look.undetermined(
            format!("scripts of {} may make further databases and roles", server.service),
            "on the host: psql -l, \\du",
            Some(server.at.clone()),
        );
        return;
    }
    for (part, theirs, what) in
        [("NAME", &server.database, "database"), ("USER", &server.user, "role")]
    {
        let (Some(ours), Some(theirs)) = (database.text(part), theirs) else { continue };
        compared += 1;
        // MySQL's image has root beside the user that it makes.
        let root = part == "USER" && ours == "root";
        if ours == theirs.value || root {
            continue;
        }
        any = true;
        let finding = look.finding(
            theirs.span.clone(),
            fault(
                Severity::Error,
                format!("{} makes the {what} {}, and the settings use {ours}", server.service, theirs.value),
                format!("the {what} {ours} does not exist in a new volume: the application cannot connect, or works on another one than what is backed up"),
                "give both the same variable",
            ),
        );
        finding
            .related
            .push(Related { at: database.at.clone(), message: format!("{part} is set here") });
    }
    if let (Some(ours), Some(theirs)) = (database.text("PASSWORD"), &server.password) {
        compared += 1;
        if ours != theirs.value.expose() && database.text("USER") != Some("root") {
            any = true;
            let finding = look.finding(
                theirs.span.clone(),
                fault(
                    Severity::Error,
                    format!(
                        "the password that {} is made with is not the one that the settings use",
                        server.service
                    ),
                    "the server refuses the application",
                    "give both the same variable",
                ),
            );
            finding.related.push(Related {
                at: database.at.clone(),
                message: "PASSWORD is set here".to_owned(),
            });
        }
    }
    if any {
        return;
    }
    if compared > 0 {
        look.evidence(
            format!("the settings and {} name the same database and role", server.service),
            Some(server.at.clone()),
        );
    } else {
        look.undetermined(
            format!("what {} makes is not known", server.service),
            "check with production's environment: --env-file FILE",
            Some(server.at.clone()),
        );
    }
}
