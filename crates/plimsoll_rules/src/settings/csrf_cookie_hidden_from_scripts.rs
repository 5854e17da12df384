//! `csrf-cookie-hidden-from-scripts`: CSRF_COOKIE_HTTPONLY is on while scripts read the cookie.

use plimsoll_catalog::Related;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csrf-cookie-hidden-from-scripts",
    control: "SET-09",
    title: "CSRF_COOKIE_HTTPONLY is on while scripts read the cookie",
    what: "CSRF_COOKIE_HTTPONLY together with scripts and templates of the project that read `csrftoken` from `document.cookie`.",
    why: "The flag gives no protection that matters (Django's documentation says so) and makes every script that takes the token from the cookie send none: its requests get 403.",
    bad: "```python settings.py
CSRF_COOKIE_HTTPONLY = True
```
```js static/api.js
const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
```",
    good: "```python settings.py
CSRF_COOKIE_HTTPONLY = False
```
```js static/api.js
const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#csrf-cookie-httponly"],
    check,
};

fn check(look: &mut Look) {
    let reader = look.facts.code.csrf_cookie_readers.first().cloned();
    let scripted = reader.is_some();
    look.judge("CSRF_COOKIE_HTTPONLY", |value| match value.truth() {
        Some(true) if scripted => Judgement::error(
            "CSRF_COOKIE_HTTPONLY is on and a script of the project reads the cookie",
            "the script finds no token and its requests are refused with 403",
            "set CSRF_COOKIE_HTTPONLY = False, or take the token from a form field or a <meta> element",
        ),
        Some(true) => Judgement::Good("CSRF_COOKIE_HTTPONLY is on and no script of the project reads the cookie".to_owned()),
        Some(false) => Judgement::Good("scripts may read the CSRF cookie".to_owned()),
        None => Judgement::Neither,
    });
    if let Some(at) = reader {
        look.relate(Related { at, message: "the cookie is read here".to_owned() });
    }
}
