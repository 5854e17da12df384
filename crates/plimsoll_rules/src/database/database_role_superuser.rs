//! `database-role-superuser`: the application's role is a superuser.

use plimsoll_catalog::Severity;

use super::connection;
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-role-superuser",
    control: "DB-06",
    title: "the application's role is the superuser or the one that owns everything",
    what: "The role of the default database as production will have it: `postgres`, `root`, `sa` and their like by name, and roles that an SQL script of the repository makes SUPERUSER or gives all rights on `*.*`. A role that an image of the compose stack makes is looked at by compose-database-superuser. That a role with another name has few rights cannot be told from files.",
    why: "One SQL injection, or one leaked settings file, then reads and drops every database of the server; PostgreSQL's superuser also runs programs on it.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'postgres', 'HOST': 'localhost'}}
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota_app', 'HOST': 'localhost'}}
```",
    sources: &["https://www.postgresql.org/docs/current/role-attributes.html"],
    check,
};

const SUPERUSERS: [&str; 5] = ["postgres", "root", "sa", "rdsadmin", "mysql"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let role = connection::default(facts).filter(|database| !database.is_sqlite());
    let name = role.as_ref().and_then(|database| database.text("USER"));
    let made_super = facts.sql.iter().find_map(|script| {
        let name = name?;
        script.grants.statements.iter().find_map(|(statement, at)| {
            use plimsoll_formats::postgres::SqlStatement as S;
            let is_super = match statement {
                S::Role(role) => role.role == name && role.has("SUPERUSER"),
                S::Privileges(given) => {
                    !given.revoke
                        && given.objects.iter().any(|object| object == "*.*")
                        && given.privileges.iter().any(|right| right == "ALL")
                        && given.grantees.iter().any(|g| g.split('@').next() == Some(name))
                }
                S::Database { .. } => false,
            };
            is_super.then(|| at.clone())
        })
    });
    if let (Some(at), Some(name)) = (made_super, name) {
        look.finding(
            at,
            fault(
                Severity::Error,
                format!("the application's role {name} is made a superuser here"),
                "one SQL injection reads, changes and drops every database of the server",
                "give it its own database and no more: CREATE ROLE … LOGIN; ALTER DATABASE … OWNER TO …",
            ),
        );
        return;
    }
    let Some(database) = role else { return };
    if database.server(facts).is_some() {
        look.undetermined(
            "the role is one of a database service of the stack, which compose-database-superuser looks at",
            "on the host: SELECT rolsuper FROM pg_roles WHERE rolname = current_user",
            Some(database.at),
        );
        return;
    }
    let Some(name) = name else {
        look.undetermined(
            "the role that the application connects as is not known",
            crate::way_to_know("DATABASES"),
            Some(database.at),
        );
        return;
    };
    if SUPERUSERS.contains(&name) && database.assumed.is_empty() {
        look.finding(
            database.at,
            fault(
                Severity::Error,
                format!("the application connects as {name}, the superuser of the server"),
                "one SQL injection reads, changes and drops every database of the server, and with PostgreSQL runs programs on it",
                "make a role of its own that owns its database and no more",
            ),
        );
    } else {
        look.undetermined(
            format!("what rights {name} has is not in the repository"),
            "on the host: SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user",
            Some(database.at),
        );
    }
}
