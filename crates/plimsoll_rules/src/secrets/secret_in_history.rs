//! `secret-in-history`: a branch or tag of the repository still holds a file with secrets.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-in-history",
    control: "SEC-01",
    title: "a branch or tag of the repository still holds a file with secrets",
    what: "The files at every branch and tag of the history for env files, private keys, databases and dumps that are not in the checkout. Commits before the tips are not searched.",
    why: "A file that was deleted on one branch is whole on the others, and `git clone` brings them all.",
    bad: "```python settings.py
DEBUG = False
```
```text tip.list
.env.production
```",
    good: "```python settings.py
DEBUG = False
```
```text tip.list
README.md
```",
    sources: &[
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut any = false;
    for stray in facts.leaks.strays.iter().filter(|stray| stray.tip.is_some()) {
        any = true;
        let finding = look.finding(
            plimsoll_source::Span::of_file(stray.path.clone()),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{} holds {}, which is not in the checkout",
                    stray.tip.as_deref().unwrap_or("a tip"),
                    stray.path
                ),
                consequence: "everybody who clones the repository has the file".to_owned(),
                fix: "change the secrets that it held, then delete the branch or rewrite it"
                    .to_owned(),
            },
        );
        // What the file holds there is not read.
        finding.confidence = plimsoll_catalog::Confidence::Medium;
    }
    if !any {
        look.undetermined(
            if facts.tracked.is_some() {
                "the tips of the history hold no such file; commits before them are not searched"
            } else {
                "the folder is no git repository: its history is not known"
            },
            "search every commit: git log --all --name-only, or a history scanner such as gitleaks",
            None,
        );
    }
}
