//! `compose-source-mounted`: production's compose file mounts the source over the image's code.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_formats::compose::MountKind;

use super::{fault, runs_project, stack};
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "compose-source-mounted",
    control: "APP-10",
    title: "the production compose file mounts the source over the image's code",
    what: "Bind mounts of the folder that holds the project (or one above it) into services that run the site, workers or schedulers, in production's compose files. Mounts of data, static files or single configuration files are left out; so are files for development by their name, a reloading server or DEBUG.",
    why: "What runs is then whatever lies in that folder on the host, not the image that was built and tested: a `git pull` changes half of a running system, a rollback to the old image rolls nothing back, and a hole in the application can change the code for good.",
    bad: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    volumes:
      - .:/srv/rota
```",
    good: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
DEBUG = False
```
```yaml docker-compose.yml
services:
  web:
    build: .
    command: gunicorn rota.wsgi
    volumes:
      - media:/srv/rota/media
volumes:
  media:
```",
    sources: &["https://docs.docker.com/compose/how-tos/production/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(stack) = stack(look) else { return };
    let root = &facts.system.root;
    let mut seen = 0usize;
    let mut mounted = Vec::new();
    for service in stack.services().filter(|service| runs_project(facts, stack, service)) {
        seen += 1;
        for mount in &service.volumes {
            let Some(source) = mount.value.source_path.as_ref() else { continue };
            // `./data` of a system at the root is within the root, not above it.
            let holds_project = mount.value.kind == MountKind::Bind && root.is_within(source);
            if holds_project && mount.value.unknown.is_empty() {
                mounted.push((service, mount));
            }
        }
    }
    if let Some(((service, mount), others)) = mounted.split_first() {
        let finding = look.finding(
            mount.span.clone(),
            fault(
                Severity::Warning,
                format!("{} runs the code of the host's folder: it is mounted at {}", service.name.value, mount.value.target),
                "the image's own code is hidden: what runs is not what was built, a rollback of the image changes nothing, and the application can be rewritten from inside",
                "leave the mount out of production's file, or put it into compose.override.yml, which only developers use; mount data folders alone",
            ),
        );
        finding.related.extend(others.iter().map(|(service, mount)| Related {
            at: mount.span.clone(),
            message: format!("{} too", service.name.value),
        }));
        if !stack.named_for_production {
            finding.confidence = Confidence::Medium;
        }
    }
    if mounted.is_empty() && seen > 0 {
        look.evidence(
            format!("{seen} services of {} run the code of their image", stack.name()),
            None,
        );
    }
}
