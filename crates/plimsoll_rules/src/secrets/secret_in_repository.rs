//! `secret-in-repository`: a key, password or token stands in a file of the repository.

use std::collections::BTreeMap;

use plimsoll_catalog::Severity;
use plimsoll_facts::Leak;
use plimsoll_source::RepoPath;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-in-repository",
    control: "SEC-01",
    title: "a key, password or token stands in a file of the repository",
    what: "Every text of the repository for what is a secret beyond doubt: tokens with the prefix and length of a provider, private key blocks, passwords in addresses (`postgres://app:…@db.shop.de`), hashes of passwords, JSON web tokens. What guides and tests write in their place is let through: words such as `example`, variables, masks, addresses of this machine or of a container. In tests and examples a hit is a note, in files for developing at most a warning. Passwords without a shape are the matter of other rules, which look where settings, compose files and scripts set them.",
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
    let mut any = false;
    // Of a fixture of a thousand accounts one finding is enough.
    let mut alike: BTreeMap<(&RepoPath, &str), (&Leak, usize)> = BTreeMap::new();
    for leak in &leaks.found {
        alike.entry((&leak.at.file, leak.what)).or_insert((leak, 0)).1 += 1;
    }
    for (leak, count) in alike.into_values() {
        let severity = super::weight(leak.kind, leak.standing);
        any |= severity > Severity::Note;
        let finding = look.finding(
            leak.at.clone(),
            Fault {
                severity,
                message: match count {
                    1 => format!("{} stands in this file", leak.what),
                    _ => format!("{} stands in this file, and {} more", leak.what, count - 1),
                },
                consequence: super::consequence(leak.kind).to_owned(),
                fix: super::remedy(leak.kind).to_owned(),
            },
        );
        finding.confidence = super::confidence(leak.kind);
    }
    if !any && leaks.files > 0 {
        look.evidence(
            format!("{} files were searched for tokens, keys and passwords", leaks.files),
            None,
        );
    }
}
