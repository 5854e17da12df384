//! `queryset-without-tenant`: a view gives rows of every tenant.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::{Access, Address, CodeFacts};
use plimsoll_python::code::Class;
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "queryset-without-tenant",
    control: "API-05",
    title: "a view gives rows of every tenant",
    what: "Models that belong to a tenant by a relation (`tenant`, `organization`, `company`, `workspace`, `school` and the like) and whose rows some view finds by it, and the views at followed addresses that take all rows of such a model (`queryset = Note.objects.all()`, `model = Note`) or one by its key alone, and neither narrow them by `get_queryset` or a filter nor look at who asks. Models with a manager of their own are left out, and so are systems where each tenant has a schema of its own (django-tenants).",
    why: "One forgotten filter, and one customer reads the other's files.",
    bad: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes.views import Mine, Detail

urlpatterns = [path('', Mine.as_view()), path('<int:pk>/', Detail.as_view())]
```
```python notes/models.py
class Note(models.Model):
    organization = models.ForeignKey('Organization', on_delete=models.CASCADE)
```
```python notes/views.py
from rest_framework import generics, permissions

class Mine(generics.ListAPIView):
    def get_queryset(self):
        return Note.objects.filter(organization=self.request.user.organization)

class Detail(generics.RetrieveUpdateAPIView):
    permission_classes = [permissions.IsAuthenticated]
    queryset = Note.objects.all()
```",
    good: "```python settings.py
ROOT_URLCONF = 'urls'
```
```python urls.py
from django.urls import path
from notes.views import Mine, Detail

urlpatterns = [path('', Mine.as_view()), path('<int:pk>/', Detail.as_view())]
```
```python notes/models.py
class Note(models.Model):
    organization = models.ForeignKey('Organization', on_delete=models.CASCADE)
```
```python notes/views.py
from rest_framework import generics, permissions

class Mine(generics.ListAPIView):
    def get_queryset(self):
        return Note.objects.filter(organization=self.request.user.organization)

class Detail(generics.RetrieveUpdateAPIView):
    permission_classes = [permissions.IsAuthenticated]

    def get_queryset(self):
        return Note.objects.filter(organization=self.request.user.organization)
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Multi_Tenant_Security_Cheat_Sheet.html",
    ],
    check,
};

/// Names of relations to a tenant.
pub(super) const TENANTS: [&str; 12] = [
    "tenant",
    "organization",
    "organisation",
    "company",
    "workspace",
    "school",
    "clinic",
    "agency",
    "practice",
    "org",
    "business",
    "firm",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let code = &facts.code;
    if facts.has_app("django_tenants") == Some(true)
        || facts.has_app("tenant_schemas") == Some(true)
    {
        look.undetermined(
            "each tenant has a schema of its own; whether every request gets the right one is not seen in the files",
            "a drill: two canary tenants and each other's objects",
            facts.place_of("INSTALLED_APPS"),
        );
        return;
    }
    let owned = owned(code);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for route in &code.routes.views {
        let Some((_, name, at)) = code.view_name(route) else { continue };
        let model = gives_all(code, route).filter(|model| owned.contains_key(model));
        if let Some(model) = model
            && seen.insert(at.clone())
        {
            found.push((name, at, route, model));
        }
    }
    for (name, at, route, model) in &found {
        let finding = look.finding(
            (*at).clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{name}, at /{}, gives {model} of every tenant",
                    route.address.trim_start_matches('/')
                ),
                consequence:
                    "whoever is logged in at one tenant reads or changes the rows of the others"
                        .to_owned(),
                fix: "narrow the rows by the caller's tenant in get_queryset(), as other views do"
                    .to_owned(),
            },
        );
        // A middleware or the database may narrow them.
        finding.confidence = Confidence::Medium;
        if let Some(other) = owned.get(model) {
            finding.related = vec![Related {
                at: other.clone(),
                message: format!("here {model} is found by its tenant"),
            }];
        }
    }
    if found.is_empty() {
        look.undetermined(
            format!(
                "{} models are found by their tenant, and no address was seen that gives them all",
                owned.len()
            ),
            "a drill: two canary tenants and each other's objects",
            None,
        );
    }
}

/// The models that belong to a tenant and whose rows some view finds by it, with that place.
fn owned(code: &CodeFacts) -> BTreeMap<String, Span> {
    let belongs = |class: &Class| {
        class.fields.iter().any(|field| {
            matches!(field.kind.as_str(), "ForeignKey" | "TenantForeignKey")
                && TENANTS.contains(&field.name.as_str())
        }) && !class.attributes.iter().any(|name| name == "objects")
    };
    let models: BTreeSet<&str> = code
        .classes()
        .filter(|(_, class)| belongs(class))
        .map(|(_, class)| class.name.as_str())
        .collect();
    let mut found = BTreeMap::new();
    for (_, function) in code.functions().filter(|(module, _)| !module.is_manual()) {
        for lookup in &function.lookups {
            let by_tenant = lookup.by.iter().any(|name| {
                let first = name.split("__").next().unwrap_or(name);
                TENANTS.contains(&first.trim_end_matches("_id"))
            });
            if by_tenant && function.uses_session && models.contains(lookup.model.as_str()) {
                found.entry(lookup.model.clone()).or_insert_with(|| lookup.at.clone());
            }
        }
    }
    found
}

/// The model of which a view gives all rows, without a look at the caller.
fn gives_all(code: &CodeFacts, route: &Address) -> Option<String> {
    if !matches!(route.access, Access::Open | Access::Guarded(_) | Access::WritesGuarded(_))
        || !route.only_login()
    {
        return None;
    }
    let functions = code.view_functions(route);
    if functions
        .iter()
        .any(|f| f.uses_session || f.denies || f.verifies || !f.hands_request_to.is_empty())
    {
        return None;
    }
    if code.view_function(route).is_some() {
        let mut lookups = functions.iter().flat_map(|f| &f.lookups);
        let by_key = lookups
            .find(|l| l.one && l.by.len() == 1 && l.by.iter().any(|by| by == "pk" || by == "id"));
        return by_key.map(|lookup| lookup.model.clone());
    }
    let narrows = code.view_parts(route).any(|(_, class)| {
        class.attributes.iter().any(|name| name == "filter_backends")
            || class.methods.iter().any(|name| {
                matches!(
                    name.as_str(),
                    "get_queryset"
                        | "get_object"
                        | "filter_queryset"
                        | "dispatch"
                        | "setup"
                        | "initial"
                )
            })
    });
    if narrows {
        return None;
    }
    let mut uses = code.view_parts(route).flat_map(|(_, class)| &class.uses);
    uses.find(|(attribute, _)| matches!(attribute.as_str(), "model" | "queryset"))
        .map(|(_, model)| model.clone())
}
