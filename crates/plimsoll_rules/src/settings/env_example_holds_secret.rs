//! `env-example-holds-secret`: the example of the env file holds a value that looks real.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-example-holds-secret",
    control: "SET-11",
    title: "the example of the env file holds a value that looks real",
    what: "Variables with the name of a secret in the examples: their value is empty or a placeholder, or it is long and irregular enough to be one in use.",
    why: "Examples are copied from a working file, and the one value that nobody emptied is in every copy of the repository.",
    bad: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini .env.example
SHOP_A=
SECRET_KEY=8gvJ2kPz4mQx7sRt1wYb5nCd9fHj3lVa6eUo0iTq
```",
    good: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini .env.example
SHOP_A=
SECRET_KEY=change-me-to-a-long-random-value
```",
    sources: &["https://cwe.mitre.org/data/definitions/798.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut looked = 0;
    for file in facts.env_files.iter().filter(|file| file.is_template) {
        for (name, at, value) in &file.variables {
            looked += 1;
            if !looks_real(name, value.expose()) {
                continue;
            }
            let finding = look.finding(
                at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("the example gives {name} a value that looks real"),
                    consequence:
                        "if it is in use anywhere, everybody with a copy of the repository has it"
                            .to_owned(),
                    fix: "empty it, and change the secret wherever it is in use".to_owned(),
                },
            );
            finding.confidence = Confidence::Medium;
        }
    }
    if looked > 0 {
        look.evidence(format!("{looked} values of examples were looked at"), None);
    }
}

/// A secret's name with a value of at least 20 characters with letters and digits mixed and no
/// words in it, as generators make them.
fn looks_real(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let secret = ["PASSWORD", "SECRET", "TOKEN", "API_KEY", "PRIVATE", "ACCESS_KEY", "ENCRYPTION"]
        .iter()
        .any(|word| name.contains(word));
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let mut sorted: Vec<char> = value.chars().collect();
    sorted.sort_unstable();
    sorted.dedup();
    secret
        && value.len() >= 20
        && digits >= 3
        && sorted.len() >= 12
        && !value.contains(char::is_whitespace)
        && !value.contains("://")
        && !super::is_placeholder(value)
        && !["example", "xxxx", "insecure", "dummy", "sample", "generate", "your"]
            .iter()
            .any(|word| value.to_ascii_lowercase().contains(word))
}
