//! `mail-tls-and-ssl`: EMAIL_USE_TLS, EMAIL_USE_SSL and the port contradict each other.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule, way_to_know};

pub(crate) const RULE: Rule = Rule {
    id: "mail-tls-and-ssl",
    control: "MAIL-01",
    title: "EMAIL_USE_TLS, EMAIL_USE_SSL and the port contradict each other",
    what: "EMAIL_USE_TLS, EMAIL_USE_SSL and EMAIL_PORT together: both switches on; TLS from the first byte on port 587; STARTTLS on port 465.",
    why: "With both on Django raises ValueError at the first mail; with the wrong port the connection hangs until a timeout, which is not set by default.",
    bad: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
EMAIL_PORT = 465
EMAIL_USE_TLS = True
```",
    good: "```python settings.py
EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'
EMAIL_HOST = 'smtp.mailprovider.net'
EMAIL_PORT = 587
EMAIL_USE_TLS = True
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#email-use-ssl",
        "https://www.rfc-editor.org/rfc/rfc8314",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_smtp(facts) {
        return;
    }
    let truth = |name: &str| facts.certain(name).and_then(|value| value.truth());
    let (Some(tls), Some(ssl), Some(port)) = (
        truth("EMAIL_USE_TLS"),
        truth("EMAIL_USE_SSL"),
        facts.certain("EMAIL_PORT").and_then(|value| value.integer()),
    ) else {
        look.undetermined(
            "EMAIL_USE_TLS, EMAIL_USE_SSL and EMAIL_PORT are not all known",
            way_to_know("EMAIL_PORT"),
            facts.place_of("EMAIL_PORT"),
        );
        return;
    };
    let message = match (tls, ssl, port) {
        (true, true, _) => "EMAIL_USE_TLS and EMAIL_USE_SSL are both on",
        (true, false, 465) => {
            "EMAIL_USE_TLS (STARTTLS) is on with port 465, where TLS begins at once"
        }
        (false, true, 587 | 25) => {
            "EMAIL_USE_SSL is on with a port where the connection begins in clear"
        }
        _ => {
            look.evidence(
                format!("port {port} fits the way TLS is used"),
                facts.place_of("EMAIL_PORT"),
            );
            return;
        }
    };
    let Some(at) = facts.place_of("EMAIL_PORT") else { return };
    look.finding(
        at,
        Fault {
            severity: Severity::Error,
            message: message.to_owned(),
            consequence: "no mail can be sent: the connection fails or hangs until its timeout"
                .to_owned(),
            fix: "EMAIL_USE_TLS = True with port 587, or EMAIL_USE_SSL = True with port 465"
                .to_owned(),
        },
    );
}
