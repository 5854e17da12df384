//! `remote-missing`: the repository names nowhere from which a release can be fetched.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::inventory::Role;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "remote-missing",
    control: "BAK-12",
    title: "the repository names nowhere from which a release can be fetched",
    what: "Whether the files name a place that keeps releases apart from the machine: images of a registry in compose files, pipelines that push images or packages, scripts that fetch the code (`git clone`, `git pull`), and whether git has branches of a remote. Reported where git has none and no file names a place. Where the folder is no git repository, the question stays open.",
    why: "When the machine is lost, the release must come from somewhere else; a clone on a laptop is not that.",
    bad: "```python settings.py
DEBUG = False
```
```text tip.list
settings.py
```",
    good: "```python settings.py
DEBUG = False
```
```text tip.list
settings.py
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
```",
    sources: &["https://git-scm.com/docs/git-remote"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let fetches = facts.routines.iter().filter(|routine| routine.is_main()).find_map(|routine| {
        routine.reached().find_map(|(command, reached)| {
            let fetches = match reached.program {
                "git" => reached.has_any(&["clone", "pull", "fetch", "push"]),
                "docker" | "podman" => reached.has("push"),
                "twine" | "flyctl" | "fly" | "eb" | "gcloud" => true,
                _ => false,
            };
            fetches.then(|| command.span.clone())
        })
    });
    let pipeline = facts.inventory.with(Role::Workflow).next();
    if let Some(at) = fetches {
        look.evidence("releases are fetched from, or sent to, another place", Some(at));
    } else if facts.has_remote == Some(true) {
        look.evidence("git has branches of a remote", None);
    } else if let Some(file) = pipeline {
        look.evidence(
            "the repository is on a service that runs its pipelines",
            Some(Span::of_file(file.path.clone())),
        );
    } else if facts.has_remote == Some(false) {
        let at =
            Span::of_file(facts.system.manage.clone().unwrap_or_else(|| facts.system.root.clone()));
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message:
                    "git has no branch of a remote, and no file names a place that keeps releases"
                        .to_owned(),
                consequence: "when this machine is lost, so is what production runs".to_owned(),
                fix:
                    "push the repository to a service or machine of its own, and deploy from there"
                        .to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    } else {
        look.undetermined(
            "the files name no place that keeps the releases",
            "look at git remote -v, and whether that place keeps what production runs",
            None,
        );
    }
}
