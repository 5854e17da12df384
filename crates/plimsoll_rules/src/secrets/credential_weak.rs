//! `credential-weak`: a password or key of the production environment is weak.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "credential-weak",
    control: "SEC-12",
    title: "a password or key of the production environment is weak",
    what: "The variables of the known production environment with the name of a password or key: at least 16 characters, or 12 with four classes of characters; none of the best-known passwords.",
    why: "Database and mail passwords are tried from inside the network by whatever got in first; the short ones fall within minutes.",
    bad: "```python settings.py
DEBUG = False
```
```ini process.env
DB_PASSWORD=rota2024
```",
    good: "```python settings.py
DEBUG = False
```
```ini process.env
DB_PASSWORD=pQ7rT1zXc93mVbN4kd82
```",
    sources: &["https://pages.nist.gov/800-63-4/sp800-63b.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let secrets: Vec<_> = facts
        .environment
        .environment
        .variables
        .iter()
        .filter(|(name, _)| super::is_secret_name(name))
        .collect();
    let mut any = false;
    for (name, variable) in &secrets {
        let value = variable.value.expose();
        if value.is_empty() || is_strong(value) {
            continue;
        }
        let Some(at) = variable.at.clone().or_else(|| facts.place_of("SECRET_KEY")) else {
            continue;
        };
        any = true;
        look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!("{name} has {} characters and is weak", variable.value.length()),
                consequence: "it can be guessed by whoever reaches the service it protects"
                    .to_owned(),
                fix:
                    "make one with: python -c \"import secrets; print(secrets.token_urlsafe(32))\""
                        .to_owned(),
            },
        );
    }
    super::finish(look, any, secrets.len(), "are strong");
}

fn is_strong(value: &str) -> bool {
    let classes = [
        value.chars().any(char::is_lowercase),
        value.chars().any(char::is_uppercase),
        value.chars().any(|c| c.is_ascii_digit()),
        value.chars().any(|c| !c.is_alphanumeric()),
    ];
    let count = classes.iter().filter(|class| **class).count();
    let mut distinct: Vec<char> = value.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let length = value.chars().count();
    distinct.len() >= 8 && (length >= 16 || length >= 12 && count == 4)
}
