//! `database-settings-incomplete`: the production database lacks its name, user, host or password.

use super::connection::{self, Part};
use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-settings-incomplete",
    control: "DB-02",
    title: "the production database lacks its name or password",
    what: "The default database on PostgreSQL or MySQL, where production's values are certain: NAME, and PASSWORD for a server on another host. Connection services, password files and PG… variables are accepted in their place. Values that only hold while a variable is unset are left to env-variable-missing.",
    why: "Without a name Django raises ImproperlyConfigured; without a password the server on another host refuses, unless it lets everybody in.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': '', 'USER': 'rota', 'HOST': 'db.example.org'}}
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota', 'PASSWORD': 'x8Jq4Zt1', 'HOST': 'db.example.org'}}
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/databases/#postgresql-connection-settings"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(database) = connection::default(facts) else { return };
    if !(database.is_postgres() || database.is_mysql()) {
        return;
    }
    let has_option = |name: &str| !matches!(database.option(name), Ok(None));
    let has_variable = |name: &str| {
        let environment = &facts.environment.environment;
        environment.variables.contains_key(name) || environment.unknown.contains_key(name)
    };
    let elsewhere = ["service", "passfile", "read_default_file", "assume_role", "use_iam_auth"]
        .iter()
        .any(|name| has_option(name))
        || ["PGSERVICE", "PGPASSFILE", "PGPASSWORD", "PGDATABASE"].iter().any(|n| has_variable(n));
    let missing = |name: &str| matches!(database.part(name), Part::Missing);
    let remote = database.text("HOST").is_some_and(|host| !connection::is_local(host));
    if elsewhere {
        look.undetermined(
            "part of the connection is read from a file or a variable of the client library",
            "on the host: python manage.py dbshell",
            Some(database.at),
        );
        return;
    }
    let wrong = missing("NAME") || (remote && missing("PASSWORD"));
    if wrong && !database.assumed.is_empty() {
        look.undetermined(
            format!(
                "a part of the connection is missing unless {} is set",
                connection::several(&database.assumed)
            ),
            crate::way_to_know("DATABASES"),
            Some(database.at),
        );
        return;
    }
    let judgement = if missing("NAME") {
        Judgement::error(
            "the default database has no NAME",
            "Django raises ImproperlyConfigured at the first query",
            "set NAME, from a variable without a default",
        )
    } else if remote && missing("PASSWORD") {
        Judgement::warning(
            "the default database is on another host and has no PASSWORD",
            "the server refuses the connection, or lets in everybody who reaches it",
            "set PASSWORD from the environment, or name a password file in OPTIONS",
        )
    } else if ["NAME", "HOST", "PASSWORD", "USER"]
        .iter()
        .any(|name| matches!(database.part(name), Part::Unknown))
        || !database.assumed.is_empty()
    {
        Judgement::Open {
            reason: "parts of the connection are not known".to_owned(),
            needs: crate::way_to_know("DATABASES"),
        }
    } else {
        Judgement::Good("the default database has its name, user, host and password".to_owned())
    };
    look.settle(database.at, judgement);
}
