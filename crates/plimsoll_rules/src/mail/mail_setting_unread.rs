//! `mail-setting-unread`: a mail setting that the backend in use does not read.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mail-setting-unread",
    control: "MAIL-01",
    title: "a mail setting that the backend in use does not read",
    what: "EMAIL_HOST, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD and EMAIL_PORT set by the project while EMAIL_BACKEND is not an SMTP backend.",
    why: "Somebody rotates the password or changes the server there, and mail goes on by another way, or not at all.",
    bad: "```python settings.py
EMAIL_BACKEND = 'anymail.backends.mailgun.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
```",
    good: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#email-backend"],
    check,
};

/// Backends known to send by an interface of their own and to read none of the SMTP settings.
const WITHOUT_SMTP: [&str; 5] =
    ["anymail.backends.", "django_ses.", "sendgrid_backend.", "postmarker.", "django_mailgun."];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(backend) = facts.certain("EMAIL_BACKEND").and_then(|value| value.text()) else {
        look.undetermined(
            "EMAIL_BACKEND is not known",
            crate::way_to_know("EMAIL_BACKEND"),
            facts.place_of("EMAIL_BACKEND"),
        );
        return;
    };
    if !WITHOUT_SMTP.iter().any(|start| backend.starts_with(start)) {
        look.evidence(
            format!("{backend} is not known to leave mail settings unread"),
            facts.place_of("EMAIL_BACKEND"),
        );
        return;
    }
    let mut any = false;
    for name in ["EMAIL_HOST", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_PORT"] {
        let (true, Some(at)) = (facts.is_set(name), facts.place_of(name)) else { continue };
        any = true;
        look.finding(
            at,
            Fault {
                severity: Severity::Note,
                message: format!("{name} is set, and {backend} does not read it"),
                consequence: "a change of it changes nothing".to_owned(),
                fix: "take it out of the production settings".to_owned(),
            },
        );
    }
    look.evidence(
        if any {
            "settings that the backend does not read change nothing"
        } else {
            "no setting is left unread by the mail backend"
        },
        facts.place_of("EMAIL_BACKEND"),
    );
}
