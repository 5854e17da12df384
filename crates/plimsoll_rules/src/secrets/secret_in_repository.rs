//! `secret-in-repository`: a key, password or token stands in a file of the repository.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-in-repository",
    control: "SEC-01",
    title: "a key, password or token stands in a file of the repository",
    what: "Every text of the repository for what is a secret beyond doubt: tokens with the prefix and length of a provider, and private key blocks. Made-up ones of guides and tests are let through; in tests and examples a hit is a note.",
    why: "Whoever reads the repository, a contractor, a leaked laptop, a public fork, uses the account the key opens. Bots find such keys in public repositories within minutes.",
    bad: "```python settings.py
DEBUG = False
```
```ini deploy/aws.cfg
key = AKIAZ7QX2M5RT9WBK4JD
```",
    good: "```python settings.py
DEBUG = False
```
```ini deploy/aws.cfg
key = AKIAIOSFODNN7EXAMPLE
```",
    sources: &[
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    ],
    check,
};

fn check(look: &mut Look) {
    let leaks = &look.facts.leaks;
    for leak in &leaks.found {
        let severity = if leak.standing.is_main() { Severity::Error } else { Severity::Note };
        look.finding(
            leak.at.clone(),
            Fault {
                severity,
                message: format!("{} stands in this file", leak.what),
                consequence: "whoever has a copy of the repository has the key".to_owned(),
                fix: "revoke it at its provider first, then take it out; taking it out of the newest commit leaves it in the history".to_owned(),
            },
        );
    }
    if leaks.found.iter().all(|leak| !leak.standing.is_main()) && leaks.files > 0 {
        look.evidence(
            format!("{} files were searched for tokens and private keys", leaks.files),
            None,
        );
    }
}
