//! `allowed-hosts-wildcard`: ALLOWED_HOSTS accepts any host.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "allowed-hosts-wildcard",
    control: "SET-03",
    title: "ALLOWED_HOSTS accepts any host",
    what: "Entries of ALLOWED_HOSTS that match everything, or a whole top-level domain: `'*'`, `'.com'`.",
    why: "Django builds absolute addresses from the Host header, the links in password reset mails among them. With `*` an attacker asks for a reset under a host of their own, and the victim's mail leads there with a valid token.",
    bad: "```python settings.py
ALLOWED_HOSTS = ['*']
```",
    good: "```python settings.py
ALLOWED_HOSTS = ['rota.example.org', '.rota.example.org']
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts",
        "https://docs.djangoproject.com/en/stable/topics/security/#host-header-validation",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("ALLOWED_HOSTS", |value| {
        let Some(hosts) = value.items() else { return Judgement::Neither };
        let open = hosts.iter().filter_map(|host| host.text()).find(|host| matches_everything(host));
        match open {
            Some(host) => Judgement::error(
                format!("ALLOWED_HOSTS holds '{host}', which accepts hosts that are not yours"),
                "links in password reset mails and redirects are built from whatever Host header a client sends",
                "list the exact host names that the site is served under",
            ).surely(),
            None if hosts.is_empty() => Judgement::Neither,
            None => Judgement::Good("no entry of ALLOWED_HOSTS accepts any host".to_owned()),
        }
    });
}

/// `*`, `.` and `.com`: a leading dot matches the domain and everything below it.
fn matches_everything(host: &str) -> bool {
    let host = host.trim();
    host == "*"
        || host.strip_prefix('.').is_some_and(|domain| {
            !domain.contains('.')
                && domain != "localhost"
                && domain != "local"
                && domain != "internal"
                && domain != "test"
        })
}
