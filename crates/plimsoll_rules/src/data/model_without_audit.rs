//! `model-without-audit`: a model with personal data is not in the audit trail.

use plimsoll_catalog::{Confidence, Severity};
use plimsoll_python::Value;
use plimsoll_python::code::Class;

use crate::{Fault, Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "model-without-audit",
    control: "DATA-02",
    title: "a model with personal data is not in the audit trail",
    what: "Models with fields that hold personal data by their type or name (phone, birth date, address, national number, bank account) in a project that audits other models with auditlog or django-simple-history. A phone number or postcode counts where the model is about a person by its name or other fields. Abstract models are left out, as is a project whose settings include all models. Where no model is audited, the question stays open.",
    why: "After a wrong change to somebody's record nobody can say who made it and what stood there before.",
    bad: "```python settings.py
INSTALLED_APPS = ['auditlog', 'clients']
```
```python clients/models.py
class Client(models.Model):
    phone = models.CharField(max_length=20)

class Contract(models.Model):
    number = models.CharField(max_length=20)

auditlog.register(Contract)
```",
    good: "```python settings.py
INSTALLED_APPS = ['auditlog', 'clients']
```
```python clients/models.py
class Client(models.Model):
    phone = models.CharField(max_length=20)

auditlog.register(Client)
```",
    sources: &[
        "https://django-auditlog.readthedocs.io/en/latest/usage.html#manually-logging-changes",
    ],
    check,
};

/// Words in the names of fields that hold personal data.
const PERSONAL: [&str; 16] = [
    "phone",
    "mobile",
    "birth",
    "date_of_birth",
    "dob",
    "national_id",
    "national_insurance",
    "passport",
    "iban",
    "bank_account",
    "sort_code",
    "nhs_number",
    "postcode",
    "home_address",
    "next_of_kin",
    "ssn",
];

fn check(look: &mut Look) {
    let facts = look.facts;
    if facts.partial("AUDITLOG_INCLUDE_ALL_MODELS").and_then(Value::truth) == Some(true) {
        look.evidence(
            "AUDITLOG_INCLUDE_ALL_MODELS is on",
            facts.place_of("AUDITLOG_INCLUDE_ALL_MODELS"),
        );
        return;
    }
    let audited: Vec<&str> = facts
        .code
        .modules
        .iter()
        .flat_map(|module| module.facts.audited.iter().map(String::as_str))
        .collect();
    if audited.is_empty() {
        look.undetermined(
            "no model is registered with an audit trail that is known here",
            "say in an attestation how changes to personal data are recorded, or install django-auditlog",
            None,
        );
        return;
    }
    let mut any = false;
    for (module, class) in facts.code.classes().filter(|(_, class)| is_model(class)) {
        let Some(field) = class.fields.iter().find(|field| is_personal(&field.name, &field.kind))
        else {
            continue;
        };
        if is_contact(&field.name) && !is_of_person(class) {
            continue;
        }
        // A base of the project may be audited in its place.
        let by_base = class
            .bases
            .iter()
            .any(|base| audited.contains(&base.rsplit('.').next().unwrap_or(base)));
        if class.is_abstract
            || by_base
            || audited.contains(&class.name.as_str())
            || module.is_manual()
        {
            continue;
        }
        any = true;
        let finding = look.finding(
            class.at.clone(),
            Fault {
                severity: Severity::Warning,
                message: format!(
                    "{} holds personal data ({}) and is not in the audit trail",
                    class.name, field.name
                ),
                consequence: "who changed or deleted such a record cannot be found out".to_owned(),
                fix: format!(
                    "register it as the other models are: auditlog.register({})",
                    class.name
                ),
            },
        );
        finding.confidence = Confidence::Medium;
    }
    if !any {
        look.evidence(
            format!(
                "{} models are audited, and none with personal data is left out",
                audited.len()
            ),
            None,
        );
    }
}

/// Whether a field may be that of a company or a building as well.
fn is_contact(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["phone", "mobile", "postcode"].iter().any(|word| name.contains(word))
}

/// Whether a model is about a person by its name or other fields.
fn is_of_person(class: &Class) -> bool {
    let words = [
        "first_name",
        "last_name",
        "surname",
        "given_name",
        "family_name",
        "full_name",
        "user",
        "member",
        "person",
        "patient",
        "resident",
        "employee",
        "staff",
        "student",
        "candidate",
        "date_of_birth",
    ];
    let named = [
        "client",
        "customer",
        "person",
        "patient",
        "resident",
        "employee",
        "staff",
        "member",
        "student",
        "candidate",
        "user",
        "contact",
        "profile",
    ];
    let name = class.name.to_ascii_lowercase();
    named.iter().any(|word| name.contains(word))
        || class.fields.iter().any(|field| words.contains(&field.name.as_str()))
}

/// Whether a class is a model by a base's name.
fn is_model(class: &Class) -> bool {
    class.bases.iter().any(|base| {
        let end = base.rsplit('.').next().unwrap_or(base);
        matches!(end, "Model" | "AbstractUser" | "AbstractBaseUser")
            || end.ends_with("Model") && !end.contains("Form")
    })
}

fn is_personal(name: &str, kind: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(kind, "PhoneNumberField" | "IBANField")
        || PERSONAL.iter().any(|word| {
            name == *word
                || name.starts_with(&format!("{word}_"))
                || name.ends_with(&format!("_{word}"))
        })
}
