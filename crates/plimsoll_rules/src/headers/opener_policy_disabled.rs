//! `opener-policy-disabled`: the opener policy is switched off.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "opener-policy-disabled",
    control: "HDR-07",
    title: "the opener policy is switched off",
    what: "SECURE_CROSS_ORIGIN_OPENER_POLICY of None or `unsafe-none`.",
    why: "A page that opens yours in a window can steer that window and, by timing, learn things about its state.",
    bad: "```python settings.py
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
```",
    good: "```python settings.py
SECURE_CROSS_ORIGIN_OPENER_POLICY = 'same-origin'
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-cross-origin-opener-policy",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("SECURE_CROSS_ORIGIN_OPENER_POLICY", |value| match (value, value.text()) {
        (Value::None, _) | (_, Some("unsafe-none")) => Judgement::warning(
            "no Cross-Origin-Opener-Policy is in effect",
            "a page that opened yours keeps a handle on its window",
            "leave the setting at its default 'same-origin', or 'same-origin-allow-popups' for payment or login windows",
        ),
        (_, Some(policy)) => Judgement::Good(format!("the opener policy is '{policy}'")),
        _ => Judgement::Neither,
    });
}
