//! `dependency-without-wheel`: a pinned package has to be compiled where there is no compiler.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::ImageOrigin;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-without-wheel",
    control: "APP-08",
    title: "a pinned package has to be compiled where there is no compiler",
    what: "Exact versions of psycopg2-binary and Pillow of which PyPI has no wheel for the Python of the image, where the image is a slim one of Python and its Dockerfile installs no compiler. The bounds were tried with pip. Images with a compiler, other bases, and versions in between are left alone.",
    why: "The base image was raised to a newer Python and the pin stayed. pip finds no wheel, takes the source, and ends with “pg_config executable not found” or “gcc: No such file”: the next build of the image fails, on the day when a fix has to go out.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
psycopg2-binary==2.9.9
```
```text Dockerfile
FROM python:3.13-slim
COPY . .
RUN pip install -r requirements.txt
CMD [\"gunicorn\", \"rota.wsgi\"]
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
psycopg2-binary==2.9.10
```
```text Dockerfile
FROM python:3.13-slim
COPY . .
RUN pip install -r requirements.txt
CMD [\"gunicorn\", \"rota.wsgi\"]
```",
    sources: &[
        "https://pypi.org/project/psycopg2-binary/#files",
        "https://www.psycopg.org/docs/install.html#build-prerequisites",
    ],
    check,
};

type Tried = (&'static str, (u8, u8), [u64; 3], &'static str);

/// A package, a Python, the newest version that was seen to have no wheel for it, and the oldest
/// one that was seen to have one: `pip download --only-binary=:all:` of 2026-11-21.
const TRIED: [Tried; 6] = [
    ("psycopg2-binary", (3, 11), [2, 9, 3], "2.9.5"),
    ("psycopg2-binary", (3, 12), [2, 9, 8], "2.9.9"),
    ("psycopg2-binary", (3, 13), [2, 9, 9], "2.9.10"),
    ("psycopg2-binary", (3, 14), [2, 9, 10], "2.9.11"),
    ("pillow", (3, 13), [10, 3, 0], "10.4.0"),
    ("pillow", (3, 14), [11, 2, 1], "11.3.0"),
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some((python, at)) = &facts.versions.python_runs else {
        look.evidence(
            "no image of the repository says which Python it installs packages for",
            None,
        );
        return;
    };
    let image = facts.containers.images.iter().find(|image| image.dockerfile == at.file);
    let slim = image.is_some_and(|image| match &image.base {
        ImageOrigin::Image { name, tag, .. } => {
            name.rsplit('/').next() == Some("python")
                && tag.as_deref().is_some_and(|tag| tag.contains("slim"))
        }
        _ => false,
    });
    let mut any = false;
    for (package, of, without, with) in &TRIED {
        let Some(declared) = facts.versions.distributions.get(*package) else { continue };
        let Some(version) = &declared.exact else { continue };
        if of != python || version.release() > without.as_slice() || !slim {
            continue;
        }
        any = true;
        if image.is_some_and(|image| image.compiles) {
            look.undetermined(
                format!("{package} {version} has no wheel for Python {}.{}; the Dockerfile installs what may compile it", python.0, python.1),
                "build the image without its cache",
                Some(declared.at.clone()),
            );
            continue;
        }
        let finding = look.finding(
            declared.at.clone(),
            Fault {
                severity: Severity::Error,
                message: format!("{package} {version} has no wheel for Python {}.{}, and the image has no compiler", python.0, python.1),
                consequence: "pip takes the source and fails: the image cannot be built".to_owned(),
                fix: format!("pin {package} to {with} or newer"),
            },
        );
        finding.confidence = Confidence::High;
        finding.related.push(Related { at: at.clone(), message: "the image's Python".to_owned() });
    }
    if !any {
        look.evidence(
            "none of the pinned packages that were tried lacks a wheel for the image's Python",
            Some(at.clone()),
        );
    }
}
