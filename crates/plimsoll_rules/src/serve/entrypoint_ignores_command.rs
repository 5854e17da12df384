//! `entrypoint-ignores-command`: an entry point drops the command that it is given.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Facts, Start};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "entrypoint-ignores-command",
    control: "APP-01",
    title: "an entry point drops the command that it is given",
    what: "Images and services of compose with both an entry point and a command, where the entry point is a shell script of the repository that never looks at its arguments (`$@`, `$*`, `$1`), or is written in shell form, which takes none. Scripts that read another script (`. lib.sh`), entry points that are no shell scripts, and commands that the script runs anyway are left alone.",
    why: "The command stands in the file and is never run. The options that somebody tuned there have no effect, and a service that is meant to be the worker starts a second web server: it looks up, and no task is done.",
    bad: "```python settings.py
DEBUG = False
```
```text Dockerfile
FROM python:3.13-slim
WORKDIR /app
COPY . .
ENTRYPOINT [\"/app/start.sh\"]
CMD [\"gunicorn\", \"config.wsgi\", \"--workers\", \"4\"]
```
```sh start.sh
#!/bin/sh
python manage.py migrate --noinput
exec gunicorn config.wsgi --bind 0.0.0.0:8000
```",
    good: "```python settings.py
DEBUG = False
```
```text Dockerfile
FROM python:3.13-slim
WORKDIR /app
COPY . .
ENTRYPOINT [\"/app/start.sh\"]
CMD [\"gunicorn\", \"config.wsgi\", \"--workers\", \"4\"]
```
```sh start.sh
#!/bin/sh
python manage.py migrate --noinput
exec \"$@\"
```",
    sources: &[
        "https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut passes = 0;
    let mut seen = std::collections::BTreeSet::new();
    for interior in &facts.interiors {
        let Some(start) = &interior.start else { continue };
        if !is_production(facts, &interior.name, interior.declared) {
            continue;
        }
        if start.takes_arguments {
            passes += 1;
        } else if seen.insert(start.command.1.clone()) {
            tell(look, &interior.name, start);
        }
    }
    if seen.is_empty() {
        let statement = if passes == 0 {
            "no script of the repository is given a command as a container's entry point".to_owned()
        } else {
            format!(
                "the entry points of {passes} containers look at the command that they are given"
            )
        };
        look.evidence(statement, None);
    }
}

fn is_production(facts: &Facts, name: &str, declared: plimsoll_facts::Declaration) -> bool {
    declared != plimsoll_facts::Declaration::Compose
        || facts
            .containers
            .production_stack()
            .is_some_and(|stack| stack.services().any(|service| service.name.value == name))
}

fn tell(look: &mut Look, name: &str, start: &Start) {
    let (text, at) = &start.command;
    let program = text.split_whitespace().next().unwrap_or("");
    let program = program.rsplit('/').next().unwrap_or(program);
    let how = match &start.script {
        Some(script) => format!("{script}, which starts it, never looks at its arguments"),
        None => "the entry point is written in shell form, which takes no arguments".to_owned(),
    };
    let of_service = start.of_service;
    let whose =
        if of_service { format!("the command of the service {name}") } else { "CMD".to_owned() };
    let finding = look.finding(
        at.clone(),
        Fault {
            severity: if of_service { Severity::Error } else { Severity::Warning },
            message: format!("{whose} ({program} …) is never run: {how}"),
            consequence: if of_service { format!("the service {name} runs what its entry point runs, and not this") } else { "what is written here has no effect, its options included".to_owned() },
            fix: "end the script with exec \"$@\" and leave the choice to the command, or take the command out".to_owned(),
        },
    );
    finding.confidence = Confidence::High;
    finding.related.push(Related { at: start.at.clone(), message: "the entry point".to_owned() });
}
