//! `csrf-exempt-view`: a view that acts for the logged-in visitor takes foreign forms.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Module;
use plimsoll_python::code::{Class, Function};
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "csrf-exempt-view",
    control: "AUTH-07",
    title: "a view that acts for the logged-in visitor takes foreign forms",
    what: "Views with `csrf_exempt` that look at `request.user` or the session, ask for a login, or log in. Exempt views that use neither, such as webhooks and addresses with a key in them, have nothing that a foreign form could borrow and are let through, as are those that verify a signature, and views of DRF, which checks sessions by itself.",
    why: "A page elsewhere posts a form to the view, the browser adds the visitor's cookie, and the visitor has done what they never saw.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
@csrf_exempt
@login_required
def delete_note(request, pk):
    Note.objects.get(pk=pk, owner=request.user).delete()
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
@csrf_exempt
def webhook(request):
    stripe.Webhook.construct_event(request.body, request.headers['Stripe-Signature'], KEY)
    Payment.objects.create()
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/howto/csrf/#disabling-csrf-protection-for-just-a-few-views",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let mut exempt = 0;
    let mut found: Vec<(String, Span)> = Vec::new();
    for (_, function) in code.functions().filter(|(_, function)| function.class.is_none()) {
        if is_exempt(&function.decorators) {
            exempt += 1;
            if borrows(function) {
                found.push((function.name.clone(), function.at.clone()));
            }
        }
    }
    for (module, class) in code.classes() {
        let own = is_exempt(&class.decorators)
            || methods(module, class)
                .any(|method| method.name == "dispatch" && is_exempt(&method.decorators));
        if !own || is_drf(class) {
            continue;
        }
        exempt += 1;
        let asks_login = class
            .bases
            .iter()
            .any(|base| base.contains("LoginRequired") || base.contains("PermissionRequired"));
        let verifies = methods(module, class).any(|method| method.verifies);
        if !verifies && (asks_login || methods(module, class).any(borrows)) {
            found.push((class.name.clone(), class.at.clone()));
        }
    }
    for (name, at) in &found {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{name} is exempt from the CSRF check and acts for whoever is logged in"),
                consequence: "a form on any other site can make the visitor's browser do it".to_owned(),
                fix: "remove csrf_exempt and send the token, or let the caller log in by a header in place of the cookie".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        let seen = look.facts.code.looked_at();
        look.evidence(
            format!("{seen}; {exempt} views are exempt, and none acts for the logged-in visitor"),
            None,
        );
    }
}

fn is_exempt(decorators: &[String]) -> bool {
    decorators.iter().any(|name| name.rsplit('.').next() == Some("csrf_exempt"))
}

/// Whether a function acts with the visitor's login and can change something.
fn borrows(function: &Function) -> bool {
    let by_decorator = function.decorators.iter().any(|name| {
        matches!(
            name.rsplit('.').next(),
            Some(
                "login_required"
                    | "permission_required"
                    | "user_passes_test"
                    | "staff_member_required"
            )
        )
    });
    let reads_only = function
        .decorators
        .iter()
        .any(|name| matches!(name.rsplit('.').next(), Some("require_GET" | "require_safe")));
    let by_key = function.decorators.iter().any(|name| {
        let name = name.to_ascii_lowercase();
        ["authorize", "api_key", "token", "basic_auth", "api_view", "signature", "hmac", "jwt"]
            .iter()
            .any(|word| name.contains(word))
    });
    let by_address = function.parameters.iter().any(|name| {
        let name = name.to_ascii_lowercase();
        ["token", "secret", "signature", "hash", "api_key", "code"]
            .iter()
            .any(|word| name.contains(word))
    });
    (by_decorator || function.uses_session && function.writes && !function.sets_user && !by_address)
        && !function.verifies
        && !reads_only
        && !by_key
}

fn methods<'f>(module: &'f Module, class: &'f Class) -> impl Iterator<Item = &'f Function> {
    module.facts.functions.iter().filter(|function| function.class.as_deref() == Some(&class.name))
}

fn is_drf(class: &Class) -> bool {
    class.permissions.is_some()
        || class.authentication.is_some()
        || class.bases.iter().any(|base| {
            base.contains("APIView") || base.contains("ViewSet") || base.contains("GraphQL")
        })
}
