//! `dependency-updates-unscheduled`: nothing proposes updates of dependencies.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-updates-unscheduled",
    control: "SEC-06",
    title: "nothing proposes updates of dependencies",
    what: "A configuration of Dependabot or Renovate, or a workflow that makes update requests.",
    why: "Updates that nobody proposes are made when something breaks, all at once.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.19
```
```yaml .github/dependabot.yml
version: 2
```",
    sources: &["https://docs.github.com/en/code-security/dependabot"],
    check,
};

fn check(look: &mut Look) {
    match look.facts.automation.updates.first() {
        Some(at) => look.evidence("updates are proposed by this configuration", Some(at.clone())),
        None => {
            let Some(first) = look.facts.versions.distributions.values().next() else {
                look.undetermined(
                    "the project declares no dependencies",
                    "add a lock or requirements file",
                    None,
                );
                return;
            };
            let at = first.at.clone();
            look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: "no configuration of Dependabot or Renovate is in the repository"
                        .to_owned(),
                    consequence: "updates are made late and many at once".to_owned(),
                    fix: "add .github/dependabot.yml for pip and github-actions, weekly".to_owned(),
                },
            );
        }
    }
}
