//! `session-age-long`: a session lives longer than wanted.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-age-long",
    control: "AUTH-06",
    title: "a session lives longer than wanted",
    what: "SESSION_COOKIE_AGE against the wanted hour (3,600 seconds); Django’s default is two weeks.",
    why: "On a shared computer the next person finds the session open; a stolen cookie works for as long.",
    bad: "```python settings.py
SESSION_COOKIE_AGE = 1209600
```",
    good: "```python settings.py
SESSION_COOKIE_AGE = 3600
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#session-cookie-age"],
    check,
};

fn check(look: &mut Look) {
    let wanted = look.parameter("session_age");
    look.judge("SESSION_COOKIE_AGE", |value| match value.integer() {
        Some(seconds) if seconds <= wanted => Judgement::Good(format!("a session lives {seconds} seconds")),
        Some(seconds) => Judgement::warning(
            format!("a session lives {seconds} seconds, the wanted age is {wanted}"),
            "a forgotten login on a shared computer, or a stolen cookie, works for that long",
            format!("set SESSION_COOKIE_AGE = {wanted}, or set the agreed age as parameter session_age of this control"),
        ),
        None => Judgement::Neither,
    });
}
