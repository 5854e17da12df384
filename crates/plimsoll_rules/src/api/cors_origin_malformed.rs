//! `cors-origin-malformed`: an allowed origin can match nothing.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cors-origin-malformed",
    control: "API-01",
    title: "an allowed origin can match nothing",
    what: "Each entry of CORS_ALLOWED_ORIGINS: an origin is scheme, host and port, without a path or a wildcard (corsheaders.E013, E014).",
    why: "Django's checks refuse to start the service, or the front end gets errors that nobody can explain.",
    bad: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOWED_ORIGINS = ['rota.example.org']
```",
    good: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOWED_ORIGINS = ['https://rota.example.org']
```",
    sources: &[
        "https://github.com/adamchainz/django-cors-headers#cors_allowed_origins-sequencestr",
    ],
    check,
};

fn check(look: &mut Look) {
    if !super::uses_cors(look.facts) {
        return;
    }
    let Some(name) = super::cors_name(look.facts, super::ORIGINS) else {
        look.evidence("no origins are listed", look.facts.place_of("MIDDLEWARE"));
        return;
    };
    look.judge(name, |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        match items.iter().filter_map(|item| item.text()).find(|origin| is_malformed(origin)) {
            Some(origin) => Judgement::error(
                format!("the entry '{origin}' of {name} is no origin"),
                "Django's checks fail, or the front end at that address is refused",
                "write scheme and host only: 'https://rota.example.org'",
            )
            .surely(),
            None => Judgement::Good(format!("all {} allowed origins are origins", items.len())),
        }
    });
}

fn is_malformed(origin: &str) -> bool {
    if matches!(origin, "null" | "file://" | "file:///*") {
        return false;
    }
    let Some((scheme, host)) = origin.split_once("://") else { return true };
    scheme.is_empty()
        || host.is_empty()
        || host.contains(['/', '*', '?', '#'])
        || host.contains(char::is_whitespace)
}
