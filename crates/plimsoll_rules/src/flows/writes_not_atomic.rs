//! `writes-not-atomic`: a view writes to several tables, and nothing holds the writes together.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::{Address, CodeFacts, Facts, Reading};
use plimsoll_python::Value;
use plimsoll_python::code::{Change, ChangeKind, Function};

use super::here_as_well;
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "writes-not-atomic",
    control: "PERF-06",
    title: "a view writes to several tables, and nothing holds the writes together",
    what: "Views that addresses lead to and whose function makes, saves, changes or deletes rows of two models one after the other, or deletes what belongs to a row and makes it anew, outside of `transaction.atomic`, where `ATOMIC_REQUESTS` is off. Changes in branches of which only one is taken are not counted together, and `get_or_create`, pairs of deletions, and rows of logs, notifications, carts, sessions and tokens not at all. What services do that a view calls is not followed. One finding for each module.",
    why: "The worker is killed between the two, a constraint refuses the second: the order is there without its lines, the money is booked and the payment is not. Each such half stays until somebody finds it.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop'}}
```
```python urls.py
from django.urls import path
from shop import views

urlpatterns = [path('pay/', views.pay)]
```
```python shop/views.py
from django.shortcuts import get_object_or_404

def pay(request):
    invoice = get_object_or_404(Invoice, pk=request.POST['invoice'])
    Payment.objects.create(invoice=invoice, amount=invoice.total)
    invoice.paid = True
    invoice.save()
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop'}}
```
```python urls.py
from django.urls import path
from shop import views

urlpatterns = [path('pay/', views.pay)]
```
```python shop/views.py
from django.db import transaction
from django.shortcuts import get_object_or_404

@transaction.atomic
def pay(request):
    invoice = get_object_or_404(Invoice, pk=request.POST['invoice'])
    Payment.objects.create(invoice=invoice, amount=invoice.total)
    invoice.paid = True
    invoice.save()
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/db/transactions/#controlling-transactions-explicitly",
        "https://docs.djangoproject.com/en/stable/ref/settings/#atomic-requests",
    ],
    check,
};

/// Rows that nobody misses where one of them is lost.
const ASIDE: [&str; 26] = [
    "log",
    "notif",
    "audit",
    "history",
    "activity",
    "session",
    "cart",
    "message",
    "token",
    "otp",
    "visit",
    "track",
    "alert",
    "metric",
    "analytic",
    "statistic",
    "device",
    "attempt",
    "cache",
    "draft",
    "temp",
    "basket",
    "view",
    "like",
    "click",
    "search",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let code = &facts.code;
    match requests_are_atomic(facts) {
        Some(true) => {
            look.evidence(
                "each request runs in a transaction (ATOMIC_REQUESTS)",
                facts.place_of("DATABASES"),
            );
            return;
        }
        Some(false) => {}
        None => {
            look.undetermined(
                "whether ATOMIC_REQUESTS is on is not known",
                crate::way_to_know("DATABASES"),
                facts.place_of("DATABASES"),
            );
            return;
        }
    }
    // By file: the views with what they write.
    let mut found: BTreeMap<_, Vec<(&Function, String)>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for route in &code.routes.views {
        if is_held(code, route) {
            continue;
        }
        for function in code.view_functions(route) {
            if is_atomic(&function.decorators) || !seen.insert(&function.at) {
                continue;
            }
            if let Some(models) = written(&function.changes) {
                found.entry(&function.at.file).or_default().push((function, models));
            }
        }
    }
    for views in found.values() {
        let Some((first, models)) = views.first() else { continue };
        let name = match &first.class {
            Some(class) => format!("{class}.{}", first.name),
            None => first.name.clone(),
        };
        let message = match views.len() {
            1 => format!("{name} writes {models} with no transaction around them"),
            count => format!(
                "{count} views of this module write to several tables with no transaction around it, {name} first: {models}"
            ),
        };
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity: Severity::Warning,
                message,
                consequence: "when the second write fails or the worker dies, the first one stays: half of a thing, which nobody notices".to_owned(),
                fix: "put the writes into one block, with transaction.atomic(): (or the decorator), or set ATOMIC_REQUESTS".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
        here_as_well(finding, views.iter().skip(1).map(|(function, _)| &function.at));
    }
    if found.is_empty() {
        look.undetermined(
            format!(
                "{}; no view was seen that writes to several tables on its own",
                code.looked_at()
            ),
            "a drill: each action of several writes, stopped half-way",
            None,
        );
    }
}

/// Whether each request runs in a transaction; `None` where that is not known.
fn requests_are_atomic(facts: &Facts) -> Option<bool> {
    let values = match facts.reading("DATABASES") {
        Reading::Absent => return Some(false),
        Reading::Certain(value) | Reading::Assumed { value, .. } => vec![value],
        Reading::Choice(values) => values.iter().collect(),
        Reading::Unknown { partial, .. } => vec![partial],
    };
    let mut off = false;
    for value in values {
        let default = match value.get("default") {
            Some(default) => default,
            None if value.is_known() => return Some(false),
            None => return None,
        };
        match default.get("ATOMIC_REQUESTS").map(Value::truth) {
            Some(Some(true)) => return Some(true),
            Some(None) => return None,
            Some(Some(false)) => off = true,
            None if default.is_known() || default.get("ENGINE").is_some() => off = true,
            None => return None,
        }
    }
    off.then_some(false)
}

/// Whether something around a view holds its writes together.
fn is_held(code: &CodeFacts, route: &Address) -> bool {
    is_atomic(&route.around)
        || code.view_parts(route).any(|(module, class)| {
            is_atomic(&class.decorators)
                || module
                    .methods(class)
                    .any(|method| method.name == "dispatch" && is_atomic(&method.decorators))
        })
}

fn is_atomic(names: &[String]) -> bool {
    names.iter().any(|name| name.rsplit('.').next().is_some_and(|end| end.contains("atomic")))
}

/// The models that one call of a function writes to, as part of a sentence; `None` where it is one.
fn written(changes: &[Change]) -> Option<String> {
    let counts = |change: &&Change| {
        !change.held
            && !change.again
            && change.model.as_ref().is_none_or(|model| {
                let model = model.to_ascii_lowercase();
                !ASIDE.iter().any(|word| model.contains(word))
            })
    };
    let changes: Vec<&Change> = changes.iter().filter(counts).collect();
    for (place, first) in changes.iter().enumerate() {
        for later in changes.iter().skip(place + 1).filter(|later| first.goes_with(later)) {
            match (&first.model, &later.model) {
                // Of two that are deleted one is missing less.
                (Some(_), Some(_))
                    if first.kind == ChangeKind::Delete && later.kind == ChangeKind::Delete => {}
                (Some(a), Some(b)) if a != b => return Some(format!("{a} and {b}")),
                // What belongs to a row is deleted, then made anew.
                (None, Some(b))
                    if first.kind == ChangeKind::Delete
                        && first.found
                        && later.kind == ChangeKind::Create =>
                {
                    return Some(format!("{b} (what was there is deleted before)"));
                }
                _ => {}
            }
        }
    }
    None
}
