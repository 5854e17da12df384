//! `settings-syntax-too-new`: the settings use syntax newer than the declared Python.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "settings-syntax-too-new",
    control: "SET-13",
    title: "the settings use syntax newer than the declared Python",
    what: "Syntax of the settings modules against the lowest Python that the project declares.",
    why: "The process stops at import on the host with the older Python, after everything worked on the developer’s machine.",
    bad: "```python settings.py
import sys
match sys.platform:
    case 'linux':
        DEBUG = False
    case _:
        DEBUG = False
```
```text .python-version
3.9
```",
    good: "```python settings.py
import sys
if sys.platform == 'linux':
    DEBUG = False
else:
    DEBUG = False
```
```text .python-version
3.9
```",
    sources: &["https://docs.python.org/3/whatsnew/index.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let newer: Vec<_> = facts
        .settings
        .problems
        .iter()
        .filter(|problem| super::is_version_problem(problem))
        .collect();
    for problem in &newer {
        look.finding(
            problem.at.clone(),
            Fault {
                severity: Severity::Error,
                message: problem.message.trim_end_matches('.').to_owned(),
                consequence: "the process stops at import with SyntaxError on the declared Python"
                    .to_owned(),
                fix: "write it in the older syntax, or raise the declared Python".to_owned(),
            },
        );
    }
    if newer.is_empty() {
        match facts.versions.python {
            Some((major, minor)) => look.evidence(
                format!("the settings parse as Python {major}.{minor}"),
                facts.settings.file.clone().map(plimsoll_source::Span::of_file),
            ),
            None => look.undetermined(
                "the project declares no Python version",
                "declare it: requires-python in pyproject.toml, or .python-version",
                None,
            ),
        }
    }
}
