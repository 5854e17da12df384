//! `auth-mixin-order`: a guard stands behind the view among the bases, and never runs.

use plimsoll_catalog::Severity;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "auth-mixin-order",
    control: "AUTH-15",
    title: "a guard stands behind the view among the bases, and never runs",
    what: "Classes whose bases, in the order in which Python asks them, come to Django's View before they come to LoginRequiredMixin, PermissionRequiredMixin, UserPassesTestMixin or one of django-braces. The `dispatch` of View answers by itself and asks nothing that stands behind it. Bases of the project's own are followed; where a base cannot be found, only what is in front of it counts.",
    why: "The class names the mixin, every reviewer sees it, and the page opens for everybody.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python notes/views.py
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import DeleteView

class NoteDelete(DeleteView, LoginRequiredMixin):
    model = Note
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python notes/views.py
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views.generic import DeleteView

class NoteDelete(LoginRequiredMixin, DeleteView):
    model = Note
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/auth/default/#the-loginrequiredmixin-mixin",
        "https://docs.python.org/3/howto/mro.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let mut found = 0;
    for skipped in &code.routes.skipped_guards {
        let Some(module) = code.modules.get(skipped.module) else { continue };
        let Some(class) = module.facts.classes.get(skipped.class) else { continue };
        let guard = skipped.guard.rsplit('.').next().unwrap_or(&skipped.guard);
        found += 1;
        look.finding(
            class.at.clone(),
            Fault {
                severity: Severity::Error,
                message: format!(
                    "{} has {guard} behind {}, whose dispatch() answers without asking it",
                    class.name, skipped.view
                ),
                consequence: "the view opens for everybody, though the class looks guarded"
                    .to_owned(),
                fix: format!("put {guard} first: class {}({guard}, …)", class.name),
            },
        );
    }
    if found == 0 {
        let seen = code.looked_at();
        look.evidence(format!("{seen}; no class has a guard behind its view"), None);
    }
}
