//! `platform-release-phase-missing`: nothing on the platform runs the migrations.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Declaration, ProcessKind};
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "platform-release-phase-missing",
    control: "NET-10",
    title: "nothing on the platform runs the migrations",
    what: "The `release` process of a Procfile, `release_command` of fly.toml, pre-deploy commands of render.yaml, and start commands that migrate first, of platforms whose files the repository has. A command of a script or pipeline that runs migrate on the platform (`heroku run`, `fly ssh`) counts as well.",
    why: "The new code starts on the old schema: every page that touches the new column is an error until somebody remembers to migrate by hand.",
    bad: "```python settings.py
DEBUG = False
```
```text Procfile
web: gunicorn config.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```text Procfile
release: python manage.py migrate --noinput
web: gunicorn config.wsgi
```",
    sources: &[
        "https://devcenter.heroku.com/articles/release-phase",
        "https://fly.io/docs/reference/configuration/#run-one-off-commands-before-releasing-a-deployment",
    ],
    check,
};

fn check(look: &mut Look) {
    if super::is_absent(look) {
        return;
    }
    let facts = look.facts;
    let on_platform =
        |declared: Declaration| matches!(declared, Declaration::Procfile | Declaration::Platform);
    let mut processes =
        facts.processes.iter().filter(|process| on_platform(process.declared)).peekable();
    let Some(first) = processes.peek().map(|process| Span::of_file(process.at.file.clone())) else {
        look.undetermined(
            "the platform's file names no process",
            "look at the platform's own configuration",
            None,
        );
        return;
    };
    let migrates = processes.clone().find(|process| {
        let command = process.command.as_ref().and_then(|command| command.management_command());
        command.is_some_and(|name| name.value.starts_with("migrate"))
    });
    if let Some(process) = migrates {
        look.evidence("the platform runs migrate", Some(process.at.clone()));
        return;
    }
    let opaque = processes
        .clone()
        .any(|process| process.kind == ProcessKind::Release || process.command.is_none());
    let by_hand = facts.routines.iter().flat_map(|routine| routine.commands()).find(|command| {
        command.words.iter().any(|word| word.text == "migrate" || word.text.contains(" migrate"))
    });
    if let Some(command) = by_hand {
        look.undetermined("a command of the repository runs migrate; whether it does so at each release is not known", "look at the log of the last release", Some(command.span.clone()));
    } else if opaque {
        look.undetermined(
            "a command of the platform that was not followed may run migrate",
            "look at the log of the last release",
            Some(first),
        );
    } else {
        let finding = look.finding(
            first,
            Fault {
                severity: Severity::Warning,
                message: "no command of the repository runs migrate on the platform".to_owned(),
                consequence: "new code meets the old schema until somebody migrates by hand".to_owned(),
                fix: "add release: python manage.py migrate --noinput to the Procfile (release_command in fly.toml)".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
}
