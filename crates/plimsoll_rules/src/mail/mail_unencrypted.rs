//! `mail-unencrypted`: mail leaves over a connection without TLS.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mail-unencrypted",
    control: "MAIL-01",
    title: "mail leaves over a connection without TLS",
    what: "EMAIL_USE_TLS and EMAIL_USE_SSL where the SMTP backend sends to another host.",
    why: "The password of the account and every reset link cross the network in clear.",
    bad: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
EMAIL_USE_TLS = False
```",
    good: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
EMAIL_USE_TLS = True
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#email-use-tls"],
    check,
};

fn check(look: &mut Look) {
    if !super::uses_smtp(look.facts) || super::is_local(look.facts) {
        return;
    }
    let ssl = look.facts.certain("EMAIL_USE_SSL").and_then(|value| value.truth());
    if ssl == Some(true) {
        look.evidence("EMAIL_USE_SSL is on", look.facts.place_of("EMAIL_USE_SSL"));
        return;
    }
    look.require_flag(
        "EMAIL_USE_TLS",
        true,
        "the mail account's password and every reset link cross the network in clear",
        "set EMAIL_USE_TLS = True with port 587, or EMAIL_USE_SSL = True with port 465",
    );
}
