//! `deploy-restarts-web-only`: a deployment leaves workers with the old code.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Declaration, ProcessKind};

use super::{Step, is_for_tests, looked_at, steps};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "deploy-restarts-web-only",
    control: "DEP-01",
    title: "a deployment leaves workers with the old code",
    what: "Scripts, recipes, steps and code blocks of documents that fetch code or migrate and then restart services of the machine by name (systemctl, supervisorctl), where the repository declares a worker or scheduler as a unit or program that none of the restarts names. Restarts of everything (`all`, a target, a glob, a group) and names in variables are left alone.",
    why: "The worker goes on with the old code against the new schema: tasks fail, or write what the new code can’t read, until the next reboot.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/shop-web.service
[Service]
ExecStart=/srv/shop/venv/bin/gunicorn shop.wsgi
```
```ini deploy/shop-worker.service
[Service]
ExecStart=/srv/shop/venv/bin/celery -A shop worker
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
pip install -r requirements.txt
python manage.py migrate
sudo systemctl restart shop-web
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/shop-web.service
[Service]
ExecStart=/srv/shop/venv/bin/gunicorn shop.wsgi
```
```ini deploy/shop-worker.service
[Service]
ExecStart=/srv/shop/venv/bin/celery -A shop worker
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
pip install -r requirements.txt
python manage.py migrate
sudo systemctl restart shop-web shop-worker
```",
    sources: &["https://docs.celeryq.dev/en/stable/userguide/workers.html#restarting-the-worker"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let workers: Vec<(String, plimsoll_source::Span)> = facts
        .processes
        .iter()
        .filter(|process| {
            matches!(process.kind, ProcessKind::Worker | ProcessKind::Scheduler)
                && matches!(process.declared, Declaration::Unit | Declaration::Supervisor)
        })
        .map(|process| {
            let name = process.name.trim_end_matches(".service").split('@').next().unwrap_or("");
            (name.to_owned(), process.at.clone())
        })
        .collect();
    let mut any = false;
    for routine in
        facts.routines.iter().filter(|routine| routine.is_main() && !is_for_tests(routine))
    {
        let done = steps(routine);
        let changes = done.iter().any(|done| matches!(done.step, Step::Fetch | Step::Migrate));
        let restarts: Vec<_> = done.iter().filter(|done| done.step == Step::Restart).collect();
        let (Some(last), true) = (restarts.last(), changes && !workers.is_empty()) else {
            continue;
        };
        // Another script may restart the rest.
        if super::deploy_without_install::calls_others(routine) {
            continue;
        }
        let names: Vec<&str> = restarts
            .iter()
            .flat_map(|done| done.reached.arguments.iter().map(|word| word.text.as_str()))
            .collect();
        let covers_all = names.iter().any(|name| {
            matches!(*name, "all" | "daemon-reload") && *name == "all"
                || name.contains(['*', '$', ':'])
                || name.ends_with(".target")
        });
        let names_web = names.iter().any(|name| {
            facts.processes.iter().any(|process| {
                process.kind == ProcessKind::Web
                    && process.name.trim_end_matches(".service")
                        == name.trim_end_matches(".service")
            }) || ["gunicorn", "uwsgi", "web", "daphne", "uvicorn"]
                .iter()
                .any(|word| name.contains(word))
        });
        if covers_all || !names_web {
            continue;
        }
        let left: Vec<&(String, plimsoll_source::Span)> = workers
            .iter()
            .filter(|(worker, _)| {
                let worker = worker.to_lowercase();
                !names.iter().any(|name| {
                    let name = name.trim_end_matches(".service").to_lowercase();
                    // Units are often installed under a longer name than their file's.
                    name.len() > 3 && (name.contains(&worker) || worker.contains(&name))
                })
            })
            .collect();
        let Some((worker, declared)) = left.first() else { continue };
        any = true;
        let finding = look.finding(
            last.command.span.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "the deployment restarts {} and leaves {worker} running",
                    restarted(&names)
                ),
                consequence: "the worker goes on with the old code against the new schema"
                    .to_owned(),
                fix: format!("restart {worker} too, after the migration"),
            },
        );
        finding.confidence = Confidence::Medium;
        finding.related =
            vec![Related { at: declared.clone(), message: "it is declared here".to_owned() }];
    }
    if !any {
        look.evidence(
            format!("{}; none restarts the web process and leaves a worker", looked_at(facts)),
            None,
        );
    }
}

fn restarted(names: &[&str]) -> String {
    let plain: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| {
            !name.starts_with('-')
                && !matches!(
                    *name,
                    "restart" | "reload" | "start" | "try-restart" | "reload-or-restart"
                )
        })
        .collect();
    plain.join(", ")
}
