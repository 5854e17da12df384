//! `lockout-missing`: nothing locks an account after failed logins.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Facts, Module};
use plimsoll_python::code::Limit;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-missing",
    control: "AUTH-05",
    title: "nothing locks an account after failed logins",
    what: "INSTALLED_APPS for a package that counts failed logins: django-axes, django-defender, django-lockout, django-allauth (which limits by itself). A limit of the project's own where it logs somebody in (a decorator, a throttle, a counter) makes it a warning: whether every login passes it was not followed.",
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
        let own = own_limit(facts);
        let (severity, message, consequence) = match &own {
            Some((limit, _)) => (
                Severity::Warning,
                format!(
                    "no application that counts failed logins is installed; a limit of the project's own ({}) stands at {}",
                    limit.name,
                    limit.around.as_deref().unwrap_or("a login")
                ),
                "where a login does not pass that limit, the admin's for one, passwords can be tried without end",
            ),
            None => (
                Severity::Error,
                "no application that counts failed logins is installed".to_owned(),
                "passwords can be tried without end",
            ),
        };
        let finding = look.finding(
            at,
            Fault {
                severity,
                message,
                consequence: consequence.to_owned(),
                fix: "install django-axes with its backend and middleware, keyed on user name and address".to_owned(),
            },
        );
        if let Some((limit, _)) = own {
            finding.confidence = Confidence::Medium;
            let message = "this limits how often something may be tried".to_owned();
            finding.related.push(Related { at: limit.at.clone(), message });
        }
    } else {
        look.undetermined(
            "INSTALLED_APPS is not fully known",
            crate::way_to_know("INSTALLED_APPS"),
            Some(at),
        );
    }
}

/// What counts the tries of logins in the application, by its name: an application, or a limit of the
/// project's own.
pub(crate) fn limits_logins(facts: &Facts) -> Option<String> {
    let app = LOCKOUTS.iter().find(|app| facts.has_app(app) == Some(true));
    let app = app.map(|app| (*app).to_owned());
    app.or_else(|| own_limit(facts).map(|(limit, _)| limit.name.clone()))
}

/// A limit of the project's own in code that logs somebody in, by the names around it.
fn own_limit(facts: &Facts) -> Option<(&Limit, &Module)> {
    let about_login = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["login", "log_in", "signin", "sign_in", "auth", "account", "token", "credential"]
            .iter()
            .any(|word| text.contains(word))
    };
    let modules = facts.code.modules.iter().filter(|module| !module.is_test());
    let mut all =
        modules.flat_map(|module| module.facts.limits.iter().map(move |limit| (limit, module)));
    all.find(|(limit, module)| {
        limit.around.as_deref().is_some_and(about_login)
            || about_login(&limit.name)
            || about_login(module.path.as_str())
    })
}
