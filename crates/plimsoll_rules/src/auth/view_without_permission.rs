//! `view-without-permission`: a view that edits objects asks for no login.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "view-without-permission",
    control: "AUTH-15",
    title: "a view that edits objects asks for no login",
    what: "Classes made of Django's own CreateView, UpdateView and DeleteView and nothing else of weight: no mixin or base of the project or a library, no decorator, no `dispatch`, no look at the user, and no guard around `as_view()`. Left out where a middleware asks everybody to log in, and views for signing up, contact and passwords by their names. Bases of the project's own may guard, and are not followed.",
    why: "Whoever guesses the address changes or deletes other people's data, and the page without a menu entry is not hidden at all.",
    bad: "```python settings.py
MIDDLEWARE = []
```
```python notes/views.py
class NoteDelete(DeleteView):
    model = Note
    success_url = '/'
```",
    good: "```python settings.py
MIDDLEWARE = []
```
```python notes/views.py
class NoteDelete(LoginRequiredMixin, DeleteView):
    model = Note
    success_url = '/'
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/auth/default/#limiting-access-to-logged-in-users",
    ],
    check,
};

/// Bases that bring no guard.
const PLAIN: [&str; 8] = [
    "CreateView",
    "UpdateView",
    "DeleteView",
    "SuccessMessageMixin",
    "SingleObjectMixin",
    "FormMixin",
    "ModelFormMixin",
    "TemplateResponseMixin",
];
const EDITING: [&str; 3] = ["CreateView", "UpdateView", "DeleteView"];
/// Words in the names of views that have to be open.
const MEANT: [&str; 12] = [
    "signup",
    "sign_up",
    "register",
    "registration",
    "contact",
    "password",
    "public",
    "subscri",
    "feedback",
    "invit",
    "anonym",
    "activat",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let middleware =
        facts.partial("MIDDLEWARE").and_then(|value| value.items()).unwrap_or_default();
    let guard = middleware.iter().filter_map(|item| item.text()).find(|name| {
        let name = name.to_ascii_lowercase().replace('_', "");
        name.contains("loginrequired")
            || name.contains("requirelogin")
            || name.contains("authrequired")
    });
    if let Some(name) = guard {
        look.evidence(format!("{name} asks everybody to log in"), facts.place_of("MIDDLEWARE"));
        return;
    }
    let guarded = |name: &str| {
        facts
            .code
            .modules
            .iter()
            .any(|module| module.facts.guarded.iter().any(|known| known == name))
    };
    let mut seen = 0;
    let mut open = Vec::new();
    for (module, class) in facts.code.classes() {
        let bases: Vec<&str> =
            class.bases.iter().map(|base| base.rsplit('.').next().unwrap_or(base)).collect();
        if !bases.iter().any(|base| EDITING.contains(base)) {
            continue;
        }
        seen += 1;
        let name = class.name.to_ascii_lowercase();
        let looks = module.facts.functions.iter().any(|function| {
            function.class.as_deref() == Some(&class.name)
                && (function.uses_session || function.name == "dispatch" || function.verifies)
        });
        // A base of this name may be another class of the project.
        let shadowed =
            facts.code.classes().any(|(_, other)| EDITING.contains(&other.name.as_str()));
        // A class that others build on may be guarded by them.
        let is_base = facts.code.classes().any(|(_, other)| {
            other.bases.iter().any(|base| base.rsplit('.').next() == Some(&class.name))
        });
        if bases.iter().all(|base| PLAIN.contains(base))
            && class.decorators.is_empty()
            && !looks
            && !shadowed
            && !is_base
            && !guarded(&class.name)
            && !MEANT.iter().any(|word| name.contains(word))
        {
            open.push((class.name.clone(), class.at.clone()));
        }
    }
    for (name, at) in &open {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{name} edits objects and asks for no login"),
                consequence: "whoever guesses the address changes or deletes data".to_owned(),
                fix: "put LoginRequiredMixin or PermissionRequiredMixin first among its bases"
                    .to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if open.is_empty() && seen > 0 {
        look.undetermined(
            format!("{seen} views edit objects, and none was found without a guard; bases of the project are not followed"),
            "a rehearsal: each role against each address",
            None,
        );
    } else if seen == 0 {
        look.undetermined(
            "the project has no generic editing views, and other views are not judged",
            "a rehearsal: each role against each address",
            None,
        );
    }
}
