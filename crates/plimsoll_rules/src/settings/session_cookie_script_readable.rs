//! `session-cookie-script-readable`: scripts can read the session cookie.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-cookie-script-readable",
    control: "SET-08",
    title: "scripts can read the session cookie",
    what: "The value of SESSION_COOKIE_HTTPONLY (security.W013 to W015).",
    why: "One cross-site scripting hole then is enough to send every visitor’s session away; with HttpOnly the script never sees it.",
    bad: "```python settings.py
SESSION_COOKIE_HTTPONLY = False
```",
    good: "```python settings.py
SESSION_COOKIE_HTTPONLY = True
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#session-cookie-httponly"],
    check,
};

fn check(look: &mut Look) {
    look.require_flag(
        "SESSION_COOKIE_HTTPONLY",
        true,
        "any script on the page, an injected one too, can read the session cookie and send it away",
        "set SESSION_COOKIE_HTTPONLY = True in the production settings",
    );
}
