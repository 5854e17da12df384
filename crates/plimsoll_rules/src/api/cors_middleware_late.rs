//! `cors-middleware-late`: answers of other middleware carry no CORS headers.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cors-middleware-late",
    control: "API-01",
    title: "answers of other middleware carry no CORS headers",
    what: "The place of CorsMiddleware in MIDDLEWARE: before CommonMiddleware, WhiteNoise, the cache's and any other that can answer a request by itself.",
    why: "A redirect or a cached answer of a middleware before it goes out without the headers, so the front end fails on some addresses and not on others.",
    bad: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['django.middleware.common.CommonMiddleware', 'corsheaders.middleware.CorsMiddleware']
```",
    good: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
```",
    sources: &["https://github.com/adamchainz/django-cors-headers#setup"],
    check,
};

/// Middleware that can answer a request by itself.
const ANSWERING: [&str; 6] = [
    "django.middleware.common.CommonMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
];

fn check(look: &mut Look) {
    if !super::uses_cors(look.facts) {
        return;
    }
    // WhiteNoise lets every origin load its files unless it is told not to.
    let open_files = look
        .facts
        .partial("WHITENOISE_ALLOW_ALL_ORIGINS")
        .is_none_or(|value| value.truth() != Some(false));
    let passes = |name: &str| open_files && name.ends_with(".WhiteNoiseMiddleware");
    look.judge("MIDDLEWARE", |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        let before = items
            .iter()
            .map(|item| item.text().unwrap_or(""))
            .take_while(|name| *name != "corsheaders.middleware.CorsMiddleware")
            .find(|name| ANSWERING.contains(name) && !passes(name));
        match before {
            Some(name) => Judgement::warning(
                format!("CorsMiddleware comes after {}", name.rsplit('.').next().unwrap_or(name)),
                "what that middleware answers by itself carries no CORS headers, and the front end fails on it",
                "put corsheaders.middleware.CorsMiddleware before it, best right after SecurityMiddleware",
            )
            .surely(),
            None => Judgement::Good("CorsMiddleware comes before all that can answer".to_owned()),
        }
    });
}
