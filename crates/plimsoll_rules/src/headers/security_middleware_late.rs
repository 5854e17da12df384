//! `security-middleware-late`: SecurityMiddleware comes after middleware that can answer by itself.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "security-middleware-late",
    control: "HDR-07",
    title: "SecurityMiddleware comes after middleware that can answer by itself",
    what: "The order of MIDDLEWARE: what stands before SecurityMiddleware. Middleware that only passes requests on is let through.",
    why: "A response made by a middleware above it (a redirect, a cached page, a static file, a lockout page) leaves without HSTS and nosniff, and over plain HTTP without a redirect.",
    bad: "```python settings.py
MIDDLEWARE = ['django.middleware.common.CommonMiddleware', 'django.middleware.security.SecurityMiddleware']
```",
    good: "```python settings.py
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware', 'django.middleware.common.CommonMiddleware']
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/middleware/#middleware-ordering",
    ],
    check,
};

/// Middleware that may stand first: it wraps every response and answers none by itself, or must see
/// the request before anything else does.
const MAY_PRECEDE: [&str; 9] = [
    "corsheaders.middleware.CorsMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "log_request_id.middleware.RequestIDMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "request_id.middleware.RequestIdMiddleware",
    "elasticapm.contrib.django.middleware.TracingMiddleware",
    "kolo.middleware.KoloMiddleware",
    "xff.middleware.XForwardedForMiddleware",
    "django_guid.middleware.guid_middleware",
];

fn check(look: &mut Look) {
    look.judge("MIDDLEWARE", |value| {
        let texts: Vec<&str> = value.items().unwrap_or_default().iter().filter_map(|item| item.text()).collect();
        let Some(place) = texts.iter().position(|text| text.ends_with("SecurityMiddleware")) else { return Judgement::Neither };
        let before = texts.iter().take(place).find(|text| !MAY_PRECEDE.contains(text) && is_known_to_answer(text));
        match before {
            Some(before) => Judgement::warning(
                format!("{before} comes before SecurityMiddleware"),
                "what it answers by itself leaves without HSTS and nosniff, and over plain HTTP without a redirect",
                "move SecurityMiddleware to the top of MIDDLEWARE",
            ),
            None => Judgement::Good("nothing that answers by itself comes before SecurityMiddleware".to_owned()),
        }
    });
}

/// Middleware of Django and common packages that can answer a request without calling the next.
fn is_known_to_answer(name: &str) -> bool {
    let package = name.split('.').next().unwrap_or(name);
    name.starts_with("django.") && !name.starts_with("django.middleware.gzip")
        || matches!(
            package,
            "whitenoise"
                | "axes"
                | "maintenance_mode"
                | "wagtail"
                | "allauth"
                | "django_ratelimit"
                | "defender"
                | "debug_toolbar"
                | "waffle"
        )
}
