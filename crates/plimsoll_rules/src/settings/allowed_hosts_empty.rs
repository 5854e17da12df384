//! `allowed-hosts-empty`: ALLOWED_HOSTS is empty while DEBUG is off.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "allowed-hosts-empty",
    control: "SET-03",
    title: "ALLOWED_HOSTS is empty while DEBUG is off",
    what: "ALLOWED_HOSTS in the production settings (security.W020). A list that is read from an unset variable is empty too.",
    why: "With DEBUG off and no allowed host, Django answers every request with 400: the site is down from the first minute, behind a service that looks healthy.",
    bad: "```python settings.py
ALLOWED_HOSTS = []
```",
    good: "```python settings.py
ALLOWED_HOSTS = ['rota.example.org']
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts"],
    check,
};

fn check(look: &mut Look) {
    look.judge("ALLOWED_HOSTS", |value| match value.items() {
        Some([]) => Judgement::error(
            "ALLOWED_HOSTS is empty",
            "with DEBUG off, Django answers every request with 400 Bad Request",
            "list the exact host names that the site is served under",
        ),
        Some(hosts) => Judgement::Good(format!("ALLOWED_HOSTS has {} entries", hosts.len())),
        None => Judgement::Neither,
    });
}
