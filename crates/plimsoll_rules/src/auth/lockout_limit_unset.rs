//! `lockout-limit-unset`: the lockout is left to the default of the package.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-limit-unset",
    control: "AUTH-05",
    title: "the lockout is left to the default of the package",
    what: "Whether AXES_FAILURE_LIMIT is set where django-axes is installed.",
    why: "A default can change with the next version of the package; what was agreed should stand in the settings.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
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
    let facts = look.facts;
    if facts.has_app("axes") != Some(true) {
        return;
    }
    if facts.is_set("AXES_FAILURE_LIMIT") {
        look.evidence(
            "AXES_FAILURE_LIMIT is set by the project",
            facts.place_of("AXES_FAILURE_LIMIT"),
        );
    } else if let Some(at) = facts.place_of("INSTALLED_APPS") {
        look.settle(
            at,
            Judgement::remark(
                "AXES_FAILURE_LIMIT is not set; django-axes locks after 3 failures",
                "the number is the package's choice and can change with it",
                "set AXES_FAILURE_LIMIT to the agreed number",
            ),
        );
    }
}
