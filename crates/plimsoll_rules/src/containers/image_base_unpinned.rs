//! `image-base-unpinned`: the base image has no fixed version.

use plimsoll_catalog::Severity;
use plimsoll_facts::ImageOrigin;

use super::{fault, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "image-base-unpinned",
    control: "APP-09",
    title: "the base image has no fixed version",
    what: "The image that production's Dockerfiles start from, and the images of database services in production's compose files: no tag, `latest`, or a tag without a version. A tag that names a version, or a digest, is enough.",
    why: "The next build, or the next pull, brings another Python or another major version of the database without anybody having asked. PostgreSQL then refuses to start on the old version's files, at the worst moment.",
    bad: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
DEBUG = False
```
```dockerfile Dockerfile
FROM python:latest
USER app
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
USER app
CMD [\"gunicorn\", \"rota.wsgi\"]
```",
    sources: &["https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for image in super::images(facts) {
        let file = &image.dockerfile;
        match &image.base {
            ImageOrigin::Image { name, tag, has_digest } if !has_digest && !names_version(tag) => {
                let tag = tag.as_deref().unwrap_or("latest");
                look.finding(
                    image.from.clone(),
                    fault(
                        Severity::Warning,
                        format!("{file} starts from {name}:{tag}, which is another image after each release of it"),
                        "a rebuild of the same commit can bring another Python or system, and what broke can't be built again as it was",
                        format!("name a version: {name}:3.13-slim or the one in use, and let a bot raise it"),
                    ),
                );
            }
            ImageOrigin::Image { name, tag, .. } => {
                let tag = tag.as_deref().unwrap_or("a digest");
                look.evidence(
                    format!("{file} starts from {name} at {tag}"),
                    Some(image.from.clone()),
                );
            }
            ImageOrigin::Scratch => {}
            ImageOrigin::Unknown => look.undetermined(
                format!("an argument of the build decides what {file} starts from"),
                "look at the build's arguments",
                Some(image.from.clone()),
            ),
        }
    }
    if facts.containers.databases.is_empty() {
        return;
    }
    let Some(stack) = stack(look) else { return };
    for server in &facts.containers.databases {
        let Some(service) = stack.project.services.get(&server.service) else { continue };
        let Some(image) = service.image.as_ref().filter(|_| service.build.is_none()) else {
            continue;
        };
        let known = image.value.reference.unknown.is_empty();
        if known && image.value.digest.is_none() && !names_version(&image.value.tag) {
            let tag = image.value.tag.as_deref().unwrap_or("latest");
            let name = &image.value.name;
            look.finding(
                image.span.clone(),
                fault(
                    Severity::Warning,
                    format!("the database runs {name}:{tag}: whichever major version is newest when it is pulled"),
                    "after the next major release a pull brings a server that refuses to start on the files of the old one: the site is down until somebody restores the old image or converts the data",
                    format!("name the major version in use: {name}:17"),
                ),
            );
        } else if known {
            look.evidence(
                format!("the database runs {}", image.value.reference.text),
                Some(image.span.clone()),
            );
        }
    }
}

/// Whether a tag holds a version: a digit that is not part of a word (`bookworm`).
fn names_version(tag: &Option<String>) -> bool {
    tag.as_deref().is_some_and(|tag| tag.chars().any(|c| c.is_ascii_digit()))
}
