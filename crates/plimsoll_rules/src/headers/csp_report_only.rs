//! `csp-report-only`: the policy is only reported, not enforced.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csp-report-only",
    control: "HDR-04",
    title: "the policy is only reported, not enforced",
    what: "A report-only policy without an enforced one beside it.",
    why: "The browser reports what it would have blocked, and runs it.",
    bad: r#"```python settings.py
SECURE_CSP_REPORT_ONLY = {'default-src': ["'self'"]}
```
```text requirements.txt
Django==6.0.1
```"#,
    good: r#"```python settings.py
SECURE_CSP = {'default-src': ["'self'"]}
SECURE_CSP_REPORT_ONLY = {'default-src': ["'none'"]}
```
```text requirements.txt
Django==6.0.1
```"#,
    sources: &["https://docs.djangoproject.com/en/stable/ref/settings/#secure-csp-report-only"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let given = |name: &str| {
        facts.is_set(name) && facts.partial(name).and_then(|value| value.truth()) != Some(false)
    };
    let enforced = ["SECURE_CSP", "CONTENT_SECURITY_POLICY"].into_iter().any(given)
        || facts.edge.header("Content-Security-Policy").is_some();
    let report_only =
        ["SECURE_CSP_REPORT_ONLY", "CONTENT_SECURITY_POLICY_REPORT_ONLY", "CSP_REPORT_ONLY"]
            .into_iter()
            .find(|name| given(name));
    match report_only {
        Some(name) if !enforced => {
            let Some(at) = facts.place_of(name) else { return };
            let assumed = facts.open_variables(name);
            if !assumed.is_empty() {
                let reason = format!(
                    "{name} only reports unless {} is set, and what production has is not in the repository",
                    crate::list(&assumed)
                );
                look.undetermined(reason, crate::way_to_know(name), Some(at));
                return;
            }
            look.finding(
                at,
                Fault {
                    severity: Severity::Warning,
                    message: format!("{name} reports, and no policy is enforced"),
                    consequence: "browsers report injected scripts and run them all the same"
                        .to_owned(),
                    fix: "when the reports are quiet, give the same policy as SECURE_CSP"
                        .to_owned(),
                },
            );
        }
        Some(name) => look.evidence(
            "a policy is enforced beside the one that only reports",
            facts.place_of(name),
        ),
        None => look.evidence("no policy is report-only", None),
    }
}
