//! `private-key-tracked`: a private key file is in the repository.

use plimsoll_catalog::Severity;
use plimsoll_facts::StrayKind;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "private-key-tracked",
    control: "SEC-01",
    title: "a private key file is in the repository",
    what: "Files that are private keys by their name: SSH keys, PKCS#12 and PuTTY key stores. Keys inside other files are secret-in-repository’s.",
    why: "The key opens the servers it was made for, from anywhere.",
    bad: "```python settings.py
DEBUG = False
```
```text deploy/id_ed25519
x
```",
    good: "```python settings.py
DEBUG = False
```
```text deploy/id_ed25519.pub
ssh-ed25519 AAAA
```",
    sources: &[
        "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    ],
    check,
};

fn check(look: &mut Look) {
    super::strays(
        look,
        StrayKind::PrivateKey,
        |_, _| {
            super::told(
                Severity::Error,
                "a private key is in the repository",
                "whoever has a copy can log in where the key is trusted",
                "take the key out of every authorized_keys and service that trusts it, then out of the repository",
            )
        },
        "no private key file is tracked",
    );
}
