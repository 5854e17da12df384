//! `secret-default-in-compose`: a secret in a compose file falls back to a written value.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::Facts;
use plimsoll_source::RepoPath;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-default-in-compose",
    control: "SEC-02",
    title: "a secret in a compose file falls back to a written value",
    what: "Variables with a secret’s name in production’s compose files whose value is `${NAME:-value}`, or an address with such a password in it. Files for local use by their names, values that an env file of the repository sets, and fallbacks that are empty are left out. `${NAME:?}` is right: compose refuses to start without it.",
    why: "A variable that is missing or misspelt on the host is no error: compose starts the database with the password that everybody can read, and nothing says so. With PostgreSQL it stays that way, as the password is set when the volume is made.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-rota-secret}
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    image: rota
    command: gunicorn rota.wsgi
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
```",
    sources: &["https://docs.docker.com/reference/compose-file/interpolation/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(stack) = facts.containers.production_stack() else {
        look.evidence("no compose file that production runs was found", None);
        return;
    };
    let mut any = false;
    let mut told: BTreeSet<(&str, &[String])> = BTreeSet::new();
    let mut secrets: Vec<_> = facts
        .code
        .clear
        .fallbacks
        .iter()
        .filter(|secret| stack.has_file(&secret.at.file))
        .collect();
    secrets.sort_by_key(|secret| (&secret.name, &secret.unless, &secret.at));
    for secret in secrets {
        any = true;
        // Several services are given the same one.
        if !told.insert((&secret.name, &secret.unless)) {
            look.relate(Related { at: secret.at.clone(), message: "and here".to_owned() });
            continue;
        }
        let names: Vec<&str> = secret.unless.iter().map(String::as_str).collect();
        if let Some(file) = setter(facts, &names) {
            look.undetermined(
                format!("{} falls back to a written value, and {file} sets {}; whether the host has that file is not known", secret.name, crate::look::list(&names)),
                "docker compose config on the host",
                Some(secret.at.clone()),
            );
            continue;
        }
        let finding = look.finding(
            secret.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{} has the value written here unless {} is set", secret.name, crate::look::list(&names)),
                consequence: "where the variable is missing, production runs with a secret that everybody can read".to_owned(),
                fix: names.first().map_or_else(
                    || "take the fallback out".to_owned(),
                    |name| format!("write ${{{name}:?}} in place of the fallback, so that compose refuses to start without it"),
                ),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if !any {
        look.evidence(format!("no secret of {} falls back to a written value", stack.name()), None);
    }
}

/// An env file of the repository that sets all of the variables.
fn setter<'f>(facts: &'f Facts, names: &[&str]) -> Option<&'f RepoPath> {
    let mut files = facts.env_files.iter().filter(|file| !file.is_template);
    let found = files.find(|file| {
        let sets = |name: &&str| file.variables.iter().any(|(known, ..)| known == name);
        !names.is_empty() && names.iter().all(sets)
    })?;
    Some(&found.path)
}
