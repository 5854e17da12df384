//! `compose-version-obsolete`: the compose file or a script uses compose v1.

use plimsoll_catalog::{Change, Related, Repair, Severity};

use super::{fault, stack};
use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compose-version-obsolete",
    control: "APP-10",
    title: "the compose file or a script uses compose v1",
    what: "`version:` in production's compose files, and calls of `docker-compose` in scripts, pipelines and units of the repository. Documents are left out.",
    why: "Version 1 has had no fixes since July 2023 and is not in today's packages of Docker: a deploy script that calls `docker-compose` stops on the next host. The `version` key is ignored with a warning.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
version: \"3.8\"
services:
  web:
    build: .
    command: gunicorn rota.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
```",
    sources: &["https://docs.docker.com/compose/releases/migrate/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let calls: Vec<_> = facts
        .routines
        .iter()
        .filter(|routine| routine.is_main() && !routine.is_document())
        .flat_map(|routine| routine.commands())
        .filter(|command| {
            command.words.iter().take(2).any(|word| {
                word.text.rsplit('/').next().is_some_and(|name| name == "docker-compose")
            })
        })
        .map(|command| command.span.clone())
        .collect();
    if let Some((first, others)) = calls.split_first() {
        let count = calls.len();
        let finding = look.finding(
            first.clone(),
            fault(
                Severity::Note,
                if count == 1 {
                    "docker-compose, the first version of compose, is called".to_owned()
                } else {
                    format!(
                        "docker-compose, the first version of compose, is called in {count} places"
                    )
                },
                "on a host with today's Docker there is no such command, and the script stops",
                "call `docker compose`",
            ),
        );
        finding.related.extend(
            others
                .iter()
                .take(5)
                .map(|at| Related { at: at.clone(), message: "here too".to_owned() }),
        );
    }
    let Some(stack) = stack(look) else { return };
    match &stack.project.version {
        Some(version) => {
            look.settle(
                version.span.clone(),
                Judgement::remark(
                    "the version key of the compose file is obsolete",
                    "compose ignores it and warns at each call",
                    "delete the line",
                ),
            );
            let (at, start) = (version.span.clone(), "version:".to_owned());
            let does = format!("take the version out of {}", at.file);
            let changes = vec![Change::RemoveLineOf { at, start }];
            if let Some(finding) = look.last() {
                // The first version of compose takes a file without it for one of its oldest format.
                finding.repair = Some(Repair { is_safe: calls.is_empty(), does, changes });
            }
        }
        None => look.evidence(format!("{} has no obsolete version key", stack.name()), None),
    }
}
