//! `deploy-without-install`: new code is started with the old packages.

use plimsoll_catalog::{Confidence, Severity};

use super::{Step, is_for_tests, looked_at, steps};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "deploy-without-install",
    control: "DEP-01",
    title: "new code is started with the old packages",
    what: "Scripts, recipes, steps and code blocks of documents that fetch code (`git pull`, `git checkout`, `git reset --hard`), then migrate or restart services of the machine, and install no packages and build or pull no image in between or before. Deployments by other tools, and scripts that call another script which may install, are left alone.",
    why: "The release that adds or raises a requirement starts with the old packages: ImportError in every worker, with the old code already gone.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
git pull --ff-only
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
    sources: &["https://pip.pypa.io/en/stable/cli/pip_install/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for routine in
        facts.routines.iter().filter(|routine| routine.is_main() && !is_for_tests(routine))
    {
        let done = steps(routine);
        let Some(fetch) = done.iter().find(|done| done.step == Step::Fetch) else { continue };
        let after = done.iter().filter(|done| done.index > fetch.index);
        let starts = after.clone().find(|done| done.step == Step::Restart);
        let migrates = after.clone().any(|done| matches!(done.step, Step::Migrate | Step::Collect));
        let provides = done.iter().any(|done| {
            matches!(
                done.step,
                Step::Install | Step::Build | Step::Pull | Step::Up | Step::ContainerRestart
            )
        });
        let Some(restart) = starts.filter(|_| !provides && migrates && !calls_others(routine))
        else {
            continue;
        };
        any = true;
        let finding = look.finding(
            restart.command.span.clone(),
            Fault {
                severity: Severity::Warning,
                message: "the new code is started without its packages being installed".to_owned(),
                consequence: "a release that adds or raises a requirement fails when it starts".to_owned(),
                fix: "install from the lock file between fetching and migrating (pip install -r requirements.txt, uv sync)".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if !any {
        look.evidence(
            format!("{}; none starts new code with old packages", looked_at(facts)),
            None,
        );
    }
}

/// Whether it runs a script or task that may do the rest.
pub(super) fn calls_others(routine: &plimsoll_facts::Routine) -> bool {
    routine.reached().any(|(_, reached)| {
        reached.program.ends_with(".sh")
            || matches!(
                reached.program,
                "bash"
                    | "sh"
                    | "fab"
                    | "invoke"
                    | "ansible-playbook"
                    | "just"
                    | "make"
                    | "tox"
                    | "npm"
                    | "yarn"
            ) && reached.operand().is_some_and(|operand| {
                operand.ends_with(".sh")
                    || !matches!(reached.program, "npm" | "yarn" | "bash" | "sh")
            })
    })
}
