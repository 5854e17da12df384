//! `pooler-persistent-connections`: a transaction pooler with persistent connections.

use plimsoll_catalog::{Related, Severity};

use super::connection::databases;
use super::pooler::{self, Pooling};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "pooler-persistent-connections",
    control: "DB-07",
    title: "a pooler is used with persistent connections",
    what: "CONN_MAX_AGE of databases of the settings whose host is a pooler, by the signs that pooler-cursors-enabled reads. Anything but 0 is reported. Poolers whose mode is not known are undetermined.",
    why: "Django sets time zone and isolation once, when it opens a connection, and believes them to hold; behind a transaction pooler they hold for whichever server connection was there at that moment. Behind a session pooler each idle worker keeps a server connection to itself, and the pool pools nothing.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'pgbouncer',
             'CONN_MAX_AGE': 600, 'DISABLE_SERVER_SIDE_CURSORS': True}}
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
             'CONN_MAX_AGE': 0, 'DISABLE_SERVER_SIDE_CURSORS': True}}
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
    sources: &["https://docs.djangoproject.com/en/stable/ref/databases/#persistent-database-connections"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for database in databases(facts).into_iter().filter(|database| database.is_postgres()) {
        let (why, at) = match pooler::of(facts, &database) {
            Pooling::Direct(why) => {
                look.evidence(why, Some(database.at));
                continue;
            }
            Pooling::Unknown(why) => {
                look.undetermined(why, "on the pooler: SHOW CONFIG, pool_mode", Some(database.at));
                continue;
            }
            Pooling::Transaction(why, at) => (why, at),
            Pooling::Session(why, at) => (why, Some(at)),
        };
        match database.seconds("CONN_MAX_AGE", 0) {
            Err(()) => look.undetermined(
                "CONN_MAX_AGE is not known",
                crate::way_to_know("DATABASES"),
                Some(database.at),
            ),
            Ok(Some(0)) => {
                look.evidence(
                    format!("{why}; connections end with the request"),
                    Some(database.at),
                );
            }
            Ok(age) => {
                let age = age.map_or("for ever".to_owned(), |age| format!("for {age} s"));
                let finding = look.finding(
                    database.at,
                    fault(
                        Severity::Warning,
                        format!("{why}, and Django keeps its connections {age}"),
                        "what Django sets once per connection (time zone, isolation) does not hold for the server connection a later query gets, and idle workers hold places of the pool",
                        "'CONN_MAX_AGE': 0: the pooler keeps the connections",
                    ),
                );
                finding
                    .related
                    .extend(at.map(|at| Related { at, message: "the pooler's mode".to_owned() }));
            }
        }
    }
}
