//! `refresh-token-lifetime-long`: refresh tokens live longer than wanted.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "refresh-token-lifetime-long",
    control: "AUTH-08",
    title: "refresh tokens live longer than wanted",
    what: "SIMPLE_JWT['REFRESH_TOKEN_LIFETIME'] against the wanted 7 days.",
    why: "A token cannot be taken back before it expires: whoever has it is the user until then.",
    bad: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'REFRESH_TOKEN_LIFETIME': timedelta(days=90)}
```",
    good: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'REFRESH_TOKEN_LIFETIME': timedelta(minutes=10)}
```",
    sources: &["https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html"],
    check,
};

/// The wanted lifetime in microseconds: the figure of the catalog's AUTH-08.
const WANTED: i128 = 604_800 * 1_000_000;
/// The default of the library in seconds.
const DEFAULT: i128 = 86_400;

fn check(look: &mut Look) {
    if !super::uses_simplejwt(look.facts) {
        return;
    }
    if !look.facts.is_set("SIMPLE_JWT") {
        look.settle_default("INSTALLED_APPS", judge(DEFAULT * 1_000_000));
        return;
    }
    look.judge("SIMPLE_JWT", |value| match value.get("REFRESH_TOKEN_LIFETIME") {
        Some(Value::Timedelta(micros)) => judge(*micros),
        None if value.is_known() => judge(DEFAULT * 1_000_000),
        _ => Judgement::Neither,
    });
}

fn judge(micros: i128) -> Judgement {
    let seconds = micros / 1_000_000;
    if micros <= WANTED {
        Judgement::Good(format!("refresh tokens live {seconds} seconds"))
    } else {
        Judgement::warning(
            format!("refresh tokens live {seconds} seconds, the wanted lifetime is 7 days"),
            "a token that leaks is good for as long, and cannot be taken back",
            "set SIMPLE_JWT['REFRESH_TOKEN_LIFETIME'] to 7 days, or the lifetime that was agreed as a parameter of this control",
        )
    }
}
