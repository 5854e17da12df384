//! `platform-variable-mismatch`: the platform's variables are not those that the settings read.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Declaration, Facts};
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "platform-variable-mismatch",
    control: "NET-10",
    title: "the platform’s variables are not those that the settings read",
    what: "Platforms that the Procfile is for hand the database over in DATABASE_URL: whether the settings read it, where they take the database from single variables (`DB_HOST` and the like). And variables of fly.toml or render.yaml that differ from one that the settings read by a letter. Settings that were not fully followed are left open.",
    why: "The platform sets DATABASE_URL and the settings wait for DB_NAME: the application starts with its development database, a file that is gone with the next release, or does not start.",
    bad: "```python settings.py
import os
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': os.environ['DB_NAME'], 'HOST': os.environ['DB_HOST']}}
```
```text Procfile
web: gunicorn config.wsgi
```",
    good: "```python settings.py
import os
import dj_database_url
DATABASES = {'default': dj_database_url.parse(os.environ['DATABASE_URL'])}
```
```text Procfile
web: gunicorn config.wsgi
```",
    sources: &[
        "https://devcenter.heroku.com/articles/connecting-heroku-postgres#connecting-in-python",
    ],
    check,
};

fn check(look: &mut Look) {
    if super::is_absent(look) {
        return;
    }
    let facts = look.facts;
    let mut any = slips(look);
    let procfile = facts.processes.iter().find(|process| process.declared == Declaration::Procfile);
    let Some(process) = procfile else {
        if !any {
            look.evidence(
                "no variable of the platform's files is a slip of one that the settings read",
                None,
            );
        }
        return;
    };
    if reads_url(facts) {
        look.evidence("the settings read DATABASE_URL", facts.place_of("DATABASES"));
        return;
    }
    let single = facts.settings.variables.iter().find(|used| {
        let name = used.name.as_str();
        matches!(
            name,
            "DB_HOST"
                | "DB_NAME"
                | "DATABASE_HOST"
                | "DATABASE_NAME"
                | "POSTGRES_HOST"
                | "POSTGRES_DB"
                | "SQL_HOST"
                | "SQL_DATABASE"
                | "PGHOST"
                | "PGDATABASE"
        )
    });
    if let Some(used) = single {
        any = true;
        // A VPS with Dokku or honcho runs Procfiles too, and sets what it likes.
        let finding = look.finding(
            used.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("the settings take the database from {}, and the platform hands it over in DATABASE_URL", used.name),
                consequence: "on the platform the application finds no database, or falls back to another one".to_owned(),
                fix: "read DATABASE_URL, with dj-database-url or django-environ".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
        finding.related.push(Related {
            at: Span::of_file(process.at.file.clone()),
            message: "the platform's file".to_owned(),
        });
    }
    if !any {
        look.undetermined("the settings read neither DATABASE_URL nor single variables of the database in what was followed", "compare the platform's variables with those that the settings read", facts.place_of("DATABASES"));
    }
}

fn reads_url(facts: &Facts) -> bool {
    facts.settings.variables.iter().any(|used| used.name.ends_with("DATABASE_URL"))
        || facts.settings_names.iter().any(|name| name.ends_with("DATABASE_URL"))
        || facts.versions.distributions.contains_key("django-heroku")
        || facts.versions.distributions.contains_key("dj-database-url")
}

/// Variables of platform files that differ by a letter from one that the settings read.
fn slips(look: &mut Look) -> bool {
    let facts = look.facts;
    let mut found: Vec<(String, String, Span)> = Vec::new();
    for process in
        facts.processes.iter().filter(|process| process.declared == Declaration::Platform)
    {
        for (name, variable) in &process.surroundings.environment.variables {
            let Some(at) = variable.at.clone().filter(|at| at.file == process.at.file) else {
                continue;
            };
            if facts.names_variable(name) || name.len() < 6 {
                continue;
            }
            let near = facts
                .settings
                .variables
                .iter()
                .find(|used| crate::is_slip(&used.name, name) && !used.is_set);
            found.extend(near.map(|used| (name.clone(), used.name.clone(), at)));
        }
    }
    found.sort();
    found.dedup();
    for (name, wanted, at) in &found {
        look.finding(
            at.clone(),
            Fault {
                severity: Severity::Error,
                message: format!("the platform sets {name}, and the settings read {wanted}"),
                consequence: "the settings do not see the value and take their fallback".to_owned(),
                fix: format!("write {wanted}"),
            },
        );
    }
    !found.is_empty()
}
