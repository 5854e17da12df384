//! `setting-undefined`: code takes a setting for granted that nothing sets.

use std::collections::BTreeMap;

use plimsoll_catalog::{Related, Severity};
use plimsoll_source::Span;

use super::installed;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "setting-undefined",
    control: "SET-13",
    title: "code takes a setting for granted that nothing sets",
    what: "Attributes of `django.conf.settings` that the project's own code reads and that neither production's settings nor Django's defaults have. Left alone: names that the module asks for first (`hasattr`, `getattr` with a default, a `try`), names that an installed package may set, settings modules that take in names from where nobody can look.",
    why: "`settings.FRONTEND_URL` in a view works in development, where the module sets it. In production the first customer who pays gets an AttributeError and a page that says 500.",
    bad: "```python app/settings.py
INSTALLED_APPS = ['shop']
```
```python shop/views.py
from django.conf import settings

def pay(request):
    return redirect(f'{settings.FRONTEND_URL}/paid')
```",
    good: "```python app/settings.py
INSTALLED_APPS = ['shop']
FRONTEND_URL = 'https://shop.example.org'
```
```python shop/views.py
from django.conf import settings

def pay(request):
    return redirect(f'{settings.FRONTEND_URL}/paid')
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/settings/#using-settings-in-python-code",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.settings.file.is_none() {
        return;
    }
    if facts.settings.is_open() {
        if let Some((name, at)) = facts.uses.undefined.first() {
            look.undetermined(
                format!(
                    "{name} may be set where the settings take in names that are not known here"
                ),
                "put the files that the settings import beside them, or read `plimsoll settings`",
                Some(at.clone()),
            );
        }
        return;
    }
    let installed = installed(facts);
    let mut by_name: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for (name, at) in &facts.uses.undefined {
        // A package may set what it needs when it starts.
        if !installed.iter().any(|it| it.package.has(name)) {
            by_name.entry(name).or_default().push(at);
        }
    }
    if by_name.is_empty() {
        let statement = "every setting that the code takes for granted is set";
        look.evidence(statement, facts.settings.file.clone().map(Span::of_file));
    }
    for (name, mut places) in by_name {
        places.sort();
        let Some((first, others)) = places.split_first() else { continue };
        let module = &facts.settings.module;
        let finding = look.finding(
            (*first).clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("settings.{name} is read here, and {module} does not set it"),
                consequence:
                    "where this code is run it ends with an AttributeError, a page that says 500"
                        .to_owned(),
                fix: format!("set {name} in {module}, or read it with getattr and a default"),
            },
        );
        let related = others
            .iter()
            .take(4)
            .map(|at| Related { at: (*at).clone(), message: "it is read here as well".to_owned() });
        finding.related.extend(related);
    }
}
