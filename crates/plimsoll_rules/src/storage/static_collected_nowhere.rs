//! `static-collected-nowhere`: static files are collected where nobody serves them, or nowhere.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Declaration, Facts, Interior, ProcessKind, Routine, RoutinePlace};
use plimsoll_formats::compose::MountKind;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "static-collected-nowhere",
    control: "STO-01",
    title: "static files are collected where the serving process does not see them",
    what: "Where the repository runs `collectstatic`: while an image is built, at the start of a container, in scripts and pipelines. Reported are a run in a container that is thrown away (`docker compose run … collectstatic` without a volume over STATIC_ROOT), files collected into an image under a named volume that keeps those of the first release, files hidden under a folder of the host, and containers of which everything is seen and nothing collects. Static files at another host are left alone, and so are platforms that collect by themselves.",
    why: "With DEBUG off Django serves what collectstatic has gathered and nothing else. With hashed names a file that is not in the manifest is not a missing picture but an error 500 on every page that names it.",
    bad: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_ROOT = BASE_DIR / 'staticfiles'
```
```text Dockerfile
FROM python:3.13
WORKDIR /app
COPY . /app
RUN python manage.py collectstatic --noinput
CMD [\"gunicorn\", \"wsgi\"]
```
```yaml docker-compose.yml
services:
  web:
    build: .
    volumes:
      - static:/app/staticfiles
volumes:
  static:
```",
    good: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_ROOT = BASE_DIR / 'staticfiles'
```
```text Dockerfile
FROM python:3.13
WORKDIR /app
COPY . /app
RUN python manage.py collectstatic --noinput
CMD [\"gunicorn\", \"wsgi\"]
```
```yaml docker-compose.yml
services:
  web:
    build: .
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/#collectstatic",
        "https://docs.docker.com/engine/storage/volumes/#populate-a-volume-using-a-container",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.has_app("django.contrib.staticfiles") == Some(false) {
        look.evidence("the project has no static files", facts.place_of("INSTALLED_APPS"));
        return;
    }
    if super::static_is_remote(facts) {
        look.evidence("static files go to a remote storage", facts.place_of("STORAGES"));
        return;
    }
    let runs = runs(facts);
    let serving: Vec<&Interior> = facts
        .interiors
        .iter()
        .filter(|one| one.serves() && one.declared == Declaration::Compose)
        .filter(|_| facts.containers.production_stack().is_some())
        .collect();
    if in_thrown_away(look, &runs) {
        return;
    }
    let at_start = runs
        .iter()
        .find(|(place, _)| *place != RoutinePlace::Document && *place != RoutinePlace::Pipeline);
    let root =
        facts.certain("STATIC_ROOT").and_then(|value| value.text()).filter(|root| !root.is_empty());
    let mut judged = false;
    for interior in &serving {
        let Some(built) = &interior.collects_at_build else { continue };
        judged = true;
        let path = root.and_then(|root| super::path_inside(facts, interior, root));
        let Some(path) = path else {
            look.undetermined(
                format!("where STATIC_ROOT is in {} is not known", interior.name),
                "run collectstatic --dry-run in the running container",
                Some(built.clone()),
            );
            continue;
        };
        under(look, interior, built, &path, at_start.map(|(_, at)| at));
    }
    if judged {
        return;
    }
    let built = facts.interiors.iter().find_map(|one| one.collects_at_build.clone());
    match (at_start.map(|(_, at)| at.clone()).or(built), runs.first()) {
        (Some(at), _) => look.evidence("collectstatic is run here", Some(at)),
        (None, Some((place, at))) => look.undetermined(
            match place {
                RoutinePlace::Document => "a document tells to run collectstatic by hand",
                _ => "collectstatic is run in a pipeline, and whether its files reach the server is not seen",
            },
            "run collectstatic --dry-run as the service, and ask the live site for a new file",
            Some(at.clone()),
        ),
        (None, None) => {
            use plimsoll_facts::inventory::Role;
            let places = facts.code.named.places("collectstatic");
            match places.iter().find(|place| place.role == Role::Dockerfile) {
                Some(place) => look.evidence("an image collects static files while it is built", Some(place.at.clone())),
                None => nowhere(look, &serving),
            }
        }
    }
}

/// Where the repository runs `collectstatic`.
fn runs(facts: &Facts) -> Vec<(RoutinePlace, Span)> {
    let mut found = Vec::new();
    for routine in facts.routines.iter().filter(|routine| routine.is_main()) {
        for (command, reached) in routine.reached() {
            if reached.managed() == Some("collectstatic") {
                found.push((routine.place, command.span.clone()));
            }
        }
    }
    // What a container starts through scripts of its own, and what other tools call it in.
    let started = facts.processes.iter().filter(|process| {
        process.kind == ProcessKind::Release
            && process
                .command
                .as_ref()
                .and_then(|c| c.management_command())
                .is_some_and(|name| name.value == "collectstatic")
    });
    found.extend(started.map(|process| (RoutinePlace::Container, process.at.clone())));
    for place in facts.code.named.places("collectstatic") {
        use plimsoll_facts::inventory::Role;
        match place.role {
            Role::Document => found.push((RoutinePlace::Document, place.at.clone())),
            Role::Workflow => found.push((RoutinePlace::Pipeline, place.at.clone())),
            // An image's own step is judged with its container.
            Role::Dockerfile => {}
            _ => found.push((RoutinePlace::Script, place.at.clone())),
        }
    }
    // What speaks of the server comes first.
    found
        .sort_by_key(|(place, _)| matches!(place, RoutinePlace::Document | RoutinePlace::Pipeline));
    found
}

/// Reports `docker compose run … collectstatic` into a container that is thrown away; whether
/// that is the only run.
fn in_thrown_away(look: &mut Look, runs: &[(RoutinePlace, Span)]) -> bool {
    let facts = look.facts;
    let Some(stack) = facts.containers.production_stack() else { return false };
    let Some(root) = facts.certain("STATIC_ROOT").and_then(|value| value.text()) else {
        return false;
    };
    let mut thrown: Vec<(Span, &Interior, String)> = Vec::new();
    for routine in facts
        .routines
        .iter()
        .filter(|routine: &&Routine| routine.is_main() && routine.place != RoutinePlace::Pipeline)
    {
        for command in routine.commands() {
            let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
            let is_run = words.contains(&"collectstatic")
                && words.iter().any(|word| word.ends_with("docker-compose") || *word == "compose")
                && words.contains(&"run");
            let service =
                stack.services().find(|service| words.contains(&service.name.value.as_str()));
            let (true, Some(service)) = (is_run, service) else { continue };
            let interior = facts.interiors.iter().find(|one| one.name == service.name.value);
            let Some(interior) = interior.filter(|one| one.dockerfile.is_some()) else { continue };
            let Some(path) = super::path_inside(facts, interior, root) else { continue };
            if interior.mount_over(&path).is_none() {
                thrown.push((command.span.clone(), interior, path));
            }
        }
    }
    let Some((at, interior, path)) = thrown.first() else { return false };
    let others = runs.iter().any(|(place, at)| {
        !matches!(place, RoutinePlace::Document | RoutinePlace::Pipeline)
            && !thrown
                .iter()
                .any(|(known, ..)| known.file == at.file && known.start.line == at.start.line)
    });
    if others || interior.collects_at_build.is_some() {
        return false;
    }
    let finding = look.finding(
        at.clone(),
        Fault {
            severity: Severity::Error,
            message: format!("static files are collected into a container of {} that is thrown away: no volume lies over {path}", interior.name),
            consequence: "the container that serves has none of them; with hashed names every page is an error 500".to_owned(),
            fix: "collect while the image is built (RUN python manage.py collectstatic --noinput), or mount one volume over STATIC_ROOT for whoever collects and whoever serves".to_owned(),
        },
    );
    finding.related.push(Related { at: interior.at.clone(), message: "the service".to_owned() });
    true
}

/// Judges files that were collected into an image, by what lies over them.
fn under(look: &mut Look, interior: &Interior, built: &Span, path: &str, at_start: Option<&Span>) {
    let mount = interior.mount_over(path).map(|mount| (mount.kind, mount.at.clone()));
    match (mount, at_start) {
        (None, _) => look.evidence(
            "static files are collected into the image that serves them",
            Some(built.clone()),
        ),
        (Some(_), Some(again)) => look.evidence(
            "static files are collected again where the volume is there",
            Some(again.clone()),
        ),
        (Some((MountKind::Volume, at)), None) => {
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("a volume lies over {path}, into which the image collects its static files"),
                    consequence: "Docker fills the volume from the image only while it is empty: it keeps the files of the first release, and new ones are never served".to_owned(),
                    fix: "collect at the start of the container as well, or take the volume away and serve from the image".to_owned(),
                },
            );
            finding
                .related
                .push(Related { at: built.clone(), message: "collected here".to_owned() });
        }
        (Some((MountKind::Bind, at)), None) => {
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("a folder of the host lies over {path}, into which the image collects its static files"),
                    consequence: "the files of the image are hidden: what is served is whatever lies on the host".to_owned(),
                    fix: "mount nothing over the collected files, or collect at the start of the container".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
            finding
                .related
                .push(Related { at: built.clone(), message: "collected here".to_owned() });
        }
        (Some((_, at)), None) => look.undetermined(
            format!("what lies over {path} may hide the static files of the image"),
            "run collectstatic --dry-run in the running container",
            Some(at),
        ),
    }
}

/// Nothing collects: a defect where everything that starts the containers is seen.
fn nowhere(look: &mut Look, serving: &[&Interior]) {
    let facts = look.facts;
    let seen = serving.iter().find(|one| {
        one.dockerfile.is_some()
            && facts.processes.iter().any(|process| {
                process.name == one.name
                    && process.kind == ProcessKind::Web
                    && process.command.is_some()
            })
    });
    match seen {
        Some(interior) => {
            let finding = look.finding(
                interior.at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!(
                        "nothing in the repository runs collectstatic for the service {}",
                        interior.name
                    ),
                    consequence: "with DEBUG off its pages come without style and script, or fail"
                        .to_owned(),
                    fix: "add RUN python manage.py collectstatic --noinput to the image".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
        None => look.undetermined(
            "nothing in the repository runs collectstatic",
            "run collectstatic --dry-run as the service, and ask the live site for a static file",
            facts.place_of("STATIC_ROOT"),
        ),
    }
}
