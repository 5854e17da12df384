//! `image-leaves-app-out`: the image lacks a module that the settings name.

use plimsoll_catalog::{Related, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "image-leaves-app-out",
    control: "DEP-01",
    title: "the image lacks a module that the settings name",
    what: "Apps of INSTALLED_APPS, and ROOT_URLCONF and WSGI_APPLICATION, whose modules are in the repository, against the `.dockerignore` of each image that copies the whole context: a pattern that keeps the module’s file out. Images that copy chosen folders, apps of libraries, and apps in settings that are not fully known are left alone.",
    why: "On the developer’s machine everything is there. The container stops when it starts: ModuleNotFoundError, or it starts from an older layer that still has the app.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'shop', 'data']
```
```python shop/__init__.py
```
```python data/__init__.py
```
```text .dockerignore
.git
.env
data
```
```dockerfile Dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD [\"gunicorn\", \"shop.wsgi\"]
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'shop', 'data']
```
```python shop/__init__.py
```
```python data/__init__.py
```
```text .dockerignore
.git
.env
data/*.csv
```
```dockerfile Dockerfile
FROM python:3.12-slim
WORKDIR /app
COPY . .
CMD [\"gunicorn\", \"shop.wsgi\"]
```",
    sources: &["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut names: Vec<&str> = facts.texts("INSTALLED_APPS").unwrap_or_default();
    for setting in ["ROOT_URLCONF", "WSGI_APPLICATION"] {
        names.extend(facts.certain(setting).and_then(|value| value.text()));
    }
    let mut any = false;
    for image in &facts.containers.images {
        for name in &names {
            let Some((file, pattern)) = left_out(look, image, name) else { continue };
            any = true;
            let at = facts.place_of("INSTALLED_APPS");
            look.finding(
                pattern.clone(),
                Fault {
                    severity: Severity::Error,
                    message: format!("this pattern keeps {file} out of the image of {}, and the settings name {name}", image.dockerfile),
                    consequence: "the container stops when it starts, with ModuleNotFoundError".to_owned(),
                    fix: "narrow the pattern to what is not code, or begin it with / where only a folder at the top is meant".to_owned(),
                },
            );
            if let Some(at) = at {
                look.relate(Related { at, message: "the settings name it".to_owned() });
            }
        }
    }
    if !any {
        look.evidence(
            format!(
                "{} images were looked at, and none lacks an app",
                facts.containers.images.len()
            ),
            None,
        );
    }
}

/// The file of a module that an image does not get, and the pattern.
fn left_out<'f>(
    look: &Look<'f>,
    image: &'f plimsoll_facts::ImageFacts,
    name: &str,
) -> Option<(&'f plimsoll_source::RepoPath, &'f plimsoll_source::Span)> {
    // `shop.apps.ShopConfig` names a class, `shop.wsgi.application` an object.
    let mut module = name;
    for _ in 0..3 {
        let base = module.replace('.', "/");
        let ends = [format!("{base}.py"), format!("{base}/__init__.py")];
        let here = image.left_out.iter().find(|(path, _)| {
            look.facts.system.roots().any(|root| {
                ends.iter().any(|end| root.join(end).is_some_and(|whole| whole == *path))
            })
        });
        if let Some((path, pattern)) = here {
            return Some((path, pattern));
        }
        module = module.rsplit_once('.')?.0;
    }
    None
}
