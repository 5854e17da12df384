//! `referrer-policy-missing`: no Referrer-Policy is sent.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "referrer-policy-missing",
    control: "HDR-06",
    title: "no Referrer-Policy is sent",
    what: "SECURE_REFERRER_POLICY of the production settings and the header at the reverse proxy (security.W022).",
    why: "Addresses hold reset tokens, record numbers and search words; without a policy older browsers send them whole to every site that a page links to.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_REFERRER_POLICY = None
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_REFERRER_POLICY = 'same-origin'
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secure-referrer-policy"],
    check,
};

fn check(look: &mut Look) {
    let edge = look.facts.edge.header("Referrer-Policy");
    look.judge("SECURE_REFERRER_POLICY", |value| match value {
        Value::None => match &edge {
            Some(place) => Judgement::Good(format!("the proxy sends Referrer-Policy ({place})")),
            None => Judgement::warning(
                "SECURE_REFERRER_POLICY is None",
                "addresses of your pages, with what is in them, may be sent to other sites",
                "set SECURE_REFERRER_POLICY = 'same-origin' or 'strict-origin-when-cross-origin'",
            ),
        },
        Value::Unknown { .. } => Judgement::Neither,
        _ => Judgement::Good("SECURE_REFERRER_POLICY is set".to_owned()),
    });
}
