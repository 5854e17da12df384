//! `app-missing`: an installed app that is nowhere.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Facts, Reading};
use plimsoll_python::Value;
use plimsoll_source::RepoPath;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "app-missing",
    control: "SET-13",
    title: "INSTALLED_APPS names an app that is nowhere",
    what: "The entries of INSTALLED_APPS whose first part is a package of the project while the rest is no module of it. Packages of which the requirements may hold a part (namespaces), repositories with submodules, and lists that are not fully known are left alone. An entry that is nowhere in the repository while lock or requirements list everything, and none has a name like it, stays open: names of packages and of what they hold can differ. Well-known packages that no requirement provides are told by dependency-undeclared.",
    why: "Django imports every app when it starts. An app that was never committed, was renamed or lies in a folder that .gitignore matches stops each process with ModuleNotFoundError: on the machine of its author everything works.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'apps.rota', 'apps.billing']
```
```python apps/__init__.py
```
```python apps/rota/models.py
from django.db import models
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'apps.rota', 'apps.billing']
```
```python apps/__init__.py
```
```python apps/rota/models.py
from django.db import models
```
```python apps/billing/models.py
from django.db import models
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/applications/#how-applications-are-loaded",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let items = match facts.reading("INSTALLED_APPS") {
        Reading::Certain(value) | Reading::Assumed { value, .. } => value.items(),
        _ => None,
    };
    let Some(at) = facts.place_of("INSTALLED_APPS") else { return };
    let Some(items) = items.filter(|_| facts.is_set("INSTALLED_APPS")) else {
        look.undetermined(
            "INSTALLED_APPS is not fully known",
            crate::way_to_know("INSTALLED_APPS"),
            Some(at),
        );
        return;
    };
    let submodules = facts
        .tracked
        .as_ref()
        .is_some_and(|tracked| tracked.iter().any(|path| path.file_name() == ".gitmodules"));
    let mut found = 0;
    for name in items.iter().filter_map(Value::text) {
        let top = name.split('.').next().unwrap_or(name);
        if matches!(top, "django" | "") {
            continue;
        }
        if !facts.is_own_package(top) {
            if is_listed_whole(facts) && is_nowhere(facts, top) {
                // Names of packages and of what they hold can differ in any way.
                look.undetermined(
                    format!("INSTALLED_APPS names {name}: the repository has no {top}, and no requirement has a name like it"),
                    "python manage.py check in a fresh environment",
                    Some(at.clone()),
                );
            } else {
                found += 1;
            }
            continue;
        }
        let Some(why) = missing_below(facts, name) else {
            found += 1;
            continue;
        };
        if submodules {
            look.undetermined(
                format!("INSTALLED_APPS names {name}, which is not here; a submodule may hold it"),
                "python manage.py check in a checkout with submodules",
                Some(at.clone()),
            );
            continue;
        }
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Error,
                message: format!("INSTALLED_APPS names {name}: {why}"),
                consequence:
                    "a process from a fresh checkout stops at its start with ModuleNotFoundError"
                        .to_owned(),
                fix: "commit the app, correct its name, or take the entry out".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if look.last().is_none() {
        look.evidence(
            format!("of INSTALLED_APPS, {found} entries beside Django's own are in the repository or may come from requirements"),
            Some(at),
        );
    }
}

/// What is missing of an app of a package of the project's own.
fn missing_below(facts: &Facts, name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split('.').collect();
    // `shop.apps.ShopConfig`: the class is the last part.
    let class = parts.last().is_some_and(|last| last.starts_with(char::is_uppercase));
    let modules = if class { parts.get(..parts.len() - 1)? } else { parts.as_slice() };
    if modules.len() < 2 || is_shared(facts, modules.first()?) {
        return None;
    }
    for length in 2..=modules.len() {
        let module = modules.get(..length)?.join(".");
        let above = modules.get(..length - 1)?.join(".");
        if exists(facts, &module) {
            continue;
        }
        // A module may make its parts as it is loaded, and one that lies elsewhere is not seen.
        if facts.has_module(&above) && !is_package(facts, &above) {
            return None;
        }
        return Some(format!("{above} has no module {}", modules.get(length - 1)?));
    }
    None
}

/// Whether a requirement may hold a part of a package that the repository has too.
fn is_shared(facts: &Facts, top: &str) -> bool {
    let plain = letters(top);
    facts.versions.distributions.keys().any(|name| {
        let name = letters(name);
        name == plain || name == format!("django{plain}")
    })
}

fn is_package(facts: &Facts, module: &str) -> bool {
    folders(facts, module).any(|folder| facts.inventory.has_below(&folder))
}

fn exists(facts: &Facts, module: &str) -> bool {
    facts.has_module(module) || is_package(facts, module)
}

fn folders<'f>(facts: &'f Facts, module: &str) -> impl Iterator<Item = RepoPath> + 'f {
    let base = module.replace('.', "/");
    facts.system.roots().filter_map(move |root| root.join(&base))
}

/// Whether everything that is installed is written down, so that what is not there is missing.
fn is_listed_whole(facts: &Facts) -> bool {
    let declared = &facts.versions.distributions;
    declared.contains_key("django")
        && facts.versions.problems.is_empty()
        && (facts.versions.locked
            || ["asgiref", "sqlparse"].iter().all(|name| declared.contains_key(*name)))
}

/// Whether a package is neither anywhere in the repository nor like the name of a requirement.
fn is_nowhere(facts: &Facts, top: &str) -> bool {
    let here = facts.inventory.iter().any(|file| {
        file.path.file_name().strip_suffix(".py") == Some(top)
            || file.path.ancestors().any(|above| above.file_name() == top)
    });
    let plain = letters(top);
    let parts: Vec<String> =
        top.split('_').map(letters).filter(|part| part.len() >= 4 && part != "django").collect();
    let resembles = |name: &String| {
        let name = letters(name);
        name.contains(&plain)
            || plain.contains(&name)
            || parts.iter().any(|part| name.contains(part.as_str()))
    };
    !here
        && !crate::versions::is_well_known(top)
        && !facts.versions.distributions.keys().any(resembles)
}

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
