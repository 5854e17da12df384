//! `view-without-permission`: an address changes data and asks nobody who they are.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Access, Address, CodeFacts};
use plimsoll_python::code::ChangeKind;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "view-without-permission",
    control: "AUTH-15",
    title: "a view changes data and asks for no login",
    what: "Every address from ROOT_URLCONF, through includes, lists and routers, to its view, and what asks for a login on the way: middleware, what is wrapped around the view or the include, decorators, mixins and bases in the order in which Python asks them, and what the view does itself. Reported are views that delete, change or make rows (by generic editing views or by `save`, `delete`, `update`, `create` on models that are seen) where nothing asks. A view that looks at `request.user`, the session, a header with a key or a token in its address, that can answer 401 or 403, or that hands the request to something that is not followed counts as asking. Left out are views of DRF, which api-view-open and api-permission-open look at, and views that have to be open by their name or address: signing in and up, contact, applications, comments, webhooks, payment, tracking.",
    why: "Whoever guesses the address changes or deletes other people's data, and the page without a menu entry is not hidden at all.",
    bad: "```python settings.py
MIDDLEWARE = []
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes.views import NoteDelete

urlpatterns = [path('notes/<int:pk>/delete/', NoteDelete.as_view())]
```
```python notes/views.py
from django.views.generic import DeleteView

class NoteDelete(DeleteView):
    model = Note
    success_url = '/'
```",
    good: "```python settings.py
MIDDLEWARE = []
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes.views import NoteDelete

urlpatterns = [path('notes/<int:pk>/delete/', NoteDelete.as_view())]
```
```python notes/views.py
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import DeleteView

class NoteDelete(LoginRequiredMixin, DeleteView):
    model = Note
    success_url = '/'
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/auth/default/#limiting-access-to-logged-in-users",
        "https://docs.djangoproject.com/en/stable/ref/middleware/#django.contrib.auth.middleware.LoginRequiredMiddleware",
    ],
    check,
};

/// Words in the names and addresses of views that have to be open.
const MEANT: [&str; 58] = [
    "signup",
    "sign_up",
    "sign-up",
    "signin",
    "login",
    "logout",
    "register",
    "registration",
    "registr",
    "contact",
    "password",
    "public",
    "subscri",
    "newsletter",
    "feedback",
    "invit",
    "anonym",
    "guest",
    "activat",
    "confirm",
    "verif",
    "webhook",
    "callback",
    "hook",
    "notify",
    "ipn",
    "payment",
    "checkout",
    "unsub",
    "optout",
    "opt_out",
    "track",
    "beacon",
    "survey",
    "rsvp",
    "donat",
    "oauth",
    "saml",
    "cart",
    "enquir",
    "inquir",
    "health",
    "inbound",
    "reset",
    "token",
    "admission",
    "apply",
    "applicat",
    "enrol",
    "appointment",
    "booking",
    "reserv",
    "comment",
    "message",
    "quote",
    "demo",
    "lead",
    "report",
];

/// What is said of a view that is open.
struct Open<'f> {
    name: String,
    at: Span,
    route: &'f Address,
    does: String,
    only_makes: bool,
}

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let routes = &code.routes;
    let (mut guarded, mut asking, mut unknown, mut reading) = (0, 0, 0, 0);
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut seen = BTreeSet::new();
    for route in &routes.views {
        match &route.access {
            Access::Guarded(_) | Access::WritesGuarded(_) => guarded += 1,
            Access::Asks(_) => asking += 1,
            Access::Unknown(_) => unknown += 1,
            Access::Open if route.is_api => {}
            Access::Open => match judged(code, route) {
                Some(found) if seen.insert(found.at.clone()) => open.push(found),
                Some(_) => {}
                None => reading += 1,
            },
        }
    }
    for found in &open {
        let Open { name, route, does, .. } = found;
        let finding = look.finding(
            found.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{name}, at {}, {does} and asks nobody for a login", shown(route)),
                consequence: if found.only_makes {
                    "whoever finds the address, scripts included, fills the database with rows"
                } else {
                    "whoever guesses the address changes or deletes data"
                }
                .to_owned(),
                fix: "put login_required or permission_required around it, or LoginRequiredMixin first among its bases; where it is meant for everybody, say so in an ignore with the reason".to_owned(),
            },
        );
        finding.confidence = if found.only_makes { Confidence::Low } else { Confidence::Medium };
        finding.related = vec![Related {
            at: route.at.clone(),
            message: "the address is declared here".to_owned(),
        }];
    }
    let gaps = routes.gaps.len();
    if !open.is_empty() {
        return;
    }
    let counts = format!(
        "{} addresses were followed to their views: {guarded} ask for a login, {asking} look at the caller themselves, {reading} are open and change nothing that is seen, {unknown} could not be told",
        routes.views.len()
    );
    if gaps == 0 && unknown == 0 && asking == 0 && guarded > 0 {
        look.evidence(counts, None);
        return;
    }
    let (reason, at) = match routes.gaps.first() {
        Some((reason, at)) => {
            (format!("{counts}; {gaps} addresses were not followed: {reason}"), at.clone())
        }
        None => (counts, None),
    };
    look.undetermined(reason, "a rehearsal: each role against each address", at);
}

/// What an open view changes; `None` where it changes nothing that is seen, or is meant to be open.
fn judged<'f>(code: &'f CodeFacts, route: &'f Address) -> Option<Open<'f>> {
    let (module, name, at) = code.view_name(route)?;
    let (name, at) = (name.to_owned(), at.clone());
    let words =
        format!("{name} {} {}", route.address, module.path.file_name()).to_ascii_lowercase();
    if MEANT.iter().any(|word| words.contains(word)) {
        return None;
    }
    let has = |kind| route.changes.iter().any(|change| change.kind == kind);
    let saves_found = route.changes.iter().any(|c| c.kind == ChangeKind::Save && c.found);
    let (does, only_makes) = match route.edits {
        Some("DeleteView" | "BaseDeleteView") => ("deletes rows", false),
        Some("UpdateView" | "BaseUpdateView") => ("changes rows", false),
        _ if has(ChangeKind::Delete) => ("deletes rows", false),
        _ if has(ChangeKind::Update) || saves_found => ("changes rows", false),
        Some(_) => ("makes rows", true),
        // Rows that are made without a form are a cache or a log.
        _ if !route.reads_form => return None,
        _ if has(ChangeKind::Create) || has(ChangeKind::Save) => ("makes rows", true),
        _ => return None,
    };
    Some(Open { name, at, route, does: does.to_owned(), only_makes })
}

/// An address as a reader knows it.
pub(super) fn shown(route: &Address) -> String {
    format!("/{}", route.address.trim_start_matches('/'))
}
