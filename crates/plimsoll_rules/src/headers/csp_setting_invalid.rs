//! `csp-setting-invalid`: a policy setting is not a dictionary.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csp-setting-invalid",
    control: "HDR-04",
    title: "a policy setting is not a dictionary",
    what: "SECURE_CSP and SECURE_CSP_REPORT_ONLY (security.E026, Django 6.0).",
    why: "Django refuses its checks, and the middleware fails on every response.",
    bad: r#"```python settings.py
SECURE_CSP = "default-src 'self'"
```
```text requirements.txt
Django==6.0.1
```"#,
    good: r#"```python settings.py
SECURE_CSP = {'default-src': ["'self'"]}
```
```text requirements.txt
Django==6.0.1
```"#,
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secure-csp"],
    check,
};

fn check(look: &mut Look) {
    for name in ["SECURE_CSP", "SECURE_CSP_REPORT_ONLY"] {
        look.judge(name, |value| match value {
            Value::Dict(_) => Judgement::Certain(format!("{name} is a dictionary")),
            Value::Unknown { .. } => Judgement::Neither,
            _ => Judgement::error(
                format!("{name} is not a dictionary"),
                "Django's checks fail, and so does every response",
                format!("write {name} = {{'default-src': [CSP.SELF]}}"),
            ),
        });
    }
    if look.facts.django_at_least(6, 0) == Some(false) {
        look.evidence("this version of Django has no SECURE_CSP", None);
    }
}
