//! `migration-failure-ignored`: the server starts although the migration failed.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_formats::shell::Failure;

use super::{Step, goes_on, is_deploy, is_entry, looked_at, running, steps};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "migration-failure-ignored",
    control: "DEP-01",
    title: "the server starts although the migration failed",
    what: "`manage.py migrate` in scripts, recipes, steps of pipelines and commands of containers whose failure is swallowed (`|| true`, `|| echo`, a pipe without `pipefail`, the background), or that goes on without `set -e` to start or restart the server, separated by `;` or a line break. A loop around it that tries again, and branches that look at the failure, are left alone.",
    why: "The new code runs against the old schema. Half of the pages work, and the rest write errors or wrong data; the deployment says that all went well.",
    bad: "```python settings.py
DEBUG = False
```
```sh docker/entrypoint.sh
#!/bin/sh
python manage.py migrate
exec gunicorn shop.wsgi
```",
    good: "```python settings.py
DEBUG = False
```
```sh docker/entrypoint.sh
#!/bin/sh
set -e
python manage.py migrate
exec gunicorn shop.wsgi
```",
    sources: &["https://www.gnu.org/software/bash/manual/html_node/The-Set-Builtin.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for routine in running(facts) {
        let done = steps(routine);
        let commands: Vec<_> = routine.commands().collect();
        // What ends in the development server is for developing; a first set-up is watched.
        let developing = routine.reached().any(|(_, reached)| {
            reached.managed().is_some_and(|name| name.starts_with("runserver"))
        });
        let serves = done.iter().any(|done| done.step == Step::Serve);
        if (developing && !serves)
            || routine.is_called(&["setup", "install", "bootstrap", "populate"])
        {
            continue;
        }
        for migrate in done.iter().filter(|done| done.step == Step::Migrate) {
            let failure = migrate.command.failure;
            if !goes_on(failure) {
                continue;
            }
            let harmless = migrate.reached.has_any(&["--check", "--plan", "--list", "--help"]);
            let in_loop = migrate.command.inside.contains(&plimsoll_formats::shell::Around::Loop);
            let asked = commands
                .get(migrate.index + 1)
                .is_some_and(|next| crate::backup::asks_status(next));
            if harmless || in_loop || asked {
                continue;
            }
            // `exec "$@"` is how entry points start what they were given.
            let starts = done.iter().any(|done| {
                done.index > migrate.index
                    && matches!(done.step, Step::Serve | Step::Restart | Step::Up | Step::Switch)
            }) || commands.iter().skip(migrate.index + 1).any(|command| {
                command.words.first().is_some_and(|word| word.text == "exec")
                    || plimsoll_facts::reach(command).is_some_and(|reached| {
                        matches!(reached.program, "celery" | "supervisord" | "honcho")
                    })
            });
            let severity = match failure {
                Failure::Swallowed | Failure::HiddenByPipe | Failure::Background
                    if starts || is_deploy(routine) || is_entry(routine) =>
                {
                    Severity::Error
                }
                Failure::GoesOn if starts => Severity::Warning,
                _ => continue,
            };
            any = true;
            let how = match failure {
                Failure::Swallowed => "a failure of the migration is swallowed",
                Failure::HiddenByPipe => "the status of the migration is lost in a pipe",
                Failure::Background => "the migration runs in the background",
                _ => "the script goes on to start the server when the migration fails",
            };
            let finding = look.finding(
                migrate.command.span.clone(),
                Fault {
                    severity,
                    message: how.to_owned(),
                    consequence: "the new code runs against the old schema, and the deployment says that all went well".to_owned(),
                    fix: "begin the script with `set -e`, or join the commands with `&&`".to_owned(),
                },
            );
            if severity == Severity::Warning {
                finding.confidence = Confidence::High;
            }
        }
    }
    if !any {
        look.evidence(format!("{}; no failed migration is passed over", looked_at(facts)), None);
    }
}
