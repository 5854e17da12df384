//! `dependency-unlocked`: dependencies are not locked with what they depend on.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-unlocked",
    control: "SEC-05",
    title: "dependencies are not locked with what they depend on",
    what: "Whether a lock names every installed package, or every line of the requirements pins an exact version. Where Django, the server, the driver or the task queue are loose themselves, `dependency-unpinned` tells it.",
    why: "Two deployments of the same commit install different packages; an audit of the files says nothing of what runs; and whoever takes over a package is in the next build.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
pillow
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
pillow==12.0.0
```",
    sources: &["https://pip.pypa.io/en/stable/topics/repeatable-installs/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    if facts.versions.locked {
        look.evidence(format!("a lock names {} packages", declared.len()), None);
        return;
    }
    let loose: Vec<_> =
        declared.iter().filter(|(_, distribution)| distribution.exact.is_none()).collect();
    // The same defect, told where it hurts most.
    if let Some((name, first)) = loose.iter().find(|(name, _)| super::is_core(name)) {
        look.undetermined(
            format!("{name} and others have no exact version, which dependency-unpinned tells"),
            "lock the dependencies: uv lock, poetry lock, or pip-compile --generate-hashes",
            Some(first.at.clone()),
        );
        return;
    }
    match loose.first() {
        None if declared.is_empty() => look.undetermined(
            "the project declares no dependencies",
            "add a lock or requirements file",
            None,
        ),
        None => look.evidence(
            format!("all {} requirements pin an exact version", declared.len()),
            declared.values().next().map(|first| first.at.clone()),
        ),
        Some((name, first)) => {
            let others = loose.len() - 1;
            look.finding(
                first.at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: match others {
                        0 => format!("{name} has no exact version, and there is no lock"),
                        _ => format!("{name} and {others} more have no exact version, and there is no lock"),
                    },
                    consequence: "each build may install other packages, and no audit of the files says what runs".to_owned(),
                    fix: "lock the dependencies: uv lock, poetry lock, or pip-compile --generate-hashes".to_owned(),
                },
            );
        }
    }
}
