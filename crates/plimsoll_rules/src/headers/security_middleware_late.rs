//! `security-middleware-late`: SecurityMiddleware comes after middleware that can answer by itself.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "security-middleware-late",
    control: "HDR-07",
    title: "SecurityMiddleware comes after middleware that can answer by itself",
    what: "The order of MIDDLEWARE: what stands before SecurityMiddleware. Middleware that only passes requests on (sessions, CORS, tracing, compression) or that answers in development alone (Debug Toolbar) is let through.",
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

fn check(look: &mut Look) {
    look.judge("MIDDLEWARE", |value| {
        let texts: Vec<&str> = value.items().unwrap_or_default().iter().filter_map(|item| item.text()).collect();
        let Some(place) = texts.iter().position(|text| text.ends_with("SecurityMiddleware")) else { return Judgement::Neither };
        let before = texts.iter().take(place).find(|text| is_known_to_answer(text));
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

/// Middleware of Django that answers some requests without calling the next one: redirects to the
/// address with a slash, a language or `www.`, cached pages, logins that are wanted.
const ANSWERS: [&str; 7] = [
    "django.middleware.common.CommonMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.redirects.middleware.RedirectFallbackMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
];

/// Middleware of Django and common packages that can answer a request without calling the next.
fn is_known_to_answer(name: &str) -> bool {
    let package = name.split('.').next().unwrap_or(name);
    ANSWERS.contains(&name)
        || matches!(
            package,
            "whitenoise" | "axes" | "maintenance_mode" | "django_ratelimit" | "defender"
        )
}
