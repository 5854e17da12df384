//! `deploy-check-not-gating`: check --deploy is run where it cannot fail.

use plimsoll_catalog::Severity;
use plimsoll_formats::shell::Failure;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "deploy-check-not-gating",
    control: "SET-05",
    title: "check --deploy is run where it cannot fail",
    what: "Commands in scripts, recipes, pipelines and containers that run `check --deploy` without `--fail-level WARNING`, or whose failure is ignored.",
    why: "All of Django’s deployment checks are warnings, and `check` fails on errors only: the step is green with DEBUG on.",
    bad: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
python manage.py check --deploy
```",
    good: "```python settings.py
DEBUG = False
```
```sh deploy/deploy.sh
set -e
python manage.py check --deploy --fail-level WARNING
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/django-admin/#cmdoption-check-fail-level",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    let routines = facts.routines.iter().filter(|routine| {
        // Whoever types it reads the warnings.
        routine.is_main() && !routine.is_document()
    });
    for routine in routines {
        for command in routine
            .commands()
            .filter(|command| command.has_argument("check") && command.has_argument("--deploy"))
        {
            any = true;
            let gates = command.words.iter().any(|word| word.text.starts_with("--fail-level"));
            let ignored = matches!(
                command.failure,
                Failure::Swallowed
                    | Failure::GoesOn
                    | Failure::HiddenByPipe
                    | Failure::Unchecked
                    | Failure::Background
            );
            if gates && !ignored {
                look.evidence("check --deploy fails on warnings here", Some(command.span.clone()));
                continue;
            }
            look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: if ignored {
                        "the failure of check --deploy is ignored".to_owned()
                    } else {
                        "check --deploy runs without --fail-level WARNING".to_owned()
                    },
                    consequence: "the step passes whatever the deployment checks say".to_owned(),
                    fix: "run: python manage.py check --deploy --fail-level WARNING".to_owned(),
                },
            );
        }
    }
    if !any {
        look.evidence("no script of the repository takes check --deploy for a gate", None);
    }
}
