//! `xframe-middleware-missing`: XFrameOptionsMiddleware is not installed.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "xframe-middleware-missing",
    control: "HDR-03",
    title: "XFrameOptionsMiddleware is not installed",
    what: "MIDDLEWARE of the production settings: `django.middleware.clickjacking.XFrameOptionsMiddleware` or a class of the same name (security.W002). A Content-Security-Policy with frame-ancestors does the same for browsers of today.",
    why: "Another site can show your pages in an invisible frame and have logged-in users click on what they do not see.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.clickjacking.XFrameOptionsMiddleware']
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/clickjacking/",
    ],
    check,
};

fn check(look: &mut Look) {
    look.require_middleware(
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "XFrameOptionsMiddleware",
        "any site can frame your pages and trick logged-in users into clicks",
        "add django.middleware.clickjacking.XFrameOptionsMiddleware to MIDDLEWARE",
    );
}
