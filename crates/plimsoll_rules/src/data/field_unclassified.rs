//! `field-unclassified`: a field is treated as sensitive in one model and left plain in another.

use std::collections::BTreeMap;

use plimsoll_catalog::{Confidence, Related, Severity};
use plimsoll_source::Span;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "field-unclassified",
    control: "DATA-08",
    title: "a field is encrypted in one model and left plain in another",
    what: "Fields of the project's models whose type encrypts (`EncryptedCharField` and its like), against fields of the same name in other models that do not. Names that say little by themselves (`name`, `value`, `data`, `key`, `text`…) are left alone. Whether every field is in a register of sensitive data a reader of code cannot tell: without a contradiction the question stays open.",
    why: "That the field is sensitive has been decided once. The copy in another table, made for a report or an import, was not thought of: it is the one that ends up in a dump, in clear.",
    bad: "```python settings.py
INSTALLED_APPS = ['staff']
```
```python staff/models.py
from django.db import models
from encrypted_model_fields.fields import EncryptedCharField

class Employee(models.Model):
    national_insurance = EncryptedCharField(max_length=20)

class Applicant(models.Model):
    national_insurance = models.CharField(max_length=20)
```",
    good: "```python settings.py
INSTALLED_APPS = ['staff']
```
```python staff/models.py
from django.db import models
from encrypted_model_fields.fields import EncryptedCharField

class Employee(models.Model):
    national_insurance = EncryptedCharField(max_length=20)

class Applicant(models.Model):
    national_insurance = EncryptedCharField(max_length=20)
```",
    sources: &[
        "https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html",
    ],
    check,
};

/// Names that say nothing of what they hold.
const VAGUE: [&str; 14] = [
    "name",
    "value",
    "data",
    "key",
    "text",
    "content",
    "body",
    "title",
    "description",
    "config",
    "settings",
    "note",
    "notes",
    "payload",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    let mut guarded: BTreeMap<&str, &Span> = BTreeMap::new();
    let mut plain: Vec<(&str, &str, &Span)> = Vec::new();
    let models = facts.code.classes().filter(|(module, class)| {
        let path = module.path.as_str();
        // Forms, serializers and migrations repeat the fields of models.
        let is_model =
            path.contains("models") || class.bases.iter().any(|base| base.ends_with("Model"));
        is_model
            && !path.contains("migrations/")
            && !class.bases.iter().any(|base| base.contains("Form") || base.contains("Serializer"))
    });
    for (_, class) in models {
        for field in &class.fields {
            if VAGUE.contains(&field.name.as_str()) {
                continue;
            }
            if field.kind.starts_with("Encrypted") || field.kind.starts_with("Fernet") {
                guarded.insert(&field.name, &field.at);
            } else if matches!(
                field.kind.as_str(),
                "CharField"
                    | "TextField"
                    | "EmailField"
                    | "DateField"
                    | "JSONField"
                    | "IntegerField"
            ) {
                plain.push((&field.name, &class.name, &field.at));
            }
        }
    }
    let count = guarded.len();
    let mut found = false;
    for (name, class, at) in plain {
        let Some(other) = guarded.get(name) else { continue };
        found = true;
        let finding = look.finding(
            at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!("{class}.{name} is kept in clear, while a field of the same name is encrypted"),
                consequence: "what is protected in one table stands in clear in the other, in every dump and replica".to_owned(),
                fix: "encrypt it as well, or leave it out: read it from the model that holds it".to_owned(),
            },
        );
        finding.confidence = Confidence::Medium;
        finding
            .related
            .push(Related { at: (*other).clone(), message: "encrypted here".to_owned() });
    }
    if !found {
        let reason = if count > 0 {
            format!(
                "{count} fields are encrypted and have no twin in clear; whether others should be, no code can say"
            )
        } else {
            "no field of the project's models is marked as sensitive in the code".to_owned()
        };
        look.undetermined(
            reason,
            "keep a register of every model's fields with their class, and compare it with the models: the owner of the data attests it",
            None,
        );
    }
}
