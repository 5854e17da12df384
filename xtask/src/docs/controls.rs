//! One page per family of controls, and the page that lists them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plimsoll_catalog::{Catalog, Control, Family, ParameterValue, Target, catalog};

use super::NOTE;

pub(super) fn pages() -> BTreeMap<String, String> {
    let catalog = catalog();
    let mut families: Vec<Family> = catalog.controls().map(|control| control.family).collect();
    families.dedup();
    let mut pages = BTreeMap::new();
    let mut index = format!("{NOTE}\n# Controls\n\n| Family | Controls |\n| --- | --- |\n");
    for family in families {
        let name = family.prefix().to_ascii_lowercase();
        let count = catalog.family(family).count();
        let title = family.title();
        let _ = writeln!(index, "| [{}: {title}](controls/{name}.md) | {count} |", family.prefix());
        pages.insert(format!("controls/{name}.md"), page(catalog, family));
    }
    pages.insert("controls.md".to_owned(), index);
    pages
}

fn page(catalog: &Catalog, family: Family) -> String {
    let mut page = format!("{NOTE}\n# {}: {}\n", family.prefix(), family.title());
    for control in catalog.family(family) {
        write_control(&mut page, catalog, control);
    }
    page
}

fn write_control(page: &mut String, catalog: &Catalog, control: &Control) {
    let text = control.text();
    let _ = write!(page, "\n## {}: {}\n", control.id, control.title);
    let criticality = format!("{:?}", control.criticality).to_ascii_lowercase();
    let _ = write!(page, "\nCriticality: {criticality}.\n");
    section(page, "", text.statement);
    section(page, "Why", text.why);
    section(page, "Bad", text.bad);
    section(page, "Good", text.good);
    section(page, "How", text.perform);
    section(page, "Advice to distrust", text.pitfalls);
    write_proofs(page, catalog, control);
    write_parameters(page, control);
    let requirements = catalog.requirements_of(&control.id).count();
    if requirements > 0 {
        let _ = write!(page, "\nRequirements it answers: {requirements}.\n");
    }
    if !text.sources.is_empty() {
        let _ = write!(page, "\n### Sources\n\n");
        for source in &text.sources {
            let _ = writeln!(page, "- <{source}>");
        }
    }
}

fn section(page: &mut String, title: &str, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    if !title.is_empty() {
        let _ = write!(page, "\n### {title}\n");
    }
    let _ = write!(page, "\n{}\n", text.trim());
}

fn write_proofs(page: &mut String, catalog: &Catalog, control: &Control) {
    let targets = [
        ("a repository", Target::Repository),
        ("a rehearsal", Target::Rehearsal),
        ("production", Target::Production),
    ];
    let mut rows = String::new();
    for (name, target) in targets {
        for check in control.checks(target).iter().filter_map(|id| catalog.check(id)) {
            let state = if check.planned { " (planned)" } else { "" };
            let kind = check.kind.name();
            let looks_at = check.looks_at.replace('|', "\\|");
            let fresh = check.fresh_for;
            let _ =
                writeln!(rows, "| {name} | {kind} `{}`{state} | {looks_at} | {fresh} |", check.id);
        }
    }
    if !rows.is_empty() {
        let head =
            "| For | Check | What it looks at | Its evidence holds |\n| --- | --- | --- | --- |";
        let _ = write!(page, "\n### Proven by\n\n{head}\n{rows}");
    }
    if let Some(beyond) = &control.beyond_files {
        let _ = writeln!(
            page,
            "\nThe checks of a repository can find it wrong and not prove it: no file shows {beyond}."
        );
    }
    if let Some(attestation) = &control.attestation {
        let _ = write!(
            page,
            "\n### Attestation\n\nBy {}: \"{}\" Holds {}.\n",
            attestation.role, attestation.wording, attestation.fresh_for
        );
    }
}

fn write_parameters(page: &mut String, control: &Control) {
    if control.parameters.is_empty() {
        return;
    }
    let head = "| Name | Default | Why |\n| --- | --- | --- |";
    let _ = write!(page, "\n### Parameters\n\n{head}\n");
    for parameter in &control.parameters {
        let value = match &parameter.value {
            ParameterValue::Integer(number) => number.to_string(),
            ParameterValue::Text(text) => text.clone(),
            ParameterValue::List(items) => items.join(", "),
        };
        let (unit, reason) = (&parameter.unit, parameter.reason.replace('|', "\\|"));
        let _ = writeln!(page, "| `{}` | {value} {unit} | {reason} |", parameter.name);
    }
}
