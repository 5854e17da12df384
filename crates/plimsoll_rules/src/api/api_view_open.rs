//! `api-view-open`: an API view that changes data lets everybody in.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Module;
use plimsoll_python::code::Class;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "api-view-open",
    control: "API-06",
    title: "an API view that changes data lets everybody in",
    what: "Classes whose `permission_classes` is empty or AllowAny and that take writing requests. Views for signing in and up, tokens, health and webhooks are left out by their names, read-only views by what they answer.",
    why: "Whoever knows the address writes to the database without a login.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework']
```
```python notes/views.py
class NoteViewSet(viewsets.ModelViewSet):
    permission_classes = [AllowAny]
    queryset = Note.objects.all()
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework']
```
```python notes/views.py
class NoteViewSet(viewsets.ModelViewSet):
    permission_classes = [IsAuthenticated]
    queryset = Note.objects.all()
```",
    sources: &["https://www.django-rest-framework.org/api-guide/permissions/#allowany"],
    check,
};

/// Words in the names of views that have to be open.
const MEANT: [&str; 24] = [
    "login",
    "logout",
    "signin",
    "signup",
    "signon",
    "register",
    "registration",
    "token",
    "auth",
    "password",
    "reset",
    "health",
    "status",
    "webhook",
    "callback",
    "hook",
    "public",
    "anonym",
    "contact",
    "verify",
    "activat",
    "invit",
    "csrf",
    "sso",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_drf(facts) {
        return;
    }
    let mut seen = 0;
    let (mut open, mut unsure) = (Vec::new(), Vec::new());
    for (module, class) in facts.code.classes() {
        let Some((permissions, at)) = &class.permissions else { continue };
        seen += 1;
        let lets_all_in =
            permissions.is_empty() || permissions.iter().all(|name| name == "AllowAny");
        let name = format!("{}/{}", module.path, class.name).to_ascii_lowercase();
        let meant = MEANT.iter().any(|word| name.contains(word));
        if !lets_all_in || meant || !writes(class) {
            continue;
        }
        if checks_itself(module, class) {
            unsure.push((class.name.clone(), at.clone()));
        } else {
            open.push((class.name.clone(), at.clone()));
        }
    }
    for (name, at) in &open {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{name} takes writing requests from everybody"),
                consequence: "whoever knows the address writes to the database without a login".to_owned(),
                fix: "give it permission classes of its own, or leave the default; where it is meant to be open, say so in an ignore with the reason".to_owned(),
            },
        );
        // A check in the method's body would close it.
        finding.confidence = Confidence::Medium;
    }
    if let Some((name, at)) = unsure.first() {
        look.undetermined(
            format!("{name} sets no permission, and looks at who calls by itself"),
            "read its authentication and methods, or send a writing request without a login in a rehearsal",
            Some(at.clone()),
        );
    } else if open.is_empty() && seen > 0 {
        look.evidence(
            format!("{seen} views set their permissions, and none that writes lets everybody in"),
            None,
        );
    } else if seen == 0 {
        look.evidence(
            format!("no view sets permissions of its own; {}", facts.code.looked_at()),
            None,
        );
    }
}

/// Whether a class of DRF answers writing requests, by its bases and methods.
fn writes(class: &Class) -> bool {
    if let Some(methods) = &class.http_methods {
        return methods
            .iter()
            .any(|name| matches!(name.as_str(), "post" | "put" | "patch" | "delete"));
    }
    let based = |ends: &[&str]| {
        class.bases.iter().any(|base| ends.iter().any(|end| base.rsplit('.').next() == Some(end)))
    };
    based(&[
        "ModelViewSet",
        "CreateAPIView",
        "UpdateAPIView",
        "DestroyAPIView",
        "ListCreateAPIView",
        "RetrieveUpdateAPIView",
        "RetrieveDestroyAPIView",
        "RetrieveUpdateDestroyAPIView",
        "CreateModelMixin",
        "UpdateModelMixin",
        "DestroyModelMixin",
    ]) || class.methods.iter().any(|name| {
        matches!(
            name.as_str(),
            "put" | "patch" | "delete" | "update" | "partial_update" | "destroy"
        )
    })
}

/// Whether a view looks at its caller in another way than by permissions: authentication of the
/// project's own, which may refuse who brings nothing, or methods that ask for user or session.
fn checks_itself(module: &Module, class: &Class) -> bool {
    const OF_LIBRARIES: [&str; 8] = [
        "SessionAuthentication",
        "BasicAuthentication",
        "TokenAuthentication",
        "JWTAuthentication",
        "JWTStatelessUserAuthentication",
        "JWTTokenUserAuthentication",
        "OAuth2Authentication",
        "RemoteUserAuthentication",
    ];
    let own = class.authentication.as_ref().is_some_and(|names| {
        names.iter().any(|name| !OF_LIBRARIES.contains(&name.rsplit('.').next().unwrap_or(name)))
    });
    own || module
        .methods(class)
        .any(|method| method.uses_session || method.denies || method.asks_login || method.verifies)
}
