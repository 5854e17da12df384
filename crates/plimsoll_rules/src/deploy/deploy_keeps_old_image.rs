//! `deploy-keeps-old-image`: containers go on with the old image.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Facts;
use plimsoll_formats::compose::MountKind;

use super::{Step, is_for_tests, looked_at, steps};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "deploy-keeps-old-image",
    control: "DEP-01",
    title: "containers go on with the old image",
    what: "Scripts, recipes, steps and code blocks of documents that fetch code, or build or pull images, and then `docker compose restart` (or `docker restart`) with no `up` behind; and those that fetch code and `up -d` a project that compose builds, with neither build nor pull. Where compose mounts the code into the container, and where the restart names another service such as nginx, it is left alone.",
    why: "`restart` starts the same container again, with the image and the environment it was made with: the deployment ends well, and the old code runs on. `up` builds an image only where there is none.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
docker compose build
docker compose restart web
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
docker compose build
docker compose up -d web
```",
    sources: &[
        "https://docs.docker.com/reference/cli/docker/compose/restart/",
        "https://docs.docker.com/reference/cli/docker/compose/up/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for routine in
        facts.routines.iter().filter(|routine| routine.is_main() && !is_for_tests(routine))
    {
        let done = steps(routine);
        let of = |step: Step| done.iter().filter(move |done| done.step == step);
        let last = |step: Step| of(step).map(|done| done.index).max();
        let news = last(Step::Fetch).max(last(Step::Build)).max(last(Step::Pull));
        let Some(news) = news else { continue };
        let made = last(Step::Up)
            .max(last(Step::Build).filter(|_| of(Step::Build).any(|done| done.reached.has("up"))));
        let restart = of(Step::ContainerRestart)
            .find(|done| done.index > news && !names_others(done.reached) && made.is_none());
        let fault = if let Some(restart) = restart.filter(|_| !mounts_code(facts)) {
            Some((
                restart.command.span.clone(),
                "`restart` starts the old containers again, with the old image",
                "run docker compose up -d, which makes containers of new images",
            ))
        } else {
            let fetch = last(Step::Fetch);
            let up = of(Step::Up).find(|done| Some(done.index) > fetch && fetch.is_some());
            let plain = of(Step::Build).next().is_none() && of(Step::Pull).next().is_none();
            up.filter(|_| plain && builds(facts) && !mounts_code(facts) && !super::deploy_without_install::calls_others(routine)).map(|up| {
                (
                    up.command.span.clone(),
                    "the images are not built from the code that was fetched: `up` builds only what has no image yet",
                    "run docker compose up -d --build, or build before it",
                )
            })
        };
        let Some((at, message, fix)) = fault else { continue };
        any = true;
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: message.to_owned(),
                consequence: "the deployment ends without an error, and the old code runs on"
                    .to_owned(),
                fix: fix.to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if !any {
        look.evidence(format!("{}; none leaves old containers running", looked_at(facts)), None);
    }
}

/// Whether the restart is of something that runs no code of the project.
fn names_others(reached: plimsoll_facts::Reached<'_>) -> bool {
    let named = reached.arguments.iter().skip_while(|word| word.text != "restart").skip(1);
    let mut named = named.filter(|word| !word.text.starts_with('-')).peekable();
    named.peek().is_some()
        && named.all(|word| {
            ["nginx", "caddy", "traefik", "proxy", "redis", "db", "postgres", "haproxy", "apache"]
                .iter()
                .any(|name| word.text.contains(name))
        })
}

/// Whether compose mounts the code into a container.
fn mounts_code(facts: &Facts) -> bool {
    facts.compose.as_ref().is_none_or(|project| {
        project.services.values().any(|service| {
            service.build.is_some()
                && service.volumes.iter().any(|mount| {
                    mount.value.kind == MountKind::Bind
                        && mount.value.source.as_deref().is_some_and(|source| {
                            matches!(
                                source.trim_end_matches('/'),
                                "." | "./app" | "./src" | "./backend" | ".."
                            )
                        })
                })
        })
    }) && facts.compose.is_some()
}

/// Whether compose builds an image of the project.
fn builds(facts: &Facts) -> bool {
    facts
        .compose
        .as_ref()
        .is_some_and(|project| project.services.values().any(|service| service.build.is_some()))
}
