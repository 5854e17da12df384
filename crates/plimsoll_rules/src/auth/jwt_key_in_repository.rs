//! `jwt-key-in-repository`: the key that signs tokens stands in the code.

use plimsoll_catalog::Severity;
use plimsoll_python::Value;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "jwt-key-in-repository",
    control: "AUTH-10",
    title: "the key that signs tokens stands in the code",
    what: "SIMPLE_JWT['SIGNING_KEY'] whose value comes from no variable, or from the fallback of one. Where tokens are signed with SECRET_KEY, the rules on that key judge.",
    why: "Everybody with a copy of the repository can make a token for any account, and nothing shows in a log.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'SIGNING_KEY': 'pX7vQ2mZ9rT4wK8sB3nF6hJ1cL5gD0yA2uE7iO4xR8'}
```",
    good: "```python settings.py
import os
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt']
SIMPLE_JWT = {'SIGNING_KEY': os.environ['JWT_KEY']}
```
```ini process.env
JWT_KEY=pX7vQ2mZ9rT4wK8sB3nF6hJ1cL5gD0yA2uE7iO4xR8
```",
    sources: &[
        "https://django-rest-framework-simplejwt.readthedocs.io/en/latest/settings.html#signing-key",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_simplejwt(facts) {
        return;
    }
    let (Some(setting), Some(at)) =
        (facts.settings.get("SIMPLE_JWT"), facts.place_of("SIMPLE_JWT"))
    else {
        look.evidence(
            "tokens are signed with SECRET_KEY, which has rules of its own",
            facts.place_of("SECRET_KEY"),
        );
        return;
    };
    let key = setting.partial().and_then(|value| value.get("SIGNING_KEY"));
    let secret = facts.partial("SECRET_KEY").and_then(Value::text);
    let Some(key) = key else {
        look.evidence("tokens are signed with SECRET_KEY, which has rules of its own", Some(at));
        return;
    };
    let Some(text) = key.text() else {
        match key {
            Value::Unknown { variable: Some(variable), .. } => {
                look.evidence(format!("the key comes from the variable {variable}"), Some(at));
            }
            _ => look.undetermined(
                "where the key comes from is not known",
                crate::way_to_know("SIMPLE_JWT"),
                Some(at),
            ),
        }
        return;
    };
    if Some(text) == secret || text.is_empty() {
        look.evidence("tokens are signed with SECRET_KEY, which has rules of its own", Some(at));
        return;
    }
    let given = facts
        .environment
        .environment
        .variables
        .values()
        .any(|variable| variable.value.expose() == text);
    let read_from_file = text.contains("-----BEGIN") && !setting.variables.is_empty();
    let fallback = facts
        .settings
        .variables
        .iter()
        .find(|used| used.fallback.as_ref().and_then(Value::text) == Some(text));
    match fallback {
        _ if given || read_from_file => {
            look.evidence("the key comes from the environment", Some(at))
        }
        None if !setting.variables.is_empty() && text.len() < 8 => look.undetermined(
            "where the key comes from is not known",
            crate::way_to_know("SIMPLE_JWT"),
            Some(at),
        ),
        fallback => {
            let place = fallback.map_or(at, |used| used.at.clone());
            look.finding(
                place,
                Fault {
                    severity: Severity::Error,
                    message: match fallback {
                        Some(used) => format!("the key that signs tokens falls back to a value in the code when {} is not set", used.name),
                        None => "the key that signs tokens is written in the code".to_owned(),
                    },
                    consequence: "everybody with a copy of the code can make tokens for every account".to_owned(),
                    fix: "read it from the environment without a fallback, and change it, as it is known".to_owned(),
                },
            );
        }
    }
}
