//! `deletion-flow-missing`: people can sign up and nothing deletes them.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Facts;
use plimsoll_facts::inventory::Role;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "deletion-flow-missing",
    control: "DATA-04",
    title: "people can sign up, and no code deletes or anonymises them",
    what: "Projects in which people make accounts by themselves (allauth, django-registration, dj-rest-auth's registration, djoser among INSTALLED_APPS): whether any code of the project deletes or anonymises an account (`user.delete()`, views of users that take DELETE, an app that does it). Django's admin can delete a user, and so can the shell: they reach what foreign keys reach, and somebody has to think of it; they do not count. Projects whose accounts are made by hand, or that have an adapter or switch of their own for signing up, are left open, and so is code that is only named as if it erased.",
    why: "A person may ask for the erasure of their data, and the answer is due within a month. Done by hand it misses what no foreign key reaches: files, free text, logs, orders with a name in them.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'django_registration', 'members']
```
```python members/views.py
from django.views.generic import DetailView

class Profile(DetailView):
    pass
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'django_registration', 'members']
```
```python members/views.py
def delete_account(request):
    erase_files(request.user)
    request.user.delete()
```",
    sources: &["https://gdpr-info.eu/art-17-gdpr/"],
    check,
};

/// Apps by which people make accounts by themselves.
const SIGN_UP: [&str; 5] = [
    "allauth.account",
    "registration",
    "django_registration",
    "dj_rest_auth.registration",
    "djoser",
];

/// Words of code that may delete or anonymise accounts.
const ERASES: [&str; 10] = [
    "anonymi",
    "delete_account",
    "account_delete",
    "delete_user",
    "DeleteAccount",
    "DeleteUser",
    "AccountDelete",
    "UserDelete",
    "close_account",
    "erase_",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    // djoser brings a route of its own that deletes the account.
    for app in ["gdpr_assist", "djoser"] {
        if facts.has_app(app) == Some(true) {
            look.evidence(format!("{app} deletes accounts"), facts.place_of("INSTALLED_APPS"));
            return;
        }
    }
    if let Some(at) = erases(facts) {
        look.evidence("accounts are deleted or anonymised here", Some(at));
        return;
    }
    if let Some(at) = in_code(facts, &ERASES) {
        look.undetermined(
            "code is named as if it deletes or anonymises accounts, and what it reaches is not seen",
            "walk through an erasure with a canary account, and search database and files for it",
            Some(at),
        );
        return;
    }
    let signs_up = SIGN_UP.into_iter().find(|app| facts.has_app(app) == Some(true));
    // An adapter of the project's own may keep people from signing up.
    let closed = facts.is_set("ACCOUNT_ADAPTER") || facts.is_set("REGISTRATION_OPEN");
    let (Some(app), Some(at), false) = (signs_up, facts.place_of("INSTALLED_APPS"), closed) else {
        look.undetermined(
            "no code that deletes or anonymises an account was found, and whether people make accounts by themselves is not known",
            "walk through an erasure with a canary account, and search database and files for it",
            None,
        );
        return;
    };
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: format!("{app} lets people make accounts, and no code of the project deletes or anonymises one"),
            consequence: "an erasure is done by hand in the admin, which leaves files, copies and free text".to_owned(),
            fix: "write one function that erases a person, driven by the list of personal fields, and let people call it".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}

/// Code that deletes an account: `user.delete()`, or a view of users that takes DELETE.
fn erases(facts: &Facts) -> Option<Span> {
    let view = facts.code.classes().find(|(_, class)| {
        let deletes = class.bases.iter().any(|base| {
            base.contains("ModelViewSet") && !base.contains("ReadOnly")
                || base.contains("Destroy")
                || base.contains("DeleteView")
        });
        let takes = class
            .http_methods
            .as_ref()
            .is_none_or(|methods| methods.iter().any(|method| method == "delete"));
        deletes && takes && is_of_people(&class.name)
    });
    view.map(|(_, class)| class.at.clone()).or_else(|| in_code(facts, &["user.delete()"]))
}

/// `UserViewSet`, `AccountDeleteView`, and not `UserAssetViewSet`.
fn is_of_people(name: &str) -> bool {
    let Some(mut rest) =
        ["User", "Account", "Profile", "Member"].iter().find_map(|p| name.strip_prefix(p))
    else {
        return false;
    };
    let parts = [
        "s", "Account", "Profile", "Detail", "Delete", "Destroy", "Retrieve", "Update", "API",
        "Api", "Admin", "Model", "ViewSet", "Viewset", "View",
    ];
    while let Some(shorter) = parts.iter().find_map(|part| rest.strip_prefix(part)) {
        rest = shorter;
    }
    rest.is_empty()
}

fn in_code(facts: &Facts, words: &[&str]) -> Option<Span> {
    let places = words.iter().flat_map(|word| facts.code.named.places(word));
    let is_code = |at: &Span| {
        let path = at.file.as_str();
        !path.contains("migrations/") && !path.contains("test")
    };
    let mut found = places.filter(|place| place.role == Role::Python && is_code(&place.at));
    found.next().map(|place| place.at.clone())
}
