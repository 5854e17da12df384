//! `lockout-keyed-on-address`: the lockout counts by address alone.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-keyed-on-address",
    control: "AUTH-05",
    title: "the lockout counts by address alone",
    what: "AXES_LOCKOUT_PARAMETERS: the default is the client’s address alone.",
    why: "Behind a proxy or in one office everybody has one address: five wrong passwords of one person lock out all. Keyed on the user name alone, anybody can lock out a colleague.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
```",
    good: r#"```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
```"#,
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
    let older = [
        "AXES_LOCK_OUT_BY_COMBINATION_USER_AND_IP",
        "AXES_LOCK_OUT_BY_USER_OR_IP",
        "AXES_ONLY_USER_FAILURES",
    ];
    let name = if facts.is_set("AXES_LOCKOUT_PARAMETERS") {
        "AXES_LOCKOUT_PARAMETERS"
    } else {
        older.into_iter().find(|name| facts.is_set(name)).unwrap_or("AXES_LOCKOUT_PARAMETERS")
    };
    let wrong = || {
        Judgement::warning(
            "the lockout counts failures by the client's address alone",
            "one person's wrong passwords lock out everybody behind the same address",
            "set AXES_LOCKOUT_PARAMETERS = [[\"username\", \"ip_address\"]]",
        )
    };
    if !facts.is_set(name) {
        if let Some(at) = facts.place_of("INSTALLED_APPS") {
            look.settle(at, wrong());
        }
        return;
    }
    look.judge(name, |value| match value.items() {
        Some(items) => {
            let address_alone = items.iter().any(|item| item.text() == Some("ip_address"));
            if address_alone {
                wrong()
            } else {
                Judgement::Good("the lockout does not count by address alone".to_owned())
            }
        }
        None => match value.truth() {
            Some(true) => Judgement::Good(format!("{name} is on")),
            Some(false) => wrong(),
            None => Judgement::Neither,
        },
    });
}
