//! `cors-credentials-any-origin`: every site may act with the visitor's login.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::Reading;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cors-credentials-any-origin",
    control: "API-02",
    title: "every site may act with the visitor's login",
    what: "CORS_ALLOW_CREDENTIALS together with CORS_ALLOW_ALL_ORIGINS, or with an origin pattern that matches more than it means to. The checks of django-cors-headers look at types only and let this pass. Where the session cookie goes along across sites (SameSite=None) it is an error, else a warning.",
    why: "The middleware then answers each origin by its own name and with credentials allowed: a foreign page reads whatever the visitor's session may read, the CSRF token included.",
    bad: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = True
```",
    good: "```python settings.py
INSTALLED_APPS = ['corsheaders']
MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.common.CommonMiddleware']
CORS_ALLOWED_ORIGINS = ['https://rota.example.org']
CORS_ALLOW_CREDENTIALS = True
```",
    sources: &["https://github.com/adamchainz/django-cors-headers#cors_allow_credentials-bool"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    if !super::uses_cors(facts) {
        return;
    }
    let Some(at) =
        facts.place_of("CORS_ALLOW_CREDENTIALS").filter(|_| facts.is_set("CORS_ALLOW_CREDENTIALS"))
    else {
        look.evidence(
            "credentials are not allowed, as is the default",
            facts.place_of("MIDDLEWARE"),
        );
        return;
    };
    let (on, assumed) = match facts.reading("CORS_ALLOW_CREDENTIALS") {
        Reading::Certain(value) => (value.truth(), false),
        Reading::Assumed { value, .. } => (value.truth(), true),
        _ => (None, false),
    };
    match on {
        Some(false) if !assumed => {
            look.evidence("CORS_ALLOW_CREDENTIALS is off", Some(at));
            return;
        }
        Some(true) => {}
        _ => {
            look.undetermined(
                "CORS_ALLOW_CREDENTIALS is not known",
                crate::way_to_know("CORS_ALLOW_CREDENTIALS"),
                Some(at),
            );
            return;
        }
    }
    // Browsers send a cookie of SameSite=Lax with no request of another site's script.
    let crosses = ["SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE"].iter().any(|name| {
        let value = facts.partial(name);
        value.is_some_and(|value| {
            value.truth() == Some(false)
                || value.text().is_some_and(|text| text.eq_ignore_ascii_case("none"))
        })
    });
    let fault = |how: String| {
        Fault {
        severity: if crosses { Severity::Error } else { Severity::Warning },
        message: format!("credentials are allowed for {how}"),
        consequence: if crosses {
            "a page of a stranger acts and reads as whoever is logged in"
        } else {
            "only SameSite=Lax of the session cookie stands between a stranger's page and the visitor's login: pages of sibling domains pass it, and so does every cookie that is set with SameSite=None"
        }
        .to_owned(),
        fix: "list the origins of your own front ends in CORS_ALLOWED_ORIGINS".to_owned(),
    }
    };
    let any = super::cors_name(facts, super::ANY_ORIGIN);
    let any_truth = any.map(|name| match facts.reading(name) {
        Reading::Certain(value) => (value.truth(), false),
        Reading::Assumed { value, .. } => (value.truth(), true),
        _ => (None, true),
    });
    match any_truth {
        Some((Some(true), open)) => {
            let finding = look.finding(at, fault("every origin".to_owned()));
            if open || assumed {
                finding.confidence = Confidence::Medium;
            }
            return;
        }
        Some((None, _)) | Some((Some(false), true)) => {
            let name = any.unwrap_or_default();
            look.undetermined(
                format!("{name} is not known for certain"),
                crate::way_to_know(name),
                Some(at),
            );
            return;
        }
        _ => {}
    }
    let patterns = super::cors_name(facts, super::PATTERNS)
        .and_then(|name| facts.partial(name))
        .and_then(|value| value.items());
    let loose = patterns
        .unwrap_or_default()
        .iter()
        .filter_map(super::pattern)
        .find(|text| super::looseness(text).is_some());
    match loose {
        Some(text) => {
            look.finding(at, fault(format!("the loose pattern '{text}'")));
        }
        None => look.evidence("credentials are allowed for listed origins only", Some(at)),
    }
}
