//! `cookie-token-without-csrf`: the API takes its token from a cookie, and looks for no CSRF token.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{CodeFacts, Facts, Module};
use plimsoll_python::code::Class;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "cookie-token-without-csrf",
    control: "AUTH-07",
    title: "the API takes its token from a cookie, and looks for no CSRF token",
    what: "Authentication classes of the project that read `request.COOKIES` and are in use (in `DEFAULT_AUTHENTICATION_CLASSES` or a view's `authentication_classes`), and call neither `enforce_csrf` nor `CSRFCheck`; and dj-rest-auth with `JWT_AUTH_COOKIE` and without `JWT_AUTH_COOKIE_USE_CSRF`. Tokens in headers, which no other site can make a browser send, are left out.",
    why: "DRF exempts its views from the CSRF check, as tokens come in headers. One in a cookie is sent along by the browser whoever wrote the form: with `SameSite=None`, which an API on a domain of its own needs, any site acts in the visitor's name, and with `Lax` every subdomain does.",
    bad: "```python settings.py
REST_FRAMEWORK = {'DEFAULT_AUTHENTICATION_CLASSES': ['accounts.authentication.CookieAuthentication']}
```
```python accounts/authentication.py
from rest_framework_simplejwt.authentication import JWTAuthentication

class CookieAuthentication(JWTAuthentication):
    def authenticate(self, request):
        token = self.get_validated_token(request.COOKIES.get('access'))
        return self.get_user(token), token
```",
    good: "```python settings.py
REST_FRAMEWORK = {'DEFAULT_AUTHENTICATION_CLASSES': ['accounts.authentication.CookieAuthentication']}
```
```python accounts/authentication.py
from rest_framework.authentication import CSRFCheck
from rest_framework_simplejwt.authentication import JWTAuthentication

class CookieAuthentication(JWTAuthentication):
    def authenticate(self, request):
        token = self.get_validated_token(request.COOKIES.get('access'))
        reason = CSRFCheck(lambda request: None).process_view(request, None, (), {})
        if reason:
            raise PermissionDenied(reason)
        return self.get_user(token), token
```",
    sources: &[
        "https://www.django-rest-framework.org/topics/ajax-csrf-cors/#csrf-protection",
        "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let code = &facts.code;
    let mut found: Vec<(Span, String)> = Vec::new();
    let mut checked = None;
    for (module, class) in code.classes().filter(|(module, _)| !module.is_test()) {
        let is_one = class.bases.iter().any(|base| base.ends_with("Authentication"));
        if !is_one || !mentions(module, class, &["COOKIES"]) || !is_used(facts, &class.name) {
            continue;
        }
        if mentions(module, class, &["enforce_csrf", "CSRFCheck", "check_csrf"]) {
            checked = Some((class.at.clone(), class.name.clone()));
        } else {
            found.push((
                class.at.clone(),
                format!("{} takes the token from a cookie and checks no CSRF token", class.name),
            ));
        }
    }
    found.extend(by_rest_auth(facts));
    for (at, message) in &found {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: message.clone(),
                consequence: "a form on another site, or on a subdomain, makes the visitor's browser call the API in the visitor's name".to_owned(),
                fix: "check the token for requests that write, as DRF's SessionAuthentication does in enforce_csrf; of dj-rest-auth: REST_AUTH['JWT_AUTH_COOKIE_USE_CSRF'] = True".to_owned(),
            },
        );
        // SameSite of the cookie decides who can.
        finding.confidence = Confidence::Medium;
    }
    if let (true, Some((at, name))) = (found.is_empty(), checked) {
        look.evidence(format!("{name} checks the CSRF token that goes with its cookie"), Some(at));
    } else if found.is_empty() {
        look.evidence(
            format!("{}, and no authentication class in use reads cookies", code.looked_at()),
            None,
        );
    }
}

/// Whether a class's methods name one of these.
fn mentions(module: &Module, class: &Class, names: &[&str]) -> bool {
    module.methods(class).any(|method| method.mentions.iter().any(|name| names.contains(name)))
}

/// Whether the API logs in by a class, by default or in a view.
fn is_used(facts: &Facts, name: &str) -> bool {
    let by_default = facts
        .partial("REST_FRAMEWORK")
        .and_then(|value| value.get("DEFAULT_AUTHENTICATION_CLASSES"))
        .and_then(|value| value.items())
        .unwrap_or_default()
        .iter()
        .filter_map(|item| item.text())
        .any(|class| class.rsplit('.').next() == Some(name));
    let in_view = |code: &CodeFacts| {
        code.classes().any(|(_, class)| {
            class.authentication.as_ref().is_some_and(|names| names.iter().any(|it| it == name))
        })
    };
    by_default || in_view(&facts.code)
}

/// dj-rest-auth's cookie.
fn by_rest_auth(facts: &Facts) -> Option<(Span, String)> {
    if facts.has_app("dj_rest_auth") != Some(true) {
        return None;
    }
    let settings = facts.partial("REST_AUTH")?;
    let cookie = settings.get("JWT_AUTH_COOKIE")?.text()?;
    let on = |key: &str| settings.get(key).and_then(|value| value.truth());
    let uses = on("USE_JWT") == Some(true);
    let checks = ["JWT_AUTH_COOKIE_USE_CSRF", "JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED"];
    let unchecked = settings.is_known() && checks.into_iter().all(|key| on(key) != Some(true));
    (uses && unchecked && !cookie.is_empty()).then_some(())?;
    let at = facts.place_of("REST_AUTH")?;
    Some((at, "dj-rest-auth takes the token from a cookie and checks no CSRF token".to_owned()))
}
