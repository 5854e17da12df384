//! `tenant-index-missing`: the column that every query filters by has no index.

use std::collections::BTreeSet;

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::code::{Class, Field};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "tenant-index-missing",
    control: "DB-08",
    title: "the column of the tenant has no index",
    what: "Fields of models that name a tenant (`tenant_id`, `organization`, `company_id` and the like), that some query of the code filters by, and that have no index: plain columns without `db_index`, `unique` or an index or constraint in `Meta`, and foreign keys with `db_index=False`, which have one otherwise. Abstract and unmanaged models are left out.",
    why: "Each page reads the rows of all tenants to find those of one, and gets slower with every customer that is won.",
    bad: "```python settings.py
DEBUG = False
```
```python notes/models.py
class Note(models.Model):
    tenant_id = models.UUIDField()
```
```python notes/views.py
from django.shortcuts import get_object_or_404

def mine(request):
    return render(request, 'mine.html', {'notes': Note.objects.filter(tenant_id=request.tenant.id)})
```",
    good: "```python settings.py
DEBUG = False
```
```python notes/models.py
class Note(models.Model):
    tenant_id = models.UUIDField(db_index=True)
```
```python notes/views.py
from django.shortcuts import get_object_or_404

def mine(request):
    return render(request, 'mine.html', {'notes': Note.objects.filter(tenant_id=request.tenant.id)})
```",
    sources: &["https://docs.djangoproject.com/en/stable/ref/models/fields/#db-index"],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let asked: BTreeSet<(&str, &str)> = code
        .functions()
        .flat_map(|(_, function)| &function.lookups)
        .flat_map(|lookup| {
            lookup.by.iter().map(|by| (lookup.model.as_str(), by.split("__").next().unwrap_or(by)))
        })
        .collect();
    let (mut seen, mut found) = (0, Vec::new());
    for (_, class) in code.classes().filter(|(_, class)| !class.is_abstract && !class.is_unmanaged)
    {
        for field in class.fields.iter().filter(|field| names_tenant(&field.name)) {
            seen += 1;
            let is_asked = asked.contains(&(class.name.as_str(), field.name.as_str()));
            if is_asked && !has_index(class, field) {
                found.push((class, field));
            }
        }
    }
    for (class, field) in &found {
        let finding = look.finding(
            field.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{}.{} has no index, and queries filter by it",
                    class.name, field.name
                ),
                consequence: "each query for one tenant reads the rows of all of them".to_owned(),
                fix: "give it db_index=True, or put it first in an index of Meta.indexes"
                    .to_owned(),
            },
        );
        // A migration may make the index by hand.
        finding.confidence = Confidence::Medium;
    }
    if found.is_empty() {
        look.undetermined(
            format!("{seen} columns name a tenant, and none that queries filter by lacks its index in the models; other indexes are not judged from the files"),
            "on the host: the tables that are read from end to end (pg_stat_user_tables)",
            None,
        );
    }
}

/// Whether a field names a tenant.
fn names_tenant(name: &str) -> bool {
    let name = name.trim_end_matches("_id");
    [
        "tenant",
        "organization",
        "organisation",
        "company",
        "workspace",
        "school",
        "clinic",
        "customer_account",
    ]
    .contains(&name)
}

fn has_index(class: &Class, field: &Field) -> bool {
    let given = |name: &str| field.given.iter().any(|known| known == name);
    let named = class.indexed.iter().any(|text| {
        let text = text.trim_start_matches('-');
        text == field.name || format!("{text}_id") == field.name
    });
    if named || given("db_index") || given("unique") || given("primary_key") {
        return true;
    }
    match field.kind.as_str() {
        "ForeignKey" | "OneToOneField" | "TenantForeignKey" => !given("!db_index"),
        "CharField"
        | "UUIDField"
        | "IntegerField"
        | "BigIntegerField"
        | "PositiveIntegerField"
        | "PositiveBigIntegerField" => false,
        _ => true,
    }
}
