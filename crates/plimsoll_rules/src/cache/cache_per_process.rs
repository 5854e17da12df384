//! `cache-per-process`: several processes share nothing because the cache is in each one's memory.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::Facts;
use plimsoll_python::Value;

use super::{backend, is_per_process, several};
use crate::containers::fault;
use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cache-per-process",
    control: "CACHE-05",
    title: "several processes share nothing because the cache is in each one's memory",
    what: "The default cache as production will have it: in the memory of each process (Django's default), while start commands run several of them. Where something counts or locks in the cache (django-ratelimit, django-axes' cache handler, django-defender, cached sessions), this is a warning, else a note. Throttles of Django REST framework have a rule of their own.",
    why: "Each process counts by itself: a limit of five tries is five per process and starts anew with each restart; what one process invalidates another goes on serving.",
    bad: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}
INSTALLED_APPS = ['django_ratelimit']
```
```text Procfile
web: gunicorn rota.wsgi --workers 4
```",
    good: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://127.0.0.1:6379/1'}}
INSTALLED_APPS = ['django_ratelimit']
```
```text Procfile
web: gunicorn rota.wsgi --workers 4
```",
    sources: &["https://docs.djangoproject.com/en/stable/topics/cache/#local-memory-caching"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(at) = facts.place_of("CACHES") else { return };
    let Some(backend) = backend(facts, "default") else {
        look.undetermined(
            "the backend of the default cache is not known",
            crate::way_to_know("CACHES"),
            Some(at),
        );
        return;
    };
    let assumed = facts.open_variables("CACHES");
    if !is_per_process(backend) {
        look.evidence(format!("the default cache is {backend}"), Some(at));
        return;
    }
    let Some(place) = several(facts) else {
        look.undetermined(
            "the default cache is in each process's memory; how many processes run is not known",
            "on the host: count the server's processes",
            Some(at),
        );
        return;
    };
    if !assumed.is_empty() {
        look.undetermined(
            format!(
                "the default cache is in each process's memory unless {} says otherwise",
                crate::database::connection::several(&assumed)
            ),
            crate::way_to_know("CACHES"),
            Some(at),
        );
        return;
    }
    let Some(relies) = relies(facts) else {
        look.settle(
            at,
            Judgement::note(
                "the default cache is in the memory of each process, and several run",
                "what one process caches or invalidates the others do not see",
                "use a cache that all share: Redis, memcached, or the database",
            ),
        );
        return;
    };
    let finding = look.finding(
        at,
        fault(
            Severity::Warning,
            format!("the default cache is in the memory of each process, several run, and {relies} needs one that they share"),
            "each process counts by itself: limits and locks hold for one process only and are forgotten at each restart",
            "use a cache that all share: Redis, memcached, or the database",
        ),
    );
    finding.confidence = Confidence::Medium;
    finding.related.push(Related { at: place, message: "several processes".to_owned() });
}

/// What counts or locks in the default cache.
fn relies(facts: &Facts) -> Option<&'static str> {
    let has = |name: &str| facts.has_app(name) == Some(true);
    let installed = |name: &str| facts.versions.distributions.contains_key(name);
    if has("django_ratelimit") || installed("django-ratelimit") {
        return Some("django-ratelimit");
    }
    if has("axes")
        && facts
            .partial("AXES_HANDLER")
            .and_then(Value::text)
            .is_some_and(|handler| handler.contains("cache"))
    {
        return Some("django-axes");
    }
    if has("brutebuster") || installed("django-brutebuster") {
        return Some("the limit on logins");
    }
    let engine = facts.partial("SESSION_ENGINE").and_then(Value::text)?;
    engine.contains("cache").then_some("the session engine")
}
