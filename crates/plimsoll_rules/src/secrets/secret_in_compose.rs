//! `secret-in-compose`: a compose file or unit holds a secret in clear.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::ClearPlace;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-in-compose",
    control: "SEC-02",
    title: "a compose file or unit holds a secret in clear",
    what: "Variables with a secret's name and a literal value in compose files, systemd units and Supervisor programs. Values by `${…}`, files, placeholders, and files for local use, tests or samples by their names, or that start runserver, are left out.",
    why: "The file is in every clone; whoever reads the repository logs in to the database, and the value cannot be changed without a commit.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: kd82Jd92kLdp30
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
```",
    sources: &["https://docs.docker.com/compose/how-tos/use-secrets/"],
    check,
};

fn check(look: &mut Look) {
    let clear = &look.facts.code.clear;
    let mut any = false;
    for secret in &clear.found {
        if secret.place == ClearPlace::Image
            || crate::settings::is_placeholder(secret.value.expose())
        {
            continue;
        }
        any = true;
        // The same file again: one change puts all of them right.
        if let Some(first) = look.last().filter(|first| first.at.file == secret.at.file) {
            first.related.push(Related {
                at: secret.at.clone(),
                message: format!("{} is written out here too", secret.name),
            });
            continue;
        }
        let finding = look.finding(
            secret.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{} is written out here", secret.name),
                consequence: "everybody with a copy of the repository has it".to_owned(),
                fix: format!("take it from an env file that git leaves out: {}: ${{{}}}; and change it, as it is known", secret.name, secret.name),
            },
        );
        // Whether production is started from this file is not certain.
        finding.confidence = Confidence::Medium;
    }
    if !any && clear.services > 0 {
        look.evidence(
            format!("{} compose files and units hold no secret in clear", clear.services),
            None,
        );
    }
}
