//! `cors-any-origin`: scripts of every origin may read the API's answers.

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cors-any-origin",
    control: "API-01",
    title: "scripts of every origin may read the API's answers",
    what: "CORS_ALLOW_ALL_ORIGINS, or CORS_ORIGIN_ALLOW_ALL as it was called before, where the middleware of django-cors-headers is installed. An API that is meant for the public may well allow every origin: that is a case for a waiver with its reason.",
    why: "Any page that a colleague opens can call the API from the colleague's own network and read what it says; on an intranet that is everything the network lets in.",
    bad: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOW_ALL_ORIGINS = True
```",
    good: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOWED_ORIGINS = ['https://rota.example.org']
```",
    sources: &["https://github.com/adamchainz/django-cors-headers#configuration"],
    check,
};

fn check(look: &mut Look) {
    if !super::uses_cors(look.facts) {
        return;
    }
    let Some(name) = super::cors_name(look.facts, super::ANY_ORIGIN) else {
        look.evidence(
            "not every origin is allowed, as is the default",
            look.facts.place_of("MIDDLEWARE"),
        );
        return;
    };
    look.judge(name, |value| match value.truth() {
        Some(true) => Judgement::warning(
            format!("{name} is on"),
            "a script on any page can call the API and read its answers",
            "set CORS_ALLOW_ALL_ORIGINS = False and list the origins of your own front ends in CORS_ALLOWED_ORIGINS",
        ),
        Some(false) => Judgement::Good(format!("{name} is off")),
        None => Judgement::Neither,
    });
}
