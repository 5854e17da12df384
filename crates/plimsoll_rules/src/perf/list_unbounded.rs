//! `list-unbounded`: lists of the API answer with every row there is.

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Address, CodeFacts};
use plimsoll_python::Value;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "list-unbounded",
    control: "PERF-03",
    title: "lists of the API answer with every row there is",
    what: "REST_FRAMEWORK without `DEFAULT_PAGINATION_CLASS`, or with one of DRF's page classes and without `PAGE_SIZE`, which switches it off, in systems in which addresses lead to list views of DRF (`ListAPIView`, `ModelViewSet`, …) that set no `pagination_class` and list in no way of their own. One finding for the system, which names the views.",
    why: "A list with forty rows in the demo has forty thousand after two years: each call reads them all, builds them all in memory and sends megabytes, and a worker is busy for seconds. Whoever wants to harm asks for it in a loop.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'DEFAULT_PAGINATION_CLASS': 'rest_framework.pagination.PageNumberPagination'}
```
```python urls.py
from django.urls import path
from orders.views import Orders

urlpatterns = [path('orders/', Orders.as_view())]
```
```python orders/views.py
from rest_framework import generics

class Orders(generics.ListAPIView):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
INSTALLED_APPS = ['rest_framework']
REST_FRAMEWORK = {'DEFAULT_PAGINATION_CLASS': 'rest_framework.pagination.PageNumberPagination', 'PAGE_SIZE': 50}
```
```python urls.py
from django.urls import path
from orders.views import Orders

urlpatterns = [path('orders/', Orders.as_view())]
```
```python orders/views.py
from rest_framework import generics

class Orders(generics.ListAPIView):
    queryset = Order.objects.all()
    serializer_class = OrderSerializer
```",
    sources: &[
        "https://www.django-rest-framework.org/api-guide/pagination/#setting-the-pagination-style",
    ],
    check,
};

/// Places that a finding shows.
const SHOWN: usize = 8;

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.has_app("rest_framework") != Some(true) {
        return;
    }
    let lists = lists(&facts.code);
    let Some(first) = lists.first() else { return };
    let names: Vec<&str> = lists
        .iter()
        .filter_map(|route| facts.code.view_name(route).map(|(_, name, _)| name))
        .take(3)
        .collect();
    let more = if lists.len() > names.len() { ", …" } else { "" };
    let fault = |why: &str| {
        Fault {
        severity: Severity::Warning,
        message: format!(
            "{why}: {} {} ({}{more})",
            lists.len(),
            if lists.len() == 1 {
                "list view answers with all of its rows"
            } else {
                "list views answer with all of their rows"
            },
            names.join(", ")
        ),
        consequence: "the lists grow with the data until each call takes a worker for seconds, or all of its memory".to_owned(),
        fix: "set DEFAULT_PAGINATION_CLASS and PAGE_SIZE, and pagination_class = None where a list is short for ever".to_owned(),
    }
    };
    let at = facts.place_of("REST_FRAMEWORK").unwrap_or_else(|| first.at.clone());
    let off = match facts.partial("REST_FRAMEWORK").filter(|_| facts.is_set("REST_FRAMEWORK")) {
        None => Some("REST_FRAMEWORK sets no pagination"),
        Some(value) => match value.get("DEFAULT_PAGINATION_CLASS") {
            Some(Value::None) => Some("REST_FRAMEWORK sets no pagination"),
            None if value.is_known() => Some("REST_FRAMEWORK sets no pagination"),
            Some(class) => {
                let sized = !matches!(value.get("PAGE_SIZE"), None | Some(Value::None));
                let needs = class.text().is_some_and(|name| {
                    matches!(
                        name,
                        "rest_framework.pagination.PageNumberPagination"
                            | "rest_framework.pagination.LimitOffsetPagination"
                            | "rest_framework.pagination.CursorPagination"
                    )
                });
                (needs && !sized && value.is_known())
                    .then_some("DEFAULT_PAGINATION_CLASS does nothing without PAGE_SIZE")
            }
            None => None,
        },
    };
    let Some(why) = off else {
        look.evidence("the lists of the API come in pages", Some(at));
        return;
    };
    let related = lists.iter().take(SHOWN).filter_map(|route| {
        let (_, name, at) = facts.code.view_name(route)?;
        Some(Related { at: at.clone(), message: format!("{name} lists all") })
    });
    let finding = look.finding(at, fault(why));
    finding.confidence = Confidence::Medium;
    finding.related = related.collect();
}

/// The addresses of list views of DRF that set no pagination themselves, each view once.
fn lists(code: &CodeFacts) -> Vec<&Address> {
    let mut found: Vec<&Address> = Vec::new();
    for route in code.routes.views.iter().filter(|route| route.is_api) {
        let lists = code.view_parts(route).any(|(_, class)| {
            class.bases.iter().any(|base| {
                matches!(
                    base.rsplit('.').next(),
                    Some(
                        "ListAPIView"
                            | "ListCreateAPIView"
                            | "ModelViewSet"
                            | "ReadOnlyModelViewSet"
                            | "ListModelMixin"
                    )
                )
            })
        });
        let own = code.view_parts(route).any(|(_, class)| {
            class
                .attributes
                .iter()
                .any(|name| matches!(name.as_str(), "pagination_class" | "paginator"))
                || class.methods.iter().any(|name| {
                    matches!(
                        name.as_str(),
                        "list" | "get" | "paginate_queryset" | "filter_queryset" | "paginator"
                    )
                })
        });
        // `as_view({'get': 'retrieve'})` lists nothing.
        let mapped = route.methods.is_some() && !lists_by_name(route);
        let again = found.iter().any(|other| {
            code.view_name(other).map(|(_, _, at)| at) == code.view_name(route).map(|(_, _, at)| at)
        });
        if lists && !own && !mapped && !again {
            found.push(route);
        }
    }
    found
}

/// Whether a view whose methods are mapped one by one can list: it answers GET, and its address ends
/// without a key.
fn lists_by_name(route: &Address) -> bool {
    let gets = route
        .methods
        .as_ref()
        .is_some_and(|methods| methods.iter().any(|method| method.eq_ignore_ascii_case("get")));
    let end = route.address.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    gets && !end.contains(['<', '('])
}
