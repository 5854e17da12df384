//! `health-endpoint-missing`: no route answers a health check.

use plimsoll_catalog::{Confidence, Severity};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "health-endpoint-missing",
    control: "MON-06",
    title: "no route answers a health check",
    what: "Routes and middleware of the system whose path speaks of health, liveness, readiness, heartbeat or ping, and apps that bring one (django-health-check, django-watchman, dockerflow, django-alive, django-healthchecks). A route that ends in `status` may be one and leaves the question open. Projects whose routes are built in a way that is not read, from a database or by a framework on top, leave the question open.",
    why: "Balancers, containers and monitors ask `/` instead, which redirects to a login, is cached, or says 200 while the database is down.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.contrib import admin
from django.urls import path
urlpatterns = [path('admin/', admin.site.urls)]
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.contrib import admin
from django.urls import path
from shop.views import health
urlpatterns = [path('admin/', admin.site.urls), path('health/', health)]
```",
    sources: &[
        "https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/",
    ],
    check,
};

/// Apps that bring a route for health checks.
const APPS: [&str; 8] = [
    "health_check",
    "watchman",
    "django_alive",
    "dockerflow.django",
    "django_healthchecks",
    "simple_health_check",
    "django_healthy",
    "status",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    if let Some(route) = facts.code.health.routes.first() {
        return look
            .evidence(format!("'{}' answers health checks", route.path), Some(route.at.clone()));
    }
    if let Some(app) = APPS.iter().find(|app| facts.has_app(app) == Some(true)) {
        return look.evidence(format!("{app} is installed"), facts.place_of("INSTALLED_APPS"));
    }
    if let Some(view) = facts.code.health.views.first() {
        return look.undetermined(
            format!("{} may answer health checks, and its route is not seen", view.name),
            "look at which path it is routed",
            Some(view.at.clone()),
        );
    }
    let packages = [
        "django-health-check",
        "django-watchman",
        "dockerflow",
        "django-alive",
        "django-healthchecks",
    ];
    let declared = packages.iter().any(|name| facts.versions.distributions.contains_key(*name));
    let known = facts.certain("ROOT_URLCONF").and_then(|value| value.text());
    let own = known.is_some_and(|module| facts.has_module(module));
    if declared || !own {
        return look.undetermined(
            "whether a route answers health checks is not seen",
            "ask the running system at the path that the monitor uses",
            facts.place_of("ROOT_URLCONF"),
        );
    }
    let Some(at) = facts.place_of("ROOT_URLCONF") else { return };
    let finding = look.finding(
        at,
        Fault {
            severity: Severity::Warning,
            message: "no route of the project answers health checks".to_owned(),
            consequence: "a monitor that asks the front page does not notice a lost database, or alarms about a redirect".to_owned(),
            fix: "add a route that asks database and cache and answers 200 or 503 (django-health-check does), exempt from the redirect to HTTPS".to_owned(),
        },
    );
    finding.confidence = Confidence::Medium;
}
