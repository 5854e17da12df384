//! `ssl-redirect-disabled`: plain HTTP is not redirected to HTTPS.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "ssl-redirect-disabled",
    control: "SET-06",
    title: "plain HTTP is not redirected to HTTPS",
    what: "SECURE_SSL_REDIRECT of the production settings, and, where it is off, whether the reverse proxy redirects every plain HTTP request (security.W008).",
    why: "A visitor who types the address arrives over plain HTTP. Without a redirect the login form itself is served and sent in clear.",
    bad: "```python settings.py
SECURE_SSL_REDIRECT = False
```",
    good: "```python settings.py
SECURE_SSL_REDIRECT = True
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secure-ssl-redirect"],
    check,
};

fn check(look: &mut Look) {
    let edge = look.facts.edge.redirects_to_https();
    look.judge("SECURE_SSL_REDIRECT", |value| match value.truth() {
        Some(true) => Judgement::Good("Django redirects plain HTTP to HTTPS".to_owned()),
        Some(false) => match &edge {
            Some(place) => Judgement::Good(format!("the proxy redirects plain HTTP to HTTPS ({place})")),
            None => Judgement::error(
                "SECURE_SSL_REDIRECT is off and no proxy configuration of the repository redirects to HTTPS",
                "pages, the login form among them, are served over plain HTTP to whoever asks for them so",
                "redirect at the proxy for every host, or set SECURE_SSL_REDIRECT = True together with a trusted scheme header",
            ),
        },
        None => Judgement::Neither,
    });
}
