//! The reference page of a control, used by `explain` and by the generated documents.

use std::fmt::Write;

use crate::catalog::{Catalog, catalog};
use crate::control::{Attestation, Check, Control, Parameter};
use crate::predicate::Predicate;
use crate::requirements::Requirement;
use crate::words::{Criticality, Target};

/// The page of a control in Markdown: what must hold, why, how it goes wrong and right, how it is
/// proven, its parameters, the requirements it answers, its sources.
pub fn explain_markdown(control: &Control) -> String {
    let catalog = catalog();
    let text = control.text();
    let mut page = Page::default();
    page.line(&format!("# {}: {}", control.id, control.title));
    page.line(&summary(control));
    page.section("What must hold", text.statement);
    page.section("Why", text.why);
    page.section("How it goes wrong", text.bad);
    page.section("How it is right", text.good);
    page.section("How to bring it about", text.perform);
    page.section("Advice to distrust", text.pitfalls);
    page.section("How it is proven", &proof(catalog, control));
    page.section("Figures", &figures(catalog, control));
    page.section("Requirements it answers", &answers(catalog, control));
    page.section("Sources", &list(text.sources.iter().map(|source| format!("<{source}>"))));
    page.0
}

/// The page of a check in Markdown: what it looks at and which controls it belongs to.
pub fn explain_check_markdown(check: &Check) -> String {
    let mut page = Page::default();
    page.line(&format!("# {}", check.id));
    let state = if check.planned { " It is planned and does not exist yet." } else { "" };
    page.line(&format!("A {} that looks at this: {}.{state}", check.kind.name(), check.looks_at));
    page.line(&format!("Its evidence holds {}. {}", holds(check), check.fresh_reason));
    let controls: Vec<&Control> = catalog().controls_of(&check.id).collect();
    let lines = controls.iter().map(|control| format!("{}: {}", control.id, control.title));
    page.section("Controls it belongs to", &list(lines));
    if let Some(control) = controls.first() {
        page.section("Why", control.text().why);
        page.section("How to put it right", control.text().perform);
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn section(&mut self, title: &str, body: &str) {
        if !body.is_empty() {
            self.line(&format!("## {title}"));
            self.line(body.trim_end());
        }
    }
}

fn summary(control: &Control) -> String {
    let criticality = match control.criticality {
        Criticality::Critical => "critical",
        Criticality::Important => "important",
        Criticality::Optional => "optional",
    };
    let applies = match &control.applies {
        Predicate::Always => "Applies to every system.".to_owned(),
        condition => format!("Applies when: `{condition}`."),
    };
    format!("{}, {criticality}. {applies}", control.family.title())
}

fn proof(catalog: &Catalog, control: &Control) -> String {
    let targets = [
        (Target::Repository, "For a repository, nothing run"),
        (Target::Rehearsal, "In a rehearsal on loopback"),
        (Target::Production, "In production"),
    ];
    let mut parts = Vec::new();
    for (target, title) in targets {
        let checks: Vec<&Check> =
            control.checks(target).iter().filter_map(|id| catalog.check(id)).collect();
        if !checks.is_empty() {
            let lines = checks.iter().map(|check| {
                let planned = if check.planned { ", planned" } else { "" };
                let kind = check.kind.name();
                let looks_at = &check.looks_at;
                format!("`{}` ({kind}{planned}; holds {}): {looks_at}", check.id, holds(check))
            });
            parts.push(format!("{title}:\n\n{}", list(lines)));
        }
        if target == Target::Repository {
            parts.extend(control.beyond_files.as_ref().map(|beyond| {
                format!("These can find it wrong and not prove it: no file shows {beyond}.")
            }));
        }
    }
    parts.extend(control.attestation.as_ref().map(attested));
    parts.join("\n\n")
}

fn attested(attestation: &Attestation) -> String {
    let Attestation { role, wording, fresh_for } = attestation;
    format!("By a person: the {role} declares, for {fresh_for}:\n\n> {wording}")
}

/// `for 1 day`, `until the commit changes`.
fn holds(check: &Check) -> String {
    match check.fresh_for {
        crate::control::Freshness::Commit => check.fresh_for.to_string(),
        crate::control::Freshness::Hours(_) => format!("for {}", check.fresh_for),
    }
}

fn figures(catalog: &Catalog, control: &Control) -> String {
    list(control.parameters.iter().map(|parameter| {
        let Parameter { name, value, unit, reason, .. } = parameter;
        let mut line = format!("`{name}`: {value} {unit}. {reason}");
        for profile in catalog.profiles() {
            for tune in &profile.tunes {
                if tune.control == control.id && tune.parameter == *name {
                    let _ = write!(
                        line,
                        " With the profile {}: {}. {}",
                        profile.id, tune.value, tune.reason
                    );
                }
            }
        }
        line
    }))
}

fn answers(catalog: &Catalog, control: &Control) -> String {
    list(catalog.requirements_of(&control.id).map(|requirement| {
        let Requirement { id, system, section, ask, .. } = requirement;
        format!("{id} ({system}, {section}): {}", escaped(ask))
    }))
}

fn list(lines: impl Iterator<Item = String>) -> String {
    lines.map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

/// A checklist's words with the characters that Markdown would take for markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '*' | '_' | '<' | '>' | '`' | '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
