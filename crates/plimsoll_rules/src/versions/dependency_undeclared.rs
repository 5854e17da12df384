//! `dependency-undeclared`: the settings name a module that no requirement provides.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Facts;
use plimsoll_python::Value;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "dependency-undeclared",
    control: "APP-08",
    title: "the settings name a module that no requirement provides",
    what: "Apps, middleware and backends of databases, caches, storages, mail, sessions and logins that production's settings name, against the lock, or against requirements that list everything (they name what Django itself brings along). Only modules of well-known packages are judged, by a bundled table. Where requirements are not complete another package may bring the module: the question stays open, but for packages that no other one in wide use requires. Modules of the project's own are left alone, and so are settings that are not fully known; what a Dockerfile installs by hand beside the requirements is not seen, so the finding is of medium confidence.",
    why: "It works on the machine where somebody once installed the package by hand. On a fresh server, or in the next image, the process stops at its first import.",
    bad: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'corsheaders']
```
```text requirements.txt
asgiref==3.8.1
Django==5.2.19
sqlparse==0.5.3
```",
    good: "```python settings.py
INSTALLED_APPS = ['django.contrib.auth', 'corsheaders']
```
```text requirements.txt
asgiref==3.8.1
Django==5.2.19
django-cors-headers==4.7.0
sqlparse==0.5.3
```",
    sources: &[
        "https://12factor.net/dependencies",
        "https://docs.djangoproject.com/en/stable/ref/databases/",
    ],
    check,
};

/// The distributions that hold a module.
struct Holders {
    names: Vec<&'static str>,
    /// Whether no other package in wide use requires them.
    alone: bool,
}

/// Modules with the distributions that hold them.
fn table() -> &'static BTreeMap<&'static str, Holders> {
    static TABLE: OnceLock<BTreeMap<&'static str, Holders>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let lines = include_str!("../../data/modules.txt").lines();
        lines
            .filter(|line| !line.starts_with('#') && !line.starts_with("as-of"))
            .filter_map(|line| line.split_once(':'))
            .map(|(module, names)| {
                let bare = names.trim().strip_suffix(" alone");
                let names = bare.unwrap_or(names).split_whitespace().collect();
                (module.trim(), Holders { names, alone: bare.is_some() })
            })
            .collect()
    })
}

/// The distributions that hold a module, by the longest part of its name that the table knows.
fn holders(name: &str) -> Option<(&'static str, &'static Holders)> {
    let mut part = name;
    loop {
        if let Some((module, holders)) = table().get_key_value(part) {
            return Some((module, holders));
        }
        part = part.rsplit_once('.')?.0;
    }
}

/// Whether the table knows a module, so that this rule tells of it.
pub(crate) fn is_well_known(module: &str) -> bool {
    holders(module).is_some()
}

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    if !declared.contains_key("django") {
        return;
    }
    // What nobody asks for by hand is there: Django's own requirements.
    let complete = facts.versions.locked
        || ["asgiref", "sqlparse"].iter().all(|name| declared.contains_key(*name));
    let mut seen = BTreeMap::new();
    let mut open = Vec::new();
    let mut provided = 0;
    for (setting, name) in named(facts) {
        let Some((module, Holders { names, alone })) = holders(name) else { continue };
        if seen.contains_key(module) {
            continue;
        }
        if names.iter().any(|name| declared.contains_key(*name)) {
            provided += 1;
        } else if !facts.is_own_package(module) || module.starts_with("django.") {
            if complete || (*alone && facts.versions.problems.is_empty()) {
                seen.insert(module, (setting, name, names));
            } else if !open.contains(&module) {
                open.push(module);
            }
        }
    }
    if !open.is_empty() {
        let modules: Vec<&str> = open.iter().copied().take(6).collect();
        look.undetermined(
            format!("the requirements do not name what provides {}, and other packages may bring it along", modules.join(", ")),
            "lock the dependencies, or import the settings in a fresh environment",
            facts.place_of("INSTALLED_APPS"),
        );
    }
    for (module, (setting, name, names)) in &seen {
        let Some(at) = facts.place_of(setting) else { continue };
        let finding = look.finding(
            at,
            Fault {
                severity: Severity::Error,
                message: format!(
                    "{setting} names {name}, and neither lock nor requirements have {}",
                    names.join(" or ")
                ),
                consequence: format!(
                    "a fresh installation has no {} and stops at its first start",
                    module
                        .split('.')
                        .next()
                        .filter(|top| *top != "django")
                        .unwrap_or("driver for it")
                ),
                fix: format!(
                    "add {} to the requirements and lock them",
                    names.first().unwrap_or(module)
                ),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if seen.is_empty() && open.is_empty() && provided > 0 {
        look.evidence(
            format!(
                "the requirements provide all {provided} well-known packages that the settings name"
            ),
            None,
        );
    }
}

/// The dotted names in settings that are known for certain, with the setting.
fn named(facts: &Facts) -> Vec<(&'static str, &str)> {
    let mut found = Vec::new();
    for setting in ["INSTALLED_APPS", "MIDDLEWARE", "AUTHENTICATION_BACKENDS"] {
        let items = facts.certain(setting).and_then(Value::items).unwrap_or(&[]);
        found.extend(items.iter().filter_map(Value::text).map(|text| (setting, text)));
    }
    for (setting, key) in [
        ("DATABASES", "ENGINE"),
        ("CACHES", "BACKEND"),
        ("STORAGES", "BACKEND"),
        ("CHANNEL_LAYERS", "BACKEND"),
    ] {
        let Some(Value::Dict(pairs)) = facts.certain(setting) else { continue };
        found
            .extend(pairs.iter().filter_map(|(_, value)| Some((setting, value.get(key)?.text()?))));
    }
    for setting in
        ["EMAIL_BACKEND", "SESSION_ENGINE", "DEFAULT_FILE_STORAGE", "STATICFILES_STORAGE"]
    {
        found.extend(facts.certain(setting).and_then(Value::text).map(|text| (setting, text)));
    }
    found
}

#[cfg(test)]
mod tests {
    use plimsoll_formats::requirements::normalise;

    use super::{Holders, holders, table};

    #[test]
    fn the_table_is_whole_and_the_longest_name_counts() {
        for (module, Holders { names, .. }) in table() {
            assert!(!names.is_empty(), "{module}");
            assert!(names.iter().all(|name| *name == normalise(name)), "{module}");
        }
        for (name, expected) in [
            ("corsheaders.middleware.CorsMiddleware", Some("corsheaders")),
            ("django.db.backends.postgresql", Some("django.db.backends.postgresql")),
            ("django.db.backends.sqlite3", None),
            ("rest_framework.authtoken", Some("rest_framework")),
            ("django.contrib.auth", None),
        ] {
            assert_eq!(holders(name).map(|(module, _)| module), expected, "{name}");
        }
    }
}
