//! `database-password-in-repository`: the production database password is written in a tracked
//! file.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_source::Span;

use super::connection::{Database, databases};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-password-in-repository",
    control: "DB-14",
    title: "the production database password is written in a tracked file",
    what: "PASSWORD of the databases of the settings as production will have them: a value that a tracked env file, compose file or unit gives, or that the settings themselves hold. Placeholders are left out, and what the settings fall to while a variable is unset, which secret-default-in-settings reports.",
    why: "The password is in every clone, fork and backup of the repository for good, and changing it takes a release.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota', 'PASSWORD': 'kd82Jd92kLdp30', 'HOST': 'db'}}
```",
    good: "```python settings.py
import os
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'USER': 'rota', 'PASSWORD': os.environ['DB_PASSWORD'], 'HOST': 'db'}}
```",
    sources: &["https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for database in databases(facts).into_iter().filter(|database| !database.is_sqlite()) {
        let Some(password) = database.text("PASSWORD") else {
            look.undetermined(
                format!("the password of the database {} is not known here", database.alias),
                "check with production's environment: --env-file FILE",
                Some(database.at),
            );
            continue;
        };
        if !database.assumed.is_empty() || crate::settings::is_placeholder(password) {
            look.undetermined(
                format!("the password of the database {} is not production's", database.alias),
                "check with production's environment: --env-file FILE",
                Some(database.at),
            );
            continue;
        }
        match origin(look, &database, password) {
            Origin::Given => look.evidence(
                format!(
                    "the password of the database {} comes from outside of the repository",
                    database.alias
                ),
                Some(database.at),
            ),
            Origin::Tracked(at) => {
                let in_settings = at == database.at;
                let finding = look.finding(
                    at,
                    fault(
                        Severity::Error,
                        format!("the password of the database {} is written here", database.alias),
                        "everybody with a copy of the repository, now or later, has it",
                        "read it from the environment or a file that git leaves out, and change it, as it is known",
                    ),
                );
                if !in_settings {
                    finding.confidence = Confidence::Medium;
                }
            }
        }
    }
}

enum Origin {
    /// The user gave it, or an untracked file.
    Given,
    /// A tracked file holds it.
    Tracked(Span),
}

fn origin(look: &Look, database: &Database, password: &str) -> Origin {
    let facts = look.facts;
    let holds =
        |value: &str| value == password || (value.contains("://") && value.contains(password));
    let variables = &facts.environment.environment.variables;
    if let Some((_, variable)) = variables.iter().find(|(_, v)| holds(v.value.expose())) {
        return match &variable.at {
            Some(at) if facts.is_tracked(&at.file) => Origin::Tracked(at.clone()),
            _ => Origin::Given,
        };
    }
    // An env file that the settings load themselves.
    let used = facts.settings.get("DATABASES").map(|setting| setting.variables.as_slice());
    if used.is_some_and(|used| !used.is_empty()) {
        let mut files = facts.env_files.iter().map(|file| &file.path);
        return match files
            .find(|path| facts.settings.files.contains(path) && facts.is_tracked(path))
        {
            Some(path) => Origin::Tracked(Span::of_file((*path).clone())),
            None => Origin::Given,
        };
    }
    Origin::Tracked(database.at.clone())
}
