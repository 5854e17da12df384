//! `logout-by-get`: logging out works by a link.

use plimsoll_catalog::Severity;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "logout-by-get",
    control: "AUTH-02",
    title: "logging out works by a link",
    what: "Links to `logout` in templates where the project's Django (5.0 and later) answers them with 405, and views of the project that call `logout(request)` whatever the request's method is. Pages of allauth, which ask first, are left out.",
    why: "From Django 5.0 on the link is broken and nobody can log out. An own view that logs out by GET can be called by any image on any page, and by browsers that load links ahead.",
    bad: "```python settings.py
DEBUG = False
```
```python accounts/views.py
from django.contrib.auth import logout

def leave(request):
    logout(request)
    return redirect('/')
```",
    good: "```python settings.py
DEBUG = False
```
```python accounts/views.py
from django.contrib.auth import logout
from django.views.decorators.http import require_POST

@require_POST
def leave(request):
    logout(request)
    return redirect('/')
```",
    sources: &["https://docs.djangoproject.com/en/stable/releases/5.0/#features-removed-in-5-0"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let own: Vec<(String, Span)> = facts
        .code
        .functions()
        .filter(|(module, _)| !module.is_manual())
        .filter_map(|(_, function)| {
            let at = function.logs_out.clone()?;
            let first = function.parameters.first().map(String::as_str);
            let view = match &function.class {
                None => first == Some("request"),
                Some(_) => function.name == "get",
            };
            let guarded = function.checks_method
                || function.decorators.iter().any(|name| {
                    matches!(
                        name.rsplit('.').next(),
                        Some(
                            "require_POST"
                                | "require_http_methods"
                                | "api_view"
                                | "action"
                                | "post"
                        )
                    )
                });
            (view && !guarded && means_logout(&function.name, function.class.as_deref()))
                .then(|| (function.class.clone().unwrap_or_else(|| function.name.clone()), at))
        })
        .collect();
    for (name, at) in &own {
        look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{name} logs out whatever the request's method is"),
                consequence: "any page can log the visitor out by an image's address, and browsers do so by loading links ahead".to_owned(),
                fix: "decorate it with require_POST and log out by a form".to_owned(),
            },
        );
    }
    // A view of the project's own answers the link, or Django's does: only the latter refuses GET.
    let own_view = facts.code.functions().any(|(_, function)| function.logs_out.is_some());
    let refuses = facts.django_at_least(5, 0) == Some(true) && !own_view;
    let broken = if refuses { facts.code.logout_links.as_slice() } else { &[] };
    for at in broken {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Error,
                message: "this link calls logout by GET, which Django 5.0 and later refuse"
                    .to_owned(),
                consequence: "whoever clicks it gets 405 and stays logged in".to_owned(),
                fix: "make it a form with method=\"post\" and the CSRF token".to_owned(),
            },
        );
        finding.confidence = plimsoll_catalog::Confidence::Medium;
    }
    if own.is_empty() && broken.is_empty() {
        look.evidence(
            format!(
                "{} and {} templates, none logs out by GET",
                facts.code.looked_at(),
                facts.code.templates
            ),
            None,
        );
    }
}

/// Whether logging out is what the view is for, and not a step of deleting an account or of logging
/// in anew.
fn means_logout(function: &str, class: Option<&str>) -> bool {
    let name = format!("{} {function}", class.unwrap_or("")).to_ascii_lowercase();
    ["logout", "log_out", "signout", "sign_out", "logoff", "leave", "signoff"]
        .iter()
        .any(|word| name.contains(word))
}
