//! `cors-origin-development`: a local origin is allowed in production.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cors-origin-development",
    control: "API-01",
    title: "a local origin is allowed in production",
    what: "Entries of CORS_ALLOWED_ORIGINS in the production settings that name localhost or a loopback address. Origins of mobile shells (capacitor://localhost, ionic://localhost) are no such thing. Without CORS_ALLOW_CREDENTIALS it is a note.",
    why: "Whatever listens on that port of a colleague's machine, a development server with a page of strangers in it included, may talk to production with the colleague's browser.",
    bad: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOWED_ORIGINS = ['https://rota.example.org', 'http://localhost:3000']
CORS_ALLOW_CREDENTIALS = True
```",
    good: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOWED_ORIGINS = ['https://rota.example.org']
CORS_ALLOW_CREDENTIALS = True
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
    // Without credentials a page of a local origin gets what everybody gets.
    let on = look.facts.partial("CORS_ALLOW_CREDENTIALS").and_then(|value| value.truth());
    let with_credentials = look.facts.is_set("CORS_ALLOW_CREDENTIALS") && on != Some(false);
    look.judge(name, |value| {
        let Some(items) = value.items() else { return Judgement::Neither };
        match items.iter().filter_map(|item| item.text()).find(|origin| is_local(origin)) {
            Some(origin) if !with_credentials => Judgement::note(
                format!("{name} allows '{origin}'"),
                "none while credentials are not allowed: such a page gets what everybody gets",
                "keep local origins in the development settings",
            )
            .surely(),
            Some(origin) => Judgement::warning(
                format!("{name} allows '{origin}'"),
                "a page served on a colleague's own machine may read the API with the colleague's browser",
                "keep local origins in the development settings",
            )
            .surely(),
            None => Judgement::Good(format!("none of the {} allowed origins is local", items.len())),
        }
    });
}

fn is_local(origin: &str) -> bool {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        let host = rest.split([':', '/']).next().unwrap_or(rest);
        matches!(host, "localhost" | "0.0.0.0")
            || host.starts_with("127.")
            || rest.starts_with("[::1]")
    })
}
