//! `lockout-middleware-order`: AxesMiddleware is not the last middleware.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-middleware-order",
    control: "AUTH-05",
    title: "AxesMiddleware is not the last middleware",
    what: "The place of `axes.middleware.AxesMiddleware` in MIDDLEWARE: its documentation asks for the last.",
    why: "It replaces the response of a locked login; a middleware after it does not get to see that, and without it the user sees the plain form with an error in place of the lockout page.",
    bad: "```python settings.py
INSTALLED_APPS = ['axes']
MIDDLEWARE = ['axes.middleware.AxesMiddleware', 'django.middleware.common.CommonMiddleware']
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
```",
    sources: &[
        "https://django-axes.readthedocs.io/en/latest/2_installation.html",
    ],
    check,
};

fn check(look: &mut Look) {
    if look.facts.has_app("axes") != Some(true) {
        return;
    }
    look.judge("MIDDLEWARE", |value| {
        let items = value.items().unwrap_or_default();
        match items.iter().rposition(|item| item.text() == Some("axes.middleware.AxesMiddleware")) {
            Some(place) if place + 1 == items.len() => {
                Judgement::Good("AxesMiddleware is last".to_owned())
            }
            Some(_) => Judgement::note(
                "AxesMiddleware is not the last middleware",
                "what comes after it does not pass through the lockout page",
                "move axes.middleware.AxesMiddleware to the end of MIDDLEWARE",
            ),
            None if value.is_known() => Judgement::warning(
                "AxesMiddleware is not in MIDDLEWARE",
                "a locked user gets no lockout page",
                "add axes.middleware.AxesMiddleware as the last entry of MIDDLEWARE",
            ),
            None => Judgement::Neither,
        }
    });
}
