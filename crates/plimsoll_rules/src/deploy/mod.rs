//! Rules about deployments: the order of their steps, and what happens when one fails.

mod command_cut_off;
mod deploy_keeps_old_image;
mod deploy_only_echoes;
mod deploy_restarts_web_only;
mod deploy_without_install;
mod destructive_command_unguarded;
mod image_leaves_app_out;
mod migration_at_each_start;
mod migration_failure_ignored;
mod release_loses_data;
mod rollback_code_only;
mod shebang_late;
mod step_failure_ignored;
mod switch_before_migration;
mod tests_cannot_fail;
mod tests_use_other_database;

use plimsoll_facts::{Facts, Reached, Routine, RoutinePlace};
use plimsoll_formats::shell::{Command, Failure};

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    command_cut_off::RULE,
    deploy_without_install::RULE,
    deploy_keeps_old_image::RULE,
    deploy_only_echoes::RULE,
    deploy_restarts_web_only::RULE,
    switch_before_migration::RULE,
    migration_failure_ignored::RULE,
    migration_at_each_start::RULE,
    step_failure_ignored::RULE,
    destructive_command_unguarded::RULE,
    release_loses_data::RULE,
    image_leaves_app_out::RULE,
    shebang_late::RULE,
    rollback_code_only::RULE,
    tests_cannot_fail::RULE,
    tests_use_other_database::RULE,
];

/// What a command does for a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Brings new code: `git pull`, `git checkout`, `rsync` of the code is left out.
    Fetch,
    /// Installs packages.
    Install,
    /// Builds images.
    Build,
    /// Brings new images.
    Pull,
    /// Makes containers anew where they have to be: `compose up`.
    Up,
    /// Starts containers again as they are: `compose restart`.
    ContainerRestart,
    /// Migrates the database.
    Migrate,
    /// Collects static files.
    Collect,
    /// Restarts or reloads services of the machine.
    Restart,
    /// Stops services.
    Stop,
    /// Points a link to the release.
    Switch,
    /// Becomes the server.
    Serve,
}

/// A command with what it does for a deployment.
#[derive(Clone, Copy)]
pub(crate) struct Done<'f> {
    pub(crate) step: Step,
    pub(crate) command: &'f Command,
    pub(crate) reached: Reached<'f>,
    pub(crate) index: usize,
}

/// What the commands of a routine do for a deployment, in order.
pub(crate) fn steps(routine: &Routine) -> Vec<Done<'_>> {
    let mut found = Vec::new();
    for (index, command) in routine.commands().enumerate() {
        // The outer command says `docker compose up`; what runs inside of a container is reached.
        let Some(reached) = plimsoll_facts::reach(command) else { continue };
        if let Some(step) = step(reached) {
            found.push(Done { step, command, reached, index });
        }
    }
    found
}

fn step(reached: Reached<'_>) -> Option<Step> {
    let first = reached.operand().unwrap_or("");
    Some(match reached.program {
        "git" => match first {
            "pull" => Step::Fetch,
            "reset" if reached.has("--hard") => Step::Fetch,
            "merge" if reached.has_any(&["origin/main", "origin/master", "FETCH_HEAD"]) => {
                Step::Fetch
            }
            "checkout" | "switch" => Step::Fetch,
            _ => return None,
        },
        "pip" | "pip3" => (first == "install").then_some(Step::Install)?,
        "poetry" | "pdm" | "pipenv" | "conda" | "mamba" | "pip-sync" | "make" | "uv" | "hatch" => {
            let installs = reached.program == "pip-sync"
                || matches!(first, "install" | "sync" | "update" | "pip")
                || (reached.program == "make"
                    && ["install", "requirements", "deps", "build", "setup", "update", "upgrade"]
                        .iter()
                        .any(|word| first.contains(word)));
            installs.then_some(Step::Install)?
        }
        "docker" | "podman" | "docker-compose" | "nerdctl" => return container(reached),
        "manage.py" | "django-admin" => match reached.managed()? {
            "migrate" | "migrate_schemas" => Step::Migrate,
            "collectstatic" => Step::Collect,
            _ => return None,
        },
        "systemctl" | "service" | "supervisorctl" | "rc-service" | "sv" | "initctl" => {
            if reached.has_any(&["restart", "reload", "try-restart", "reload-or-restart"]) {
                Step::Restart
            } else if reached.has("stop") {
                Step::Stop
            } else if reached.has("start") {
                Step::Restart
            } else {
                return None;
            }
        }
        "ln" => {
            let switches = reached.arguments.iter().any(|word| {
                word.text.starts_with('-')
                    && word.text.contains('s')
                    && word.text.contains(['f', 'n', 'T'])
            });
            let target = reached.arguments.last().is_some_and(|word| {
                word.text.contains("current")
                    || word.text.contains("live")
                    || word.text.contains("latest")
            });
            (switches && target).then_some(Step::Switch)?
        }
        "gunicorn" | "uvicorn" | "daphne" | "hypercorn" | "uwsgi" | "granian"
        | "waitress-serve" => Step::Serve,
        _ => return None,
    })
}

fn container(reached: Reached<'_>) -> Option<Step> {
    // Behind `docker compose` and its options.
    let verbs: Vec<&str> = reached.arguments.iter().map(|word| word.text.as_str()).collect();
    let has = |verb: &str| verbs.contains(&verb);
    if has("build") || has("buildx") {
        return Some(Step::Build);
    }
    if has("up") {
        return Some(if has("--build") { Step::Build } else { Step::Up });
    }
    if has("pull") {
        return Some(Step::Pull);
    }
    if has("stack") && has("deploy") || has("service") && has("update") {
        return Some(Step::Up);
    }
    if has("restart") {
        return Some(Step::ContainerRestart);
    }
    if has("run") && !has("--rm") && has("-d") {
        return Some(Step::Up);
    }
    (has("stop") || has("down")).then_some(Step::Stop)
}

/// Whether a routine deploys, by its name or job.
pub(crate) fn is_deploy(routine: &Routine) -> bool {
    routine.is_called(&[
        "deploy", "release", "upgrade", "updat", "publish", "rollout", "redeploy", "ship",
    ]) || routine.job.as_deref().is_some_and(|job| job.to_lowercase().contains("deploy"))
}

/// Whether a routine starts a container or service: an entry point.
pub(crate) fn is_entry(routine: &Routine) -> bool {
    routine.is_called(&["entry", "start", "boot", "run", "init", "launch", "cmd", "docker"])
        || routine.place == RoutinePlace::Container
}

/// Whether a failure does not stop what comes after.
pub(crate) fn goes_on(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::GoesOn | Failure::Swallowed | Failure::HiddenByPipe | Failure::Background
    )
}

/// The routines that may be part of production, documents left out.
pub(crate) fn running(facts: &Facts) -> impl Iterator<Item = &Routine> {
    facts
        .routines
        .iter()
        .filter(|routine| routine.is_main() && !routine.is_document() && !is_for_tests(routine))
}

/// Whether the name of a routine, its job or file says that it tests or develops.
pub(crate) fn is_for_tests(routine: &Routine) -> bool {
    names_local_files(routine)
        || routine.is_called(&[
            "test",
            "lint",
            "dev",
            "local",
            "e2e",
            "cypress",
            "playwright",
            "ci",
            "bench",
            "demo",
            "check",
            "unit",
            "coverage",
            "tox",
            "debug",
            "vagrant",
            "codespace",
            "gitpod",
            "cypress",
            "screenshot",
            "docs",
            "translat",
            "i18n",
            "quickstart",
        ])
}

/// Whether a command names a compose file that is for developing or testing.
fn names_local_files(routine: &Routine) -> bool {
    routine.commands().any(|command| {
        command.words.iter().any(|word| {
            let name = word.text.rsplit('/').next().unwrap_or("");
            let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
            is_yaml && ["local", "dev", "test"].iter().any(|part| name.contains(part))
        })
    })
}

/// How many commands of routines were looked at, for evidence.
pub(crate) fn looked_at(facts: &Facts) -> String {
    let count = running(facts).count();
    format!("{count} scripts, recipes, steps and container commands were read")
}
