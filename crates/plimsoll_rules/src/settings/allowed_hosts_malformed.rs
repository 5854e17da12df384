//! `allowed-hosts-malformed`: an entry of ALLOWED_HOSTS can match no host.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "allowed-hosts-malformed",
    control: "SET-03",
    title: "an entry of ALLOWED_HOSTS can match no host",
    what: "Each known entry of ALLOWED_HOSTS for what the Host header never holds: a scheme, a port, a path, blanks, quotes or brackets left from parsing a variable, a wildcard inside a name.",
    why: "Django compares each entry with the host as it is. `https://rota.example.org`, `rota.example.org:443`, `['rota.example.org'` and `*.example.org` match nothing: the site answers 400 under its own name.",
    bad: "```python settings.py
ALLOWED_HOSTS = 'https://rota.example.org, www.example.org'.split(',')
```",
    good: "```python settings.py
ALLOWED_HOSTS = 'rota.example.org,www.example.org'.split(',')
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts"],
    check,
};

fn check(look: &mut Look) {
    look.judge("ALLOWED_HOSTS", |value| {
        if matches!(value, Value::Str(_)) {
            return Judgement::error(
                "ALLOWED_HOSTS is a text in place of a list",
                "Django stops at start-up, or takes each character for a host",
                "make it a list: ['rota.example.org']",
            );
        }
        let Some(hosts) = value.items() else { return Judgement::Neither };
        // What an empty text leaves when it is split: it matches nothing and harms nothing.
        let texts = || hosts.iter().filter_map(|host| host.text()).filter(|host| !host.is_empty());
        let wrong = texts().find_map(|host| Some((host, fault(host)?)));
        match wrong {
            Some((host, fault)) => Judgement::error(
                format!("the entry '{}' of ALLOWED_HOSTS {fault}, so it matches no request", shown(host)),
                "requests under that name are answered with 400 Bad Request",
                "write the bare host name: no scheme, port, path, blank or quote; '.example.org' for all subdomains",
            ).surely(),
            None if texts().next().is_none() => Judgement::Neither,
            None => Judgement::Good("every known entry of ALLOWED_HOSTS is a host name".to_owned()),
        }
    });
}

fn fault(host: &str) -> Option<&'static str> {
    if host == "*" {
        return None;
    }
    // IPv6 addresses stand in brackets, as the Host header has them.
    let bracketed = host.starts_with('[')
        && host.ends_with(']')
        && host.contains(':')
        && !host.contains(['\'', '"', ',']);
    if bracketed {
        return None;
    }
    if host.contains("://") {
        return Some("has a scheme");
    }
    if host.contains(['\'', '"', '[', ']', '(', ')']) {
        return Some("has quotes or brackets, as a list written into a variable leaves them");
    }
    if host.contains(char::is_whitespace) {
        return Some("has a blank");
    }
    if host.contains('/') {
        return Some("has a path");
    }
    if host.contains(':') {
        return Some("has a port");
    }
    if host.contains('*') {
        return Some("has a wildcard that Django does not know");
    }
    None
}

fn shown(host: &str) -> String {
    host.chars().take(80).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
