//! `security-checks-silenced`: a security check of Django's is silenced.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "security-checks-silenced",
    control: "SET-05",
    title: "a security check of Django's is silenced",
    what: "Entries of SILENCED_SYSTEM_CHECKS that begin with `security.`.",
    why: "A silenced check stays silent when its reason is gone: the proxy that sent the header is replaced, and `check --deploy` still comes out clean.",
    bad: "```python settings.py
SILENCED_SYSTEM_CHECKS = ['security.W004']
```",
    good: "```python settings.py
SILENCED_SYSTEM_CHECKS = ['models.W042']
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#silenced-system-checks"],
    check,
};

fn check(look: &mut Look) {
    look.judge("SILENCED_SYSTEM_CHECKS", |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        let silenced: Vec<&str> =
            items.iter().filter_map(|item| item.text()).filter(|text| text.starts_with("security.")).collect();
        if silenced.is_empty() {
            return Judgement::Good("no security check is silenced".to_owned());
        }
        Judgement::warning(
            format!("SILENCED_SYSTEM_CHECKS silences {}", silenced.join(", ")),
            "check --deploy comes out clean whatever becomes of what it would have warned of",
            "take the entry out; if the proxy does the job, waive the control with a reason and an expiry",
        ).surely()
    });
}
