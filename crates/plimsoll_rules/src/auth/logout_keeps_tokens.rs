//! `logout-keeps-tokens`: nothing takes a refresh token back.

use plimsoll_catalog::Severity;
use plimsoll_facts::Facts;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "logout-keeps-tokens",
    control: "AUTH-11",
    title: "logging out leaves the refresh token valid",
    what: "Projects with simplejwt whose code gives out refresh tokens (`TokenObtainPairView`, `RefreshToken.for_user`): whether any of it takes one back (`TokenBlacklistView`, `token.blacklist()`, dj-rest-auth's logout), and whether the blacklist app is installed, without which simplejwt's own view answers 200 and does nothing. Packages of others that bring routes of their own are not looked into.",
    why: "Logging out in the browser only forgets the token. Whoever has copied it, from a shared machine or a log, goes on for as long as the refresh token lives, with new access tokens all the while.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt', 'rest_framework_simplejwt.token_blacklist']
```
```python urls.py
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView
urlpatterns = [path('token/', TokenObtainPairView.as_view()), path('refresh/', TokenRefreshView.as_view())]
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework', 'rest_framework_simplejwt', 'rest_framework_simplejwt.token_blacklist']
```
```python urls.py
from rest_framework_simplejwt.views import TokenBlacklistView, TokenObtainPairView, TokenRefreshView
urlpatterns = [path('token/', TokenObtainPairView.as_view()), path('refresh/', TokenRefreshView.as_view()),
               path('logout/', TokenBlacklistView.as_view())]
```",
    sources: &[
        "https://django-rest-framework-simplejwt.readthedocs.io/en/latest/blacklist_app.html",
    ],
    check,
};

const GIVES: [&str; 3] = ["TokenObtainPair", "token_obtain_pair", "RefreshToken.for_user"];
const TAKES: [&str; 7] = [
    "TokenBlacklist",
    "BlacklistedToken",
    ".blacklist()",
    "views.token_blacklist",
    "import token_blacklist",
    "dj_rest_auth.urls",
    "rest_auth.urls",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let declared = &facts.versions.distributions;
    // A copy of simplejwt within the project has ways of its own.
    let is_theirs = declared.is_empty() || declared.contains_key("djangorestframework-simplejwt");
    if !super::uses_simplejwt(facts) || !is_theirs {
        return;
    }
    let Some(gives) = in_python(facts, &GIVES) else {
        look.undetermined(
            "no code that gives out refresh tokens was found",
            "log out on the running site and use the refresh token again",
            facts.place_of("SIMPLE_JWT"),
        );
        return;
    };
    let app = "rest_framework_simplejwt.token_blacklist";
    match (in_python(facts, &TAKES), facts.has_app(app)) {
        (Some(at), Some(true)) => look.evidence("refresh tokens are taken back here", Some(at)),
        (Some(at), Some(false)) => {
            look.finding(
                at,
                Fault {
                    severity: Severity::Error,
                    message: format!("a refresh token is to be taken back here, and {app} is not installed"),
                    consequence: "simplejwt's own view answers 200 and does nothing, a call of blacklist() fails: either way the token goes on working".to_owned(),
                    fix: format!("add '{app}' to INSTALLED_APPS and migrate"),
                },
            );
        }
        (Some(at), None) => look.undetermined(
            "whether the token blacklist is installed is not known",
            crate::way_to_know("INSTALLED_APPS"),
            Some(at),
        ),
        // Nothing can be taken back without it.
        (None, Some(false)) => look.undetermined(
            "no code takes a refresh token back, and the token blacklist is not installed, which token-blacklist-not-installed looks at",
            "install the token blacklist, then look again",
            Some(gives),
        ),
        (None, _) => {
            look.finding(
                gives,
                Fault {
                    severity: Severity::Warning,
                    message: "refresh tokens are given out here, and no code of the project takes one back".to_owned(),
                    consequence: "after logout a copied token goes on working until it expires".to_owned(),
                    fix: format!("install '{app}' and route TokenBlacklistView as the logout of the API"),
                },
            );
        }
    }
}

fn in_python(facts: &Facts, words: &[&str]) -> Option<Span> {
    use plimsoll_facts::inventory::Role;
    let named = &facts.code.named;
    let places = words.iter().flat_map(|word| named.places(word));
    places.filter(|place| place.role == Role::Python).map(|place| place.at.clone()).next()
}
