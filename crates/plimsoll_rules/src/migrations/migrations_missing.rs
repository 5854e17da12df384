//! `migrations-missing`: a local application has models and no migrations.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Facts;
use plimsoll_python::Value;
use plimsoll_source::{RepoPath, Span};

use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "migrations-missing",
    control: "DB-04",
    title: "a local application has models and no migrations",
    what: "Apps of the project in INSTALLED_APPS whose `models.py` or `models` package defines models with a table of their own (direct subclasses of models.Model that are neither abstract, proxies nor unmanaged) and that have no file in `migrations`. Apps with an entry in MIGRATION_MODULES are left out.",
    why: "`migrate` makes no table for them. It works on the developer's machine, where the migrations lie ignored by git or the tables were made by hand; on the server the first query fails, and migrations made there differ from everybody else's.",
    bad: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
INSTALLED_APPS = ['shifts']
```
```python shifts/models.py
from django.db import models

class Shift(models.Model):
    day = models.DateField()
```",
    good: "```python manage.py
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'rota.settings')
```
```python rota/settings.py
INSTALLED_APPS = ['shifts']
```
```python shifts/models.py
from django.db import models

class Shift(models.Model):
    day = models.DateField()
```
```python shifts/migrations/0001_initial.py
from django.db import migrations

class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = []
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/migrations/#adding-migrations-to-apps",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(installed) = facts.partial("INSTALLED_APPS").and_then(Value::items) else { return };
    let installed: Vec<&str> = installed.iter().filter_map(Value::text).collect();
    let mut with_migrations = 0usize;
    for (folder, (model, at)) in apps_with_models(facts) {
        let Some(dotted) = dotted(facts, &folder, &installed) else { continue };
        let label = folder.file_name();
        let elsewhere = facts.is_set("MIGRATION_MODULES")
            && facts.partial("MIGRATION_MODULES").is_none_or(|modules| {
                modules.get(label).is_some() || !matches!(modules, Value::Dict(_))
            });
        if elsewhere {
            continue;
        }
        let has = folder.join("migrations").is_some_and(|migrations| {
            facts
                .inventory
                .python_below(&migrations)
                .any(|file| file.path.file_name() != "__init__.py")
        });
        if has {
            with_migrations += 1;
            continue;
        }
        let finding = look.finding(
            at,
            fault(
                Severity::Error,
                format!("the app {dotted} has models ({model}) and no migrations"),
                "migrate makes no tables for it: the first query on the server fails",
                format!("python manage.py makemigrations {label}, and commit the files; see that git does not ignore the folder"),
            ),
        );
        finding.confidence = Confidence::Medium;
    }
    if with_migrations > 0 {
        look.evidence(format!("{with_migrations} apps with models have migrations"), None);
    }
}

/// The folders of apps that define models with tables, with the first of them.
fn apps_with_models(facts: &Facts) -> BTreeMap<RepoPath, (String, Span)> {
    let mut found = BTreeMap::new();
    for (module, class) in facts.code.classes() {
        let is_model = class
            .bases
            .iter()
            .any(|base| matches!(base.as_str(), "models.Model" | "gis_models.Model"));
        if !is_model || class.is_abstract || class.is_unmanaged {
            continue;
        }
        let Some(folder) = module.path.parent() else { continue };
        let app = if module.path.file_name() == "models.py" {
            Some(folder)
        } else if folder.file_name() == "models" {
            folder.parent()
        } else {
            None
        };
        if let Some(app) = app.filter(|app| !app.is_root()) {
            found.entry(app).or_insert_with(|| (class.name.clone(), class.at.clone()));
        }
    }
    found
}

/// The name by which an app's folder is installed, where it is.
fn dotted(facts: &Facts, folder: &RepoPath, installed: &[&str]) -> Option<String> {
    facts.system.roots().find_map(|root| {
        let name = folder.strip_prefix(root)?.replace('/', ".");
        let names = |entry: &&str| {
            **entry == name
                || entry
                    .strip_prefix(name.as_str())
                    .is_some_and(|rest| rest.starts_with(".apps.") || rest == ".apps")
        };
        (!name.is_empty() && installed.iter().any(names)).then_some(name)
    })
}
