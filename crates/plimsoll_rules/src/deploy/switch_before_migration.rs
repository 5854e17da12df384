//! `switch-before-migration`: the new code runs before the database is ready for it.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Declaration, Facts, Process, ProcessKind, Routine};
use plimsoll_formats::compose::MountKind;
use plimsoll_formats::shell::Command;

use super::{Step, is_for_tests, looked_at, steps};
use crate::containers::runs_project;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "switch-before-migration",
    control: "DEP-01",
    title: "the new code runs before the database is ready for it",
    what: "Scripts, recipes, steps and code blocks of documents that restart a service, make containers anew (`compose up`, with no stop before) or point the link of the current release, and migrate the database only after that, with no restart behind the migration. Migrations that run inside the container just made, which is how many projects reach the new image, are reported only where nothing else starts the server afterwards and the command is `exec`; `run --rm` before `up` is the way round. A server that loads changed code by itself (`--reload`) from the folder that the deployment pulls into switches with the pull, before any migration. First installations, and documents about them, are left alone.",
    why: "Between the two steps the new code asks for columns that are not there: every page is an error, and when the migration fails it stays so.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
pip install -r requirements.txt
sudo systemctl restart shop
python manage.py migrate
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
pip install -r requirements.txt
python manage.py migrate
sudo systemctl restart shop
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/migrations/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for routine in
        facts.routines.iter().filter(|routine| routine.is_main() && !is_for_tests(routine))
    {
        if routine.is_about(&[
            "install",
            "setup",
            "provision",
            "bootstrap",
            "getting",
            "start",
            "init",
            "config",
            "quick",
        ]) {
            continue;
        }
        // First installations and development have nothing that runs before.
        let first = routine.reached().any(|(_, reached)| {
            matches!(
                reached.managed(),
                Some("runserver" | "createsuperuser" | "makemigrations" | "loaddata")
            )
        });
        if first {
            continue;
        }
        let done = steps(routine);
        let Some(migrate) = done.iter().find(|done| done.step == Step::Migrate) else { continue };
        let before = |done: &&super::Done<'_>| done.index < migrate.index;
        let stopped = done.iter().filter(before).any(|done| done.step == Step::Stop);
        // Code must be new for the order to matter.
        let fetched = done
            .iter()
            .filter(before)
            .any(|done| matches!(done.step, Step::Fetch | Step::Build | Step::Pull));
        let again = done.iter().any(|done| {
            done.index > migrate.index
                && matches!(
                    done.step,
                    Step::Restart | Step::Up | Step::ContainerRestart | Step::Switch | Step::Build
                )
        });
        let switch = done.iter().filter(before).find(|done| {
            // Services beside the application: a proxy, a database.
            let other = done.reached.arguments.iter().any(|word| {
                ["nginx", "postgres", "redis", "apache", "caddy", "db", "daemon", "cron"]
                    .iter()
                    .any(|name| word.text.contains(name))
            });
            matches!(done.step, Step::Restart | Step::Switch | Step::Up)
                && !other
                && !done.reached.has("start")
        });
        let Some(switch) = switch.filter(|_| fetched && !stopped && !again) else { continue };
        any = true;
        let finding = look.finding(
            switch.command.span.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("the new code is started here, and the database migrated only in line {}", migrate.command.span.start.line),
                consequence: "in between every request meets a schema that does not fit; when the migration fails, it stays so".to_owned(),
                fix: "migrate first (with Docker: docker compose run --rm web python manage.py migrate), then restart".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if reloaded(look) {
        return;
    }
    if !any {
        look.evidence(
            format!("{}; none starts new code before its migration", looked_at(facts)),
            None,
        );
    }
}

/// Reports a deployment that pulls into a folder from which a server loads changed code by itself;
/// whether there was something to say.
fn reloaded(look: &mut Look) -> bool {
    let facts = look.facts;
    let Some((process, option)) = facts.processes.iter().find_map(|process| {
        let command = process.command.as_ref().filter(|_| process.kind == ProcessKind::Web)?;
        let option = command.words.iter().find(|word| word.value == "--reload")?;
        Some((process, option))
    }) else {
        return false;
    };
    let pulled = facts.routines.iter().find_map(pull);
    let Some(pull) = pulled else { return false };
    if !runs_checkout(facts, process) {
        look.undetermined(
            format!(
                "{} loads changed code by itself; whether it runs the folder that is pulled into is not seen",
                process.name
            ),
            "take --reload off the server of production, or show that it runs an image's own code",
            Some(option.span.clone()),
        );
        return true;
    }
    let finding = look.finding(
        pull.span.clone(),
        Fault {
            severity: Severity::Warning,
            message: format!("{} loads changed code by itself (--reload), so this pull starts the new code before anything is migrated", process.name),
            consequence: "from the pull to the end of the migration every request meets a schema that does not fit".to_owned(),
            fix: "take --reload off the server of production, and restart it after the migration".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
    finding
        .related
        .push(Related { at: option.span.clone(), message: "it reloads here".to_owned() });
    true
}

/// The command of a deployment that brings new code, where nothing stops the server before.
fn pull(routine: &Routine) -> Option<&Command> {
    if !routine.is_main() || routine.is_document() || is_for_tests(routine) {
        return None;
    }
    let done = steps(routine);
    let fetch = done.iter().find(|done| done.step == Step::Fetch)?;
    let stopped = done.iter().any(|it| it.step == Step::Stop && it.index < fetch.index);
    // What a pipeline checks out for itself is not the host's folder.
    (!stopped && done.len() > 1).then_some(fetch.command)
}

/// Whether a process runs the code of a folder of the host: a unit, or a container into which the
/// folder is mounted.
fn runs_checkout(facts: &Facts, process: &Process) -> bool {
    if matches!(process.declared, Declaration::Unit | Declaration::Supervisor) {
        return true;
    }
    let Some(stack) = facts.containers.production_stack() else { return false };
    let mut services = stack.services().filter(|service| runs_project(facts, stack, service));
    services.any(|service| {
        service.name.value == process.name
            && service.volumes.iter().any(|mount| {
                let source = mount.value.source_path.as_ref();
                mount.value.kind == MountKind::Bind
                    && source.is_some_and(|source| facts.system.root.is_within(source))
            })
    })
}
