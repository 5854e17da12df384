//! `session-idle-not-renewed`: a session ends while its user is working.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-idle-not-renewed",
    control: "AUTH-06",
    title: "a session ends while its user is working",
    what: "SESSION_SAVE_EVERY_REQUEST together with a short SESSION_COOKIE_AGE: off, the age counts from the last change of the session.",
    why: "With an age of an hour and no renewal the user is logged out in the middle of a form an hour after the login, however busy.",
    bad: "```python settings.py
SESSION_COOKIE_AGE = 3600
SESSION_SAVE_EVERY_REQUEST = False
```",
    good: "```python settings.py
SESSION_COOKIE_AGE = 3600
SESSION_SAVE_EVERY_REQUEST = True
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#session-save-every-request"],
    check,
};

/// Below this age in seconds users notice: a working day.
const SHORT: i64 = 28_800;

fn check(look: &mut Look) {
    let age = look.facts.certain("SESSION_COOKIE_AGE").and_then(|value| value.integer());
    look.judge("SESSION_SAVE_EVERY_REQUEST", |value| match (value.truth(), age) {
        (Some(true), _) => Judgement::Good("every request renews the session".to_owned()),
        (Some(false), Some(age)) if age >= SHORT => {
            Judgement::Good("the session outlives a working day without renewal".to_owned())
        }
        (Some(false), Some(age)) => Judgement::warning(
            format!("a session ends {age} seconds after its last change, whatever its user does"),
            "users are logged out while they work and lose what they were typing",
            "set SESSION_SAVE_EVERY_REQUEST = True, so that the age counts from the last request",
        ),
        _ => Judgement::Neither,
    });
}
