//! `cache-location-relative`: a file cache has a relative path.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cache-location-relative",
    control: "SET-05",
    title: "a file cache has a relative path",
    what: "LOCATION of file-based caches (caches.W003).",
    why: "The folder depends on where the process was started: web and worker have two caches, and the files land in the code or in /.",
    bad: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache', 'LOCATION': 'cache'}}
```",
    good: "```python settings.py
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache', 'LOCATION': '/var/cache/rota'}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/cache/#filesystem-caching",
    ],
    check,
};

fn check(look: &mut Look) {
    look.judge("CACHES", |value| {
        let relative = super::file_cache_locations(value)
            .into_iter()
            .find(|location| !location.starts_with('/'));
        match relative {
            Some(location) => Judgement::warning(
                format!("the file cache's LOCATION '{location}' is relative"),
                "each process has the cache where it was started",
                "give an absolute path outside the code",
            ),
            None if matches!(value, Value::Unknown { .. }) => Judgement::Neither,
            None => Judgement::Good("no file cache has a relative path".to_owned()),
        }
    });
}
