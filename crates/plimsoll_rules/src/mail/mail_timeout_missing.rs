//! `mail-timeout-missing`: EMAIL_TIMEOUT is unset.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mail-timeout-missing",
    control: "MAIL-01",
    title: "EMAIL_TIMEOUT is unset",
    what: "EMAIL_TIMEOUT where the SMTP backend is in use.",
    why: "A mail server that accepts the connection and says nothing holds the worker that sends for ever. A few such mails and no worker is left.",
    bad: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
```",
    good: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
EMAIL_TIMEOUT = 10
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#email-timeout"],
    check,
};

fn check(look: &mut Look) {
    if super::sends_none(look.facts) {
        return;
    }
    if !super::uses_smtp(look.facts) {
        return;
    }
    look.judge("EMAIL_TIMEOUT", |value| match (value, value.integer()) {
        (Value::None, _) => Judgement::warning(
            "EMAIL_TIMEOUT is not set",
            "a mail server that does not answer holds the worker until the operating system gives up",
            "set EMAIL_TIMEOUT = 10",
        ),
        (_, Some(seconds)) => Judgement::Good(format!("mail gives up after {seconds} seconds")),
        (Value::Float(seconds), _) => Judgement::Good(format!("mail gives up after {seconds} seconds")),
        _ => Judgement::Neither,
    });
}
