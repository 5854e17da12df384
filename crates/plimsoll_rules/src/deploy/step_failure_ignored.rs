//! `step-failure-ignored`: a step of the deployment may fail unseen.

use plimsoll_catalog::Severity;
use plimsoll_facts::Reached;
use plimsoll_formats::shell::Failure;

use super::{is_deploy, is_entry, looked_at, running};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "step-failure-ignored",
    control: "DEP-01",
    title: "a step of the deployment may fail unseen",
    what: "In deploy scripts, entry points and deploying jobs of pipelines: `collectstatic`, the installation of packages, the build or pull of images, fetching the code, `check` and the restart of services with their failure swallowed (`|| true`, `|| :`, `|| echo`). Failures that are handled, commands that may fail by nature (`stop`, `rm`, `createsuperuser`, `mkdir`), and migrations and dumps, which have rules of their own, are left alone.",
    why: "The deployment goes on with old static files, missing packages or the old image, and ends with success.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
pip install -r requirements.txt || true
python manage.py migrate
sudo systemctl restart shop
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
pip install -r requirements.txt
python manage.py migrate
sudo systemctl restart shop
```",
    sources: &["https://www.gnu.org/software/bash/manual/html_node/Lists.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for routine in running(facts).filter(|routine| is_deploy(routine) || is_entry(routine)) {
        for (command, reached) in routine.reached() {
            let Some(what) = matters(reached) else { continue };
            if command.failure != Failure::Swallowed {
                continue;
            }
            any = true;
            look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("a failure of {what} is swallowed"),
                    consequence: "the deployment goes on with what was there before, and ends with success".to_owned(),
                    fix: "take `|| …` away, so that the script stops; if the step may fail, test for the reason before it".to_owned(),
                },
            );
        }
    }
    if !any {
        look.evidence(format!("{}; no step of a deployment is swallowed", looked_at(facts)), None);
    }
}

fn matters(reached: Reached<'_>) -> Option<&'static str> {
    let first = reached.operand().unwrap_or("");
    Some(match reached.program {
        "manage.py" | "django-admin" => match reached.managed()? {
            "collectstatic" => "collectstatic",
            "check" => "check",
            _ => return None,
        },
        "pip" | "pip3" if first == "install" && reached.has_any(&["-r", "--requirement", "."]) => {
            "the installation of packages"
        }
        "poetry" | "pipenv" | "pdm" if matches!(first, "install" | "sync") => {
            "the installation of packages"
        }
        "uv" if first == "sync" => "the installation of packages",
        "git" if matches!(first, "pull") => "git pull",
        "docker" | "docker-compose" => {
            let has = |verb: &str| reached.arguments.iter().any(|word| word.text == verb);
            if has("build") {
                "the build of the image"
            } else if has("up") {
                "docker compose up"
            } else {
                return None;
            }
        }
        "systemctl" | "supervisorctl"
            if reached.has_any(&["restart", "reload-or-restart"])
                && reached.arguments.iter().any(|word| {
                    ["gunicorn", "web", "worker", "celery", "uwsgi"]
                        .iter()
                        .any(|name| word.text.contains(name))
                }) =>
        {
            "the restart"
        }
        _ => return None,
    })
}
