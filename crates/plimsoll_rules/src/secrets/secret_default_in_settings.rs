//! `secret-default-in-settings`: a secret falls back to a value in the code.

use std::collections::BTreeSet;

use plimsoll_catalog::Severity;
use plimsoll_facts::Facts;
use plimsoll_python::Value;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-default-in-settings",
    control: "SEC-02",
    title: "a secret falls back to a value in the code",
    what: "Readings of environment variables whose name is a secret’s, with a fallback that is neither empty nor a placeholder, where a setting of production depends on it. A variable that production is known to set makes it a note.",
    why: "When the variable is missing the process runs with a secret that everybody can read, and nothing says so.",
    bad: "```python settings.py
import os
DB_PASSWORD = os.environ.get('DB_PASSWORD', 'rota-pass-123')
```",
    good: "```python settings.py
import os
DB_PASSWORD = os.environ.get('DB_PASSWORD', '')
```",
    sources: &["https://12factor.net/config"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let signing = facts
        .settings
        .get("SECRET_KEY")
        .map(|setting| setting.variables.clone())
        .unwrap_or_default();
    let mut looked = 0;
    let mut told = BTreeSet::new();
    for used in &facts.settings.variables {
        if !super::is_secret_name(&used.name) || signing.contains(&used.name) {
            continue;
        }
        looked += 1;
        let has_value = used.fallback.as_ref().and_then(Value::text).is_some_and(|text| {
            !text.trim().is_empty() && !is_amount(&used.name, text.trim()) && !opens_nothing(text)
        });
        // Readings within one another (`getenv(A, getenv(B, …))`) share the fallback of the last.
        let line = (used.at.file.clone(), used.at.start.line);
        if !has_value || !is_in_effect(facts, &used.name) || !told.insert(line) {
            continue;
        }
        let (severity, consequence) = if used.is_set {
            (
                Severity::Note,
                "production sets it; a command or host without the variable runs with a secret that everybody can read",
            )
        } else {
            (
                Severity::Warning,
                "a process without the variable runs with a secret that everybody can read",
            )
        };
        look.finding(
            used.at.clone(),
            Fault {
                severity,
                message: format!("{} falls back to a value in the code", used.name),
                consequence: consequence.to_owned(),
                fix: "read it without a fallback, so that the process refuses to start without it"
                    .to_owned(),
            },
        );
    }
    look.evidence(
        format!("{looked} readings of secret variables were looked at"),
        facts.settings.file.clone().map(plimsoll_source::Span::of_file),
    );
}

/// Whether a setting of production depends on a variable: a base module often reads what the one of
/// production replaces. Where the settings hand it to a library, that is not seen.
fn is_in_effect(facts: &Facts, name: &str) -> bool {
    let mut settings = facts.settings.settings.values();
    settings.any(|setting| setting.variables.iter().any(|known| known == name))
}

/// Whether a fallback is for whoever reads the code, so that nothing is opened by it: `your-api-key`.
/// `password` and `changeme` are used as they stand.
fn opens_nothing(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let words =
        ["your", "example", "placeholder", "xxx", "demo", "dummy", "replace", "insert", "..."];
    text.starts_with(['<', '$', '{']) || words.iter().any(|word| text.contains(word))
}

/// Whether it is a number of things, as MAX_TOKENS is.
fn is_amount(name: &str, text: &str) -> bool {
    name.ends_with('S') && text.bytes().all(|byte| byte.is_ascii_digit())
}
