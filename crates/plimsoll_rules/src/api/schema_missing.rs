//! `schema-missing`: nothing tells clients what the API takes and gives.

use plimsoll_catalog::Severity;
use plimsoll_facts::{Facts, View};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "schema-missing",
    control: "API-04",
    title: "nothing tells clients what the API takes and gives",
    what: "Whether an API of DRF has a schema generator (drf-spectacular, drf-yasg, DRF's own) and an address that leads to it, after the addresses were followed from ROOT_URLCONF. django-ninja has a schema by itself. Where addresses could not be followed, the question stays open.",
    why: "Clients are written by trial, and a change that breaks them is noticed by their users.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework']
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes.views import Notes

urlpatterns = [path('api/notes/', Notes.as_view())]
```
```python notes/views.py
from rest_framework import generics

class Notes(generics.ListAPIView):
    pass
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework', 'drf_spectacular']
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from notes.views import Notes

urlpatterns = [path('api/notes/', Notes.as_view()), path('api/schema/', SpectacularAPIView.as_view())]
```
```python notes/views.py
from rest_framework import generics

class Notes(generics.ListAPIView):
    pass
```",
    sources: &[
        "https://www.django-rest-framework.org/api-guide/schemas/",
        "https://drf-spectacular.readthedocs.io/en/latest/readme.html#take-it-for-a-spin",
    ],
    check,
};

/// Words of addresses and views that give a schema.
const WORDS: [&str; 6] = ["schema", "swagger", "redoc", "openapi", "spectacular", "apidoc"];

fn check(look: &mut Look) {
    let facts = look.facts;
    let routes = &facts.code.routes;
    let views = routes.views.iter().filter(|route| route.is_api).count();
    if !super::uses_drf(facts) || views == 0 {
        if facts.has_app("ninja") == Some(true)
            || facts.versions.distributions.contains_key("django-ninja")
        {
            look.undetermined("the API of django-ninja has a schema unless it is switched off where the API is made", "GET /api/openapi.json in a rehearsal", None);
        }
        return;
    }
    let speaks = |text: &str| {
        let text = text.to_ascii_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    };
    let found = routes.views.iter().find(|route| {
        speaks(&route.address) || matches!(&route.view, View::Library(name) if speaks(name))
    });
    if let Some(route) = found {
        look.evidence(format!("the schema is at /{}", route.address), Some(route.at.clone()));
        return;
    }
    if let Some((reason, at)) = routes.gaps.iter().find(|(reason, _)| speaks(reason)) {
        look.evidence(format!("an address leads to a schema: {reason}"), at.clone());
        return;
    }
    if let Some((reason, at)) = routes.gaps.first() {
        look.undetermined(
            format!(
                "no schema was found, and {} addresses were not followed: {reason}",
                routes.gaps.len()
            ),
            "python manage.py show_urls, or GET on the schema's address in a rehearsal",
            at.clone(),
        );
        return;
    }
    let Some(at) = routes.views.iter().find(|route| route.is_api).map(|route| route.at.clone())
    else {
        return;
    };
    look.finding(
        at,
        Fault {
            // A handful of addresses is agreed on without one.
            severity: if views < 3 { Severity::Note } else { Severity::Warning },
            message: match generator(facts) {
                Some(name) => format!("{name} is installed, and no address leads to its schema"),
                None if views == 1 => "the API has one address and no schema".to_owned(),
                None => format!("the API has {views} addresses and no schema"),
            },
            consequence: "clients cannot be checked against the API, and a breaking change shows when they fail".to_owned(),
            fix: "install drf-spectacular, set DEFAULT_SCHEMA_CLASS and add a path to SpectacularAPIView".to_owned(),
        },
    );
}

/// The schema generator that is installed.
fn generator(facts: &Facts) -> Option<&'static str> {
    [("drf_spectacular", "drf-spectacular"), ("drf_yasg", "drf-yasg")]
        .into_iter()
        .find(|(app, _)| facts.has_app(app) == Some(true))
        .map(|(_, name)| name)
}
