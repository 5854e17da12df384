//! `image-runs-as-root`: the last stage of the image has no unprivileged user.

use plimsoll_catalog::Severity;
use plimsoll_facts::{ImageFacts, ImageOrigin, ImageUser, ProcessKind};

use super::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "image-runs-as-root",
    control: "APP-09",
    title: "the image runs as root",
    what: "Images of production that run the site, workers or schedulers: the `USER` of the built stage, or the `user:` of their compose services. A start script that goes on as another user (gosu, su-exec, setpriv), and a base image that may set a user of its own, are taken into account.",
    why: "A hole in the application, or in a library that reads an upload, then acts as root inside the container: it can change the code, read every mounted secret, and one step outside (a writable mount, a flaw of the runtime) is root on the host.",
    bad: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
DEBUG = False
```
```dockerfile Dockerfile
FROM python:3.13-slim
COPY rota /srv/rota
CMD [\"gunicorn\", \"rota.wsgi\"]
```",
    good: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
DEBUG = False
```
```dockerfile Dockerfile
FROM python:3.13-slim
COPY rota /srv/rota
RUN useradd --system app
USER app
CMD [\"gunicorn\", \"rota.wsgi\"]
```",
    sources: &["https://docs.docker.com/build/building/best-practices/#user"],
    check,
};

/// Images whose own user is root, by the last part of their names.
const OF_ROOT: [&str; 14] = [
    "python",
    "debian",
    "ubuntu",
    "alpine",
    "fedora",
    "rockylinux",
    "almalinux",
    "amazonlinux",
    "centos",
    "uv",
    "pypy",
    "node",
    "debian-slim",
    "python3",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    for image in super::images(facts) {
        let long = [ProcessKind::Web, ProcessKind::Worker, ProcessKind::Scheduler];
        if !long.iter().any(|kind| image.kinds.contains(kind)) {
            continue;
        }
        let file = &image.dockerfile;
        if let Some((user, at)) = user_of_services(look, image) {
            if is_root(&user) {
                look.finding(
                    at,
                    problem(format!("the containers of {file} run as root by their `user:`")),
                );
            } else {
                look.evidence(format!("the containers of {file} run as {user}"), Some(at));
            }
            continue;
        }
        match &image.user {
            ImageUser::Named(user) if !is_root(&user.value) => {
                look.evidence(format!("{file} runs as {}", user.value), Some(user.span.clone()));
            }
            _ if image.steps_down.is_some() => {
                look.evidence(
                    format!("a start script of {file} goes on as another user"),
                    image.steps_down.clone(),
                );
            }
            ImageUser::Named(user) => {
                look.finding(user.span.clone(), problem(format!("{file} runs as {}", user.value)));
            }
            ImageUser::Unknown(at) => look.undetermined(
                format!("an argument of the build decides the user of {file}"),
                "docker inspect --format '{{.Config.User}}' IMAGE",
                Some(at.clone()),
            ),
            ImageUser::Unset if is_of_root(&image.base) => {
                look.finding(
                    image.from.clone(),
                    problem(format!("{file} names no USER, so its processes run as root")),
                );
            }
            ImageUser::Unset => look.undetermined(
                format!("{file} names no USER, and its base may set one"),
                "docker inspect --format '{{.Config.User}}' IMAGE",
                Some(image.from.clone()),
            ),
        }
    }
}

fn problem(message: String) -> crate::Fault {
    fault(
        Severity::Warning,
        message,
        "whoever gets into the application is root in the container: code, mounted secrets and volumes are writable",
        "make a user in the image (RUN useradd --system app) and end with USER app; give it only the folders that it writes",
    )
}

/// The user that all compose services of the image name.
fn user_of_services(look: &Look, image: &ImageFacts) -> Option<(String, plimsoll_source::Span)> {
    let stack = look.facts.containers.stack.as_ref()?;
    let mut found = None;
    for name in &image.services {
        let user = stack.project.services.get(name)?.user.as_ref()?;
        found = Some((user.value.known()?.to_owned(), user.span.clone()));
    }
    found
}

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next().unwrap_or(user), "root" | "0")
}

fn is_of_root(base: &ImageOrigin) -> bool {
    match base {
        ImageOrigin::Image { name, .. } => {
            OF_ROOT.contains(&name.rsplit('/').next().unwrap_or(name))
                && !name.contains("chainguard")
        }
        ImageOrigin::Scratch => true,
        ImageOrigin::Unknown => false,
    }
}
