//! `image-context-unfiltered`: the build context is copied with secrets in it.

use plimsoll_catalog::{Confidence, Severity};

use super::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "image-context-unfiltered",
    control: "APP-09",
    title: "the build context is copied without leaving out secrets and git's history",
    what: "`COPY .` and `ADD .` in the stages that make up the image, with the `.dockerignore` that counts for it: whether env files, databases and `.git` of the context are left out. Of files that git ignores, `.env` and `db.sqlite3` count where `.gitignore` names them, as they lie beside the code where the image is built.",
    why: "What was copied stays readable in its layer for everybody who can pull the image, even if a later step deletes it: production's keys, a dump, or the whole history with the secrets that were once committed.",
    bad: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
DEBUG = False
```
```text .gitignore
.env
```
```dockerfile Dockerfile
FROM python:3.13-slim
COPY . /srv/rota
USER app
CMD [\"gunicorn\", \"rota.wsgi\"]
```",
    good: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
DEBUG = False
```
```text .gitignore
.env
```
```text .dockerignore
.git
.env*
*.sqlite3
```
```dockerfile Dockerfile
FROM python:3.13-slim
COPY . /srv/rota
USER app
CMD [\"gunicorn\", \"rota.wsgi\"]
```",
    sources: &["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for image in super::images(facts) {
        let file = &image.dockerfile;
        let Some(at) = &image.copies_context else {
            look.undetermined(
                format!("{file} copies named files only; whether one of them holds a secret is not looked at"),
                "docker run --rm IMAGE find / -name '.env*' -o -name .git",
                Some(image.from.clone()),
            );
            continue;
        };
        let secret: Vec<&str> =
            image.taken_along.iter().map(String::as_str).filter(|path| *path != ".git").collect();
        if image.taken_along.is_empty() {
            let ignore = image.ignore_file.as_ref().map(ToString::to_string).unwrap_or_default();
            look.evidence(
                format!("{ignore} leaves env files, databases and .git out of {file}"),
                Some(at.clone()),
            );
            continue;
        }
        let listed = image.taken_along.join(", ");
        let because = match &image.ignore_file {
            Some(ignore) => format!("{ignore} does not leave them out"),
            None => "there is no .dockerignore".to_owned(),
        };
        let finding = look.finding(
            at.clone(),
            fault(
                if secret.is_empty() { Severity::Note } else { Severity::Warning },
                format!("the whole context goes into the image, {listed} included: {because}"),
                if secret.is_empty() {
                    "git's history, with whatever was ever committed, can be read by everybody who can pull the image, and it makes the image big"
                } else {
                    "whoever can pull the image reads them from its layers"
                },
                format!("list what must stay out in .dockerignore: {listed}"),
            ),
        );
        finding.confidence = Confidence::Medium;
    }
}
