//! `tests-cannot-fail`: the pipeline's tests cannot fail.

use plimsoll_catalog::Severity;
use plimsoll_facts::{Reached, RoutinePlace};
use plimsoll_formats::shell::Failure;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "tests-cannot-fail",
    control: "QA-12",
    title: "the pipeline’s tests cannot fail",
    what: "Steps of pipelines that run the project’s tests (`manage.py test`, `pytest`, `tox`, `nox`, `coverage run`) with `|| true`, with a pipe whose last command decides, or with `continue-on-error`. A job for versions still to come (its condition or name says experimental, nightly, beta) is left alone.",
    why: "The badge is green whatever the tests say, and the deployment behind it goes on.",
    bad: "```python settings.py
DEBUG = False
```
```yaml .github/workflows/ci.yml
on: push
jobs:
  checks:
    runs-on: ubuntu-latest
    steps:
      - run: python manage.py test || true
```",
    good: "```python settings.py
DEBUG = False
```
```yaml .github/workflows/ci.yml
on: push
jobs:
  checks:
    runs-on: ubuntu-latest
    steps:
      - run: python manage.py test
```",
    sources: &[
        "https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions#jobsjob_idstepscontinue-on-error",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let pipelines = facts.routines.iter().filter(|routine| {
        routine.place == RoutinePlace::Pipeline
            && !routine.is_called(&[
                "experimental",
                "nightly",
                "beta",
                "allow",
                "optional",
                "future",
            ])
    });
    let mut gates = None;
    let mut any = false;
    for routine in pipelines {
        for (command, reached) in routine.reached() {
            if !runs_tests(reached) {
                continue;
            }
            let lost = match command.failure {
                Failure::Swallowed => Some("their failure is swallowed"),
                Failure::HiddenByPipe => Some("their status is lost in the pipe behind them"),
                Failure::Background => Some("they run in the background"),
                _ if routine.ignored => Some("continue-on-error is set"),
                _ => None,
            };
            let Some(how) = lost else {
                gates.get_or_insert_with(|| command.span.clone());
                continue;
            };
            any = true;
            look.finding(
                command.span.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("the tests cannot fail the pipeline: {how}"),
                    consequence: "the pipeline is green whatever they say".to_owned(),
                    fix: "let the step fail; mark single tests as expected failures instead"
                        .to_owned(),
                },
            );
        }
    }
    if let (false, Some(at)) = (any, gates) {
        look.evidence("the tests can fail the pipeline", Some(at));
    }
}

/// Whether a command runs the project's tests.
pub(super) fn runs_tests(reached: Reached<'_>) -> bool {
    match reached.program {
        "manage.py" | "django-admin" => reached.managed() == Some("test"),
        "pytest" | "py.test" | "tox" | "nox" => true,
        "coverage" => reached.operand() == Some("run"),
        _ => false,
    }
}
