//! `lockout-disabled`: django-axes is installed and does not lock.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-disabled",
    control: "AUTH-05",
    title: "django-axes is installed and does not lock",
    what: "AXES_ENABLED, AXES_LOCK_OUT_AT_FAILURE, and whether the backend that counts is among AUTHENTICATION_BACKENDS.",
    why: "axes then records failures and lets the next try through; a list of backends without it counts nothing at all.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
AUTHENTICATION_BACKENDS = ['django.contrib.auth.backends.ModelBackend']
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
```",
    sources: &[
        "https://django-axes.readthedocs.io/en/latest/4_configuration.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.has_app("axes") != Some(true) {
        return;
    }
    let fault = |message: String| {
        Fault {
        severity: Severity::Error,
        message,
        consequence: "failed logins are not locked out".to_owned(),
        fix: "put axes.backends.AxesStandaloneBackend first in AUTHENTICATION_BACKENDS, and leave AXES_ENABLED and AXES_LOCK_OUT_AT_FAILURE on".to_owned(),
    }
    };
    for name in ["AXES_ENABLED", "AXES_LOCK_OUT_AT_FAILURE"] {
        if facts.is_set(name) {
            look.judge(name, |value| match value.truth() {
                Some(true) => crate::Judgement::Good(format!("{name} is on")),
                Some(false) => crate::Judgement::Bad(fault(format!("{name} is off"))),
                None => crate::Judgement::Neither,
            });
        }
    }
    let Some(at) = facts.place_of("AUTHENTICATION_BACKENDS") else { return };
    let backends = ["axes.backends.AxesStandaloneBackend", "axes.backends.AxesBackend"];
    match facts.lists("AUTHENTICATION_BACKENDS", &backends) {
        Some(true) => {
            look.evidence("the backend of django-axes is in AUTHENTICATION_BACKENDS", Some(at))
        }
        Some(false) => {
            look.finding(
                at,
                fault(
                    "axes is installed and its backend is not in AUTHENTICATION_BACKENDS"
                        .to_owned(),
                ),
            );
        }
        None => look.undetermined(
            "AUTHENTICATION_BACKENDS is not fully known",
            crate::way_to_know("AUTHENTICATION_BACKENDS"),
            Some(at),
        ),
    }
}
