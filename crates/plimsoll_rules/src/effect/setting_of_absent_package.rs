//! `setting-of-absent-package`: settings of a package that the project does not install.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::settings_atlas::{Package, atlas};
use plimsoll_source::Span;

use super::{and, family, installed, may_be_unlisted, unused};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "setting-of-absent-package",
    control: "SET-13",
    title: "settings of a package that the project does not install",
    what: "Settings that only packages read which the requirements do not name and which no setting loads. Left alone: names that the project's own code uses, names whose first word says nothing about whose they are, projects whose requirements do not name Django.",
    why: "The lockout or the policy that somebody configured was never installed, or was dropped from the requirements; its settings stay behind and look as if it were there.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth']
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1
```
```text requirements.txt
Django==5.2.1
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'axes']
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1
```
```text requirements.txt
Django==5.2.1
django-axes==7.1.0
```",
    sources: &["https://django-axes.readthedocs.io/en/latest/2_installation.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !facts.versions.distributions.contains_key("django") {
        return;
    }
    let installed = installed(facts);
    let mut by_package: BTreeMap<&str, (Vec<&str>, Span)> = BTreeMap::new();
    for (name, setting) in unused(facts) {
        let Some(at) = setting.at.clone() else { continue };
        if installed.iter().any(|it| it.package.has(name)) || may_be_unlisted(facts, name) {
            continue;
        }
        let readers: Vec<&Package> = atlas()
            .packages()
            .filter(|package| !package.read_in(name).is_empty() && family(package, name).is_some())
            .collect();
        // A fork of the package, or one that grew out of it, may be what is installed.
        let (Some(first), false) = (readers.first(), readers.iter().any(|it| is_loaded(look, it)))
        else {
            continue;
        };
        by_package.entry(first.name).or_insert_with(|| (Vec::new(), at)).0.push(name);
    }
    if by_package.is_empty() && !installed.is_empty() {
        let statement = "no settings are there of packages that are not installed";
        look.evidence(statement, facts.settings.file.clone().map(Span::of_file));
    }
    for (package, (names, at)) in by_package {
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{} {} {package}, which is not among the requirements",
                    and(&names),
                    if names.len() == 1 { "is a setting of" } else { "are settings of" },
                ),
                consequence: "nothing reads them: what they ask for is not in force".to_owned(),
                fix: format!("install {package} and load it, or take its settings out"),
            },
        );
        finding.confidence = Confidence::Medium;
    }
}

/// Whether a setting names a module of the package.
fn is_loaded(look: &Look, package: &Package) -> bool {
    let modules = package.modules();
    let names_it = |setting: &str| {
        let Some(value) = look.facts.partial(setting) else { return true };
        let Some(items) = value.items() else { return true };
        items
            .iter()
            .filter_map(|item| item.text())
            .any(|text| text.split('.').next().is_some_and(|module| modules.contains(module)))
    };
    modules.is_empty()
        || ["INSTALLED_APPS", "MIDDLEWARE", "AUTHENTICATION_BACKENDS"].into_iter().any(names_it)
}
