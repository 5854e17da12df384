//! `token-blacklist-not-installed`: tokens are to be blacklisted and the blacklist is not installed.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "token-blacklist-not-installed",
    control: "AUTH-09",
    title: "tokens are to be blacklisted and the blacklist is not installed",
    what: "SIMPLE_JWT['BLACKLIST_AFTER_ROTATION'] against `rest_framework_simplejwt.token_blacklist` in INSTALLED_APPS.",
    why: "Without the app the setting does nothing: a refresh token that was used, or logged out, goes on working.",
    bad: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ROTATE_REFRESH_TOKENS': True, 'BLACKLIST_AFTER_ROTATION': True}
```",
    good: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt', 'rest_framework_simplejwt.token_blacklist']
SIMPLE_JWT = {'ROTATE_REFRESH_TOKENS': True, 'BLACKLIST_AFTER_ROTATION': True}
```",
    sources: &[
        "https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_simplejwt(facts) {
        return;
    }
    let Some(at) = facts.place_of("SIMPLE_JWT") else { return };
    let wanted = facts
        .partial("SIMPLE_JWT")
        .and_then(|value| value.get("BLACKLIST_AFTER_ROTATION"))
        .and_then(Value::truth);
    match (facts.has_app("rest_framework_simplejwt.token_blacklist"), wanted) {
        (Some(true), _) => look.evidence("the token blacklist is installed", Some(at)),
        (Some(false), Some(true)) => look.settle(at, Judgement::error(
            "BLACKLIST_AFTER_ROTATION is on and rest_framework_simplejwt.token_blacklist is not installed",
            "used and logged-out refresh tokens go on working",
            "add 'rest_framework_simplejwt.token_blacklist' to INSTALLED_APPS and migrate",
        )),
        (Some(false), _) => look.settle(at, Judgement::warning(
            "the token blacklist is not installed",
            "a refresh token cannot be taken back, neither at logout nor when it is stolen",
            "add 'rest_framework_simplejwt.token_blacklist' to INSTALLED_APPS, migrate, and set BLACKLIST_AFTER_ROTATION",
        )),
        (None, _) => look.undetermined("INSTALLED_APPS is not fully known", crate::way_to_know("INSTALLED_APPS"), Some(at)),
    }
}
