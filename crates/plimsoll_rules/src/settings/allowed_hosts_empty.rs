//! `allowed-hosts-empty`: ALLOWED_HOSTS is empty while DEBUG is off.

use plimsoll_facts::Reading;
use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "allowed-hosts-empty",
    control: "SET-03",
    title: "ALLOWED_HOSTS is empty while DEBUG is off",
    what: "ALLOWED_HOSTS in the production settings (security.W020). A list of empty texts, which is what an empty variable that is split at its commas gives, is empty too. A list that is empty only until a variable is set is left alone: nothing is answered without it, and nobody overlooks that.",
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
    let facts = look.facts;
    if let Reading::Assumed { value, variables, .. } = facts.reading("ALLOWED_HOSTS")
        && value.items().is_some_and(is_empty)
    {
        // Nothing is answered without the variable, which nobody overlooks: production sets it.
        look.undetermined(
            format!("ALLOWED_HOSTS is empty until {} is set", crate::list(&variables)),
            crate::way_to_know("ALLOWED_HOSTS"),
            facts.place_of("ALLOWED_HOSTS"),
        );
        return;
    }
    look.judge("ALLOWED_HOSTS", |value| match value.items() {
        Some(hosts) if is_empty(hosts) => Judgement::error(
            "ALLOWED_HOSTS is empty",
            "with DEBUG off, Django answers every request with 400 Bad Request",
            "list the exact host names that the site is served under",
        ),
        Some(hosts) => Judgement::Good(format!("ALLOWED_HOSTS has {} entries", hosts.len())),
        None => Judgement::Neither,
    });
}

/// Whether no entry can match: `''.split(',')` gives one empty text.
fn is_empty(hosts: &[Value]) -> bool {
    hosts.iter().all(|host| host.text() == Some(""))
}
