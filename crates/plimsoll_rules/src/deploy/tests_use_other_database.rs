//! `tests-use-other-database`: the tests run on another database than production.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::inventory::Role;
use plimsoll_facts::{Facts, RoutinePlace};
use plimsoll_python::Value;
use plimsoll_source::Span;

use super::tests_cannot_fail::runs_tests;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "tests-use-other-database",
    control: "QA-12",
    title: "the tests run on another database than production",
    what: "Projects that run on PostgreSQL or MySQL, whose pipeline runs the tests: whether it brings up such a server (a service of the job, compose, an action, an address in its variables) or the test settings name SQLite. Reported where the settings of the tests set SQLite as the default database and no workflow names the server of production. Where nothing can be told, the question stays open.",
    why: "SQLite takes what PostgreSQL refuses: text in a number field, names that are too long, a missing constraint; it sorts and compares differently and runs no PostgreSQL migration. The tests pass, and the release fails.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop'}}
```
```python settings_test.py
from settings import *
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}
```
```yaml .github/workflows/ci.yml
on: push
jobs:
  checks:
    runs-on: ubuntu-latest
    steps:
      - run: python manage.py test --settings settings_test
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop'}}
```
```yaml .github/workflows/ci.yml
on: push
jobs:
  checks:
    runs-on: ubuntu-latest
    services:
      db:
        image: postgres:16
    steps:
      - run: python manage.py test
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/testing/overview/#the-test-database",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let engine = facts
        .certain("DATABASES")
        .and_then(|databases| databases.get("default")?.get("ENGINE")?.text())
        .or_else(|| {
            facts
                .partial("DATABASES")
                .and_then(|d| d.get("default")?.get("ENGINE"))
                .and_then(Value::text)
        });
    let server = match engine {
        Some(engine) if engine.contains("postg") => "PostgreSQL",
        Some(engine) if engine.contains("mysql") || engine.contains("mariadb") => "MySQL",
        _ => return,
    };
    let test =
        facts.routines.iter().filter(|routine| routine.place == RoutinePlace::Pipeline).find_map(
            |routine| {
                routine
                    .reached()
                    .find(|(_, reached)| runs_tests(*reached))
                    .map(|(command, _)| command.span.clone())
            },
        );
    let Some(test) = test else { return };
    if let Some(at) = named_in_workflows(facts, server) {
        return look.evidence(format!("the pipeline names {server}"), Some(at));
    }
    match facts.test_sqlite.first() {
        Some(at) => {
            let finding = look.finding(
                at.clone(),
                Fault {
                    severity: Severity::Warning,
                    message: format!("the tests run on SQLite, and production on {server}"),
                    consequence: "errors that only the server shows come up after the release"
                        .to_owned(),
                    fix: format!(
                        "bring up {server} as a service of the test job, and let the tests use it"
                    ),
                },
            );
            finding.confidence = Confidence::Medium;
            finding.related =
                vec![Related { at: test, message: "the pipeline runs the tests here".to_owned() }];
        }
        None => look.undetermined(
            format!(
                "which database the pipeline's tests use is not seen, and production uses {server}"
            ),
            "look at the settings that the tests load",
            Some(test),
        ),
    }
}

/// Where a workflow names the server.
fn named_in_workflows(facts: &Facts, server: &str) -> Option<Span> {
    let words: &[&str] = match server {
        "PostgreSQL" => {
            &["postgres", "postgis", "docker compose", "docker-compose", "psql", "make "]
        }
        _ => &["mysql", "mariadb", "docker compose", "docker-compose", "make "],
    };
    let in_text = facts.workflow_words.iter().find(|(word, _)| words.contains(&word.as_str()));
    in_text.map(|(_, at)| at.clone()).or_else(|| {
        // Compose brings the server up for a pipeline that only calls it.
        let uses_compose = facts.inventory.with(Role::Workflow).next().is_none();
        uses_compose
            .then(|| facts.inventory.with(Role::Compose).next())
            .flatten()
            .map(|file| Span::of_file(file.path.clone()))
    })
}
