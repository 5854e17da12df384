//! `image-holds-secret`: an image carries a secret.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::ClearPlace;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "image-holds-secret",
    control: "SEC-02",
    title: "an image carries a secret",
    what: "`ENV` and the defaults of `ARG` in the last stage of a Dockerfile whose name is a secret's and whose value is a literal. Placeholders, values that say that they are for the build only, and Dockerfiles for local use are left out.",
    why: "`docker history` shows it to everybody who can pull the image, and a service that was started without its own value runs with this one.",
    bad: "```python settings.py
DEBUG = False
```
```dockerfile Dockerfile
FROM python:3.13-slim
ENV SECRET_KEY=kd82Jd92kLdp30kx81jsk2
```",
    good: "```python settings.py
DEBUG = False
```
```dockerfile Dockerfile
FROM python:3.13-slim
RUN SECRET_KEY=unused python manage.py collectstatic --noinput
```",
    sources: &["https://docs.docker.com/build/building/secrets/"],
    check,
};

/// Words in values that are made up for the build.
const MADE_UP: [&str; 14] = [
    "dummy",
    "build",
    "unused",
    "fake",
    "temp",
    "tmp",
    "test",
    "not-",
    "none",
    "ignore",
    "empty",
    "whatever",
    "collectstatic",
    "insecure",
];

fn check(look: &mut Look) {
    let clear = &look.facts.code.clear;
    let mut any = false;
    for secret in clear.found.iter().filter(|secret| secret.place == ClearPlace::Image) {
        let value = secret.value.expose().to_ascii_lowercase();
        if crate::settings::is_placeholder(&value)
            || MADE_UP.iter().any(|word| value.contains(word))
            || value.len() < 6
        {
            continue;
        }
        any = true;
        let finding = look.finding(
            secret.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{} is written into the image", secret.name),
                consequence: "everybody who can pull the image reads it, and it is what runs where nothing else is given".to_owned(),
                fix: "give it when the container starts; for the build use RUN --mount=type=secret".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if !any && clear.images > 0 {
        look.evidence(format!("{} Dockerfiles hold no secret in ENV or ARG", clear.images), None);
    }
}
