//! `mail-from-default`: DEFAULT_FROM_EMAIL is webmaster@localhost or an example.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mail-from-default",
    control: "MAIL-01",
    title: "DEFAULT_FROM_EMAIL is webmaster@localhost or an example",
    what: "DEFAULT_FROM_EMAIL of the production settings: Django's default and the addresses of examples.",
    why: "Receiving servers refuse or hide mail from a domain that does not exist; users never see their reset link.",
    bad: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
DEFAULT_FROM_EMAIL = 'webmaster@localhost'
```",
    good: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
DEFAULT_FROM_EMAIL = 'rota@care-home.org.uk'
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#default-from-email"],
    check,
};

fn check(look: &mut Look) {
    if super::sends_none(look.facts) {
        return;
    }
    look.judge("DEFAULT_FROM_EMAIL", |value| match value.text() {
        Some(address) if super::is_example_address(address) => Judgement::warning(
            "DEFAULT_FROM_EMAIL is an address of an example or of this machine",
            "receiving servers refuse the mail or put it among spam",
            "set DEFAULT_FROM_EMAIL to an address of the domain whose SPF and DKIM records name your mail provider",
        ),
        Some(_) => Judgement::Good("DEFAULT_FROM_EMAIL is an address of a domain".to_owned()),
        None => Judgement::Neither,
    });
}
