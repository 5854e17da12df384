//! `development-server-in-production`: runserver is what production starts.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Declaration, ProcessKind};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "development-server-in-production",
    control: "APP-01",
    title: "runserver is what production starts",
    what: "Units, Supervisor programs, the `web` process of a Procfile, platform files, services of the compose files that are taken for production’s, and images, that start `runserver` or its kin. An image’s default command counts only where nothing else of the repository serves the application. Compose files whose only server is runserver are taken for development and left alone.",
    why: "runserver answers one request badly or many in threads without limits, reloads code, has had no security review, and serves static files only with DEBUG: who starts it in production soon switches DEBUG on as well. Its documentation says not to.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/python manage.py runserver 0.0.0.0:8000
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/web.service
[Service]
ExecStart=/srv/app/venv/bin/gunicorn config.wsgi:application
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let serves = facts.processes_of(ProcessKind::Web).next();
    let mut any = false;
    let mut beside = None;
    for process in facts.processes_of(ProcessKind::DevelopmentServer) {
        let confidence = match process.declared {
            Declaration::Unit | Declaration::Supervisor => Confidence::High,
            Declaration::Procfile if process.name == "web" => Confidence::High,
            Declaration::Platform => Confidence::High,
            Declaration::Compose => Confidence::Medium,
            Declaration::Image if serves.is_none() => Confidence::Medium,
            _ => continue,
        };
        // A stack that serves the site by another service has this one for its developers.
        if process.declared == Declaration::Compose && serves.is_some() {
            beside = Some(process);
            continue;
        }
        let Some(command) = &process.command else { continue };
        let name = command.management_command().map_or("runserver", |name| name.value.as_str());
        if matches!(name, "tailwind" | "livereload") {
            continue;
        }
        any = true;
        let finding = look.finding(
            command.name.span.clone(),
            Fault {
                severity: Severity::Error,
                message: format!("{} {} starts {name}, Django's development server", process.declared.name(), process.name),
                consequence: "one slow client can hold the site, tracebacks and reloads are made for developers, and static files need DEBUG".to_owned(),
                fix: "start gunicorn, uvicorn or uWSGI".to_owned(),
            },
        );
        finding.confidence = confidence;
    }
    if any {
        return;
    }
    // In one stack, both are started.
    let declared = serves.map(|process| process.declared);
    if let Some(process) = beside.filter(|_| declared == Some(Declaration::Compose)) {
        return look.undetermined(
            format!("the service {} starts Django's development server beside the one that is for production", process.name),
            "take it out of the stack that production runs, or name production's compose file so",
            Some(process.at.clone()),
        );
    }
    match serves {
        Some(process) => look.evidence(
            format!("{} {} starts a server for production", process.declared.name(), process.name),
            Some(process.at.clone()),
        ),
        None => look.undetermined(
            "what serves the application in production is not in the repository",
            "add the unit, compose file or Procfile that starts it",
            None,
        ),
    }
}
