//! `csrf-cookie-insecure`: the CSRF cookie is sent over plain HTTP.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csrf-cookie-insecure",
    control: "SET-09",
    title: "the CSRF cookie is sent over plain HTTP",
    what: "The value of CSRF_COOKIE_SECURE (security.W016); with CSRF_USE_SESSIONS on, or without CsrfViewMiddleware, there is no such cookie.",
    why: "Somebody on the network who reads the cookie from a plain HTTP request, or plants one, can forge the token that forms are checked by.",
    bad: "```python settings.py
CSRF_COOKIE_SECURE = False
```",
    good: "```python settings.py
CSRF_COOKIE_SECURE = True
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#csrf-cookie-secure"],
    check,
};

fn check(look: &mut Look) {
    let in_session = look.facts.certain("CSRF_USE_SESSIONS").and_then(|value| value.truth());
    if in_session == Some(true) {
        look.evidence(
            "the CSRF token is kept in the session, not in a cookie",
            look.facts.place_of("CSRF_USE_SESSIONS"),
        );
        return;
    }
    const CLASS: &str = "django.middleware.csrf.CsrfViewMiddleware";
    let partial = look.facts.partial("MIDDLEWARE").and_then(|value| value.items());
    let any_csrf = partial.is_some_and(|items| {
        items.iter().any(|item| item.text().is_none_or(|text| text.to_lowercase().contains("csrf")))
    });
    if look.facts.is_set("MIDDLEWARE")
        && look.facts.lists("MIDDLEWARE", &[CLASS]) == Some(false)
        && !any_csrf
    {
        look.undetermined(
            format!("{CLASS} is not in MIDDLEWARE, so no CSRF cookie is set; csrf-middleware-missing tells what follows"),
            "look at what csrf-middleware-missing says",
            look.facts.place_of("MIDDLEWARE"),
        );
        return;
    }
    look.require_flag(
        "CSRF_COOKIE_SECURE",
        true,
        "the CSRF token travels in clear with any plain HTTP request and can be read or planted",
        "set CSRF_COOKIE_SECURE = True in the production settings",
    );
}
