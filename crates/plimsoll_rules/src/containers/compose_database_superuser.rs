//! `compose-database-superuser`: the application connects as the database image's superuser.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::DatabaseKind;

use super::{fault, stack};
use crate::database::connection;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compose-database-superuser",
    control: "APP-10",
    title: "the application connects as the database image's superuser",
    what: "The role of the default database in the settings against the role that the database service of production's compose files makes: PostgreSQL's image makes POSTGRES_USER a superuser; MySQL's and MariaDB's make MYSQL_USER an ordinary one, so only `root` counts there. Databases that are no service of the stack, and roles that are not known, are left out.",
    why: "A superuser reads and writes every database of the server, switches off row security, and in PostgreSQL runs programs on its host (COPY … TO PROGRAM): one SQL injection is then a shell on the database server.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota', 'HOST': 'db'}}
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
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota_app', 'HOST': 'db'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  db:
    image: postgres:17
    environment:
      POSTGRES_USER: postgres
    volumes:
      - ./roles.sql:/docker-entrypoint-initdb.d/roles.sql
```",
    sources: &["https://github.com/docker-library/docs/blob/master/postgres/README.md#postgres_user"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.containers.databases.is_empty() {
        return;
    }
    if stack(look).is_none() {
        return;
    }
    let Some(database) = connection::default(facts) else { return };
    let Some(server) = database.server(facts) else {
        look.undetermined(
            "the host of the default database is not known to be a service of the stack",
            "check with production's environment: --env-file FILE",
            Some(database.at),
        );
        return;
    };
    let role = database.text("USER");
    let superuser = match server.kind {
        DatabaseKind::Postgres => server.user.as_ref().map(|user| user.value.as_str()),
        DatabaseKind::Mysql | DatabaseKind::Mariadb => Some("root"),
    };
    let (Some(role), Some(superuser)) = (role, superuser) else {
        look.undetermined(
            "the role that the application connects as, or the one the image makes, is not known",
            "check with production's environment: --env-file FILE",
            Some(server.at.clone()),
        );
        return;
    };
    if role != superuser {
        look.evidence(
            format!("the application connects as {role}; the image's superuser is {superuser}"),
            Some(database.at),
        );
        return;
    }
    let made = server.user.as_ref().filter(|_| server.kind == DatabaseKind::Postgres);
    let at = made.map_or(&server.at, |user| &user.span).clone();
    let finding = look.finding(
        at,
        fault(
            Severity::Warning,
            format!("the application connects as {role}, the superuser that the image of {} makes", server.service),
            "one SQL injection reads and writes every database of the server and, with PostgreSQL, runs programs on it",
            "let the image make an administrator's role, and make the application's own in a script in /docker-entrypoint-initdb.d: CREATE ROLE … LOGIN, owner of its database and no more",
        ),
    );
    finding.related.push(Related { at: database.at, message: "the role is set here".to_owned() });
}
