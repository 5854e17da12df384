//! `cors-credentials-unneeded`: cookies are allowed across origins and nothing needs them.

use plimsoll_facts::{Facts, Reading};

use crate::{Judgement, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cors-credentials-unneeded",
    control: "API-02",
    title: "cookies are allowed across origins and nothing needs them",
    what: "CORS_ALLOW_CREDENTIALS while all of DRF's DEFAULT_AUTHENTICATION_CLASSES take a token from the Authorization header, for which no credentials have to be allowed.",
    why: "It opens the session of the site, the admin's included, to the listed origins for no gain.",
    bad: "```python settings.py
INSTALLED_APPS = ['corsheaders', 'rest_framework']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOW_CREDENTIALS = True
REST_FRAMEWORK = {'DEFAULT_AUTHENTICATION_CLASSES': ['rest_framework.authentication.TokenAuthentication']}
```",
    good: "```python settings.py
INSTALLED_APPS = ['corsheaders', 'rest_framework']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOW_CREDENTIALS = True
REST_FRAMEWORK = {'DEFAULT_AUTHENTICATION_CLASSES': ['rest_framework.authentication.SessionAuthentication']}
```",
    sources: &["https://github.com/adamchainz/django-cors-headers#cors_allow_credentials-bool"],
    check,
};

/// Classes that look at the Authorization header only.
const BY_HEADER: [&str; 5] = [
    "rest_framework.authentication.TokenAuthentication",
    "rest_framework_simplejwt.authentication.JWTAuthentication",
    "rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication",
    "knox.auth.TokenAuthentication",
    "oauth2_provider.contrib.rest_framework.OAuth2Authentication",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_cors(facts) {
        return;
    }
    if !facts.is_set("CORS_ALLOW_CREDENTIALS") {
        look.evidence(
            "credentials are not allowed, as is the default",
            facts.place_of("MIDDLEWARE"),
        );
        return;
    }
    let classes = authentication(facts);
    let by_header = logs_in_by_header(facts);
    if matches!(facts.reading("CORS_ALLOW_CREDENTIALS"), Reading::Certain(value) if value.truth() == Some(false))
    {
        look.evidence("CORS_ALLOW_CREDENTIALS is off", facts.place_of("CORS_ALLOW_CREDENTIALS"));
        return;
    }
    look.judge("CORS_ALLOW_CREDENTIALS", |value| match value.truth() {
        Some(true) if by_header => Judgement::warning(
            "credentials are allowed, and the API logs in by the Authorization header only",
            "the listed origins can use the visitor's session of the rest of the site",
            "remove CORS_ALLOW_CREDENTIALS",
        ),
        Some(true) if classes.is_none() => Judgement::Open {
            reason: "whether the API needs cookies across origins is not known".to_owned(),
            needs:
                "say in a waiver which front end sends cookies, or remove CORS_ALLOW_CREDENTIALS"
                    .to_owned(),
        },
        Some(true) => {
            Judgement::Good("the API logs in by session, which needs credentials".to_owned())
        }
        Some(false) => Judgement::Good("CORS_ALLOW_CREDENTIALS is off".to_owned()),
        None => Judgement::Neither,
    });
}

/// The classes that the API authenticates by, where they are known.
fn authentication(facts: &Facts) -> Option<Vec<&str>> {
    let classes = facts.partial("REST_FRAMEWORK")?.get("DEFAULT_AUTHENTICATION_CLASSES")?;
    classes.items()?.iter().map(|item| item.text()).collect()
}

/// Whether the API logs in by the Authorization header alone, so that cookies are none of its.
pub(crate) fn logs_in_by_header(facts: &Facts) -> bool {
    let by_cookie = facts.code.classes().any(|(_, class)| {
        class.authentication.as_ref().is_some_and(|names| {
            names.iter().any(|name| name.contains("Session") || name.contains("Cookie"))
        })
    });
    let classes = authentication(facts);
    !by_cookie
        && classes.is_some_and(|classes| {
            !classes.is_empty() && classes.iter().all(|class| BY_HEADER.contains(class))
        })
}
