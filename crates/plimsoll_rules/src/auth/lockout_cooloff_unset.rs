//! `lockout-cooloff-unset`: a locked account stays locked for ever.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "lockout-cooloff-unset",
    control: "AUTH-05",
    title: "a locked account stays locked for ever",
    what: "AXES_COOLOFF_TIME: unset, django-axes never unlocks.",
    why: "Anybody can shut a colleague out for good by failing on purpose, and each time somebody has to run axes_reset.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'axes.middleware.AxesMiddleware']
AUTHENTICATION_BACKENDS = ['axes.backends.AxesStandaloneBackend', 'django.contrib.auth.backends.ModelBackend']
AXES_COOLOFF_TIME = 1
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
    let unset = |look: &mut Look| {
        if let Some(at) = facts.place_of("INSTALLED_APPS") {
            look.settle(
                at,
                Judgement::warning(
                    "AXES_COOLOFF_TIME is not set",
                    "a locked account stays locked until somebody runs axes_reset",
                    "set AXES_COOLOFF_TIME = timedelta(hours=1)",
                ),
            );
        }
    };
    if !facts.is_set("AXES_COOLOFF_TIME") {
        unset(look);
        return;
    }
    look.judge("AXES_COOLOFF_TIME", |value| match value {
        Value::None => Judgement::warning(
            "AXES_COOLOFF_TIME is None",
            "a locked account stays locked until somebody runs axes_reset",
            "set AXES_COOLOFF_TIME = timedelta(hours=1)",
        ),
        Value::Timedelta(micros) => Judgement::Good(format!(
            "a locked account opens again after {} seconds",
            micros / 1_000_000
        )),
        // A number counts hours.
        Value::Int(hours) => {
            Judgement::Good(format!("a locked account opens again after {hours} hours"))
        }
        Value::Float(hours) => {
            Judgement::Good(format!("a locked account opens again after {hours} hours"))
        }
        Value::Object(_) | Value::Str(_) => Judgement::Open {
            reason: "AXES_COOLOFF_TIME is a function".to_owned(),
            needs: "a drill: log in after the cool-off".to_owned(),
        },
        _ => Judgement::Neither,
    });
}
