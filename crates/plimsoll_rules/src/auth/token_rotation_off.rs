//! `token-rotation-off`: refresh tokens are not rotated.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "token-rotation-off",
    control: "AUTH-09",
    title: "refresh tokens are not rotated",
    what: "SIMPLE_JWT['ROTATE_REFRESH_TOKENS'] and SIMPLE_JWT['BLACKLIST_AFTER_ROTATION'].",
    why: "A stolen refresh token can be used beside the real one for its whole life, and nothing shows it.",
    bad: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ROTATE_REFRESH_TOKENS': False}
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
    if !super::uses_simplejwt(look.facts) {
        return;
    }
    let off = |key: &str| {
        Judgement::warning(
            format!("SIMPLE_JWT['{key}'] is off"),
            "a stolen refresh token works beside the real one for its whole life",
            "set ROTATE_REFRESH_TOKENS and BLACKLIST_AFTER_ROTATION to True",
        )
    };
    if !look.facts.is_set("SIMPLE_JWT") {
        look.settle_default("INSTALLED_APPS", off("ROTATE_REFRESH_TOKENS"));
        return;
    }
    let app = "rest_framework_simplejwt.token_blacklist";
    let no_blacklist = look.facts.has_app(app) == Some(false);
    look.judge_keys(
        "SIMPLE_JWT",
        &["ROTATE_REFRESH_TOKENS", "BLACKLIST_AFTER_ROTATION"],
        |value| {
            for key in ["ROTATE_REFRESH_TOKENS", "BLACKLIST_AFTER_ROTATION"] {
                let set = value.get(key).map(Value::truth);
                // Without the app the switch does nothing, and its own rule tells that.
                if key == "BLACKLIST_AFTER_ROTATION" && no_blacklist && set != Some(None) {
                    return Judgement::Open {
                        reason: "used refresh tokens cannot be blacklisted without the token blacklist, which token-blacklist-not-installed looks at".to_owned(),
                        needs: "install the token blacklist".to_owned(),
                    };
                }
                match set {
                    Some(Some(true)) => {}
                    Some(Some(false)) => return off(key),
                    None if value.is_known() => return off(key),
                    _ => return Judgement::Neither,
                }
            }
            Judgement::Certain(
                "refresh tokens are rotated and the used ones blacklisted".to_owned(),
            )
        },
    );
}
