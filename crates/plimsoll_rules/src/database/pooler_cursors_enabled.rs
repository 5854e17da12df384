//! `pooler-cursors-enabled`: a transaction pooler with server-side cursors on.

use plimsoll_catalog::{Related, Severity};

use super::connection::databases;
use super::pooler::{self, Pooling};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "pooler-cursors-enabled",
    control: "DB-07",
    title: "a transaction pooler is used with server-side cursors on",
    what: "PostgreSQL databases of the settings whose host is a pooler in transaction mode: a PgBouncer service of production's compose files with its mode in a variable or pgbouncer.ini, Neon's and Supabase's poolers by their addresses. DISABLE_SERVER_SIDE_CURSORS must be on. Poolers whose mode is not known are undetermined.",
    why: "`iterator()` opens a cursor in one transaction and reads on in the next, which the pooler sends to another connection: \"cursor does not exist\", in exports and reports, under load only.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'pgbouncer'}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  pgbouncer:
    image: edoburu/pgbouncer:1.24
    environment:
      POOL_MODE: transaction
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'pgbouncer',
             'DISABLE_SERVER_SIDE_CURSORS': True}}
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
  pgbouncer:
    image: edoburu/pgbouncer:1.24
    environment:
      POOL_MODE: transaction
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/databases/#transaction-pooling-server-side-cursors"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for database in databases(facts).into_iter().filter(|database| database.is_postgres()) {
        match pooler::of(facts, &database) {
            Pooling::Direct(why) => look.evidence(why, Some(database.at)),
            Pooling::Session(why, at) => look.evidence(why, Some(at)),
            Pooling::Unknown(why) => {
                look.undetermined(why, "on the pooler: SHOW CONFIG, pool_mode", Some(database.at))
            }
            Pooling::Transaction(why, at) => {
                let off = database.entry.get("DISABLE_SERVER_SIDE_CURSORS");
                match off.map(plimsoll_python::Value::truth) {
                    Some(Some(true)) => {
                        look.evidence(
                            format!("{why}; server-side cursors are off"),
                            Some(database.at),
                        );
                    }
                    Some(None) => look.undetermined(
                        "whether server-side cursors are off is not known",
                        crate::way_to_know("DATABASES"),
                        Some(database.at),
                    ),
                    Some(Some(false)) | None => {
                        let finding = look.finding(
                            database.at,
                            fault(
                                Severity::Error,
                                format!("{why}, and the database {} has server-side cursors on", database.alias),
                                "QuerySet.iterator() fails with \"cursor does not exist\" when the pooler changes the connection between two reads",
                                "'DISABLE_SERVER_SIDE_CURSORS': True in this database's settings",
                            ),
                        );
                        finding.related.extend(
                            at.map(|at| Related { at, message: "the pooler's mode".to_owned() }),
                        );
                    }
                }
            }
        }
    }
}
