//! `mail-backend-not-delivering`: EMAIL_BACKEND prints, stores or drops mail.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mail-backend-not-delivering",
    control: "MAIL-01",
    title: "EMAIL_BACKEND prints, stores or drops mail",
    what: "EMAIL_BACKEND of the production settings: the console, file, memory and dummy backends deliver nothing.",
    why: r#"Password resets, notifications and error reports go to a log or nowhere. The user sees "we have sent you a mail" and waits."#,
    bad: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.console.EmailBackend'
```",
    good: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/email/#email-backends"],
    check,
};

fn check(look: &mut Look) {
    look.judge("EMAIL_BACKEND", |value| match value.text() {
        Some(backend) if drops(backend) => Judgement::error(
            format!("EMAIL_BACKEND is {backend}, which delivers nothing"),
            "password resets, notifications and error reports are lost, and users are told that they were sent",
            "set a backend that delivers in the production settings: SMTP or the provider's own",
        ),
        Some(backend) => Judgement::Good(format!("EMAIL_BACKEND is {backend}")),
        None => Judgement::Neither,
    });
}

fn drops(backend: &str) -> bool {
    ["console", "filebased", "locmem", "dummy"]
        .iter()
        .any(|kind| backend == format!("django.core.mail.backends.{kind}.EmailBackend"))
}
