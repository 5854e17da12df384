//! `session-cookie-samesite-none`: the session cookie is sent with requests from other sites.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-cookie-samesite-none",
    control: "SET-08",
    title: "the session cookie is sent with requests from other sites",
    what: "SESSION_COOKIE_SAMESITE: `'Lax'` (Django's default) and `'Strict'` are good; `None`, `False` and `'None'` are not.",
    why: "Without SameSite the browser attaches the cookie to requests that another site starts, and the CSRF token alone stands between a stranger's page and your users. `'None'` is for sites that must work inside another site's frame.",
    bad: "```python settings.py
SESSION_COOKIE_SAMESITE = None
```",
    good: "```python settings.py
SESSION_COOKIE_SAMESITE = 'Lax'
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#session-cookie-samesite"],
    check,
};

fn check(look: &mut Look) {
    look.judge("SESSION_COOKIE_SAMESITE", |value| match value.text() {
        Some(text) if text.eq_ignore_ascii_case("lax") || text.eq_ignore_ascii_case("strict") => {
            Judgement::Good(format!("SESSION_COOKIE_SAMESITE is '{text}'"))
        }
        _ if matches!(value, plimsoll_python::Value::Unknown { .. }) => Judgement::Neither,
        _ => Judgement::warning(
            "SESSION_COOKIE_SAMESITE lets the cookie go with requests from other sites",
            "a page of a stranger can send requests with the session of your users",
            "set SESSION_COOKIE_SAMESITE = 'Lax' in the production settings",
        ),
    });
}
