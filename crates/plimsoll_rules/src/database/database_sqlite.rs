//! `database-sqlite`: the production database is SQLite.

use plimsoll_catalog::Severity;

use super::connection::{self, Part};
use crate::containers::fault;
use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-sqlite",
    control: "DB-01",
    title: "the production database is SQLite",
    what: "The engine of the default database as production will have it. A small site with few writers can live with it, so that this is a warning, also where SQLite is only what the settings fall to while a variable is unset; where production's compose files run a database server of their own, that the variable is set there is taken for granted.",
    why: "SQLite lets one process write at a time: with several workers requests fail with \"database is locked\". The file lies beside the code, where a container or a release folder loses it, and there is neither a second server nor a point in time to go back to.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota'}}
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/databases/#sqlite-notes"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(database) = connection::default(facts) else {
        if let Some(at) = facts.place_of("DATABASES").filter(|_| facts.is_set("DATABASES")) {
            look.undetermined(
                "the default database is not known",
                crate::way_to_know("DATABASES"),
                Some(at),
            );
        }
        return;
    };
    let assumed = !database.assumed.is_empty();
    let judgement = match database.part("ENGINE") {
        Part::Text(_) if database.is_sqlite() => {
            if assumed && !facts.containers.databases.is_empty() {
                look.undetermined(
                    "the settings fall to SQLite while their variables are unset; the compose files run a database server, so production sets them somewhere",
                    crate::way_to_know("DATABASES"),
                    Some(database.at),
                );
                return;
            }
            Judgement::Bad(if assumed {
                fault(
                    Severity::Warning,
                    "the default database is SQLite",
                    "a production that misses the variable starts on an empty file of its own and looks as if all data were gone",
                    "let production's settings stop where the variable is missing, and keep SQLite for development's",
                )
            } else {
                fault(
                    Severity::Warning,
                    "the default database is SQLite",
                    "one process writes at a time, others wait and then fail with \"database is locked\"; a second server cannot share the file; and where it lies in a container or release folder without a volume it goes with it",
                    "move to PostgreSQL: create the database, migrate, load the data, compare the counts",
                )
            })
        }
        Part::Text(engine) => Judgement::Certain(format!("the default database is {engine}")),
        Part::Missing => return,
        Part::Unknown => Judgement::Open {
            reason: "the engine of the default database is not known".to_owned(),
            needs: crate::way_to_know("DATABASES"),
        },
    };
    connection::settle(look, &database, judgement);
}
