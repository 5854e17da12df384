//! `csrf-middleware-missing`: CsrfViewMiddleware is not installed.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csrf-middleware-missing",
    control: "AUTH-07",
    title: "CsrfViewMiddleware is not installed",
    what: "MIDDLEWARE of the production settings: `django.middleware.csrf.CsrfViewMiddleware` or a class of the same name (security.W003).",
    why: "Without it any site can make the browser of a logged-in user send forms to yours: change the mail address, approve a request, delete a record.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.csrf.CsrfViewMiddleware']
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/csrf/",
    ],
    check,
};

fn check(look: &mut Look) {
    look.require_middleware("django.middleware.csrf.CsrfViewMiddleware", "CsrfViewMiddleware", "any site can send forms to yours in the name of a logged-in user", "add django.middleware.csrf.CsrfViewMiddleware to MIDDLEWARE, before any middleware that needs the check done");
}
