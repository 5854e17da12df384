//! `image-static-missing`: static files are collected in a container that is thrown away.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, ProcessKind};
use plimsoll_python::Value;

use super::{fault, processes_of, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "image-static-missing",
    control: "APP-09",
    title: "static files are collected neither in the image nor into a shared volume",
    what: "Images of the site in production's compose files: collectstatic as a step of the Dockerfile, or in what one of the stack's services runs at its start. Where neither is, calls of `docker compose run` or `exec` with collectstatic in scripts and documents of the repository, whose result is lost unless STATIC_ROOT lies in a volume. Files kept in object storage, and repositories that collect nowhere at all, are left to other rules.",
    why: "`docker compose run --rm web … collectstatic` fills a container that is deleted on the spot. The container that serves has no files: pages without styles, and with manifest storage a 500 on every page.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_ROOT = '/srv/static'
```
```dockerfile Dockerfile
FROM python:3.13-slim
USER app
CMD [\"gunicorn\", \"rota.wsgi\"]
```
```yaml docker-compose.yml
services:
  web:
    build: .
```
```sh deploy.sh
docker compose run --rm web python manage.py collectstatic --noinput
docker compose up -d
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.staticfiles']
STATIC_ROOT = '/srv/static'
```
```dockerfile Dockerfile
FROM python:3.13-slim
RUN SECRET_KEY=unused python manage.py collectstatic --noinput
USER app
CMD [\"gunicorn\", \"rota.wsgi\"]
```
```yaml docker-compose.yml
services:
  web:
    build: .
```
```sh deploy.sh
docker compose up -d --build
```",
    sources: &["https://docs.djangoproject.com/en/stable/howto/static-files/deployment/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let images: Vec<_> = facts
        .containers
        .images
        .iter()
        .filter(|image| image.kinds.contains(&ProcessKind::Web) && !image.services.is_empty())
        .collect();
    if images.is_empty() || facts.has_app("django.contrib.staticfiles") == Some(false) {
        return;
    }
    if is_remote_storage(facts) {
        look.evidence("static files are kept in object storage", facts.place_of("STORAGES"));
        return;
    }
    let Some(stack) = stack(look) else { return };
    let at_start = stack.project.services.values().find_map(|service| {
        processes_of(facts, stack, &service.name.value).find_map(|process| {
            let command = process.command.as_ref()?;
            let name = command.management_command()?;
            (name.value == "collectstatic").then(|| name.span.clone())
        })
    });
    for image in images {
        if let Some(at) = image.collects.clone().or_else(|| at_start.clone()) {
            look.evidence(format!("static files are collected for {}", image.dockerfile), Some(at));
            continue;
        }
        let Some((at, how)) = thrown_away(facts) else {
            look.undetermined(
                format!(
                    "nothing of {} or of what the stack starts collects static files",
                    image.dockerfile
                ),
                "look into the running container: ls STATIC_ROOT",
                Some(image.from.clone()),
            );
            continue;
        };
        if has_volume(facts, stack) != Some(false) {
            look.undetermined(
                "static files are collected by hand in a container; whether STATIC_ROOT lies in a volume is not certain",
                "look into the running container: ls STATIC_ROOT",
                Some(at),
            );
            continue;
        }
        let finding = look.finding(
            at,
            fault(
                Severity::Warning,
                format!("static files are collected by `docker compose {how}`, into no volume"),
                "they vanish with that container; the one that serves the site has none, or loses them when it is made anew",
                "collect them in the Dockerfile, after the code is copied",
            ),
        );
        finding.confidence = Confidence::Medium;
    }
}

/// A call of compose that collects in a container, and by which command of compose.
fn thrown_away(facts: &Facts) -> Option<(plimsoll_source::Span, &'static str)> {
    let routines =
        facts.routines.iter().filter(|routine| routine.is_main() || routine.is_document());
    routines.flat_map(|routine| routine.commands()).find_map(|command| {
        let has = |text: &str| command.words.iter().any(|word| word.text == text);
        let compose = has("compose") || has("docker-compose");
        let collects = command.words.iter().any(|word| word.text.contains("collectstatic"));
        if !(compose && collects) {
            return None;
        }
        let how = if has("run") {
            "run"
        } else if has("exec") {
            "exec"
        } else {
            return None;
        };
        Some((command.span.clone(), how))
    })
}

fn has_volume(facts: &Facts, stack: &plimsoll_facts::ComposeStack) -> Option<bool> {
    let root = facts.certain("STATIC_ROOT")?.text()?;
    // Only a path that is written out says where it is in the container.
    if root.starts_with(&facts.absolute_root) && !facts.absolute_root.is_empty() {
        let inner = root.rsplit('/').next()?;
        let named = stack
            .services()
            .flat_map(|service| &service.volumes)
            .any(|mount| mount.value.target.trim_end_matches('/').ends_with(inner));
        return named.then_some(true);
    }
    Some(stack.services().flat_map(|service| &service.volumes).any(|mount| {
        let target = mount.value.target.trim_end_matches('/');
        !target.is_empty() && (root == target || root.starts_with(&format!("{target}/")))
    }))
}

fn is_remote_storage(facts: &Facts) -> bool {
    let of = |value: &Value| {
        value.text().is_some_and(|backend| {
            ["s3", "gcloud", "azure", "boto", "cloudinary", "dropbox", "spaces"]
                .iter()
                .any(|word| backend.to_ascii_lowercase().contains(word))
        })
    };
    let modern = facts.partial("STORAGES").and_then(|all| all.get("staticfiles")?.get("BACKEND"));
    modern.is_some_and(of) || facts.partial("STATICFILES_STORAGE").is_some_and(of)
}
