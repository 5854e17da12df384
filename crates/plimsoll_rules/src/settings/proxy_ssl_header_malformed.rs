//! `proxy-ssl-header-malformed`: SECURE_PROXY_SSL_HEADER is not a pair that Django can match.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "proxy-ssl-header-malformed",
    control: "SET-07",
    title: "SECURE_PROXY_SSL_HEADER is not a pair that Django can match",
    what: "The form of SECURE_PROXY_SSL_HEADER: a tuple of the header as it stands in request.META (`HTTP_` first, upper case, underscores) and its value.",
    why: "Django looks the name up in request.META. `X-Forwarded-Proto` is never found there, so every request counts as plain HTTP: with the SSL redirect on, the site redirects to itself for ever.",
    bad: "```python settings.py
SECURE_PROXY_SSL_HEADER = ('X-Forwarded-Proto', 'https')
```",
    good: "```python settings.py
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secure-proxy-ssl-header"],
    check,
};

fn check(look: &mut Look) {
    look.judge("SECURE_PROXY_SSL_HEADER", |value| {
        let pair = match value {
            Value::None => return Judgement::Good("no scheme header is trusted".to_owned()),
            Value::Unknown { .. } => return Judgement::Neither,
            other => other.items().unwrap_or_default(),
        };
        let texts: Vec<Option<&str>> = pair.iter().map(Value::text).collect();
        match texts.as_slice() {
            [Some(name), Some(scheme)] if well_formed(name) && !scheme.is_empty() => {
                Judgement::Good(format!("SECURE_PROXY_SSL_HEADER names {name}"))
            }
            [Some(name), Some(_)] => Judgement::error(
                format!("SECURE_PROXY_SSL_HEADER names '{name}', which request.META never holds"),
                "Django takes every request for plain HTTP: secure cookies and redirects go wrong, and SECURE_SSL_REDIRECT loops",
                "write the name as in request.META: 'HTTP_X_FORWARDED_PROTO'",
            ),
            _ if !value.is_known() => Judgement::Neither,
            _ => Judgement::error(
                "SECURE_PROXY_SSL_HEADER is not a pair of texts",
                "Django stops at the first request, as it cannot unpack the setting",
                "write a tuple: ('HTTP_X_FORWARDED_PROTO', 'https')",
            ),
        }
    });
}

fn well_formed(name: &str) -> bool {
    name.starts_with("HTTP_")
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}
