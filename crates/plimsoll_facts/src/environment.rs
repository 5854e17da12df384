//! The environment that the files of the repository give the production web process.

use plimsoll_formats::command::Program;
use plimsoll_formats::compose::{self, ComposeProject, Inputs};
use plimsoll_formats::dotenv::{self, Dialect, EnvValue, Lookup};
use plimsoll_formats::systemd::Unit;
use plimsoll_python::Variable;
use plimsoll_source::{RepoPath, Secret, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::surroundings::{Source, Surroundings};
use crate::systems::System;

/// Gathers the variables of the production web process: from the unit that starts it, else from
/// the compose service, with the env files that they name as far as the repository holds them.
pub(crate) fn of_repository(
    tree: &dyn Tree,
    inventory: &Inventory,
    _system: &System,
) -> Surroundings {
    let mut surroundings = Surroundings::default();
    let found = from_units(tree, inventory, &mut surroundings)
        || from_compose(tree, inventory, &mut surroundings);
    if !found {
        let deployed = [Role::Dockerfile, Role::Procfile, Role::Platform, Role::Supervisor]
            .into_iter()
            .find_map(|role| inventory.main(role).next());
        surroundings.gaps.push(match deployed {
            Some(file) => Source {
                text: format!(
                    "{} starts the process, and who runs it sets its variables",
                    file.path
                ),
                at: Some(Span::of_file(file.path.clone())),
            },
            None => Source {
                text: "no file of the repository says how production is started".to_owned(),
                at: None,
            },
        });
    }
    surroundings
}

/// Programs that serve a Django project.
fn is_server(program: Program) -> bool {
    matches!(
        program,
        Program::Gunicorn
            | Program::Uvicorn
            | Program::Hypercorn
            | Program::Daphne
            | Program::Uwsgi
    )
}

fn from_units(tree: &dyn Tree, inventory: &Inventory, out: &mut Surroundings) -> bool {
    for file in inventory.main(Role::Unit) {
        let Ok(source) = tree.read(&file.path) else { continue };
        let unit = Unit::read(&source);
        let Some(service) = unit.service() else { continue };
        let serves = service
            .exec("ExecStart")
            .iter()
            .filter_map(|exec| exec.command())
            .any(|command| is_server(command.program));
        if !serves {
            continue;
        }
        out.sources.push(Source {
            text: format!("the unit {}", file.path),
            at: Some(Span::of_file(file.path.clone())),
        });
        for variable in service.environment() {
            set(out, &variable.name, &variable.value, &variable.span);
        }
        // systemd reads the files after Environment=, so that they win (systemd.exec(5)).
        for env_file in service.environment_files() {
            let at = env_file.path.span.clone();
            match in_repository(tree, inventory, &env_file.path.value) {
                Some(source) => take_in(out, &source, Dialect::Systemd),
                None => out.gaps.push(Source {
                    text: format!(
                        "the unit reads {}, which is not in the repository",
                        env_file.path.value
                    ),
                    at: Some(at),
                }),
            }
        }
        return true;
    }
    false
}

/// An env file that a unit names by its path on the host: the file of the repository with that
/// name, where there is exactly one.
fn in_repository(tree: &dyn Tree, inventory: &Inventory, path: &str) -> Option<SourceText> {
    let name = path.rsplit('/').next()?;
    let mut same = inventory.main(Role::EnvFile).filter(|file| file.path.file_name() == name);
    let first = same.next()?;
    if same.next().is_some() {
        return None;
    }
    tree.read(&first.path).ok()
}

fn from_compose(tree: &dyn Tree, inventory: &Inventory, out: &mut Surroundings) -> bool {
    let mut files: Vec<&RepoPath> = inventory.main(Role::Compose).map(|file| &file.path).collect();
    // A file that says it is for production stands before one that says nothing.
    files.sort_by_key(|path| {
        let name = path.file_name().to_ascii_lowercase();
        (
            !(name.contains("prod") || name.contains("deploy") || name.contains("live")),
            path.depth(),
            (*path).clone(),
        )
    });
    for path in files {
        let Ok(source) = tree.read(path) else { continue };
        if source.text().contains("runserver") {
            continue;
        }
        let project = read_project(tree, path, source);
        let Some(service) = web_service(&project) else { continue };
        out.sources.push(Source {
            text: format!("the service {} of {path}", service.name.value),
            at: Some(service.name.span.clone()),
        });
        for env_file in &service.env_files {
            match env_file.value.path.as_ref().and_then(|path| tree.read(path).ok()) {
                Some(source) => {
                    let raw = env_file.value.format.as_deref() == Some("raw");
                    take_in(out, &source, if raw { Dialect::DockerRun } else { Dialect::Compose });
                }
                None => out.gaps.push(Source {
                    text: format!(
                        "the service reads {}, which is not in the repository",
                        env_file.value.text.text
                    ),
                    at: Some(env_file.span.clone()),
                }),
            }
        }
        for (name, value) in &service.environment {
            match &value.value {
                compose::EnvValue::Given { value: text, unknown, .. } if unknown.is_empty() => {
                    insert(out, name, text.clone(), &value.span);
                }
                compose::EnvValue::Given { unknown, .. } => {
                    let reason = format!(
                        "compose fills it from {}, which the host sets",
                        unknown.join(", ")
                    );
                    mark_unknown(out, name, reason, &value.span);
                }
                compose::EnvValue::PassedThrough => {
                    mark_unknown(
                        out,
                        name,
                        "compose passes it through from the host".to_owned(),
                        &value.span,
                    );
                }
            }
        }
        if service.build.is_some() {
            // The image can set variables of its own.
            image_variables(tree, service, out);
        }
        return true;
    }
    false
}

fn read_project(tree: &dyn Tree, path: &RepoPath, source: SourceText) -> ComposeProject {
    let beside =
        path.parent().and_then(|folder| folder.join(".env")).and_then(|path| tree.read(&path).ok());
    let dotenv = beside.map(|source| dotenv::read(&source, Dialect::Compose, &|_| Lookup::Unset));
    let variables =
        |name: &str| match dotenv.as_ref().and_then(|file| file.get(name)?.text().map(Secret::new))
        {
            Some(value) => compose::Variable::Set(value),
            None => compose::Variable::Unknown,
        };
    let files = [source];
    compose::read(&Inputs {
        files: &files,
        variables: &variables,
        load: &|path| tree.read(path).ok(),
    })
}

/// The service that serves the site: by its command, else by its name where it is built here.
fn web_service(project: &ComposeProject) -> Option<&compose::Service> {
    let words = |service: &compose::Service| {
        let commands = [&service.command, &service.entrypoint];
        commands
            .into_iter()
            .flatten()
            .flat_map(|command| &command.words)
            .map(|word| word.text.clone())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let servers = ["gunicorn", "uvicorn", "daphne", "hypercorn", "uwsgi", "granian"];
    let by_command = project.services.values().find(|service| {
        let line = words(service);
        servers.iter().any(|server| line.contains(server))
    });
    by_command.or_else(|| {
        let names = ["web", "django", "app", "backend", "api", "server", "site", "webserver"];
        project.services.values().find(|service| {
            names.contains(&service.name.value.as_str())
                && (service.build.is_some()
                    || service.env_files.len() + service.environment.len() > 0)
        })
    })
}

fn image_variables(tree: &dyn Tree, service: &compose::Service, out: &mut Surroundings) {
    let Some(path) = service.build.as_ref().and_then(|build| build.value.dockerfile_path.clone())
    else {
        return;
    };
    let Ok(source) = tree.read(&path) else { return };
    out.sources
        .push(Source { text: format!("the image of {path}"), at: Some(Span::of_file(path)) });
    for (name, value, span) in crate::image::variables(&source) {
        if !out.environment.variables.contains_key(&name)
            && !out.environment.unknown.contains_key(&name)
        {
            insert(out, &name, Secret::new(value), &span);
        }
    }
}

fn take_in(out: &mut Surroundings, source: &SourceText, dialect: Dialect) {
    out.sources.push(Source {
        text: format!("the env file {}", source.path()),
        at: Some(Span::of_file(source.path().clone())),
    });
    let known: Vec<(String, String)> = out
        .environment
        .variables
        .iter()
        .map(|(name, variable)| (name.clone(), variable.value.expose().to_owned()))
        .collect();
    let outer = |name: &str| {
        known.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).into()
    };
    for entry in dotenv::read(source, dialect, &outer).effective() {
        set(out, &entry.key, &entry.value, &entry.value_span);
    }
}

fn set(out: &mut Surroundings, name: &str, value: &EnvValue, at: &Span) {
    match value {
        EnvValue::Text(text) => insert(out, name, text.clone(), at),
        EnvValue::Absent => {}
        EnvValue::Unknown(reason) => mark_unknown(out, name, reason.clone(), at),
    }
}

fn insert(out: &mut Surroundings, name: &str, value: Secret, at: &Span) {
    out.environment.unknown.remove(name);
    out.environment.variables.insert(name.to_owned(), Variable { value, at: Some(at.clone()) });
}

fn mark_unknown(out: &mut Surroundings, name: &str, reason: String, at: &Span) {
    out.environment.variables.remove(name);
    out.environment.unknown.insert(name.to_owned(), (reason, Some(at.clone())));
}
