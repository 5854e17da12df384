//! `permissions-policy-missing`: no Permissions-Policy is sent.

use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "permissions-policy-missing",
    control: "HDR-06",
    title: "no Permissions-Policy is sent",
    what: "The header at the proxy, and django-permissions-policy in MIDDLEWARE with PERMISSIONS_POLICY. Reported as a note.",
    why: "A script on the page, or a frame in it, may ask for camera, microphone and place; a policy takes that away from all of them.",
    bad: "```python settings.py
MIDDLEWARE = []
```",
    good: "```python settings.py
MIDDLEWARE = ['django_permissions_policy.PermissionsPolicyMiddleware']
PERMISSIONS_POLICY = {'camera': []}
```",
    sources: &["https://www.w3.org/TR/permissions-policy/"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if let Some(at) = facts.edge.header("Permissions-Policy") {
        look.evidence("the proxy sends Permissions-Policy", Some(at.clone()));
        return;
    }
    look.judge("MIDDLEWARE", |value| {
        let sends = value
            .items()
            .unwrap_or_default()
            .iter()
            .filter_map(|item| item.text())
            .any(|text| text.contains("PermissionsPolicyMiddleware"));
        if sends {
            crate::Judgement::Certain("a middleware sends Permissions-Policy".to_owned())
        } else if value.is_known() {
            crate::Judgement::note(
                "neither Django nor a proxy of the repository sends Permissions-Policy",
                "scripts and frames may ask for camera, microphone and place",
                "send Permissions-Policy: camera=(), microphone=(), geolocation=()",
            )
        } else {
            crate::Judgement::Neither
        }
    });
}
