//! `nosniff-disabled`: X-Content-Type-Options is not sent.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "nosniff-disabled",
    control: "HDR-02",
    title: "X-Content-Type-Options is not sent",
    what: "SECURE_CONTENT_TYPE_NOSNIFF of the production settings, and the header at the reverse proxy (security.W006).",
    why: "Without it some browsers guess the type of a file by its content: an upload that calls itself an image and holds HTML runs as a page of your site.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_CONTENT_TYPE_NOSNIFF = False
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
SECURE_CONTENT_TYPE_NOSNIFF = True
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-content-type-nosniff",
    ],
    check,
};

fn check(look: &mut Look) {
    let edge = look.facts.edge.header("X-Content-Type-Options");
    look.judge("SECURE_CONTENT_TYPE_NOSNIFF", |value| match value.truth() {
        Some(true) => Judgement::Good("Django sends X-Content-Type-Options: nosniff".to_owned()),
        Some(false) => match &edge {
            Some(place) => {
                Judgement::Good(format!("the proxy sends X-Content-Type-Options ({place})"))
            }
            None => Judgement::error(
                "SECURE_CONTENT_TYPE_NOSNIFF is off",
                "a browser may run an uploaded file as a page of the site",
                "set SECURE_CONTENT_TYPE_NOSNIFF = True",
            ),
        },
        None => Judgement::Neither,
    });
}
