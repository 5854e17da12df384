//! `state-change-by-get`: opening a link deletes a row.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Address, CodeFacts};
use plimsoll_python::code::{ChangeKind, Function};

use super::view_without_permission::shown;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "state-change-by-get",
    control: "AUTH-07",
    title: "opening a link deletes a row",
    what: "Views at an address of the system that delete a row they found, say so by their name or address, and let GET through: functions that never ask for the method or the form and have no `require_POST`, and classes whose `get` deletes, or hands on to `delete` in a DeleteView, or to a `post` that deletes (DeleteView's own does since Django 4.0 only with a valid form, which GET has not). A function of the project that the view calls to delete is followed. Views that only save, or call a method of the row that does (`invoice.unpost()`), are reported where their name says that they switch something (approve, cancel, toggle, block, reopen). Views with a token in their address, those that only a script's own header reaches (HTMX, AJAX), logout, tracking and unsubscribing are left out, and rows of carts, sessions and messages, which a visitor only has for a while.",
    why: "Django's CSRF protection leaves GET alone: an image in a mail, or a browser that fetches links ahead, deletes in the visitor's name.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes import views

urlpatterns = [path('<int:pk>/delete/', views.delete)]
```
```python notes/views.py
@login_required
def delete(request, pk):
    get_object_or_404(Note, pk=pk).delete()
    return redirect('/')
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes import views

urlpatterns = [path('<int:pk>/delete/', views.delete)]
```
```python notes/views.py
@require_POST
@login_required
def delete(request, pk):
    get_object_or_404(Note, pk=pk).delete()
    return redirect('/')
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/csrf/#how-it-works",
        "https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1",
    ],
    check,
};

/// Words of addresses that are opened from a mail or by a machine.
const MEANT: [&str; 14] = [
    "logout", "unsub", "optout", "opt_out", "track", "confirm", "verif", "activat", "callback",
    "webhook", "cron", "expire", "cleanup", "read",
];

/// Words of views that switch something.
const SWITCHES: [&str; 16] = [
    "approve",
    "reject",
    "cancel",
    "toggle",
    "block",
    "deactivate",
    "disable",
    "enable",
    "accept",
    "decline",
    "archive",
    "publish",
    "suspend",
    "mark_paid",
    "promote",
    "ban_",
];

/// Words of views that end or take up something again.
const ENDS: [&str; 12] = [
    "reopen",
    "unpost",
    "restore",
    "finish",
    "complete",
    "close",
    "refund",
    "release",
    "unlock",
    "activate",
    "post_",
    "confirm_payment",
];

/// Words of views that are there to delete.
const DELETES: [&str; 18] = [
    "delete",
    "remove",
    "destroy",
    "del_",
    "drop",
    "clear",
    "purge",
    "revoke",
    "dismiss",
    "trash",
    "deallocate",
    "discard",
    "cancel",
    "reject",
    "withdraw",
    "unassign",
    "erase",
    "wipe",
];

/// Rows that come and go with a visit.
const PASSING: [&str; 8] =
    ["Cart", "Basket", "Session", "Notification", "Message", "Otp", "Token", "Like"];

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let before_forms = look.facts.django_at_least(4, 0) == Some(false);
    let mut found: Vec<(&str, _, &Address, bool)> = Vec::new();
    let mut seen = BTreeSet::new();
    for route in &code.routes.views {
        let Some((_, name, at)) = code.view_name(route) else { continue };
        if seen.insert(at.clone())
            && let Some(deletes) = by_get(code, route, name, before_forms)
        {
            found.push((name, at, route, deletes));
        }
    }
    for (name, at, route, deletes) in &found {
        let finding = look.finding(
            (*at).clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{name}, at {}, {} on GET",
                    shown(route),
                    if *deletes { "deletes a row" } else { "changes a row" }
                ),
                consequence: "the CSRF check does not look at GET: a link, an image or a browser that fetches ahead does it in the visitor's name".to_owned(),
                fix: "let only POST through (require_POST, or http_method_names = ['post']) and send it from a form with the CSRF token".to_owned(),
            },
        );
        finding.confidence = if *deletes { Confidence::High } else { Confidence::Medium };
        finding.related = vec![Related {
            at: route.at.clone(),
            message: "the address is declared here".to_owned(),
        }];
    }
    let followed = code.routes.views.len();
    if found.is_empty() && followed > 0 {
        look.evidence(
            format!("{followed} addresses were followed, and none was seen to delete on GET"),
            None,
        );
    } else if followed == 0 {
        look.undetermined(
            "the addresses of the system were not found",
            "a rehearsal: GET on each address",
            None,
        );
    }
}

/// Whether a view changes rows on GET: `Some(true)` where it deletes. `before_forms`: whether Django
/// is so old that DeleteView deletes on POST without a form.
fn by_get(code: &CodeFacts, route: &Address, name: &str, before_forms: bool) -> Option<bool> {
    let words = format!("{name} {}", route.address).to_ascii_lowercase();
    if MEANT.iter().any(|word| words.contains(word)) {
        return None;
    }
    let lets_get = route
        .methods
        .as_ref()
        .is_none_or(|methods| methods.iter().any(|method| method.eq_ignore_ascii_case("GET")));
    if !lets_get || around_posts(route) {
        return None;
    }
    // A header of a script's own cannot be sent from another site.
    let by_script = code.view_functions(route).iter().flat_map(|f| &f.decorators).any(|name| {
        let name = name.to_ascii_lowercase();
        ["hx_", "htmx", "ajax", "xhr"].iter().any(|word| name.contains(word))
    });
    let deletes = DELETES.iter().any(|word| words.contains(word));
    if by_script {
        return None;
    }
    let switches = SWITCHES.iter().any(|word| name.to_ascii_lowercase().contains(word));
    if let Some((_, function)) = code.view_function(route) {
        // What is read of the request decides what is done.
        if route.reads_form || has_key(function) {
            return None;
        }
        return changes(code, function, deletes, switches)
            .or_else(|| by_method(code, function, name));
    }
    // DRF maps methods by name, and a class that names its methods is done by them.
    let named = code.view_parts(route).any(|(_, class)| {
        class.http_methods.as_ref().is_some_and(|m| !m.iter().any(|m| m == "get"))
    });
    if named {
        return None;
    }
    let mut parts = code.view_parts(route);
    let get = parts.find_map(|(module, class)| {
        module.methods(class).find(|f| f.name == "get" && f.outer.is_none())
    })?;
    if get.reads_form || has_key(get) {
        return None;
    }
    let calls = |name: &str| get.own_calls.iter().any(|call| call == name);
    if matches!(route.edits, Some("DeleteView" | "BaseDeleteView")) {
        let own_post = code
            .view_parts(route)
            .find_map(|(module, class)| module.methods(class).find(|f| f.name == "post"));
        let post_deletes = match own_post {
            Some(post) => {
                post.own_calls.iter().any(|call| call == "delete")
                    || changes(code, post, true, false) == Some(true)
            }
            None => before_forms,
        };
        if calls("delete") || calls("post") && post_deletes {
            return Some(true);
        }
    }
    changes(code, get, deletes, switches)
}

/// Whether a function calls a method of a row it found that changes the row, or others, and is
/// there to do so by its name: `invoice.unpost()`.
fn by_method(code: &CodeFacts, function: &Function, name: &str) -> Option<bool> {
    let name = name.to_ascii_lowercase();
    let meant = SWITCHES.iter().chain(&DELETES).chain(&ENDS).any(|word| name.contains(word));
    if !meant {
        return None;
    }
    function.row_calls.iter().find_map(|(model, method)| {
        let model = model.as_ref().filter(|model| !PASSING.iter().any(|it| model.contains(it)))?;
        let (_, found) = code.functions().find(|(_, other)| {
            other.name == *method && other.class.as_ref() == Some(model) && other.outer.is_none()
        })?;
        let writes = found.changes.iter().any(|change| {
            change.found || matches!(change.kind, ChangeKind::Create | ChangeKind::Save)
        });
        (writes || found.writes).then_some(false)
    })
}

/// What a function that GET reaches changes.
fn changes(code: &CodeFacts, function: &Function, deletes: bool, switches: bool) -> Option<bool> {
    let lasting = |model: &Option<String>| {
        model.as_ref().is_none_or(|model| !PASSING.iter().any(|word| model.contains(word)))
    };
    let mut changes =
        function.changes.iter().filter(|change| change.found && lasting(&change.model));
    // What is deleted on the way to something else is a cache or a leftover.
    if deletes && changes.clone().any(|change| change.kind == ChangeKind::Delete) {
        return Some(true);
    }
    if deletes && hands_to_deletion(code, function) {
        return Some(true);
    }
    (switches && changes.any(|change| matches!(change.kind, ChangeKind::Save | ChangeKind::Update)))
        .then_some(false)
}

/// Whether a function calls one of the project, by its name and class, that deletes a row.
fn hands_to_deletion(code: &CodeFacts, function: &Function) -> bool {
    function.removes.iter().any(|call| {
        let (of, name) = call.rsplit_once('.').unwrap_or(("", call));
        let class = of.rsplit('.').next().filter(|of| of.starts_with(char::is_uppercase));
        // `row.delete()` is looked at with the changes; a manager's `remove` takes a relation away.
        if name == "delete" && class.is_none() || of.ends_with("objects") || name == "remove" {
            return false;
        }
        let mut named = code.functions().filter(|(_, it)| it.name == name);
        named.any(|(_, it)| {
            let fits = class.is_none_or(|class| it.class.as_deref() == Some(class));
            let deletes = it.changes.iter().any(|change| change.kind == ChangeKind::Delete)
                || it.removes.iter().any(|call| {
                    call.ends_with(".delete")
                        && !call.contains("cache")
                        && !call.contains("storage")
                });
            fits && deletes && !std::ptr::eq(it, function)
        })
    })
}

/// Whether the address holds a key that only its owner knows.
fn has_key(function: &Function) -> bool {
    function.verifies
        || function.parameters.iter().any(|name| {
            ["token", "secret", "signature", "key", "hash", "code", "uid"]
                .iter()
                .any(|word| name.contains(word))
        })
}

/// Whether the URL pattern lets only POST through.
fn around_posts(route: &Address) -> bool {
    route.around.iter().any(|name| {
        matches!(name.rsplit('.').next(), Some("require_POST" | "require_http_methods"))
    })
}
