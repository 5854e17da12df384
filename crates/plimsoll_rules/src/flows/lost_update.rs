//! `lost-update`: two requests count the same number, and one of them is lost.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::{Class, Step};

use super::{here_as_well, is_number, models, running};
use crate::{Fault, Look, Rule, list};

pub(crate) const RULE: Rule = Rule {
    id: "lost-update",
    control: "PERF-06",
    title: "two requests count the same number of a row, and one of them is lost",
    what: "Numbers of a model's rows that are read, counted up or down in Python and saved (`lot.left -= taken` and `lot.save()`, `….update(left=lot.left - 1)`), in functions without `select_for_update`. Numbers counted by the database (`F('left') - 1`) are right. Where a function is handed the row, it is reported only in systems that lock no rows anywhere. Rows that the function has just made, tests, commands and migrations are left out. One finding for each module.",
    why: "Both read 10, both write 9: two were sold, one is booked. No error, no log; the stock-taking at the end of the year finds it.",
    bad: "```python settings.py
DEBUG = False
```
```python shop/models.py
from django.db import models

class Lot(models.Model):
    left = models.IntegerField()
```
```python shop/views.py
from django.shortcuts import get_object_or_404

def sell(request, pk):
    lot = get_object_or_404(Lot, pk=pk)
    lot.left -= 1
    lot.save()
```",
    good: "```python settings.py
DEBUG = False
```
```python shop/models.py
from django.db import models

class Lot(models.Model):
    left = models.IntegerField()
```
```python shop/views.py
from django.db import transaction
from django.shortcuts import get_object_or_404

@transaction.atomic
def sell(request, pk):
    lot = get_object_or_404(Lot.objects.select_for_update(), pk=pk)
    lot.left -= 1
    lot.save()
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/ref/models/expressions/#avoiding-race-conditions-using-f",
        "https://docs.djangoproject.com/en/stable/ref/models/querysets/#select-for-update",
    ],
    check,
};

/// Words of numbers that somebody will ask about.
const COUNTED: [&str; 38] = [
    "balance",
    "stock",
    "quantity",
    "qty",
    "amount",
    "paid",
    "total",
    "credit",
    "debit",
    "point",
    "wallet",
    "debt",
    "due",
    "remain",
    "left",
    "inventor",
    "budget",
    "coin",
    "seat",
    "slot",
    "capacity",
    "available",
    "used",
    "usage",
    "fund",
    "deposit",
    "earn",
    "price",
    "cost",
    "reserv",
    "sold",
    "score",
    "spent",
    "limit",
    "quota",
    "cash",
    "money",
    "loan",
];

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let models = models(code);
    let locks = running(look.facts).any(|module| module.facts.dealings.locks);
    let mut any = false;
    for module in running(look.facts) {
        let steps: Vec<&Step> = module
            .facts
            .dealings
            .steps
            .iter()
            .filter(|step| (step.found || !locks) && is_counted(&models, step))
            .collect();
        let matters = |step: &&Step| {
            let name = step.field.to_ascii_lowercase();
            // A count of events is nobody's money; one of uses decides whether there is one more.
            let tells = name.ends_with("_count") && !name.contains("used");
            !tells && COUNTED.iter().any(|word| name.contains(word))
        };
        let heavy: Vec<&Step> = steps.iter().copied().filter(matters).collect();
        let (severity, steps) =
            if heavy.is_empty() { (Severity::Note, steps) } else { (Severity::Warning, heavy) };
        let Some(first) = steps.first() else { continue };
        any = true;
        let names: BTreeSet<&str> = steps.iter().map(|step| step.field.as_str()).collect();
        let names: Vec<&str> = names.into_iter().take(4).collect();
        let message = match steps.len() {
            1 => format!(
                "{}.{} is counted in Python and saved, without a lock",
                first.row, first.field
            ),
            count => format!(
                "{count} places of this module count numbers of rows in Python and save them, without a lock: {}",
                list(&names).replace(" or ", " and ")
            ),
        };
        let certain = steps.iter().all(|step| step.found);
        let finding = look.finding(
            first.at.clone(),
            Fault {
                severity,
                message,
                consequence: "of two requests at the same time one is lost, and nothing tells"
                    .to_owned(),
                fix: "let the database count (update(left=F('left') - 1)), or lock the row first: select_for_update() within transaction.atomic()".to_owned(),
            },
        );
        if !certain {
            finding.confidence = Confidence::Medium;
        }
        here_as_well(finding, steps.iter().skip(1).map(|step| &step.at));
    }
    if !any {
        look.undetermined(
            format!("{}; no number of a row was seen that is counted without a lock", code.looked_at()),
            "a drill: the same action by many users at once, and what was sent against what is stored",
            None,
        );
    }
}

/// Whether what is counted is a number of a model's rows.
fn is_counted(models: &BTreeMap<&str, Vec<&Class>>, step: &Step) -> bool {
    let of_class = |classes: &[&Class]| {
        let fields: Vec<_> = classes
            .iter()
            .flat_map(|class| &class.fields)
            .filter(|field| field.name == step.field)
            .collect();
        !fields.is_empty() && fields.iter().all(|field| is_number(field))
    };
    let named = match step.row.as_str() {
        "self" => step.class.as_deref(),
        _ => step.model.as_deref(),
    };
    match named {
        Some(name) => models.get(name).is_some_and(|classes| of_class(classes)),
        None => {
            let all: Vec<&Class> = models.values().flatten().copied().collect();
            of_class(&all)
        }
    }
}
