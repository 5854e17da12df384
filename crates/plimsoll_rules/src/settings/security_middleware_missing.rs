//! `security-middleware-missing`: SecurityMiddleware is not installed.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "security-middleware-missing",
    control: "HDR-07",
    title: "SecurityMiddleware is not installed",
    what: "MIDDLEWARE of the production settings: `django.middleware.security.SecurityMiddleware`, or a class of the same name that the project derives from it (security.W001).",
    why: "It sends HSTS, nosniff, the referrer and opener policies and does the redirect to HTTPS. Without it all the SECURE_ settings do nothing, and Django's other checks fall silent with it.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.common.CommonMiddleware']
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.common.CommonMiddleware']
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/middleware/#module-django.middleware.security",
    ],
    check,
};

fn check(look: &mut Look) {
    look.require_middleware("django.middleware.security.SecurityMiddleware", "SecurityMiddleware", "HSTS, nosniff, the referrer policy and the redirect to HTTPS are not done whatever the SECURE_ settings say", "put django.middleware.security.SecurityMiddleware first in MIDDLEWARE");
}
