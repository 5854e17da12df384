//! `secret-literal-in-settings`: a secret setting is written in the settings code.

use plimsoll_catalog::Severity;
use plimsoll_python::{Origin, Value};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-literal-in-settings",
    control: "SEC-02",
    title: "a secret setting is written in the settings code",
    what: "Settings, and keys inside settings such as DATABASES, whose name is a secret’s and whose value is a literal of the code.",
    why: "The secret is in every copy of the repository and in every image, and cannot be changed without a release.",
    bad: "```python settings.py
EMAIL_HOST_PASSWORD = 'kd82Jd92kLdp30'
```",
    good: "```python settings.py
import os
EMAIL_HOST_PASSWORD = os.environ['MAIL_PASSWORD']
```
```ini process.env
MAIL_PASSWORD=kd82Jd92kLdp30
```",
    sources: &["https://12factor.net/config"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut looked = 0;
    for (name, setting) in &facts.settings.settings {
        if setting.origin != Origin::Project
            || name == "SECRET_KEY"
            || name == "SECRET_KEY_FALLBACKS"
        {
            // The signing key has rules of its own.
            continue;
        }
        looked += 1;
        let (Some(value), Some(at)) = (setting.partial(), setting.at.clone()) else { continue };
        if !setting.variables.is_empty() {
            continue;
        }
        if let Some(key) = literal_secret(value, 0) {
            let shown = if key.is_empty() { name.clone() } else { format!("{name}['{key}']") };
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("{shown} is written in the settings"),
                    consequence:
                        "everybody with a copy of the code has it, and changing it takes a release"
                            .to_owned(),
                    fix: "read it from the environment, and change it, as it is known".to_owned(),
                },
            );
        }
    }
    if looked > 0 {
        look.evidence(
            format!("{looked} settings of the project were looked at"),
            facts.settings.file.clone().map(plimsoll_source::Span::of_file),
        );
    }
}

/// The key under which a secret stands in a value, empty for the value itself. Placeholders and
/// single words that name something are no secrets.
fn literal_secret(value: &Value, depth: usize) -> Option<String> {
    if depth > 6 {
        return None;
    }
    match value {
        Value::Secret(secret) => {
            let text = secret.expose();
            // Providers' keys for trying out open nothing.
            let for_trying = ["sk_test_", "rk_test_", "whsec_test"].iter();
            (text.len() >= 6
                && !text.starts_with('/')
                && !for_trying.clone().any(|start| text.starts_with(start))
                && !matches!(text, "insecure" | "unsafe" | "default")
                && !crate::settings::is_placeholder(text))
            .then(String::new)
        }
        Value::Dict(pairs) => pairs.iter().find_map(|(key, value)| {
            let inner = literal_secret(value, depth + 1)?;
            let key = key.text().unwrap_or("");
            Some(if inner.is_empty() { key.to_owned() } else { format!("{key}']['{inner}") })
        }),
        _ => None,
    }
}
