//! `health-endpoint-shallow`: the health route looks at nothing.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Route;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "health-endpoint-shallow",
    control: "MON-06",
    title: "the health route looks at nothing",
    what: "Views behind routes for health checks that only answer: no call other than building the response. Routes for liveness (`livez`, `alive`, `ping`), which are meant to look at nothing, are left alone, as are projects that have another health route that looks at something, and views that call anything that is not read: these prove nothing. Only a view that is seen to ask the database (and the cache, where a server keeps it), and that can answer with an error, is evidence.",
    why: "The database is gone, every page is an error, and the monitor is green.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.http import HttpResponse
from django.urls import path
def health(request):
    return HttpResponse('ok')
urlpatterns = [path('health/', health)]
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.db import connection
from django.http import HttpResponse
from django.urls import path
def health(request):
    with connection.cursor() as cursor:
        cursor.execute('SELECT 1')
    return HttpResponse('ok')
urlpatterns = [path('health/', health)]
```",
    sources: &[
        "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let health = &facts.code.health;
    let of_view = |name: &str| {
        let mut views = health.views.iter().filter(|view| view.name == name);
        let first = views.next();
        // Two of the same name: which one is meant is not known.
        first.filter(|_| views.next().is_none())
    };
    // A cache that processes share can be gone like the database.
    let shared =
        facts.partial("CACHES").and_then(|caches| caches.get("default")?.get("BACKEND")?.text());
    let has_cache = shared.is_some_and(|backend| {
        ["redis", "valkey", "memcached"]
            .iter()
            .any(|kind| backend.to_ascii_lowercase().contains(kind))
    });
    let mut shallow = None;
    let mut open: Option<(&Route, &str)> = None;
    for route in &health.routes {
        let view = route.view.as_deref();
        let why = match view {
            Some("lambda") => None,
            Some("include") => Some("what the included library looks at is not seen"),
            Some(name) => match of_view(name) {
                Some(view) if !view.looks => None,
                Some(view) if !view.asks_database => {
                    Some("whether its view asks the database is not seen")
                }
                Some(view) if !view.can_fail => Some(
                    "its view asks the database, and nothing is seen by which it could answer with an error",
                ),
                Some(view) if has_cache && !view.asks_cache => {
                    Some("its view asks the database, and not the cache")
                }
                Some(_) => {
                    return look.evidence(
                        format!("'{}' asks the database and can answer with an error", route.path),
                        Some(route.at.clone()),
                    );
                }
                None => continue,
            },
            None => continue,
        };
        match why {
            None if !is_liveness(&route.path) => {
                shallow.get_or_insert(route);
            }
            None => {}
            Some(why) => {
                open.get_or_insert((route, why));
            }
        }
    }
    // Another route may be the one that is asked.
    if let Some((route, why)) = open {
        return look.undetermined(
            format!("'{}': {why}", route.path),
            "stop the database of a copy and ask it",
            Some(route.at.clone()),
        );
    }
    let Some(route) = shallow else {
        if let Some(route) = health.routes.first() {
            look.undetermined(
                format!("what '{}' looks at is not seen", route.path),
                "stop the database of a copy and ask it",
                Some(route.at.clone()),
            );
        }
        return;
    };
    let finding = look.finding(
        route.at.clone(),
        Fault {
            severity: Severity::Warning,
            message: format!("'{}' answers whatever the state of database and cache", route.path),
            consequence: "the monitor stays green while every page is an error".to_owned(),
            fix: "let the route that monitors ask run a query and touch the cache; keep one that looks at nothing for restarting processes".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}

/// Whether a path is for telling whether the process lives.
fn is_liveness(path: &str) -> bool {
    let lower = path.to_lowercase();
    ["live", "alive", "ping", "lbheartbeat"].iter().any(|word| lower.contains(word))
}
