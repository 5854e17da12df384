//! `python-unsupported`: this Python no longer gets security fixes.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "python-unsupported",
    control: "SEC-06",
    title: "this Python no longer gets security fixes",
    what: "The Python that production runs, where a file names it: .python-version, runtime.txt, the image’s base.",
    why: "Holes in the interpreter, its TLS and its parsers stay open.",
    bad: "```python settings.py
DEBUG = False
```
```text .python-version
3.8
```",
    good: "```python settings.py
DEBUG = False
```
```text .python-version
3.13
```",
    sources: &["https://devguide.python.org/versions/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(((major, minor), at)) = facts.versions.python_runs.clone() else {
        look.undetermined(
            "no file says which Python production runs",
            "name it: .python-version, runtime.txt, or the image's base",
            None,
        );
        return;
    };
    match super::support::python((major, minor)) {
        Some(ended) if super::support::is_over(ended) => {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("Python {major}.{minor} has had no security fixes since {}", super::support::month(ended)),
                    consequence: "holes in the interpreter and its TLS stay open".to_owned(),
                    fix: "move to a Python that the Django release supports and that is itself supported".to_owned(),
                },
            );
        }
        Some(ends) => look.evidence(
            format!(
                "Python {major}.{minor} gets security fixes until {}",
                super::support::month(ends)
            ),
            Some(at),
        ),
        None => look.undetermined(
            format!(
                "the end of support of Python {major}.{minor} is not in the table of {}",
                super::support::AS_OF
            ),
            "https://devguide.python.org/versions/",
            Some(at),
        ),
    }
}
