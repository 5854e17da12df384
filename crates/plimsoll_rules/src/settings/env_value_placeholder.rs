//! `env-value-placeholder`: a production variable holds an example value.

use plimsoll_catalog::Severity;
use plimsoll_facts::is_placeholder;

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
