//! `csp-missing`: no Content-Security-Policy is sent.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csp-missing",
    control: "HDR-04",
    title: "no Content-Security-Policy is sent",
    what: "Django's SECURE_CSP (6.0 and later), django-csp's settings, and the header at the reverse proxy.",
    why: "A policy is the second line behind escaping: without one, whatever script is injected into a page runs and can send data anywhere.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.csp.ContentSecurityPolicyMiddleware']
```
```text requirements.txt
Django==6.0.1
```",
    good: r#"```python settings.py
from django.utils.csp import CSP
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.csp.ContentSecurityPolicyMiddleware']
SECURE_CSP = {'default-src': ["'self'"]}
```
```text requirements.txt
Django==6.0.1
```"#,
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#secure-csp",
        "https://www.w3.org/TR/CSP3/",
    ],
    check,
};

/// Settings by which a policy is given: Django's own, then django-csp's from 4.0 and before.
const POLICIES: [&str; 4] =
    ["SECURE_CSP", "CONTENT_SECURITY_POLICY", "CSP_DEFAULT_SRC", "CSP_SCRIPT_SRC"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let nonempty = |name: &&&str| {
        facts.is_set(name) && facts.partial(name).and_then(|value| value.truth()) != Some(false)
    };
    if let Some(name) = POLICIES.iter().find(nonempty) {
        look.evidence(format!("{name} gives a Content-Security-Policy"), facts.place_of(name));
    } else if let Some(at) = facts.edge.header("Content-Security-Policy") {
        look.evidence("the proxy sends a Content-Security-Policy", Some(at.clone()));
    } else if let Some((middleware, at)) = facts.middleware_that_names("Content-Security-Policy") {
        look.undetermined(
            format!("{middleware} writes a Content-Security-Policy by itself"),
            "probe the live site, and look at the policy that its pages carry",
            Some(at.clone()),
        );
    } else if let Some(header) = facts
        .edge
        .added
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("Content-Security-Policy"))
    {
        look.undetermined(
            "the proxy sends a Content-Security-Policy on some addresses, and not on all that the application answers",
            "add the header to the locations that proxy to the application, or probe the live site",
            Some(header.at.clone()),
        );
    } else if let Some(at) = facts.place_of("MIDDLEWARE") {
        look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: "neither Django, nor django-csp, nor a proxy configuration of the repository sends a Content-Security-Policy".to_owned(),
                consequence: "a script that gets into a page runs, and can send what it reads anywhere".to_owned(),
                fix: "start with a report-only policy of default-src 'self', mend what it reports, then enforce it".to_owned(),
            },
        );
    }
}
