//! `serializer-validation-lost`: a field of a serializer is declared anew and loses `unique`.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_facts::CodeFacts;
use plimsoll_python::code::{Class, Field};

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "serializer-validation-lost",
    control: "QA-13",
    title: "a field of a serializer is declared anew and loses the model's check",
    what: "Fields of a ModelSerializer that are declared by hand (`email = serializers.EmailField()`) in the place of a model's field with `unique=True`, without `validators`, in a serializer that names the field and has neither `validate_<field>` nor `validate`. DRF takes the model's checks only for fields that it makes itself. Read-only fields, serializers for logging in, and models that are not found are left out.",
    why: "A second account with the same address gives an error 500 from the database in place of a message at the field.",
    bad: "```python settings.py
INSTALLED_APPS = ['rest_framework']
```
```python accounts/models.py
class Member(models.Model):
    email = models.EmailField(unique=True)
```
```python accounts/serializers.py
from rest_framework import serializers

class MemberSerializer(serializers.ModelSerializer):
    email = serializers.EmailField(required=True)

    class Meta:
        model = Member
        fields = ['email']
```",
    good: "```python settings.py
INSTALLED_APPS = ['rest_framework']
```
```python accounts/models.py
class Member(models.Model):
    email = models.EmailField(unique=True)
```
```python accounts/serializers.py
from rest_framework import serializers
from rest_framework.validators import UniqueValidator

class MemberSerializer(serializers.ModelSerializer):
    email = serializers.EmailField(validators=[UniqueValidator(Member.objects.all())])

    class Meta:
        model = Member
        fields = ['email']
```",
    sources: &[
        "https://www.django-rest-framework.org/api-guide/serializers/#specifying-fields-explicitly",
    ],
    check,
};

fn check(look: &mut Look) {
    let code = &look.facts.code;
    let models = unique_fields(code);
    let mut found: Vec<(&Class, &Field, &Field)> = Vec::new();
    for (_, class) in code.classes() {
        let Some(meta) = &class.meta else { continue };
        let is_serializer = class.bases.iter().any(|base| base.ends_with("ModelSerializer"));
        let fields = meta.model.as_ref().and_then(|model| models.get(model.as_str()));
        // What logs in or asks for a token looks accounts up and makes none.
        let looks_up = ["Login", "Auth", "Token", "Reset", "Verif", "Search", "Filter"]
            .iter()
            .any(|word| class.name.contains(word));
        let Some(fields) = fields.filter(|_| is_serializer && !looks_up) else { continue };
        let checks = |name: &str| {
            class.methods.iter().any(|method| {
                method == "validate" || method == &format!("validate_{name}") || method == "create"
            })
        };
        for field in &class.fields {
            let Some(of_model) = fields.iter().find(|other| other.name == field.name) else {
                continue;
            };
            let given = |name: &str| field.given.iter().any(|known| known == name);
            let plain = matches!(
                field.kind.as_str(),
                "CharField" | "EmailField" | "SlugField" | "RegexField"
            );
            let named = meta.fields.as_ref().is_some_and(|names| {
                names.iter().any(|name| *name == field.name || name == "__all__")
            });
            let locked = given("validators")
                || given("read_only")
                || given("source")
                || meta.read_only.as_ref().is_none_or(|names| names.contains(&field.name));
            if plain && named && !locked && !checks(&field.name) {
                found.push((class, field, of_model));
            }
        }
    }
    for (class, field, of_model) in &found {
        let finding = look.finding(
            field.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{}.{} is declared anew, so nothing asks whether the value is taken: the model says unique",
                    class.name, field.name
                ),
                consequence: "a value that is taken already ends in an error 500 from the database".to_owned(),
                fix: "leave the field to the serializer (extra_kwargs changes its options), or give it a UniqueValidator".to_owned(),
            },
        );
        // The view may look the value up itself.
        finding.confidence = Confidence::Medium;
        finding.related =
            vec![Related { at: of_model.at.clone(), message: "the model's field".to_owned() }];
    }
    if found.is_empty() {
        look.undetermined(
            format!("{}; no serializer was seen that loses a model's check", code.looked_at()),
            "a drill: missing, wrong and double input on each form and address",
            None,
        );
    }
}

/// The unique fields of each model by its name; names that several models share are left out.
fn unique_fields(code: &CodeFacts) -> BTreeMap<&str, Vec<&Field>> {
    let mut models: BTreeMap<&str, Vec<&Field>> = BTreeMap::new();
    let mut twice = Vec::new();
    for (_, class) in code.classes() {
        let is_model = class.bases.iter().any(|base| {
            base.ends_with("Model")
                || base.ends_with("AbstractUser")
                || base.ends_with("AbstractBaseUser")
        });
        if !is_model || class.meta.is_some() && class.fields.is_empty() {
            continue;
        }
        let unique = class.fields.iter().filter(|f| f.given.iter().any(|given| given == "unique"));
        if models.insert(&class.name, unique.collect()).is_some() {
            twice.push(class.name.as_str());
        }
    }
    for name in twice {
        models.remove(name);
    }
    models
}
