//! `request-value-unchecked`: input that is no number ends in an error 500.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::Turned;
use plimsoll_source::Span;

use super::{here_as_well, running};
use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "request-value-unchecked",
    control: "QA-13",
    title: "input that is no number or date ends in an error 500",
    what: "`int`, `float`, `Decimal`, `UUID`, `strptime` and `fromisoformat` on what the request holds (`int(request.GET['page'])`, also by a name in the same function), outside of any `try`, in views that addresses lead to and that check nothing (`isdigit`, `is_valid`, a validation). Systems with an exception handler or a `process_exception` of their own are left out. One finding for each module.",
    why: "`?page=x` from a scanner, an empty field, a comma in an amount: each is an error page for the visitor, and an alert for whoever is on call.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes import views

urlpatterns = [path('notes/', views.notes)]
```
```python notes/views.py
from django.shortcuts import render

def notes(request):
    page = int(request.GET.get('page', 1))
    return render(request, 'notes.html', {'notes': Note.objects.all()[page * 20:][:20]})
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes import views

urlpatterns = [path('notes/', views.notes)]
```
```python notes/views.py
from django.shortcuts import render

def notes(request):
    try:
        page = int(request.GET.get('page', 1))
    except ValueError:
        page = 1
    return render(request, 'notes.html', {'notes': Note.objects.all()[page * 20:][:20]})
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/forms/#processing-the-data-from-a-form",
        "https://docs.djangoproject.com/en/stable/topics/pagination/#using-paginator-in-a-view-function",
    ],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let code = &facts.code;
    let handled = code.functions().any(|(_, function)| function.name == "process_exception")
        || facts
            .partial("REST_FRAMEWORK")
            .is_some_and(|value| value.get("EXCEPTION_HANDLER").is_some());
    if handled {
        look.undetermined(
            "the system turns exceptions into answers by itself",
            "a drill: missing and wrong input on each form and address",
            None,
        );
        return;
    }
    let mut any = false;
    // What a view calls may be within a `try` there.
    let views: BTreeSet<&Span> = code
        .routes
        .views
        .iter()
        .flat_map(|route| code.view_functions(route))
        .map(|function| &function.at)
        .collect();
    for module in running(look.facts) {
        let in_view = |turned: &&Turned| {
            let function = module.facts.functions.get(turned.function);
            function.is_some_and(|function| views.contains(&function.at))
        };
        let turned: Vec<&Turned> = module.facts.dealings.turned.iter().filter(in_view).collect();
        let Some(first) = turned.first() else { continue };
        any = true;
        let message = match turned.len() {
            1 => format!("{} is handed to {}() as it comes", first.part, first.by),
            count => format!(
                "{count} values of the request are turned into numbers or dates as they come, {} first",
                first.part
            ),
        };
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity: Severity::Warning,
                message,
                consequence: "an empty or mistyped value is an error 500 in place of a message"
                    .to_owned(),
                fix: "take it from a form or serializer, or catch ValueError (of Decimal: InvalidOperation) and answer 400".to_owned(),
            },
        );
        // Something around the view may catch it.
        finding.confidence = Confidence::Medium;
        here_as_well(finding, turned.iter().skip(1).map(|turned| &turned.at));
    }
    if !any {
        look.undetermined(
            format!("{}; no input was seen that is converted unchecked", code.looked_at()),
            "a drill: missing and wrong input on each form and address",
            None,
        );
    }
}
