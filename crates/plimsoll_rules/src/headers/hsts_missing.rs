//! `hsts-missing`: no Strict-Transport-Security header is sent.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "hsts-missing",
    control: "HDR-01",
    title: "no Strict-Transport-Security header is sent",
    what: "SECURE_HSTS_SECONDS of the production settings together with SecurityMiddleware, and the header at the reverse proxy (security.W004).",
    why: "Without HSTS the browser tries plain HTTP whenever somebody types the name or follows an old link, and whoever sits on the network can answer in your place before the redirect does.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 0
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_HSTS_SECONDS = 31536000
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-hsts-seconds",
        "https://www.rfc-editor.org/rfc/rfc6797",
    ],
    check,
};

fn check(look: &mut Look) {
    let edge = look.facts.edge.header("Strict-Transport-Security");
    look.judge("SECURE_HSTS_SECONDS", |value| match value.integer() {
        Some(seconds) if seconds > 0 => Judgement::Good(format!("Django sends HSTS with max-age={seconds}")),
        Some(_) => match &edge {
            Some(place) => Judgement::Good(format!("the proxy sends HSTS ({place})")),
            None => Judgement::error(
                "SECURE_HSTS_SECONDS is 0 and no proxy configuration of the repository sends the header",
                "browsers go on trying plain HTTP, and somebody on the network can answer first",
                "set SECURE_HSTS_SECONDS, first to an hour, then to 31536000 when every host answers on HTTPS",
            ),
        },
        None => Judgement::Neither,
    });
}
