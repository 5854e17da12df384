//! `settings-syntax-error`: a settings file does not parse.

use plimsoll_catalog::Severity;
use plimsoll_source::ProblemKind;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "settings-syntax-error",
    control: "SET-13",
    title: "a settings file does not parse",
    what: "The syntax of every module that the evaluation of the production settings read.",
    why: "The process stops at import with SyntaxError.",
    bad: "```python settings.py
DEBUG = False
ALLOWED_HOSTS = ['a'
```",
    good: "```python settings.py
DEBUG = False
ALLOWED_HOSTS = ['a']
```",
    sources: &["https://docs.python.org/3/tutorial/errors.html#syntax-errors"],
    check,
};

fn check(look: &mut Look) {
    let settings = &look.facts.settings;
    let is_python = |file: &plimsoll_source::RepoPath| file.extension() == Some("py");
    let broken: Vec<_> = settings
        .problems
        .iter()
        .filter(|problem| {
            problem.kind == ProblemKind::Syntax
                && is_python(&problem.at.file)
                && !super::is_version_problem(problem)
        })
        .collect();
    for problem in &broken {
        look.finding(
            problem.at.clone(),
            Fault {
                severity: Severity::Error,
                message: format!(
                    "the settings do not parse: {}",
                    problem.message.trim_end_matches('.')
                ),
                consequence: "the process stops when it imports its settings".to_owned(),
                fix: "mend the syntax; python -m py_compile FILE shows where Python stops"
                    .to_owned(),
            },
        );
    }
    if broken.is_empty() && settings.file.is_some() {
        let count = settings.files.iter().filter(|file| is_python(file)).count();
        look.evidence(
            format!("all {count} settings files parse"),
            settings.file.clone().map(plimsoll_source::Span::of_file),
        );
    }
}
