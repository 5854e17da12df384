//! `database-engine-unknown`: the engine does not resolve to one that Django supports.

use super::connection::{self, Part};
use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-engine-unknown",
    control: "DB-01",
    title: "the production database engine does not resolve to one that Django supports",
    what: "The engine of the default database: Django's own backends by name, an entry without an engine. Backends of libraries and of the project itself are taken as they are.",
    why: "Django raises ImproperlyConfigured with the first query; without an engine it uses a dummy that refuses everything.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgres', 'NAME': 'rota'}}
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota'}}
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#engine"],
    check,
};

/// Django still takes the name with psycopg2 for the other.
const OWN: [&str; 6] = ["postgresql", "postgresql_psycopg2", "mysql", "sqlite3", "oracle", "dummy"];
const GIS: [&str; 4] = ["postgis", "mysql", "spatialite", "oracle"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(database) = connection::default(facts) else {
        if let Some(at) = facts.place_of("DATABASES").filter(|_| !facts.is_set("DATABASES")) {
            look.undetermined(
                "the settings set no DATABASES",
                crate::way_to_know("DATABASES"),
                Some(at),
            );
        }
        return;
    };
    let bad = |message: String| {
        Judgement::error(
            message,
            "Django raises ImproperlyConfigured at the first use of the database",
            "ENGINE = 'django.db.backends.postgresql'",
        )
    };
    let known = |name: &str, list: &[&str]| list.contains(&name.split('.').next().unwrap_or(""));
    let judgement = match database.part("ENGINE") {
        Part::Missing => bad("the default database has no ENGINE".to_owned()),
        Part::Unknown => Judgement::Open {
            reason: "the engine of the default database is not known".to_owned(),
            needs: crate::way_to_know("DATABASES"),
        },
        Part::Text(engine) => {
            let own = engine.strip_prefix("django.db.backends.").map(|name| known(name, &OWN));
            let gis = engine
                .strip_prefix("django.contrib.gis.db.backends.")
                .map(|name| known(name, &GIS));
            if own == Some(false) || gis == Some(false) {
                bad(format!("Django has no engine {engine}"))
            } else if !engine.contains('.') && !facts.is_own_package(engine) {
                Judgement::Open {
                    reason: format!("{engine} is no backend of Django's"),
                    needs: "python -c \"import BACKEND.base\" in production's environment"
                        .to_owned(),
                }
            } else {
                Judgement::Certain(format!("the engine is {engine}"))
            }
        }
    };
    connection::settle(look, &database, judgement);
}
