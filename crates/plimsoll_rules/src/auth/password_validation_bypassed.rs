//! `password-validation-bypassed`: a password is set that no validator saw.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, Module};
use plimsoll_python::code::PasswordSource;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "password-validation-bypassed",
    control: "AUTH-04",
    title: "a password is set that no validator saw",
    what: "Calls of `set_password`, `make_password`, `create_user` and `create_superuser` with a password straight from the request, or from the data of a serializer or form of the same module, in modules that never run `validate_password` and take nothing from a module of the project that does. `set_password` and `create_user` run no validators by themselves. Generated passwords, managers, management commands and passwords whose origin is not seen are left out.",
    why: "AUTH_PASSWORD_VALIDATORS looks like a policy, and `12345678` gets in through this door.",
    bad: "```python settings.py
DEBUG = False
```
```python accounts/views.py
def register(request):
    user = User(username=request.POST['name'])
    user.set_password(request.POST['password'])
    user.save()
```",
    good: "```python settings.py
DEBUG = False
```
```python accounts/views.py
from django.contrib.auth.password_validation import validate_password

def register(request):
    user = User(username=request.POST['name'])
    validate_password(request.POST['password'], user)
    user.set_password(request.POST['password'])
    user.save()
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/auth/passwords/#integrating-validation",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let (mut found, mut open, mut seen) = (Vec::new(), Vec::new(), 0);
    for module in facts.code.modules.iter().filter(|module| !module.is_manual()) {
        for password in &module.facts.passwords {
            seen += 1;
            match password.source {
                // A form or serializer of another module may have run them.
                PasswordSource::Request | PasswordSource::Validated
                    if !password.validated && takes_from_validating(facts, module) =>
                {
                    open.push(password.at.clone());
                }
                PasswordSource::Request | PasswordSource::Validated if !password.validated => {
                    found.push((password.at.clone(), password.call.clone()));
                }
                PasswordSource::Other if !password.validated => open.push(password.at.clone()),
                _ => {}
            }
        }
    }
    for (at, call) in &found {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{call}() gets a password that no validator of this module saw"),
                consequence: "passwords that AUTH_PASSWORD_VALIDATORS forbids are accepted here".to_owned(),
                fix: "call django.contrib.auth.password_validation.validate_password(password, user) before it".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if let Some(at) = open.first() {
        look.undetermined(
            format!("{} passwords are set whose validation is not seen", open.len()),
            "follow each to its form or serializer, the first is here; or try a weak password in a rehearsal",
            Some(at.clone()),
        );
    } else if found.is_empty() {
        look.evidence(
            format!(
                "{}; {seen} passwords are set there, none past the validators",
                facts.code.looked_at()
            ),
            None,
        );
    }
}

/// Whether a module takes names from another one of the project that runs the validators.
fn takes_from_validating(facts: &Facts, module: &Module) -> bool {
    let validating: Vec<String> = facts
        .code
        .modules
        .iter()
        .filter(|other| other.facts.validates_passwords && other.path != module.path)
        .map(|other| {
            let path = other.path.as_str().trim_end_matches(".py");
            path.trim_end_matches("/__init__").replace('/', ".")
        })
        .collect();
    module.facts.imports.iter().any(|import| {
        // The end of the dotted path will do: what stands before it depends on the root.
        let dotted = match (&import.item, import.module.is_empty()) {
            (Some(item), true) => item.clone(),
            _ => import.module.clone(),
        };
        !dotted.is_empty()
            && validating.iter().any(|name| {
                *name == dotted
                    || name.ends_with(&format!(".{dotted}"))
                    || import
                        .item
                        .as_ref()
                        .is_some_and(|item| name.ends_with(&format!("{dotted}.{item}")))
            })
    })
}
