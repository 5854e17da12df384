//! `csp-middleware-missing`: a policy is set and nothing sends it.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csp-middleware-missing",
    control: "HDR-04",
    title: "a policy is set and nothing sends it",
    what: "SECURE_CSP without ContentSecurityPolicyMiddleware, or the settings of django-csp without its middleware.",
    why: "The setting alone sends no header.",
    bad: r#"```python settings.py
MIDDLEWARE = []
SECURE_CSP = {'default-src': ["'self'"]}
```
```text requirements.txt
Django==6.0.1
```"#,
    good: r#"```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.csp.ContentSecurityPolicyMiddleware']
SECURE_CSP = {'default-src': ["'self'"]}
```
```text requirements.txt
Django==6.0.1
```"#,
    sources: &["https://docs.djangoproject.com/en/stable/howto/csp/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let pairs = [
        ("SECURE_CSP", "django.middleware.csp.ContentSecurityPolicyMiddleware"),
        ("CONTENT_SECURITY_POLICY", "csp.middleware.CSPMiddleware"),
        ("CSP_DEFAULT_SRC", "csp.middleware.CSPMiddleware"),
    ];
    for (name, class) in pairs {
        if !facts.is_set(name) || facts.partial(name).and_then(|value| value.truth()) == Some(false)
        {
            continue;
        }
        let Some(at) = facts.place_of(name) else { continue };
        let tail = class.rsplit('.').next().unwrap_or(class);
        // A project may derive its own from the library's.
        let own =
            facts.partial("MIDDLEWARE").and_then(|value| value.items()).is_some_and(|items| {
                items.iter().filter_map(|item| item.text()).any(|text| text.ends_with(tail))
            });
        match facts.lists("MIDDLEWARE", &[class]).map(|listed| listed || own) {
            Some(true) => look.evidence(format!("{class} sends what {name} gives"), Some(at)),
            Some(false) => {
                look.finding(
                    at,
                    Fault {
                        severity: Severity::Error,
                        message: format!("{name} is set and {class} is not in MIDDLEWARE"),
                        consequence: "no policy is sent".to_owned(),
                        fix: format!("add {class} to MIDDLEWARE, after SecurityMiddleware"),
                    },
                );
            }
            None => look.undetermined(
                "MIDDLEWARE is not fully known",
                crate::way_to_know("MIDDLEWARE"),
                Some(at),
            ),
        }
    }
}
