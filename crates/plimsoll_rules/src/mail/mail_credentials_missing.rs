//! `mail-credentials-missing`: the mail server's user or password is empty.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mail-credentials-missing",
    control: "MAIL-01",
    title: "the mail server's user or password is empty",
    what: "EMAIL_HOST_USER and EMAIL_HOST_PASSWORD where the SMTP backend sends to another host. A variable that the repository's example of an environment leaves to be filled in is taken for set; where EMAIL_HOST is empty as well, `mail-backend-unconfigured` speaks of it.",
    why: "Django logs in only when both are set. A provider refuses to relay for a stranger, and every mail fails.",
    bad: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
```",
    good: "```python settings.py
import os
EMAIL_HOST = 'smtp.mailprovider.net'
EMAIL_HOST_USER = os.environ['MAIL_USER']
EMAIL_HOST_PASSWORD = os.environ['MAIL_PASSWORD']
```
```ini process.env
MAIL_USER=rota
MAIL_PASSWORD=kd82Jd92kLdp30
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#email-host-password"],
    check,
};

fn check(look: &mut Look) {
    if !super::uses_smtp(look.facts) || super::is_local(look.facts) {
        return;
    }
    for name in ["EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"] {
        look.judge(name, |value| match value.text() {
            Some("") => Judgement::warning(
                format!("{name} is empty"),
                "Django sends without logging in, and the provider refuses the mail",
                "set EMAIL_HOST_USER and EMAIL_HOST_PASSWORD from the environment",
            ),
            Some(_) => Judgement::Good(format!("{name} is set")),
            None => Judgement::Neither,
        });
        // Without one of the two Django does not log in: that is told once.
        if look.last().is_some() {
            return;
        }
    }
}
