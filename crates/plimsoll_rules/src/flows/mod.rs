//! Rules about what the application does with rows, requests, errors and other services.

mod exception_text_shown;
mod exception_unlogged;
mod lost_update;
mod request_timeout_missing;
mod request_value_unchecked;
mod row_made_twice;
mod task_before_commit;
mod writes_not_atomic;

use std::collections::BTreeMap;

use plimsoll_catalog::{Finding, Related};
use plimsoll_facts::{CodeFacts, Facts, Module};
use plimsoll_python::code::{Class, Field};
use plimsoll_source::Span;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    request_timeout_missing::RULE,
    task_before_commit::RULE,
    exception_unlogged::RULE,
    lost_update::RULE,
    row_made_twice::RULE,
    writes_not_atomic::RULE,
    exception_text_shown::RULE,
    request_value_unchecked::RULE,
];

/// Places that a finding shows besides its first.
const SHOWN: usize = 8;

/// The modules that requests and workers run.
pub(crate) fn running(facts: &Facts) -> impl Iterator<Item = &Module> {
    facts.code.modules.iter().filter(|module| {
        let name = module.path.file_name();
        // Celery's tasks run in production like views do; scripts lie beside manage.py.
        let is_tasks = name == "tasks.py" && !module.facts.tasks.tasks.is_empty();
        let beside = module.path.parent().is_some_and(|folder| folder == facts.system.root)
            && !matches!(name, "views.py" | "models.py" | "api.py" | "forms.py" | "serializers.py")
            && !is_tasks;
        let fills = ["seed", "populate", "fixture", "demo"].iter().any(|word| name.contains(word));
        !module.is_test() && (!module.is_manual() || is_tasks) && !beside && !fills
    })
}

/// Adds the further places of a finding.
fn here_as_well<'s>(finding: &mut Finding, rest: impl Iterator<Item = &'s Span>) {
    finding.related = rest
        .take(SHOWN)
        .map(|at| Related { at: at.clone(), message: "here as well".to_owned() })
        .collect();
}

/// The models of the system by name, with all classes that have the name.
fn models(code: &CodeFacts) -> BTreeMap<&str, Vec<&Class>> {
    let mut found: BTreeMap<&str, Vec<&Class>> = BTreeMap::new();
    let others = ["Form", "Serializer", "FilterSet", "ObjectType", "Schema", "View", "ViewSet"];
    for (module, class) in code.classes() {
        let is_other =
            class.bases.iter().any(|base| others.iter().any(|other| base.ends_with(other)));
        let is_model = class.bases.iter().any(|base| base.ends_with("Model"))
            || class.fields.iter().any(|field| field.kind == "ForeignKey")
            || class.bases.iter().any(|base| base.contains("AbstractUser"));
        if is_model && !is_other && !module.is_test() {
            found.entry(&class.name).or_default().push(class);
        }
    }
    found
}

/// Whether a field holds a number.
fn is_number(field: &Field) -> bool {
    matches!(
        field.kind.as_str(),
        "IntegerField"
            | "PositiveIntegerField"
            | "PositiveSmallIntegerField"
            | "PositiveBigIntegerField"
            | "SmallIntegerField"
            | "BigIntegerField"
            | "DecimalField"
            | "FloatField"
            | "MoneyField"
    )
}
