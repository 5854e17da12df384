//! `env-readers-disagree`: two readers of the same env file read different values.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "env-readers-disagree",
    control: "SET-10",
    title: "two readers of the same env file read different values",
    what: "Each variable of the env files that hold values, and of their examples, as python-dotenv, Docker Compose and systemd read it.",
    why: "systemd keeps a comment behind the value, Compose replaces `$`, python-dotenv decodes escapes. The password that works under Compose fails under systemd, with the same file.",
    bad: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini .env.example
SHOP_A=secret # the password
```",
    good: "```python settings.py
import os
A = os.environ.get('SHOP_A', '')
```
```ini .env.example
# the password
SHOP_A=secret
```",
    sources: &[
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=",
        "https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut agreed = 0;
    for file in &facts.env_files {
        agreed += file.variables.len().saturating_sub(file.disagreements.len());
        for disagreement in &file.disagreements {
            let groups: Vec<String> =
                disagreement.groups.iter().map(|names| names.join(" and ")).collect();
            look.finding(
                disagreement.at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("{} has different values for {}", disagreement.name, groups.join(" than for ")),
                    consequence: "the value depends on what loads the file: a unit, compose or the code".to_owned(),
                    fix: "keep comments on lines of their own, and quote nothing that needs no quotes; give values with $, #, quotes or backslashes by another way".to_owned(),
                },
            );
        }
    }
    if agreed > 0 {
        look.evidence(format!("{agreed} variables of env files read the same everywhere"), None);
    } else if facts.env_files.is_empty() {
        look.evidence("the repository has no env file", None);
    }
}
