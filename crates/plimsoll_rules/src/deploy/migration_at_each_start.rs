//! `migration-at-each-start`: several containers migrate the same database when they start.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Declaration, Facts, Process, ProcessKind};
use plimsoll_formats::shell::Around;
use plimsoll_source::Span;

use super::looked_at;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "migration-at-each-start",
    control: "DEP-01",
    title: "several containers migrate the same database when they start",
    what: "Services of the production compose project, and processes of units and platforms, of which two or more run `manage.py migrate` by themselves before or beside a server, worker or scheduler, through their entry point; and a service that does so and is to run in several replicas. One service that migrates and runs once is left alone, as is a service or release phase for migrations only.",
    why: "All start at once and migrate side by side: one takes the lock and the others wait or fail with “relation already exists”; a restart in the night migrates the database without anybody deploying.",
    bad: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: sh -c \"python manage.py migrate && gunicorn shop.wsgi\"
  worker:
    build: .
    command: sh -c \"python manage.py migrate && celery -A shop worker\"
```",
    good: "```python settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  migrate:
    build: .
    command: python manage.py migrate
  web:
    build: .
    command: gunicorn shop.wsgi
  worker:
    build: .
    command: celery -A shop worker
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/migrations/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut by_name: BTreeMap<(Declaration, &str), Vec<&Process>> = BTreeMap::new();
    for process in &facts.processes {
        // What is named for staging has a database of its own.
        let words = process.name.to_ascii_lowercase();
        let staging = words
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| matches!(word, "staging" | "stage" | "preview" | "qa" | "uat" | "test"));
        if !staging && !matches!(process.declared, Declaration::Image | Declaration::Crontab) {
            by_name.entry((process.declared, process.name.as_str())).or_default().push(process);
        }
    }
    let mut starters: Vec<(&str, Span, Span)> = Vec::new();
    let mut kind = None;
    for ((declared, name), processes) in &by_name {
        let migrates = processes.iter().find(|process| {
            process.command.as_ref().is_some_and(|command| {
                command.management_command().is_some_and(|name| {
                    matches!(name.value.as_str(), "migrate" | "migrate_schemas")
                })
            })
        });
        let serves = processes.iter().any(|process| {
            matches!(process.kind, ProcessKind::Web | ProcessKind::Worker | ProcessKind::Scheduler)
        });
        // A branch asks which of them it is.
        let always = migrates.filter(|process| {
            process.command.as_ref().is_none_or(|command| !in_branch(facts, &command.name.span))
        });
        // A unit and a compose file are two ways to run the same thing.
        let same = kind.is_none_or(|kind| kind == *declared);
        if let (Some(migrates), true) = (always, serves && same) {
            kind = Some(*declared);
            let at = migrates
                .command
                .as_ref()
                .map_or_else(|| migrates.at.clone(), |command| command.name.span.clone());
            starters.push((name, at, migrates.at.clone()));
        }
    }
    let replicas = |name: &str| {
        let project = facts.compose.as_ref()?;
        let deploy = project.services.get(name)?.deploy.as_ref()?;
        deploy
            .value
            .replicas
            .as_ref()?
            .value
            .known()?
            .parse::<u32>()
            .ok()
            .filter(|count| *count > 1)
    };
    let repeated = starters.iter().find_map(|(name, ..)| Some((*name, replicas(name)?)));
    let (Some((first, at, _)), true) = (starters.first(), starters.len() > 1 || repeated.is_some())
    else {
        return look.evidence(
            format!("{}; no two processes migrate when they start", looked_at(facts)),
            None,
        );
    };
    let names: Vec<&str> = starters.iter().map(|(name, ..)| *name).collect();
    let message = match repeated {
        Some((name, count)) if starters.len() == 1 => {
            format!("'{name}' migrates the database when it starts, and {count} of it start")
        }
        _ => format!(
            "{} services migrate the database when they start: {}",
            names.len(),
            names.join(", ")
        ),
    };
    let related: Vec<Related> = starters
        .iter()
        .filter(|(name, ..)| name != first)
        .map(|(name, _, at)| Related { at: at.clone(), message: format!("{name} does so too") })
        .collect();
    let finding = look.finding(
        at.clone(),
        Fault {
            severity: Severity::Warning,
            message,
            consequence: "they migrate side by side, and some fail or wait for a lock; any restart can migrate".to_owned(),
            fix: "migrate in a step or service of its own that the others wait for (depends_on with service_completed_successfully, a release phase)".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
    finding.related = related;
}

/// Whether the command of a script at this place stands in a branch, a loop or a function.
fn in_branch(facts: &Facts, at: &Span) -> bool {
    let routines = facts.routines.iter().filter(|routine| routine.file == at.file);
    let mut commands = routines.flat_map(|routine| routine.commands());
    commands.any(|command| {
        let here =
            command.span.start.line <= at.start.line && at.start.line <= command.span.end.line;
        let migrates = plimsoll_facts::reach(command)
            .and_then(|reached| reached.managed().map(|name| name.starts_with("migrate")));
        let guarded = command
            .inside
            .iter()
            .any(|around| matches!(around, Around::Branch | Around::Loop | Around::Function(_)));
        here && migrates == Some(true) && guarded
    })
}
