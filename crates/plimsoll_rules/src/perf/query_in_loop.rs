//! `query-in-loop`: a loop over rows asks the database in each turn.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_facts::CodeFacts;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "query-in-loop",
    control: "PERF-03",
    title: "a loop over rows asks the database in each turn",
    what: "`for` loops over a query (`Order.objects.filter(…)`, also by a name in the same function) whose body asks for rows of a model by something of the loop's row (`Customer.objects.get(pk=order.customer_id)`), or follows a foreign key of the row (`order.customer.name`) that the query did not fetch by `select_related` or `prefetch_related`. Slices, `values`, management commands, migrations and scripts are left out, and so are loops in templates.",
    why: "With ten rows nobody notices; with ten thousand the page takes a minute and the database has no time for others.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/views.py
from django.shortcuts import get_object_or_404

def report(request):
    for order in Order.objects.filter(paid=True):
        lines.append(Customer.objects.get(pk=order.customer_id))
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/views.py
from django.shortcuts import get_object_or_404

def report(request):
    for order in Order.objects.filter(paid=True).select_related('customer'):
        lines.append(order.customer)
```",
    sources: &[
        "https://docs.djangoproject.com/en/stable/topics/db/optimization/#retrieve-everything-at-once-if-you-know-you-will-need-it",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let keys = foreign_keys(code);
    let mut found = Vec::new();
    for module in code.modules.iter().filter(|module| !module.is_manual() && !module.is_test()) {
        for rows in &module.facts.loops {
            if let Some(query) = &rows.query {
                found.push((rows.at.clone(), format!("{query} is asked for each row of the loop")));
                continue;
            }
            let Some(model) = rows.model.as_ref().filter(|_| !rows.joined) else { continue };
            let Some(keys) = keys.get(model.as_str()) else { continue };
            if let Some(name) = rows.follows.iter().find(|name| keys.contains(name.as_str())) {
                found.push((
                    rows.at.clone(),
                    format!(
                        "the loop follows {name} of each {model}, which the query does not fetch"
                    ),
                ));
            }
        }
    }
    for (at, message) in &found {
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: message.clone(),
                consequence: "the number of queries grows with the rows: the page gets slower with each customer".to_owned(),
                fix: "fetch them with the rows: select_related('…') for a foreign key, prefetch_related('…') for many, or one query with __in before the loop".to_owned(),
            },
        );
        // There may never be many rows.
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        look.undetermined(
            format!(
                "{}; no loop was seen that asks in each turn, and templates are not looked at",
                code.looked_at()
            ),
            "a drill: the queries of each page with few and with many rows",
            None,
        );
    }
}

/// The foreign keys of each model by name; models of the same name have those that all of them have.
fn foreign_keys(code: &CodeFacts) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut models: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, class) in code.classes() {
        let keys: BTreeSet<&str> = class
            .fields
            .iter()
            .filter(|field| matches!(field.kind.as_str(), "ForeignKey" | "OneToOneField"))
            .map(|field| field.name.as_str())
            .collect();
        let is_model = class.bases.iter().any(|base| base.ends_with("Model")) || !keys.is_empty();
        if !is_model {
            continue;
        }
        let known = models.entry(&class.name).or_insert_with(|| keys.clone());
        *known = known.intersection(&keys).copied().collect();
    }
    models
}
