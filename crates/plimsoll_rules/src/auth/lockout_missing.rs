//! `lockout-missing`: nothing locks an account after failed logins.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-missing",
    control: "AUTH-05",
    title: "nothing locks an account after failed logins",
    what: "INSTALLED_APPS for a package that counts failed logins: django-axes, django-defender, django-lockout, django-allauth (which limits by itself).",
    why: "Passwords can be tried as fast as the server answers, for weeks.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth']
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1
```",
    sources: &[
        "https://django-axes.readthedocs.io/en/latest/2_installation.html",
        "https://owasp.org/www-community/controls/Blocking_Brute_Force_Attacks",
    ],
    check,
};

/// Packages that count failed logins, by their app.
const LOCKOUTS: [&str; 5] = ["axes", "defender", "lockout", "allauth.account", "brutebuster"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(at) = facts.place_of("INSTALLED_APPS") else { return };
    if facts.has_app("django.contrib.auth") == Some(false) {
        look.evidence("django.contrib.auth is not installed", Some(at));
        return;
    }
    if let Some(app) = LOCKOUTS.iter().find(|app| facts.has_app(app) == Some(true)) {
        look.evidence(format!("{app} is installed"), Some(at));
    } else if LOCKOUTS.iter().all(|app| facts.has_app(app) == Some(false)) {
        look.finding(
            at,
            Fault {
                severity: Severity::Error,
                message: "no application that counts failed logins is installed".to_owned(),
                consequence: "passwords can be tried without end".to_owned(),
                fix: "install django-axes with its backend and middleware, keyed on user name and address".to_owned(),
            },
        );
    } else {
        look.undetermined(
            "INSTALLED_APPS is not fully known",
            crate::way_to_know("INSTALLED_APPS"),
            Some(at),
        );
    }
}
