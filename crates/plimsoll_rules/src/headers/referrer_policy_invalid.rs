//! `referrer-policy-invalid`: SECURE_REFERRER_POLICY holds a value that is not in the standard.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "referrer-policy-invalid",
    control: "HDR-06",
    title: "SECURE_REFERRER_POLICY holds a value that is not in the standard",
    what: "Each entry of SECURE_REFERRER_POLICY (security.E023).",
    why: "Browsers ignore a policy they do not know and fall back to their default; Django itself refuses to pass its checks.",
    bad: "```python settings.py
SECURE_REFERRER_POLICY = 'same-site'
```",
    good: "```python settings.py
SECURE_REFERRER_POLICY = 'same-origin'
```",
    sources: &["https://www.w3.org/TR/referrer-policy/"],
    check,
};

fn check(look: &mut Look) {
    look.judge("SECURE_REFERRER_POLICY", |value| {
        if matches!(value, plimsoll_python::Value::None) {
            return Judgement::Good("SECURE_REFERRER_POLICY holds no invalid value".to_owned());
        }
        let entries = entries(value);
        match entries.iter().find(|entry| !POLICIES.contains(&entry.as_str())) {
            Some(wrong) => Judgement::error(
                format!("SECURE_REFERRER_POLICY holds '{wrong}', which is no referrer policy"),
                "browsers ignore the header",
                "use one of the standard's values, such as 'same-origin'",
            ),
            None if entries.is_empty() => Judgement::Neither,
            None => {
                Judgement::Good("SECURE_REFERRER_POLICY holds values of the standard".to_owned())
            }
        }
    });
}

/// The policies of <https://www.w3.org/TR/referrer-policy/>, as Django's security.E023 knows them.
pub(super) const POLICIES: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

/// The entries of the setting: a list, or a text with commas.
pub(super) fn entries(value: &plimsoll_python::Value) -> Vec<String> {
    match value.items() {
        Some(items) => items.iter().filter_map(|item| item.text()).map(str::to_owned).collect(),
        None => value
            .text()
            .map(|text| text.split(',').map(|part| part.trim().to_owned()).collect())
            .unwrap_or_default(),
    }
}
