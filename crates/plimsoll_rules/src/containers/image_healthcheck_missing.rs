//! `image-healthcheck-missing`: neither image nor compose declares a health check.

use plimsoll_catalog::Severity;
use plimsoll_facts::{Declaration, ProcessKind};

use super::{fault, processes_of, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "image-healthcheck-missing",
    control: "APP-09",
    title: "neither image nor compose declares a health check of the site",
    what: "The services of production's compose files that serve the site: `healthcheck` there, or `HEALTHCHECK` in their Dockerfile. Images that no compose file runs are left to whoever runs them; so are images that are not built here, which may have a check of their own, and stacks of a repository that has manifests for Kubernetes or a platform as well.",
    why: "A server that hangs still has a running process: nothing restarts it, `docker ps` says Up, a rolling update goes on with broken containers, and nothing can wait for the site to be ready.",
    bad: "```python settings.py
DEBUG = False
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
```",
    good: "```python settings.py
DEBUG = False
```
```dockerfile Dockerfile
FROM python:3.13-slim
USER app
HEALTHCHECK CMD python -c \"import urllib.request as r; r.urlopen('http://localhost:8000/healthz')\"
CMD [\"gunicorn\", \"rota.wsgi\"]
```
```yaml docker-compose.yml
services:
  web:
    build: .
```",
    sources: &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.containers.images.is_empty() && facts.containers.stack.is_none() {
        return;
    }
    let platform = facts
        .processes
        .iter()
        .find(|p| p.declared == Declaration::Platform && p.kind == ProcessKind::Web);
    let Some(stack) = stack(look) else { return images_alone(look) };
    for service in stack.services() {
        let name = &service.name.value;
        if !processes_of(facts, stack, name).any(|process| process.kind == ProcessKind::Web) {
            continue;
        }
        let of_image = facts.containers.images.iter().find(|image| image.services.contains(name));
        let in_image = of_image.and_then(|image| image.health.clone());
        match (&service.healthcheck, in_image) {
            (Some(check), _) if !check.value.disabled => {
                look.evidence(format!("{name} has a health check"), Some(check.span.clone()));
            }
            (None, Some((true, at))) => {
                look.evidence(format!("the image of {name} has a health check"), Some(at));
            }
            _ if of_image.is_none() && service.healthcheck.is_none() => look.undetermined(
                format!("the image of {name} is not built here and may have a health check"),
                "docker inspect --format '{{.Config.Healthcheck}}' IMAGE",
                Some(service.name.span.clone()),
            ),
            _ if platform.is_some() => look.undetermined(
                format!("{name} has no health check in compose; the site also runs on a platform that has its own"),
                "look at the platform's checks",
                Some(service.name.span.clone()),
            ),
            (check, _) => {
                let at = check.as_ref().map_or(&service.name.span, |check| &check.span).clone();
                look.finding(
                    at,
                    fault(
                        Severity::Warning,
                        format!("nothing checks whether {name} answers: neither compose nor its Dockerfile has a health check"),
                        "a server that hangs stays in place as running, and no service or rollout can wait for it to be ready",
                        "add a healthcheck that calls a light page of the site, with a start_period for the migrations",
                    ),
                );
            }
        }
    }
}

/// Images of which nobody says who runs them.
fn images_alone(look: &mut Look) {
    let facts = look.facts;
    for image in super::images(facts).filter(|i| i.kinds.contains(&ProcessKind::Web)) {
        match &image.health {
            Some((true, at)) => {
                look.evidence(format!("{} has a health check", image.dockerfile), Some(at.clone()));
            }
            _ => look.undetermined(
                format!("{} has no health check; whoever runs it may have one", image.dockerfile),
                "look at how the container is run",
                Some(image.from.clone()),
            ),
        }
    }
}
