//! `hook-never-called`: a method that the framework of this version no longer calls.

use plimsoll_catalog::Severity;
use plimsoll_facts::Facts;
use plimsoll_python::code::Class;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "hook-never-called",
    control: "APP-08",
    title: "a method that the framework of this version no longer calls",
    what: "Methods that override a hook which the declared version of Django or DRF does not call any more: `delete` of a DeleteView since Django 4.0 (a POST goes to `form_valid`), `get` of a LogoutView since 5.0, `get_query_set` of managers, `queryset` and `get_formsets` of a ModelAdmin, `pre_save` and `post_save` of DRF's views and `restore_object` of its serializers. A view that defines `form_valid` or `post` itself is left out, and where the version is not declared nothing is said.",
    why: "The check that stands in the method, or the file that it deletes along with the row, is silently skipped since the upgrade.",
    bad: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.8
```
```python notes/views.py
from django.views.generic import DeleteView

class NoteDelete(DeleteView):
    model = Note

    def delete(self, request, *args, **kwargs):
        self.get_object().attachment.delete()
        return super().delete(request, *args, **kwargs)
```",
    good: "```python settings.py
DEBUG = False
```
```text requirements.txt
Django==5.2.8
```
```python notes/views.py
from django.views.generic import DeleteView

class NoteDelete(DeleteView):
    model = Note

    def form_valid(self, form):
        self.object.attachment.delete()
        return super().form_valid(form)
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/releases/4.0/#deleteview-changes",
        "https://docs.djangoproject.com/en/stable/releases/5.0/#features-removed-in-5-0",
        "https://docs.djangoproject.com/en/stable/releases/1.8/#features-removed-in-1-8",
        "https://www.django-rest-framework.org/community/3.0-announcement/",
    ],
    check,
};

/// A hook that is no longer called.
struct Hook {
    /// The last part of the base's name.
    base: &'static str,
    /// The method.
    method: &'static str,
    /// Methods of which any one shows that the class was adapted.
    instead: &'static [&'static str],
    /// The Django that stopped calling it; 2.0 stands for DRF 3.0, without which no newer one runs.
    since: (u32, u32),
    /// What is called in its place.
    now: &'static str,
}

const HOOKS: [Hook; 9] = [
    Hook {
        base: "DeleteView",
        method: "delete",
        instead: &["form_valid", "post"],
        since: (4, 0),
        now: "form_valid()",
    },
    Hook { base: "LogoutView", method: "get", instead: &["post"], since: (5, 0), now: "post()" },
    Hook {
        base: "Manager",
        method: "get_query_set",
        instead: &["get_queryset"],
        since: (1, 8),
        now: "get_queryset()",
    },
    Hook {
        base: "ModelAdmin",
        method: "queryset",
        instead: &["get_queryset"],
        since: (1, 8),
        now: "get_queryset()",
    },
    Hook {
        base: "ModelAdmin",
        method: "get_formsets",
        instead: &["get_formsets_with_inlines"],
        since: (1, 9),
        now: "get_formsets_with_inlines()",
    },
    Hook {
        base: "APIView",
        method: "pre_save",
        instead: &["perform_create", "perform_update"],
        since: (2, 0),
        now: "perform_create() and perform_update()",
    },
    Hook {
        base: "ModelViewSet",
        method: "pre_save",
        instead: &["perform_create", "perform_update"],
        since: (2, 0),
        now: "perform_create() and perform_update()",
    },
    Hook {
        base: "ModelViewSet",
        method: "post_save",
        instead: &["perform_create", "perform_update"],
        since: (2, 0),
        now: "perform_create() and perform_update()",
    },
    Hook {
        base: "Serializer",
        method: "restore_object",
        instead: &["create", "update"],
        since: (2, 0),
        now: "create() and update()",
    },
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut found = Vec::new();
    for (module, class) in facts.code.classes() {
        let Some(hook) = HOOKS.iter().find(|hook| overrides(facts, class, hook)) else { continue };
        let method = module.methods(class).find(|m| m.name == hook.method && m.outer.is_none());
        let at = method.map_or_else(|| class.at.clone(), |method| method.at.clone());
        found.push((class.name.clone(), hook, at));
    }
    for (name, hook, at) in &found {
        look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{name}.{}() is not called{} since {}; {} is",
                    hook.method,
                    if hook.method == "delete" { " when the form is sent" } else { "" },
                    match hook.since {
                        (2, 0) => "DRF 3.0".to_owned(),
                        (major, minor) => format!("Django {major}.{minor}"),
                    },
                    hook.now
                ),
                consequence: "what stands in it is skipped without an error".to_owned(),
                fix: format!("move it to {}", hook.now),
            },
        );
    }
    if found.is_empty() {
        look.evidence(
            format!(
                "{}; no method stands in the place of a hook that is no longer called",
                facts.code.looked_at()
            ),
            None,
        );
    }
}

fn overrides(facts: &Facts, class: &Class, hook: &Hook) -> bool {
    let has = |name: &str| class.methods.iter().any(|method| method == name);
    let based = class.bases.iter().any(|base| {
        let end = base.rsplit('.').next().unwrap_or(base);
        end == hook.base
            || matches!(hook.base, "Serializer" | "APIView") && end.ends_with(hook.base)
    });
    let is_candidate = based
        && has(hook.method)
        && !hook.instead.iter().any(|name| has(name))
        && facts.django_at_least(hook.since.0, hook.since.1) == Some(true);
    // The other classes are looked at for the few that are left: there are many of them.
    is_candidate && !is_taken_care_of(facts, class, hook)
}

/// Whether a class of the project brings the hook: one of the same name as the base has hooks of its
/// own, and a base of the project may hand on to it.
fn is_taken_care_of(facts: &Facts, class: &Class, hook: &Hook) -> bool {
    facts.code.classes().any(|(_, other)| {
        other.name == hook.base
            || class.bases.iter().any(|base| base.rsplit('.').next() == Some(&other.name))
                && other.methods.iter().any(|method| hook.instead.contains(&method.as_str()))
    })
}
