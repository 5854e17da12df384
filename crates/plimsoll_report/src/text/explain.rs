//! A control or a rule, explained.

use plimsoll_catalog::{Catalog, CheckKind, Control, Criticality, Target};

use super::TextOptions;
use super::markdown::draw;
use super::page::Page;
use super::style::{BOLD, DIM, NAME};
use crate::RuleText;

/// What a control is, why it matters, how it fails and what proves it, as text with ANSI styles.
pub fn explain_control_text(catalog: &Catalog, control: &Control, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let text = control.text();
    page.styled(BOLD, &format!("{}  {}", control.id, control.title)).end();
    let criticality = criticality(control.criticality);
    page.styled(DIM, &format!("{} · {criticality}", control.family.title())).end().end();
    draw(&mut page, text.statement, 0);
    for (title, body) in [
        ("Why", text.why),
        ("Bad", text.bad),
        ("Good", text.good),
        ("How to bring it about", text.perform),
        ("Pitfalls", text.pitfalls),
    ] {
        section(&mut page, title, body);
    }
    heading(&mut page, "Applies");
    page.paragraph(2, "", DIM, &applies(control));
    heading(&mut page, "Proven by");
    for target in [Target::Repository, Target::Rehearsal, Target::Production] {
        page.put("  ").styled(NAME, target_name(target)).end();
        if control.checks(target).is_empty() {
            page.put("    nothing\n");
        }
        for check in control.checks(target).iter().filter_map(|id| catalog.check(id)) {
            let planned = if check.planned { " (to be built)" } else { "" };
            let what = format!("{}: {}{planned}", check.id, check.looks_at);
            page.paragraph(4, "-", DIM, &what);
        }
        if let Some(fresh) = catalog.fresh_for(control, target) {
            page.paragraph(4, "", DIM, &format!("the evidence holds {}", holds(fresh)));
        }
    }
    if let Some(attestation) = &control.attestation {
        page.put("  ").styled(NAME, "attestation").end();
        let text = format!(
            "{} declares: {} (holds {})",
            attestation.role,
            attestation.wording,
            holds(attestation.fresh_for)
        );
        page.paragraph(4, "-", DIM, &text);
    }
    parameters(&mut page, control);
    requirements(&mut page, catalog, control);
    sources(&mut page, text.sources.iter().copied());
    page.finish()
}

/// What a rule looks at, why, an example and its repair, as text with ANSI styles.
pub fn explain_rule_text(catalog: &Catalog, rule: &RuleText, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    page.styled(BOLD, &rule.id).put("  ").styled(BOLD, &rule.title).end();
    let controls: Vec<String> =
        catalog.controls_of(&rule.id).map(|c| format!("{} {}", c.id, c.title)).collect();
    let kind = catalog.check(&rule.id).map_or("rule", |check| check.kind.name());
    page.paragraph(0, "", DIM, &format!("{kind} · {}", controls.join(" · ")));
    page.end();
    draw(&mut page, &rule.what, 0);
    section(&mut page, "Why", &rule.why);
    section(&mut page, "Bad", &rule.bad);
    section(&mut page, "Good", &rule.good);
    if rule.built && kind == CheckKind::Rule.name() {
        heading(&mut page, "Accepting it");
        let text = format!(
            "  `# plimsoll: ignore[{}] reason` on the line or the one above, or a waiver with an \
             owner and a last day in plimsoll.toml.",
            rule.id
        );
        draw(&mut page, &text, 2);
    }
    if !rule.built {
        page.end().styled(DIM, "This check is declared and still to be built.").end();
    }
    sources(&mut page, rule.sources.iter().map(String::as_str));
    page.finish()
}

fn heading(page: &mut Page, title: &str) {
    page.end().styled(BOLD, title).end();
}

fn section(page: &mut Page, title: &str, body: &str) {
    if !body.trim().is_empty() {
        heading(page, title);
        draw(page, body, 2);
    }
}

fn applies(control: &Control) -> String {
    let facts = control.applies.facts();
    if facts.is_empty() {
        return "always".to_owned();
    }
    let mut text = format!("when {}.", control.applies);
    for fact in facts {
        text.push_str(&format!(" {}: {}", fact.name(), fact.description()));
    }
    text
}

fn holds(fresh: plimsoll_catalog::Freshness) -> String {
    match fresh {
        plimsoll_catalog::Freshness::Commit => fresh.to_string(),
        plimsoll_catalog::Freshness::Hours(_) => format!("for {fresh}"),
    }
}

fn parameters(page: &mut Page, control: &Control) {
    if control.parameters.is_empty() {
        return;
    }
    heading(page, "Parameters");
    for parameter in &control.parameters {
        let text = format!(
            "{} = {} ({}): {}",
            parameter.name, parameter.value, parameter.unit, parameter.reason
        );
        page.paragraph(2, "-", DIM, &text);
    }
}

fn requirements(page: &mut Page, catalog: &Catalog, control: &Control) {
    let count = catalog.requirements_of(&control.id).count();
    if count > 0 {
        heading(page, "Answers");
        let plural = if count == 1 { "requirement" } else { "requirements" };
        let text = format!("{count} {plural} of deployment checklists; --format json names them");
        page.paragraph(2, "", DIM, &text);
    }
}

fn sources<'a>(page: &mut Page, sources: impl Iterator<Item = &'a str>) {
    let sources: Vec<&str> = sources.collect();
    if sources.is_empty() {
        return;
    }
    heading(page, "Sources");
    for source in sources {
        page.put("  ").put(source).end();
    }
}

pub(crate) fn criticality(criticality: Criticality) -> &'static str {
    match criticality {
        Criticality::Critical => "critical",
        Criticality::Important => "important",
        Criticality::Optional => "optional",
    }
}

fn target_name(target: Target) -> &'static str {
    match target {
        Target::Repository => "repository",
        Target::Rehearsal => "rehearsal",
        Target::Production => "production",
    }
}
