//! `mail-server-address-default`: SERVER_EMAIL is root@localhost or an example.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "mail-server-address-default",
    control: "MAIL-01",
    title: "SERVER_EMAIL is root@localhost or an example",
    what: "SERVER_EMAIL of the production settings where reports are mailed to somebody (ADMINS, MANAGERS): Django's default and the addresses of examples.",
    why: "Error mail to ADMINS is sent from this address. Where it is refused, production errors reach nobody.",
    bad: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
ADMINS = [('Ops', 'ops@care-home.org.uk')]
SERVER_EMAIL = 'root@localhost'
```",
    good: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
ADMINS = [('Ops', 'ops@care-home.org.uk')]
SERVER_EMAIL = 'rota@care-home.org.uk'
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#server-email"],
    check,
};

fn check(look: &mut Look) {
    let nobody = |name: &str| {
        look.facts.certain(name).and_then(|value| value.items()).is_some_and(<[_]>::is_empty)
    };
    if nobody("ADMINS") && nobody("MANAGERS") {
        look.evidence("no report is mailed: ADMINS and MANAGERS are empty", None);
        return;
    }
    look.judge("SERVER_EMAIL", |value| match value.text() {
        Some(address) if super::is_example_address(address) => Judgement::warning(
            "SERVER_EMAIL is an address of an example or of this machine",
            "error reports to ADMINS are refused by the receiving server, and nobody hears of errors",
            "set SERVER_EMAIL to an address of the domain whose SPF and DKIM records name your mail provider",
        ),
        Some(_) => Judgement::Good("SERVER_EMAIL is an address of a domain".to_owned()),
        None => Judgement::Neither,
    });
}
