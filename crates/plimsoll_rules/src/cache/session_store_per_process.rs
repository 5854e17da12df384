//! `session-store-per-process`: sessions live in the memory of one process.

use plimsoll_catalog::{Related, Severity};
use plimsoll_python::Value;

use super::{backend, certain_text, is_per_process, several};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "session-store-per-process",
    control: "CACHE-06",
    title: "sessions live in the memory of one process",
    what: "SESSION_ENGINE of the cache backend on a cache in the memory of each process, or on the dummy cache; and cached_db on such a cache while several processes run, where a session that one process ended lives on in the others' memory.",
    why: "The next request goes to another process, which has never heard of the session: users are signed out every few clicks, and all of them at each restart.",
    bad: "```python settings.py
SESSION_ENGINE = 'django.contrib.sessions.backends.cache'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}
```
```text Procfile
web: gunicorn rota.wsgi --workers 4
```",
    good: "```python settings.py
SESSION_ENGINE = 'django.contrib.sessions.backends.db'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}
```
```text Procfile
web: gunicorn rota.wsgi --workers 4
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/http/sessions/#using-cached-sessions",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let at = facts.place_of("SESSION_ENGINE");
    let Some(engine) = certain_text(facts, "SESSION_ENGINE") else {
        look.undetermined(
            "SESSION_ENGINE is not known for certain",
            crate::way_to_know("SESSION_ENGINE"),
            at,
        );
        return;
    };
    let pure = engine == "django.contrib.sessions.backends.cache";
    if !pure && engine != "django.contrib.sessions.backends.cached_db" {
        look.evidence(format!("sessions are kept by {engine}"), at);
        return;
    }
    let Some(at) = at else { return };
    let alias = facts.partial("SESSION_CACHE_ALIAS").and_then(Value::text).unwrap_or("default");
    let Some(backend) = backend(facts, alias) else {
        look.undetermined(
            format!("the backend of the cache {alias} is not known"),
            crate::way_to_know("CACHES"),
            Some(at),
        );
        return;
    };
    if !is_per_process(backend) {
        look.evidence(format!("sessions are kept in {backend}, which processes share"), Some(at));
        return;
    }
    let assumed = facts.open_variables("CACHES");
    if !assumed.is_empty() {
        look.undetermined(
            format!(
                "the cache {alias} is in each process's memory unless {} says otherwise",
                crate::database::connection::several(&assumed)
            ),
            crate::way_to_know("CACHES"),
            Some(at),
        );
        return;
    }
    let place = several(facts);
    if !pure && place.is_none() {
        look.undetermined(
            "sessions are cached in each process's memory; how many processes run is not known",
            "on the host: count the server's processes",
            Some(at),
        );
        return;
    }
    let finding = look.finding(
        at,
        fault(
            if pure { Severity::Error } else { Severity::Warning },
            if pure {
                format!("sessions live only in {backend}, the memory of one process")
            } else {
                format!("sessions are cached in {backend}, the memory of each process")
            },
            if pure {
                "another process does not know the session: users are signed out from one click to the next, and all of them at each restart"
            } else {
                "who signs out in one process stays signed in in the others until their copy expires"
            },
            "SESSION_ENGINE = 'django.contrib.sessions.backends.db', or a cache that all processes share",
        ),
    );
    finding.related.extend(place.map(|at| Related { at, message: "several processes".to_owned() }));
}
