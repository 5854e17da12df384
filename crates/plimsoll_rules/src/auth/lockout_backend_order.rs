//! `lockout-backend-order`: the lockout backend is not the first backend.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-backend-order",
    control: "AUTH-05",
    title: "the lockout backend is not the first backend",
    what: "The place of the backend of django-axes in AUTHENTICATION_BACKENDS.",
    why: "Django asks the backends in order and stops at the first that accepts: a backend before axes logs a locked user in.",
    bad: "```python settings.py
INSTALLED_APPS = ['axes']
AUTHENTICATION_BACKENDS = ['django.contrib.auth.backends.ModelBackend', 'axes.backends.AxesStandaloneBackend']
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
    look.judge("AUTHENTICATION_BACKENDS", |value| {
        let texts: Vec<&str> =
            value.items().unwrap_or_default().iter().filter_map(|item| item.text()).collect();
        match texts.iter().position(|text| text.starts_with("axes.")) {
            Some(0) => Judgement::Certain("the backend of django-axes is asked first".to_owned()),
            Some(_) => Judgement::error(
                format!(
                    "{} is asked before the backend of django-axes",
                    texts.first().unwrap_or(&"")
                ),
                "a locked account can still log in through it",
                "put axes.backends.AxesStandaloneBackend first in AUTHENTICATION_BACKENDS",
            ),
            None => Judgement::Neither,
        }
    });
}
