//! `dependency-audit-missing`: nothing audits the dependencies.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-audit-missing",
    control: "SEC-05",
    title: "nothing audits the dependencies",
    what: "Workflows, hooks and scripts for pip-audit, safety, osv-scanner, trivy, grype, snyk or GitHub’s dependency review.",
    why: "A hole in a package is known to attackers the day it is published; without an audit the team hears of it by chance.",
    bad: "```python settings.py
DEBUG = False
```
```yaml .github/workflows/ci.yml
on: push
jobs:
  test:
    steps:
      - run: pytest
```",
    good: "```python settings.py
DEBUG = False
```
```yaml .github/workflows/ci.yml
on: push
jobs:
  test:
    steps:
      - run: pip-audit
```",
    sources: &["https://pypi.org/project/pip-audit/"],
    check,
};

fn check(look: &mut Look) {
    let automation = &look.facts.automation;
    match automation.audits.first() {
        Some(at) => look.evidence("the dependencies are audited here", Some(at.clone())),
        None => {
            let Some(at) = automation.files.first().cloned().or_else(|| {
                look.facts.versions.distributions.values().next().map(|d| d.at.file.clone())
            }) else {
                look.undetermined(
                    "the repository has neither workflows nor requirements",
                    "run pip-audit on what is installed",
                    None,
                );
                return;
            };
            look.finding(
                plimsoll_source::Span::of_file(at),
                Fault {
                    severity: Severity::Warning,
                    message: "no workflow, hook or script audits the dependencies".to_owned(),
                    consequence: "a published hole in a package is found by chance".to_owned(),
                    fix: "run pip-audit or osv-scanner on every change and once a week".to_owned(),
                },
            );
        }
    }
}
