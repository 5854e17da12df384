//! `access-token-lifetime-long`: access tokens live longer than wanted.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "access-token-lifetime-long",
    control: "AUTH-08",
    title: "access tokens live longer than wanted",
    what: "SIMPLE_JWT['ACCESS_TOKEN_LIFETIME'] against the wanted 15 minutes.",
    why: "A token cannot be taken back before it expires: whoever has it is the user until then.",
    bad: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': timedelta(days=90)}
```",
    good: "```python settings.py
from datetime import timedelta
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': timedelta(minutes=10)}
```",
    sources: &["https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html"],
    check,
};

/// The default of the library in seconds.
const DEFAULT: i128 = 300;

fn check(look: &mut Look) {
    if !super::uses_simplejwt(look.facts) {
        return;
    }
    let wanted = look.parameter("access_lifetime");
    if !look.facts.is_set("SIMPLE_JWT") {
        look.settle_default("INSTALLED_APPS", judge(DEFAULT * 1_000_000, wanted));
        return;
    }
    look.judge("SIMPLE_JWT", |value| match value.get("ACCESS_TOKEN_LIFETIME") {
        Some(Value::Timedelta(micros)) => judge(*micros, wanted),
        None if value.is_known() => judge(DEFAULT * 1_000_000, wanted),
        _ => Judgement::Neither,
    });
}

fn judge(micros: i128, wanted: i64) -> Judgement {
    let seconds = micros / 1_000_000;
    if seconds <= i128::from(wanted) {
        Judgement::Good(format!("access tokens live {seconds} seconds"))
    } else {
        Judgement::warning(
            format!("access tokens live {seconds} seconds, the wanted lifetime is {wanted}"),
            "a token that leaks is good for as long, and cannot be taken back",
            format!(
                "set SIMPLE_JWT['ACCESS_TOKEN_LIFETIME'] to {wanted} seconds, or set the agreed lifetime as a parameter of this control"
            ),
        )
    }
}
