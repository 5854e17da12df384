//! `app-server-unpinned`: the application server is not among the requirements, or not pinned.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Declaration, Facts};
use plimsoll_formats::command::Program;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "app-server-unpinned",
    control: "APP-01",
    title: "the application server is not among the requirements, or has no fixed version",
    what: "The server that production starts (gunicorn, uvicorn, hypercorn, daphne, uWSGI) against what requirements, project files and locks declare. A `pip install` or a package of the system in a script or Dockerfile counts as declared. Images that are not built here are left alone, as they may bring it.",
    why: "A fresh installation starts without the server, or with another major version than yesterday’s: gunicorn has dropped workers and changed defaults between versions. It is found on the day of the rebuild.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi:application
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
gunicorn==23.0.0
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi:application
```",
    sources: &["https://docs.djangoproject.com/en/stable/howto/deployment/wsgi/gunicorn/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    let mut seen = BTreeSet::new();
    let mut any = false;
    for server in &facts.servers {
        let Some(names) = distributions(server.program) else { continue };
        let Some(name) = names.first() else { continue };
        if !seen.insert(*name) {
            continue;
        }
        any = true;
        let at = server.process.at.clone();
        let known = names.iter().find_map(|name| Some((*name, declared.get(*name)?)));
        match known {
            Some((name, distribution)) if distribution.exact.is_some() => {
                look.evidence(format!("{name} is pinned"), Some(distribution.at.clone()));
            }
            // Told with the other parts that decide how production behaves.
            Some((name, distribution))
                if crate::versions::is_core(name) || crate::versions::is_bounded(distribution) =>
            {
                look.undetermined(
                    format!("{name} has no exact version, which dependency-unpinned looks at"),
                    format!("pin it: {name}==VERSION, or use a lock file"),
                    Some(distribution.at.clone()),
                );
            }
            Some((name, distribution)) => {
                look.finding(
                    distribution.at.clone(),
                    Fault {
                        severity: Severity::Warning,
                        message: format!("{name} serves the application and has no fixed version"),
                        consequence: "each installation may bring another one, with other defaults"
                            .to_owned(),
                        fix: format!("pin it: {name}==VERSION, or use a lock file"),
                    },
                );
                look.relate(Related { at, message: "production starts it here".to_owned() });
            }
            None if declared.is_empty() || !declared.contains_key("django") => look.undetermined(
                "the project's requirements are not in the repository",
                "add a requirements or lock file",
                Some(at),
            ),
            None if server.in_image.is_some()
                || installed_by_command(facts, names)
                || brought_by_image(server.process.declared, facts) =>
            {
                look.undetermined(format!("{name} is installed by a command or an image, not by the requirements; its version is not known"), "pin it in the requirements or the lock file", Some(at));
            }
            None => {
                let finding = look.finding(
                    at,
                    Fault {
                        severity: Severity::Error,
                        message: format!(
                            "production starts {name}, and no requirement of the project brings it"
                        ),
                        consequence: "a fresh installation cannot start the application".to_owned(),
                        fix: format!("add {name}==VERSION to the production requirements"),
                    },
                );
                finding.confidence = Confidence::Medium;
            }
        }
    }
    if !any {
        look.undetermined(
            "which server production starts is not in the repository",
            "add the unit, compose file or Procfile that starts it",
            None,
        );
    }
}

fn distributions(program: Program) -> Option<&'static [&'static str]> {
    Some(match program {
        Program::Gunicorn => &["gunicorn"],
        Program::Uvicorn => &["uvicorn", "fastapi"],
        Program::Hypercorn => &["hypercorn"],
        Program::Daphne => &["daphne", "channels"],
        Program::Uwsgi => &["uwsgi", "pyuwsgi"],
        _ => return None,
    })
}

/// Whether a command of a script, Dockerfile or document installs it.
fn installed_by_command(facts: &Facts, names: &[&str]) -> bool {
    let mut commands = facts.routines.iter().flat_map(|routine| routine.commands());
    commands.any(|command| {
        let has = |word: &str| command.words.iter().any(|known| known.text == word);
        (has("install") || has("add") || has("wheel") || has("download"))
            && command
                .words
                .iter()
                .any(|word| names.iter().any(|name| word.text.to_ascii_lowercase().contains(name)))
    })
}

/// Whether a container's image comes from elsewhere.
fn brought_by_image(declared: Declaration, facts: &Facts) -> bool {
    matches!(declared, Declaration::Compose | Declaration::Platform | Declaration::Image)
        && facts.inventory.main(plimsoll_facts::inventory::Role::Dockerfile).next().is_none()
}
