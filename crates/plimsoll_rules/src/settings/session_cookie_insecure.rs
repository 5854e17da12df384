//! `session-cookie-insecure`: the session cookie is sent over plain HTTP.

use plimsoll_catalog::FactPredicate;

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-cookie-insecure",
    control: "SET-08",
    title: "the session cookie is sent over plain HTTP",
    what: "The value of SESSION_COOKIE_SECURE (security.W010 to W012). Without SessionMiddleware there is no such cookie.",
    why: "One request over http:// (a typed address, an old link, an image) sends the session cookie in clear, and whoever shares the network takes the session over. A redirect to HTTPS comes too late: the cookie was in the request.",
    bad: "```python settings.py
SESSION_COOKIE_SECURE = False
```",
    good: "```python settings.py
SESSION_COOKIE_SECURE = True
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#session-cookie-secure"],
    check,
};

fn check(look: &mut Look) {
    const CLASS: &str = "django.contrib.sessions.middleware.SessionMiddleware";
    if look.facts.is_set("MIDDLEWARE")
        && crate::holds(look.facts, FactPredicate::UsesSessions) == Some(false)
    {
        look.evidence(
            format!("no session cookie is set: {CLASS} is not in MIDDLEWARE"),
            look.facts.place_of("MIDDLEWARE"),
        );
        return;
    }
    look.require_flag("SESSION_COOKIE_SECURE", true, "the session cookie travels in clear with any plain HTTP request, and whoever reads it is logged in", "set SESSION_COOKIE_SECURE = True in the production settings");
}
