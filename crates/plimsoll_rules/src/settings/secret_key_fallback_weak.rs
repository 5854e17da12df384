//! `secret-key-fallback-weak`: an entry of SECRET_KEY_FALLBACKS is weak.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "secret-key-fallback-weak",
    control: "SET-02",
    title: "an entry of SECRET_KEY_FALLBACKS is weak",
    what: "Each known entry of SECRET_KEY_FALLBACKS by the measures of SECRET_KEY (security.W025).",
    why: "A fallback key still verifies signatures: a weak or leaked old key in the list is as good to an attacker as a weak current one.",
    bad: "```python settings.py
SECRET_KEY_FALLBACKS = ['old-key']
```",
    good: "```python settings.py
SECRET_KEY_FALLBACKS = []
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secret-key-fallbacks"],
    check,
};

fn check(look: &mut Look) {
    let before_4_1 = look.facts.settings.get("SECRET_KEY_FALLBACKS").is_none();
    if before_4_1 {
        look.evidence("this version of Django has no SECRET_KEY_FALLBACKS", None);
    }
    look.judge("SECRET_KEY_FALLBACKS", |value| {
        let Some(keys) = value.items() else { return Judgement::Neither };
        let judged = keys
            .iter()
            .map(|key| super::secret_key::judge_strength("an entry of SECRET_KEY_FALLBACKS", key));
        let mut unknown = false;
        for judgement in judged {
            match judgement {
                Judgement::Bad(fault) => return Judgement::Bad(fault),
                Judgement::Good(_) => {}
                _ => unknown = true,
            }
        }
        if unknown || !value_is_list(value) {
            return Judgement::Neither;
        }
        Judgement::Good(match keys.len() {
            0 => "SECRET_KEY_FALLBACKS is empty".to_owned(),
            count => format!("all {count} entries of SECRET_KEY_FALLBACKS are strong"),
        })
    });
}

fn value_is_list(value: &Value) -> bool {
    value.is_known()
}
