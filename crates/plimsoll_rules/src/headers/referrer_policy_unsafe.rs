//! `referrer-policy-unsafe`: the referrer policy gives full addresses to other origins.

use super::referrer_policy_invalid::entries;
use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "referrer-policy-unsafe",
    control: "HDR-06",
    title: "the referrer policy gives full addresses to other origins",
    what: "Entries `unsafe-url` and `no-referrer-when-downgrade` of SECURE_REFERRER_POLICY.",
    why: "Other sites get the whole address with its query: reset tokens, names, record numbers.",
    bad: "```python settings.py
SECURE_REFERRER_POLICY = 'unsafe-url'
```",
    good: "```python settings.py
SECURE_REFERRER_POLICY = 'same-origin'
```",
    sources: &["https://www.w3.org/TR/referrer-policy/"],
    check,
};

fn check(look: &mut Look) {
    look.judge("SECURE_REFERRER_POLICY", |value| {
        let entries = entries(value);
        // Browsers take the last entry they know.
        match entries.last().map(String::as_str) {
            Some(policy @ ("unsafe-url" | "no-referrer-when-downgrade")) => Judgement::warning(
                format!("the referrer policy is '{policy}'"),
                "the full address of a page, with what is in it, goes to every site it links to",
                "set SECURE_REFERRER_POLICY = 'same-origin' or 'strict-origin-when-cross-origin'",
            ),
            Some(policy) => Judgement::Good(format!("the referrer policy is '{policy}'")),
            None => Judgement::Neither,
        }
    });
}
