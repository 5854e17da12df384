//! `row-made-twice`: two requests make the row that there should be once.

use plimsoll_catalog::{Related, Severity};
use plimsoll_python::code::{Class, FoundOrMade};

use super::{models, running};
use crate::{Fault, Look, Rule, list};

pub(crate) const RULE: Rule = Rule {
    id: "row-made-twice",
    control: "PERF-06",
    title: "get_or_create makes a row twice, as nothing in the database forbids it",
    what: "`Model.objects.get_or_create(…)` and `update_or_create(…)` by fields of which none is unique and none stands in a constraint of the model. Where a field's class, the model's base or its constraints are not written out in the repository, it is left out; so are tests, commands and migrations. One finding for each model.",
    why: "Two clicks, two requests, neither finds the row, both make it. From then on every `get_or_create` finds two and fails with `MultipleObjectsReturned`: that customer gets an error 500 until somebody deletes a row by hand.",
    bad: "```python settings.py
DEBUG = False
```
```python shop/models.py
from django.db import models

class Cart(models.Model):
    user = models.ForeignKey('auth.User', on_delete=models.CASCADE)
```
```python shop/views.py
def cart(request):
    cart, made = Cart.objects.get_or_create(user=request.user)
```",
    good: "```python settings.py
DEBUG = False
```
```python shop/models.py
from django.db import models

class Cart(models.Model):
    user = models.OneToOneField('auth.User', on_delete=models.CASCADE)
```
```python shop/views.py
def cart(request):
    cart, made = Cart.objects.get_or_create(user=request.user)
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/models/querysets/#get-or-create",
        "https://docs.djangoproject.com/en/stable/ref/models/constraints/#uniqueconstraint",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let models = models(code);
    let mut found: Vec<(&FoundOrMade, &Class, Vec<&FoundOrMade>)> = Vec::new();
    for call in running(look.facts).flat_map(|module| &module.facts.dealings.found_or_made) {
        let Some([model]) = models.get(call.model.as_str()).map(Vec::as_slice) else { continue };
        if !is_open(model, call) {
            continue;
        }
        match found.iter_mut().find(|(first, ..)| first.model == call.model) {
            Some((_, _, more)) => more.push(call),
            None => found.push((call, model, Vec::new())),
        }
    }
    for (call, model, more) in &found {
        let relates = call.by.iter().any(|name| {
            model.fields.iter().any(|field| {
                field.kind == "ForeignKey"
                    && (field.name == *name || name.strip_suffix("_id") == Some(&field.name))
            })
        });
        let by: Vec<&str> = call.by.iter().map(String::as_str).collect();
        let finding = look.finding(
            call.at.clone(),
            Fault {
                // By a name alone it is mostly found: few rows are made, and seldom two at once.
                severity: if relates { Severity::Warning } else { Severity::Note },
                message: format!(
                    "{}.{} by {}, of which the database may hold several rows",
                    call.model,
                    call.call,
                    list(&by).replace(" or ", " and ")
                ),
                consequence: "two requests at once make two rows, and from then on each call fails with MultipleObjectsReturned".to_owned(),
                fix: format!(
                    "make {} unique in the model: {}",
                    list(&by).replace(" or ", " and "),
                    if by.len() == 1 { "unique=True, or a OneToOneField for a relation" } else { "a UniqueConstraint over them" }
                ),
            },
        );
        finding.related = vec![Related { at: model.at.clone(), message: "the model".to_owned() }];
        finding.related.extend(
            more.iter()
                .take(super::SHOWN)
                .map(|call| Related { at: call.at.clone(), message: "here as well".to_owned() }),
        );
    }
    if found.is_empty() {
        look.undetermined(
            format!("{}; no get_or_create was seen that can make a row twice", code.looked_at()),
            "a drill: each action that makes a row, twice at the same time",
            None,
        );
    }
}

/// Whether nothing of what a row is found by is unique, as far as the model tells; what cannot be
/// told counts as unique.
fn is_open(model: &Class, call: &FoundOrMade) -> bool {
    let plain = model
        .bases
        .iter()
        .all(|base| matches!(base.as_str(), "models.Model" | "Model" | "TimeStampedModel"));
    if !plain || call.by.is_empty() || model.is_unmanaged {
        return false;
    }
    call.by.iter().all(|name| {
        // `email__iexact`, `user_id`.
        let name = name.split("__").next().unwrap_or(name);
        let field = model.fields.iter().find(|field| {
            field.name == name || name.strip_suffix("_id") == Some(field.name.as_str())
        });
        field.is_some_and(|field| {
            let unique = field.kind == "OneToOneField"
                || field.given.iter().any(|given| {
                    matches!(
                        given.as_str(),
                        "unique" | "primary_key" | "unique_for_date" | "unique_for_month"
                    )
                })
                // An index says the same as a constraint here.
                || model.indexed.contains(&field.name);
            !unique
        })
    })
}
