//! `override-drops-keys`: a later settings module writes a table anew and leaves keys out.

use plimsoll_catalog::{Confidence, Related, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "override-drops-keys",
    control: "SET-13",
    title: "a later settings module writes a table anew and leaves keys out",
    what: "Tables of settings that one module writes out and production's module writes out again without keys that protect something: permissions, authentication and throttles of `REST_FRAMEWORK`, any key of `SIMPLE_JWT`, `ATOMIC_REQUESTS` and connection options of `DATABASES`, storages, directives of a content security policy. Left alone: tables that take the earlier one in (`{**BASE, …}`, `|`, `.update`), other keys.",
    why: "Assigning a dict replaces it; nothing is merged. A production module that sets only `DEFAULT_RENDERER_CLASSES` takes away the `DEFAULT_PERMISSION_CLASSES` of the base module, and every endpoint without its own is open.",
    bad: "```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.production')
```
```python config/base.py
REST_FRAMEWORK = {
    'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated'],
    'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.BrowsableAPIRenderer'],
}
```
```python config/production.py
from .base import *
REST_FRAMEWORK = {'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer']}
```",
    good: "```python manage.py
import os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.production')
```
```python config/base.py
REST_FRAMEWORK = {
    'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated'],
    'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.BrowsableAPIRenderer'],
}
```
```python config/production.py
from .base import *
REST_FRAMEWORK = {**REST_FRAMEWORK, 'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer']}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/settings/",
        "https://www.django-rest-framework.org/api-guide/permissions/#setting-the-permission-policy",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let modules = facts.settings.files.iter().filter(|file| file.file_name().ends_with(".py"));
    let mut found = modules.count() < 2;
    for replaced in &facts.uses.replaced {
        let lost: Vec<&(String, plimsoll_source::Span)> =
            replaced.lost.iter().filter(|(key, _)| protects(&replaced.name, key)).collect();
        let Some((_, first)) = lost.first() else { continue };
        let names: Vec<&str> = lost.iter().map(|(key, _)| key.as_str()).collect();
        let name = &replaced.name;
        found = true;
        let finding = look.finding(
            replaced.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{name} is written anew here, without {} of {}",
                    super::and(&names),
                    replaced.before.file
                ),
                consequence: "the earlier table is gone as a whole; what it said of these has its default".to_owned(),
                fix: format!("take the earlier table in: {name} = {{**{name}, …}}, or change single keys: {name}['…'] = …"),
            },
        );
        finding.confidence = Confidence::Medium;
        finding.related.push(Related { at: first.clone(), message: "this is lost".to_owned() });
    }
    if !found {
        let statement = "no module writes a protecting table anew without all of its keys";
        look.evidence(statement, facts.settings.file.clone().map(plimsoll_source::Span::of_file));
    }
}

/// Whether a key protects something, so that its loss is rarely meant.
fn protects(setting: &str, key: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    match setting {
        "REST_FRAMEWORK" => {
            matches!(
                last,
                "DEFAULT_PERMISSION_CLASSES"
                    | "DEFAULT_AUTHENTICATION_CLASSES"
                    | "EXCEPTION_HANDLER"
                    | "NUM_PROXIES"
            ) || last.starts_with("DEFAULT_THROTTLE_")
        }
        "SIMPLE_JWT" | "CONTENT_SECURITY_POLICY" | "SECURE_CSP" | "STORAGES" => true,
        "DATABASES" => {
            matches!(
                last,
                "ATOMIC_REQUESTS"
                    | "CONN_MAX_AGE"
                    | "CONN_HEALTH_CHECKS"
                    | "OPTIONS"
                    | "DISABLE_SERVER_SIDE_CURSORS"
            )
        }
        _ => false,
    }
}
