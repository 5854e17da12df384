//! `env-value-placeholder`: a production variable holds an example value.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-value-placeholder",
    control: "SET-10",
    title: "a production variable holds an example value",
    what: "The values of the production environment that is known, and of env files that git tracks: `change-me`, `your-secret-key-here`, `xxx`, `<password>`.",
    why: "The value that came with the template is the one everybody tries first. For a mail or payment account it means that the integration fails at its first use.",
    bad: "```python settings.py
import os
MAIL_KEY = os.environ['MAIL_KEY']
```
```ini process.env
MAIL_KEY=your-api-key-here
```",
    good: "```python settings.py
import os
MAIL_KEY = os.environ['MAIL_KEY']
```
```ini process.env
MAIL_KEY=sg7f3kd93jdk20dkw
```",
    sources: &["https://cwe.mitre.org/data/definitions/1188.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let variables = &facts.environment.environment.variables;
    let mut good = 0;
    for (name, variable) in variables {
        let reading = facts.settings.variables.iter().find(|used| &used.name == name);
        if !is_placeholder(variable.value.expose()) {
            good += 1;
            continue;
        }
        let Some(at) = variable.at.clone().or_else(|| reading.map(|used| used.at.clone())) else {
            continue;
        };
        look.finding(
            at,
            Fault {
                severity: Severity::Error,
                message: format!("the variable {name} holds an example value"),
                consequence:
                    "a secret that everybody knows, or an integration that fails at its first use"
                        .to_owned(),
                fix: format!(
                    "give {name} its real value in production's environment, outside the repository"
                ),
            },
        );
    }
    if good > 0 {
        look.evidence(
            format!("{good} variables of the known environment hold no example value"),
            None,
        );
    } else if variables.is_empty() {
        look.undetermined(
            "no variable of production's environment is known here",
            "check with production's environment: --env-file FILE",
            None,
        );
    }
}

/// Whether a value is one that templates carry to be replaced.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let plain = value.replace(['_', ' '], "-");
    let starts = [
        "your-",
        "change-me",
        "changeme",
        "replace-me",
        "replace-with",
        "insert-",
        "example-",
        "placeholder",
        "put-your",
        "todo",
        "fixme",
        "enter-your",
        "my-secret",
        "secret-key-here",
        "set-me",
        "<",
    ];
    let holds = [
        "change-me",
        "changeme",
        "-here",
        "replace-this",
        "change-this",
        "changethis",
        "must-be-changed",
        "your-domain",
        "yourdomain",
        "-goes-here",
        "!!!set-",
    ];
    let whole = [
        "xxx", "xxxx", "xxxxx", "xxxxxx", "foo", "bar", "secret", "password", "none-set", "demo",
        "demo-key", "dummy", "tbd", "...",
    ];
    if value.starts_with('<') {
        return value.ends_with('>');
    }
    starts.iter().any(|s| *s != "<" && plain.starts_with(s))
        || holds.iter().any(|s| plain.contains(s))
        || whole.contains(&plain.as_str())
}
