//! `lockout-limit-high`: the lockout comes after too many failures.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-limit-high",
    control: "AUTH-05",
    title: "the lockout comes after too many failures",
    what: "AXES_FAILURE_LIMIT against 5 failures; the default of django-axes is 3.",
    why: "Each further try is a further guess, for every account.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
AXES_FAILURE_LIMIT = 50
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
AXES_FAILURE_LIMIT = 5
```",
    sources: &[
        "https://django-axes.readthedocs.io/en/latest/4_configuration.html",
    ],
    check,
};

fn check(look: &mut Look) {
    if look.facts.has_app("axes") != Some(true) {
        return;
    }
    if !look.facts.is_set("AXES_FAILURE_LIMIT") {
        look.evidence(
            "AXES_FAILURE_LIMIT is at its default of 3",
            look.facts.place_of("INSTALLED_APPS"),
        );
        return;
    }
    let wanted = look.parameter("failures");
    look.judge("AXES_FAILURE_LIMIT", |value| match (value, value.integer()) {
        (_, Some(limit)) if (1..=wanted).contains(&limit) => {
            Judgement::Good(format!("an account is locked after {limit} failures"))
        }
        (_, Some(limit)) => Judgement::warning(
            format!("an account is locked after {limit} failures, the wanted limit is {wanted}"),
            "passwords can be tried more often than wanted",
            format!("set AXES_FAILURE_LIMIT = {wanted}"),
        ),
        (Value::Object(_), None) => Judgement::Open {
            reason: "AXES_FAILURE_LIMIT is a function".to_owned(),
            needs: "a drill: fail logins until the lockout".to_owned(),
        },
        _ => Judgement::Neither,
    });
}
