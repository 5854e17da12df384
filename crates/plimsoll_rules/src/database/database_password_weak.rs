//! `database-password-weak`: the database password is short, common or an example.

use plimsoll_catalog::Severity;

use super::connection::{databases, is_local};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-password-weak",
    control: "DB-14",
    title: "the database password is short, common or an example",
    what: "PASSWORD of the databases of the settings as production will have them: under 12 characters, among the best known, a placeholder, or the same as the role or the database. What the settings fall to while a variable is unset is left to secret-default-in-settings.",
    why: "The database is the first thing that whoever got into the network tries, with exactly these passwords; nothing locks a role after failed tries.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota', 'PASSWORD': 'rota', 'HOST': 'db'}}
```",
    good: "```python settings.py
import os
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota', 'PASSWORD': os.environ['DB_PASSWORD'], 'HOST': 'db'}}
```",
    sources: &["https://pages.nist.gov/800-63-4/sp800-63b.html"],
    check,
};

const COMMON: [&str; 18] = [
    "postgres",
    "password",
    "passw0rd",
    "secret",
    "admin",
    "root",
    "mysql",
    "changeme",
    "django",
    "test",
    "example",
    "qwerty",
    "123456",
    "letmein",
    "default",
    "production",
    "database",
    "dbpassword",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    for database in databases(facts).into_iter().filter(|database| !database.is_sqlite()) {
        let Some(password) = database.text("PASSWORD") else {
            if database.text("HOST").is_none_or(|host| !is_local(host)) {
                look.undetermined(
                    format!("the password of the database {} is not known", database.alias),
                    "check with production's environment: --env-file FILE",
                    Some(database.at),
                );
            }
            continue;
        };
        let lower = password.to_ascii_lowercase();
        let same = |name: &str| {
            database.text(name).is_some_and(|other| lower == other.to_ascii_lowercase())
        };
        let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c == '!');
        let problem = if same("USER") || same("NAME") {
            "is the name of its role or database".to_owned()
        } else if COMMON.contains(&bare) || COMMON.contains(&lower.as_str()) {
            "is one of the best known".to_owned()
        } else if crate::settings::is_placeholder(password) {
            "is a placeholder".to_owned()
        } else if password.chars().count() < 12 {
            format!("has {} characters", password.chars().count())
        } else {
            if database.assumed.is_empty() {
                look.evidence(
                    format!(
                        "the password of the database {} has {} characters",
                        database.alias,
                        password.chars().count()
                    ),
                    Some(database.at),
                );
            } else {
                look.undetermined(
                    format!(
                        "the password of the database {} is not known for production",
                        database.alias
                    ),
                    "check with production's environment: --env-file FILE",
                    Some(database.at),
                );
            }
            continue;
        };
        if !database.assumed.is_empty() {
            look.undetermined(
                format!("the password that the settings fall to for the database {} {problem}; production's is not known", database.alias),
                "check with production's environment: --env-file FILE",
                Some(database.at),
            );
            continue;
        }
        look.finding(
            database.at,
            fault(
                Severity::Warning,
                format!("the password of the database {} {problem}", database.alias),
                "whoever reaches the database's port is in after a few tries",
                "make one with: python -c \"import secrets; print(secrets.token_urlsafe(32))\", and read it from the environment without a default",
            ),
        );
    }
}
