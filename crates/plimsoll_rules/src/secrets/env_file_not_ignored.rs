//! `env-file-not-ignored`: git would take an env file in.

use plimsoll_catalog::Severity;
use plimsoll_facts::Facts;
use plimsoll_source::{RepoPath, Span};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-file-not-ignored",
    control: "SEC-01",
    title: "git would take an env file in",
    what: "The env files that the repository's examples (`.env.example`, `.env.production.sample`) are copied to, against every .gitignore: the `.env` of the repository and of the system, and those that compose files and settings name. An example that is filled in at a place of which nothing tells is left open. Files that git has already taken in are the matter of another rule.",
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
        } else if !lands_there(facts, &file.path) {
            look.undetermined(
                format!("where the copy of {} lies in production is not known; no .gitignore leaves {} out", file.example, file.path),
                "see where the copy lies, and that git leaves it out: git check-ignore -v PATH",
                Some(Span::of_file(file.example.clone())),
            );
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

/// Whether the copy of an example lies at this path: compose or the settings read it there, or it is
/// the `.env` of the repository or the system. Elsewhere it is often another path that is filled in.
fn lands_there(facts: &Facts, path: &RepoPath) -> bool {
    let services = facts.compose.iter().flat_map(|project| project.services.values());
    let mut by_compose = services.flat_map(|service| &service.env_files);
    let mut by_settings = facts.settings.absent_env_files.iter();
    let folder = path.parent().unwrap_or_else(RepoPath::root);
    let usual = path.file_name() == ".env" && (folder.is_root() || folder == facts.system.root);
    usual
        || by_compose.any(|file| file.value.path.as_ref() == Some(path))
        || by_settings.any(|(read, _)| read.trim_start_matches("./") == path.as_str())
}
