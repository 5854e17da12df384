//! `cache-default-missing`: CACHES has no 'default'.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cache-default-missing",
    control: "SET-05",
    title: "CACHES has no 'default'",
    what: "Whether CACHES has the alias `default` (caches.E001).",
    why: "Django refuses to start: sessions, messages and the cache framework ask for it.",
    bad: "```python settings.py
CACHES = {'redis': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://cache:6379/1'}}
```",
    good: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://cache:6379/1'}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/settings/#caches",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("CACHES", |value| match value {
        Value::Dict(_) if value.get("default").is_some() => {
            Judgement::Certain("CACHES has a 'default'".to_owned())
        }
        Value::Dict(_) if value.is_known() => Judgement::error(
            "CACHES has no 'default'",
            "Django stops at start-up with an ImproperlyConfigured error",
            "name the cache that the framework itself uses 'default'",
        ),
        _ => Judgement::Neither,
    });
}
