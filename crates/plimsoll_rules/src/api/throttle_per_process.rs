//! `throttle-per-process`: each process counts requests for itself.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "throttle-per-process",
    control: "API-03",
    title: "each process counts requests for itself",
    what: "The default cache, in which DRF counts: in local memory each process has its own, in the dummy cache nothing is kept.",
    why: "With four workers a limit of five lets about twenty through, and a restart forgets them all.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'DEFAULT_THROTTLE_CLASSES': ['rest_framework.throttling.AnonRateThrottle'], 'DEFAULT_THROTTLE_RATES': {'anon': '5/min'}}
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'DEFAULT_THROTTLE_CLASSES': ['rest_framework.throttling.AnonRateThrottle'], 'DEFAULT_THROTTLE_RATES': {'anon': '5/min'}}
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://cache:6379/1'}}
```",
    sources: &["https://www.django-rest-framework.org/api-guide/throttling/#setting-up-the-cache"],
    check,
};

fn check(look: &mut Look) {
    if !throttles(look) {
        return;
    }
    look.judge("CACHES", |value| {
        let Some(backend) = value.get("default").and_then(|default| default.get("BACKEND")) else {
            return Judgement::Neither;
        };
        match backend.text().map(|name| name.rsplit('.').next().unwrap_or(name)) {
            Some("LocMemCache" | "DummyCache") => Judgement::warning(
                "throttles count in a cache that each process has for itself",
                "the real limit is the limit times the number of processes, and a restart forgets all counts",
                "set CACHES['default'] to a shared cache such as Redis",
            )
            .surely(),
            Some(name) => Judgement::Certain(format!("throttles count in {name}")),
            None => Judgement::Neither,
        }
    });
}

/// Whether the API throttles by DRF's classes.
pub(super) fn throttles(look: &Look) -> bool {
    let facts = look.facts;
    super::uses_drf(facts)
        && (facts
            .partial("REST_FRAMEWORK")
            .and_then(|value: &Value| value.get("DEFAULT_THROTTLE_CLASSES"))
            .and_then(|value| value.items())
            .is_some_and(|items| !items.is_empty())
            || facts.code.classes().any(|(_, class)| class.throttle.is_some()))
}
