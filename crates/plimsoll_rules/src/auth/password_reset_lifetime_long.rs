//! `password-reset-lifetime-long`: links to reset a password work for too long.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "password-reset-lifetime-long",
    control: "AUTH-03",
    title: "links to reset a password work for too long",
    what: "PASSWORD_RESET_TIMEOUT against Django’s default of three days.",
    why: "A mailbox that is read later, a forwarded mail or a proxy log then holds a working key to the account for as long.",
    bad: "```python settings.py
PASSWORD_RESET_TIMEOUT = 2592000
```",
    good: "```python settings.py
PASSWORD_RESET_TIMEOUT = 3600
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#password-reset-timeout"],
    check,
};

fn check(look: &mut Look) {
    let longest = look.parameter("reset_lifetime");
    look.judge("PASSWORD_RESET_TIMEOUT", |value| match value.integer() {
        Some(seconds) if seconds <= longest => {
            Judgement::Good(format!("reset links work for {seconds} seconds"))
        }
        Some(seconds) => Judgement::warning(
            format!("reset links work for {seconds} seconds, more than {longest}"),
            "an old mail is a working key to the account",
            "set PASSWORD_RESET_TIMEOUT to an hour or a day",
        ),
        None => Judgement::Neither,
    });
}
