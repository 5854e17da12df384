//! `env-file-not-ignored`: git would take an env file in.

use plimsoll_catalog::Severity;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-file-not-ignored",
    control: "SEC-01",
    title: "git would take an env file in",
    what: "The env files that the repository's examples (`.env.example`, `.env.production.sample`) are copied to, against every .gitignore. Files that git has already taken in are the matter of another rule.",
    why: "The next `git add .` puts the passwords of production into the history, and from there into every clone.",
    bad: "```python settings.py
DEBUG = False
```
```ini .env.example
SECRET_KEY=
```
```text .gitignore
*.pyc
```",
    good: "```python settings.py
DEBUG = False
```
```ini .env.example
SECRET_KEY=
```
```text .gitignore
*.pyc
.env
```",
    sources: &["https://git-scm.com/docs/gitignore"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    for file in &facts.code.upkeep.env_files {
        if let Some(by) = &file.by {
            look.evidence(format!("git leaves {} out", file.path), Some(by.clone()));
        } else if facts
            .tracked
            .as_ref()
            .is_some_and(|tracked| tracked.binary_search(&file.path).is_ok())
        {
            look.evidence(format!("{} is tracked, which another rule reports", file.path), None);
        } else {
            let finding = look.finding(
                Span::of_file(file.example.clone()),
                Fault {
                    severity: Severity::Warning,
                    message: format!(
                        "no .gitignore leaves {} out, to which this example is copied",
                        file.path
                    ),
                    consequence:
                        "the next `git add .` takes the secrets of this machine into the history"
                            .to_owned(),
                    fix: format!("add /{} to the .gitignore at the top", file.path),
                },
            );
            finding.repair = crate::repairs::ignore(&file.path);
        }
    }
}
