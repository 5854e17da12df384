//! `media-root-ephemeral`: uploads are kept in a container that is thrown away.

use plimsoll_catalog::{Related, Severity};
use plimsoll_facts::{Declaration, Facts, Interior};
use plimsoll_formats::compose::MountKind;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "media-root-ephemeral",
    control: "STO-05",
    title: "MEDIA_ROOT lies inside a container without a volume",
    what: "Where MEDIA_ROOT is in the containers of the production compose project that serve requests, and whether a volume or a folder of the host lies over it. Projects without file fields and with a remote storage are left alone. Where the place in the container cannot be told (an image that is not built here), the question stays open, and so for an image that nothing in the repository runs.",
    why: "A container's own disk lives as long as the container. The next deployment makes a new one, and every upload since the last is gone, without an error and without a copy.",
    bad: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
MEDIA_ROOT = BASE_DIR / 'media'
```
```python shop/models.py
from django.db import models

class Item(models.Model):
    image = models.ImageField(upload_to='items')
```
```text Dockerfile
FROM python:3.13
WORKDIR /app
COPY . /app
CMD [\"gunicorn\", \"wsgi\"]
```
```yaml docker-compose.yml
services:
  web:
    build: .
```",
    good: "```python settings.py
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent
MEDIA_ROOT = BASE_DIR / 'media'
```
```python shop/models.py
from django.db import models

class Item(models.Model):
    image = models.ImageField(upload_to='items')
```
```text Dockerfile
FROM python:3.13
WORKDIR /app
COPY . /app
CMD [\"gunicorn\", \"wsgi\"]
```
```yaml docker-compose.yml
services:
  web:
    build: .
    volumes:
      - media:/app/media
volumes:
  media:
```",
    sources: &["https://docs.docker.com/engine/storage/volumes/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if super::media_is_remote(facts) || facts.code.file_fields.is_empty() {
        return;
    }
    let serving: Vec<&Interior> = facts.interiors.iter().filter(|one| one.serves()).collect();
    let Some(at) = facts.place_of("MEDIA_ROOT").filter(|_| !serving.is_empty()) else { return };
    let Some(root) = facts.certain("MEDIA_ROOT").and_then(|value| value.text()) else {
        look.undetermined("MEDIA_ROOT is not known", crate::way_to_know("MEDIA_ROOT"), Some(at));
        return;
    };
    if root.is_empty() {
        // Another rule's business.
        return;
    }
    let production = facts.containers.production_stack().is_some();
    for interior in serving {
        let runs = interior.declared == Declaration::Compose && production;
        let inside = super::path_inside(facts, interior, root).filter(|_| runs);
        let Some(path) = inside else {
            look.undetermined(
                format!(
                    "whether the uploads of {} outlive its container is not in the repository",
                    interior.name
                ),
                "look at the mounts of the running container (docker inspect)",
                Some(interior.at.clone()),
            );
            continue;
        };
        judge(look, interior, &path);
    }
}

fn judge(look: &mut Look, interior: &Interior, path: &str) {
    let facts: &Facts = look.facts;
    let mount = interior.mount_over(path);
    match mount.map(|mount| (mount.kind, &mount.at)) {
        Some((MountKind::Bind | MountKind::Volume | MountKind::Other, at)) => {
            look.evidence(format!("uploads of {} lie on a volume ({path})", interior.name), Some(at.clone()));
        }
        Some((MountKind::Anonymous, at)) => look.undetermined(
            format!("uploads of {} lie on a volume without a name, which goes with its container sooner or later", interior.name),
            "give the volume a name",
            Some(at.clone()),
        ),
        None if interior.volumes.iter().any(|(volume, _)| path.starts_with(volume.as_str())) => look.undetermined(
            format!("uploads of {} lie on a volume of the image without a name", interior.name),
            "mount a named volume there",
            Some(interior.at.clone()),
        ),
        memory => {
            let Some(at) = facts.place_of("MEDIA_ROOT") else { return };
            let finding = look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: match memory {
                        Some(_) => format!("MEDIA_ROOT is {path} in the service {}, which is kept in memory", interior.name),
                        None => format!("MEDIA_ROOT is {path} in the service {}, and no volume is mounted there", interior.name),
                    },
                    consequence: "every upload is lost when the container is made anew, which each deployment does".to_owned(),
                    fix: format!("mount a named volume over {path}, or keep uploads in an object store"),
                },
            );
            finding.related.push(Related { at: interior.at.clone(), message: "the service that takes uploads".to_owned() });
        }
    }
}
