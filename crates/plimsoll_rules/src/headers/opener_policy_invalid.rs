//! `opener-policy-invalid`: SECURE_CROSS_ORIGIN_OPENER_POLICY holds a value that is not in the standard.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "opener-policy-invalid",
    control: "HDR-07",
    title: "SECURE_CROSS_ORIGIN_OPENER_POLICY holds a value that is not in the standard",
    what: "SECURE_CROSS_ORIGIN_OPENER_POLICY (security.E024), which Django has from 4.0 on.",
    why: "Browsers ignore the header, and a page that opened yours keeps a handle on its window.",
    bad: "```python settings.py
SECURE_CROSS_ORIGIN_OPENER_POLICY = 'same-site'
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
    look.judge("SECURE_CROSS_ORIGIN_OPENER_POLICY", |value| match value {
        Value::None => Judgement::Good("no opener policy is set".to_owned()),
        other => match other.text() {
            Some(
                policy @ ("same-origin"
                | "same-origin-allow-popups"
                | "unsafe-none"
                | "noopener-allow-popups"),
            ) => Judgement::Good(format!("the opener policy is '{policy}'")),
            Some(policy) => Judgement::error(
                format!("SECURE_CROSS_ORIGIN_OPENER_POLICY is '{policy}', which is no such policy"),
                "browsers ignore the header",
                "set SECURE_CROSS_ORIGIN_OPENER_POLICY = 'same-origin'",
            ),
            None => Judgement::Neither,
        },
    });
}
