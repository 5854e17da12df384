//! `cache-location-exposed`: a file cache lies in a folder that is served.

use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cache-location-exposed",
    control: "SET-05",
    title: "a file cache lies in a folder that is served",
    what: "LOCATION of file-based caches against MEDIA_ROOT, STATIC_ROOT and STATICFILES_DIRS (caches.W002).",
    why: "Cached pages and session data can be fetched by their names; and whoever can put a file there runs code, as the cache unpickles what it reads.",
    bad: "```python settings.py
MEDIA_ROOT = '/srv/media'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache', 'LOCATION': '/srv/media/cache'}}
```",
    good: "```python settings.py
MEDIA_ROOT = '/srv/media'
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache', 'LOCATION': '/var/cache/rota'}}
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/cache/#filesystem-caching",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut served: Vec<(&str, &str)> = Vec::new();
    for name in ["MEDIA_ROOT", "STATIC_ROOT"] {
        served.extend(
            facts
                .partial(name)
                .and_then(Value::text)
                .filter(|text| !text.is_empty())
                .map(|text| (name, text)),
        );
    }
    look.judge("CACHES", |value| {
        let locations = super::file_cache_locations(value);
        for location in &locations {
            if let Some((name, _)) = served.iter().find(|(_, root)| super::overlap(location, root)) {
                return Judgement::error(
                    format!("a file cache lies in the same folder as {name}"),
                    "cached data can be fetched over the web, and a file that is put there is unpickled, which runs code",
                    "move the cache's LOCATION out of every folder that is served",
                );
            }
        }
        if matches!(value, Value::Unknown { .. }) { Judgement::Neither } else { Judgement::Good("no file cache lies in a folder that is served".to_owned()) }
    });
}
