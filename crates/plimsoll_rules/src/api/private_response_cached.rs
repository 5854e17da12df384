//! `private-response-cached`: a response that depends on who asks is kept for everybody.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Access, Address, CodeFacts};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "private-response-cached",
    control: "AUTH-15",
    title: "a response that depends on who asks is kept for everybody",
    what: "Views under `cache_page`, in the URL pattern, by decorator or by `method_decorator`, that look at `request.user` or the session, or whose login is asked for behind the cache, and that name no `vary_on_headers` or `vary_on_cookie`. The decorator makes its key before SessionMiddleware adds `Vary: Cookie`, and headers with tokens are not part of it. Views that look at nobody are left out.",
    why: "The first visitor's page is kept under the address alone: the second one, or somebody who is not logged in at all, gets it.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes import views

urlpatterns = [path('mine/', views.mine)]
```
```python notes/views.py
from django.contrib.auth.decorators import login_required
from django.views.decorators.cache import cache_page

@cache_page(60)
@login_required
def mine(request):
    return render(request, 'mine.html', {'notes': request.user.notes.all()})
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes import views

urlpatterns = [path('mine/', views.mine)]
```
```python notes/views.py
from django.contrib.auth.decorators import login_required
from django.views.decorators.cache import cache_page
from django.views.decorators.vary import vary_on_cookie

@cache_page(60)
@vary_on_cookie
@login_required
def mine(request):
    return render(request, 'mine.html', {'notes': request.user.notes.all()})
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/cache/#using-vary-headers",
        "https://code.djangoproject.com/ticket/15855",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let mut seen = BTreeSet::new();
    let (mut cached, mut found) = (0, Vec::new());
    for route in &code.routes.views {
        let names = wrappers(code, route);
        let has = |end: &str| names.iter().any(|name| name.rsplit('.').next() == Some(end));
        if !has("cache_page") {
            continue;
        }
        cached += 1;
        if has("vary_on_headers") || has("vary_on_cookie") || has("never_cache") {
            continue;
        }
        let Some((_, name, at)) = code.view_name(route) else { continue };
        let looks = code.view_functions(route).iter().any(|function| {
            function.uses_session && (function.class.is_none() || is_reading(&function.name))
        });
        let guarded = matches!(route.access, Access::Guarded(_));
        if (looks || guarded) && seen.insert(at.clone()) {
            found.push((name, at, route, looks));
        }
    }
    for (name, at, route, looks) in &found {
        let finding = look.finding(
            (*at).clone(),
            Fault {
                severity: Severity::Warning,
                message: if *looks {
                    format!("{name} looks at who asks, and its response is kept by cache_page for everybody")
                } else {
                    format!("{name} asks for a login, and cache_page keeps its response for everybody")
                },
                consequence: "one visitor gets the page that was made for another, and may get it without a login".to_owned(),
                fix: "take cache_page off, or put vary_on_headers('Cookie', 'Authorization') inside it".to_owned(),
            },
        );
        // The page may be the same for everybody who may see it.
        finding.confidence = Confidence::Medium;
        finding.related = vec![Related {
            at: route.at.clone(),
            message: "the address is declared here".to_owned(),
        }];
    }
    if found.is_empty() {
        look.undetermined(
            format!("{cached} addresses are cached, and none was seen whose response depends on who asks; proxies and other caches are not looked at here"),
            "a drill: two accounts and nobody at all on the same address, through the proxy",
            None,
        );
    }
}

/// Whether a method takes part in answering a reading request.
fn is_reading(name: &str) -> bool {
    matches!(
        name,
        "dispatch"
            | "get"
            | "list"
            | "retrieve"
            | "get_queryset"
            | "get_context_data"
            | "get_object"
    )
}

/// The names of everything around a view: in URL patterns, on the function, on the class and on
/// the methods that answer reading requests.
fn wrappers<'f>(code: &'f CodeFacts, route: &'f Address) -> Vec<&'f str> {
    let mut names: Vec<&str> = route.around.iter().map(String::as_str).collect();
    if let Some((_, function)) = code.view_function(route) {
        names.extend(function.decorators.iter().map(String::as_str));
    }
    for (module, class) in code.view_parts(route) {
        names.extend(class.decorators.iter().map(String::as_str));
        for method in module.methods(class) {
            if matches!(method.name.as_str(), "dispatch" | "get" | "list" | "retrieve") {
                names.extend(method.decorators.iter().map(String::as_str));
            }
        }
    }
    names
}
