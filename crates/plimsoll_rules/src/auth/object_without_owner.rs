//! `object-without-owner`: a view changes whichever row the address names, though rows have owners.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Access, Address, CodeFacts};
use plimsoll_python::code::{ChangeKind, Lookup};
use plimsoll_source::Span;

use super::view_without_permission::shown;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "object-without-owner",
    control: "AUTH-15",
    title: "a view changes whichever row the address names, though rows have owners",
    what: "Views that find one row by what the address names (`get_object_or_404(Note, pk=pk)`, `Note.objects.get(id=id)`, `model = Note` in an UpdateView or DeleteView), then save or delete it, and never look at `request.user`, in a project whose other views find rows of the same model by the person who asks (`owner=request.user`). Views for staff, views with a permission or a test, and views that hand the request on are left out, as are models that nobody's views filter by person.",
    why: "Everybody who is logged in changes the number in the address and deletes a colleague's row.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes import views

urlpatterns = [path('', views.mine), path('<int:pk>/delete/', views.delete)]
```
```python notes/views.py
from django.contrib.auth.decorators import login_required

@login_required
def mine(request):
    return render(request, 'mine.html', {'notes': Note.objects.filter(owner=request.user)})

@login_required
def delete(request, pk):
    note = get_object_or_404(Note, pk=pk)
    note.delete()
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes import views

urlpatterns = [path('', views.mine), path('<int:pk>/delete/', views.delete)]
```
```python notes/views.py
from django.contrib.auth.decorators import login_required

@login_required
def mine(request):
    return render(request, 'mine.html', {'notes': Note.objects.filter(owner=request.user)})

@login_required
def delete(request, pk):
    note = get_object_or_404(Note, pk=pk, owner=request.user)
    note.delete()
```",
    sources: &[
        "https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let owned = owned(code);
    let mut found: Vec<(&str, &Span, String, &Address)> = Vec::new();
    let mut seen = BTreeSet::new();
    for route in &code.routes.views {
        let Some((_, name, at)) = code.view_name(route) else { continue };
        if !any_login_will_do(route) || !seen.insert(at.clone()) {
            continue;
        }
        if let Some(model) = changes_any(code, route).filter(|model| owned.contains_key(model)) {
            found.push((name, at, model, route));
        }
    }
    for (name, at, model, route) in &found {
        let finding = look.finding(
            (*at).clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{name}, at {}, changes any {model} that the address names, whoever it belongs to",
                    shown(route)
                ),
                consequence: "a logged-in user who changes the number in the address changes or deletes what belongs to others".to_owned(),
                fix: "find it among what belongs to the caller, as other views do: get_object_or_404(Model, pk=pk, owner=request.user)".to_owned(),
            },
        );
        // Rows may be meant to be shared.
        finding.confidence = Confidence::Medium;
        if let Some(other) = owned.get(model) {
            finding.related = vec![Related {
                at: other.clone(),
                message: format!("here {model} is found by the person who asks"),
            }];
        }
    }
    if found.is_empty() && !owned.is_empty() {
        look.evidence(
            format!(
                "{} models are found by the person who asks, and no address was found that changes them without asking",
                owned.len()
            ),
            None,
        );
    } else if owned.is_empty() {
        look.undetermined(
            "no view was seen that finds rows by the person who asks",
            "a rehearsal: each account against another account's objects",
            None,
        );
    }
}

/// The models whose rows some view finds by the person who asks, with the first such place.
fn owned(code: &CodeFacts) -> BTreeMap<String, Span> {
    let mut models = BTreeMap::new();
    for (module, function) in code.functions() {
        if module.is_manual() {
            continue;
        }
        for lookup in &function.lookups {
            // Users themselves are found by themselves.
            if lookup.of_user && names_owner(lookup) && !lookup.model.contains("User") {
                models.entry(lookup.model.clone()).or_insert_with(|| lookup.at.clone());
            }
        }
    }
    models
}

/// Whether a lookup asks for the owner of the row itself, and not for something beside it.
fn names_owner(lookup: &Lookup) -> bool {
    lookup.by.iter().any(|name| {
        [
            "user",
            "owner",
            "author",
            "created_by",
            "creator",
            "account",
            "member",
            "customer",
            "employee",
            "student",
            "seller",
            "profile",
        ]
        .iter()
        .any(|word| {
            name == word || name == &format!("{word}__user") || name == &format!("{word}_id")
        })
    })
}

/// Whether anybody who is logged in gets in, or anybody at all.
fn any_login_will_do(route: &Address) -> bool {
    matches!(route.access, Access::Open | Access::Guarded(_) | Access::WritesGuarded(_))
        && route.only_login()
}

/// The model of which a view changes any row that the address names, without a look at the caller.
fn changes_any(code: &CodeFacts, route: &Address) -> Option<String> {
    let functions = code.view_functions(route);
    let looks = functions.iter().any(|f| {
        f.uses_session
            || f.denies
            || f.verifies
            || f.hands_request_to.iter().any(|name| !is_page(name))
    });
    if looks {
        return None;
    }
    if let Some(kind) = route.edits {
        let edits = matches!(
            kind,
            "UpdateView"
                | "DeleteView"
                | "UpdateAPIView"
                | "DestroyAPIView"
                | "RetrieveUpdateDestroyAPIView"
                | "RetrieveUpdateAPIView"
                | "RetrieveDestroyAPIView"
                | "ModelViewSet"
        );
        let own = functions.iter().any(|f| {
            matches!(
                f.name.as_str(),
                "get_queryset"
                    | "get_object"
                    | "dispatch"
                    | "test_func"
                    | "filter_queryset"
                    | "setup"
            )
        });
        // A queryset that is narrowed by a filter of the project's.
        let filtered = code
            .view_parts(route)
            .any(|(_, class)| class.attributes.iter().any(|name| name == "filter_backends"));
        if edits && !own && !filtered {
            let mut uses = code.view_parts(route).flat_map(|(_, class)| &class.uses);
            return uses
                .find(|(attribute, _)| matches!(attribute.as_str(), "model" | "queryset"))
                .map(|(_, model)| model.clone());
        }
        return None;
    }
    for function in functions {
        let lookups = function.lookups.iter().filter(|l| l.one && !l.of_user);
        for lookup in lookups {
            let by_key = lookup.by.iter().any(|by| matches!(by.as_str(), "pk" | "id" | "slug"))
                && lookup.by.len() == 1;
            let changed = function.changes.iter().any(|change| {
                change.found
                    && change.model.as_ref() == Some(&lookup.model)
                    && matches!(
                        change.kind,
                        ChangeKind::Delete | ChangeKind::Save | ChangeKind::Update
                    )
            });
            if by_key && changed {
                return Some(lookup.model.clone());
            }
        }
    }
    None
}

/// Whether a call with the request only makes a page or a message.
fn is_page(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or(name);
    matches!(
        end,
        "render"
            | "redirect"
            | "success"
            | "error"
            | "info"
            | "warning"
            | "add_message"
            | "get_current_site"
    )
}
