//! `backend-ignores-inactive`: an authentication backend lets deactivated accounts in.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Module;
use plimsoll_python::code::{Class, Function};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "backend-ignores-inactive",
    control: "AUTH-14",
    title: "an authentication backend lets deactivated accounts in",
    what: "The project's own classes in AUTHENTICATION_BACKENDS whose `authenticate` neither asks for `is_active` or `user_can_authenticate` nor hands on to a base, and whose `get_user`, by which each later request finds the account, does not ask either. A backend that takes `get_user` from ModelBackend is left out: its sessions end there.",
    why: "Somebody leaves, the account is deactivated in the admin, and the login goes on working.",
    bad: "```python settings.py
AUTHENTICATION_BACKENDS = ['accounts.backends.EmailBackend']
```
```python accounts/backends.py
class EmailBackend:
    def authenticate(self, request, username=None, password=None):
        user = User.objects.get(email=username)
        if user.check_password(password):
            return user

    def get_user(self, user_id):
        return User.objects.get(pk=user_id)
```",
    good: "```python settings.py
AUTHENTICATION_BACKENDS = ['accounts.backends.EmailBackend']
```
```python accounts/backends.py
class EmailBackend:
    def authenticate(self, request, username=None, password=None):
        user = User.objects.get(email=username)
        if user.check_password(password) and user.is_active:
            return user

    def get_user(self, user_id):
        return User.objects.get(pk=user_id)
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/auth/customizing/#writing-an-authentication-backend",
        "https://docs.djangoproject.com/en/stable/ref/contrib/auth/#django.contrib.auth.backends.ModelBackend.user_can_authenticate",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let listed = facts.partial("AUTHENTICATION_BACKENDS").and_then(|value| value.items());
    let names: Vec<&str> =
        listed.unwrap_or_default().iter().filter_map(|item| item.text()).collect();
    let (mut seen, mut found) = (0, Vec::new());
    for (module, class) in facts.code.classes() {
        let is_listed = names.iter().any(|name| {
            let (path, end) = name.rsplit_once('.').unwrap_or(("", name));
            end == class.name
                && module.path.as_str().replace('/', ".").trim_end_matches(".py").ends_with(path)
        });
        if is_listed {
            seen += 1;
            if ignores(module, class) {
                found.push(class);
            }
        }
    }
    for class in &found {
        let finding = look.finding(
            class.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{} never asks whether the account is active", class.name),
                consequence: "accounts that were deactivated still log in, and stay logged in".to_owned(),
                fix: "derive it from ModelBackend and return the user only if self.user_can_authenticate(user)".to_owned(),
            },
        );
        // The query may leave inactive accounts out by a manager.
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        look.undetermined(
            format!("{seen} backends of the project were read, and none lets deactivated accounts in; logins themselves are not tried here"),
            "a rehearsal: a login with a deactivated account",
            None,
        );
    }
}

/// Whether a backend lets in accounts that are not active.
fn ignores(module: &Module, class: &Class) -> bool {
    let methods: Vec<&Function> = module.methods(class).collect();
    if !class.methods.iter().any(|name| name == "authenticate") {
        return false;
    }
    let asks = |function: &Function| {
        ["is_active", "user_can_authenticate", "deactivated", "is_approved"]
            .iter()
            .any(|word| function.mentions.contains(word))
            || function.own_calls.iter().any(|name| name == "authenticate" || name == "get_user")
    };
    if methods.iter().any(|function| asks(function)) {
        return false;
    }
    let plain = class.bases.iter().all(|base| {
        matches!(base.rsplit('.').next(), Some("object" | "BaseBackend" | "ModelBackend"))
    });
    let of_model = class.bases.iter().any(|base| base.ends_with("ModelBackend"));
    plain && (!of_model || class.methods.iter().any(|name| name == "get_user"))
}
