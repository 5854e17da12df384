//! `mail-backend-unconfigured`: mail has no server to go to.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mail-backend-unconfigured",
    control: "MAIL-01",
    title: "mail has no server to go to",
    what: "EMAIL_HOST where the SMTP backend is in use: Django's default of localhost, and an empty text. Where nothing of the project sends mail, it says nothing; nor does it where an example of the environment gives EMAIL_HOST a value.",
    why: "Unless a mail server runs on the application host, each mail raises ConnectionRefusedError: in a view that is a 500 at the end of a registration that has already been saved. With an empty text Django connects to nothing at all, and each mail raises SMTPServerDisconnected.",
    bad: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
```",
    good: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#email-host"],
    check,
};

fn check(look: &mut Look) {
    if super::sends_none(look.facts) {
        return;
    }
    if !super::uses_smtp(look.facts) {
        return;
    }
    look.judge("EMAIL_HOST", |value| match value.text().map(str::trim) {
        Some("") => Judgement::error(
            "EMAIL_HOST is empty",
            "Django connects to no server at all, and every mail fails with SMTPServerDisconnected (\"please run connect() first\")",
            "set EMAIL_HOST to the mail provider's server",
        ),
        Some("localhost" | "127.0.0.1" | "::1") => Judgement::warning(
            "EMAIL_HOST is the application's own host",
            "where no mail server runs there, every mail fails with ConnectionRefusedError; where one does, its mail is often taken for spam",
            "set EMAIL_HOST to the mail provider's server, or waive the control where a relay runs on the host",
        ),
        Some(host) => Judgement::Good(format!("mail goes to {host}")),
        None => Judgement::Neither,
    });
}
