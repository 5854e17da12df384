//! `plimsoll checklist` for people.

use plimsoll_catalog::Verdict;

use super::TextOptions;
use super::ledger::verdict_name;
use super::page::Page;
use super::style;
use crate::checklist::{ChecklistFile, ChecklistItem, ChecklistReport};
use crate::sanitize::{one_line, wrap};

/// The items of checklists, each with its control and verdict, what is ticked and is not so, and
/// the advice that does harm.
pub fn checklist_text(report: &ChecklistReport, options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    page.put(&one_line(&report.target)).end();
    if let Some(reason) = &report.not_assessed {
        page.paragraph(0, "no verdicts:", style::WARNING, &one_line(reason));
    }
    for file in &report.files {
        page.end();
        one_file(file, &mut page);
    }
    page.finish()
}

fn one_file(file: &ChecklistFile, page: &mut Page) {
    page.heading(&one_line(&file.name), &format!("{} items", file.items.len()));
    for problem in &file.problems {
        page.paragraph(0, "note:", style::NOTE, &one_line(problem));
    }
    for item in &file.items {
        row(item, page);
    }
    if !file.advice.is_empty() {
        page.end();
        page.styled(style::BOLD, "Advice that does harm").end();
        for advice in &file.advice {
            let label = format!("{:>5}", advice.line);
            let text =
                format!("{} {} ({}, {})", advice.why, advice.instead, advice.id, advice.control);
            page.paragraph(0, &label, style::WARNING, &one_line(&text));
        }
    }
    let wrong: Vec<&ChecklistItem> =
        file.items.iter().filter(|item| item.is_false_tick()).collect();
    if !wrong.is_empty() {
        page.end();
        page.styled(style::BOLD, "Ticked and not so").end();
        for item in wrong {
            let grounds = item.control.as_ref().and_then(|control| control.grounds.first());
            let text = match grounds {
                Some(ground) => format!("{} - {ground}", item.text),
                None => item.text.clone(),
            };
            page.paragraph(0, &format!("{:>5}", item.line), style::ERROR, &one_line(&text));
        }
    }
    page.end();
    page.put(&summary(file)).end();
}

/// One item: line, box, verdict, control, words.
fn row(item: &ChecklistItem, page: &mut Page) {
    let mark = match item.ticked {
        Some(true) => "[x]",
        Some(false) => "[ ]",
        None => "   ",
    };
    page.put(&format!("{:>5} {mark} ", item.line));
    let (word, colour) = match (&item.control, item.verdict()) {
        (None, _) => ("not placed", style::DIM),
        (Some(_), None) => ("-", style::DIM),
        (Some(control), Some(Verdict::Unproven)) if control.by_person => {
            ("a person's", style::NOTE)
        }
        (Some(_), Some(verdict)) => (verdict_name(verdict), style::of_verdict(verdict)),
    };
    page.styled(colour, &format!("{word:<15}"));
    let control = item.control.as_ref();
    let unsure = if control.is_some_and(|control| control.confidence == "low") { "?" } else { " " };
    page.styled(style::NAME, &format!("{:<9}", control.map_or("", |control| control.id.as_str())));
    page.put(unsure).put(" ");
    let indent = if item.part_of.is_some() { "  " } else { "" };
    let mut text = format!("{indent}{}", one_line(&item.text));
    for given in &item.parameters {
        let value =
            given.value.integer().map_or_else(|| given.from.clone(), |number| number.to_string());
        text.push_str(&format!(" [{} = {value} {}]", given.name, given.unit));
    }
    let hang = 36;
    let lines = wrap(&text, page.width.min(120).saturating_sub(hang).max(24));
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            page.put(&" ".repeat(hang)).put(indent);
        }
        page.put(line).end();
    }
}

fn summary(file: &ChecklistFile) -> String {
    let count =
        |wanted: Verdict| file.items.iter().filter(|item| item.verdict() == Some(wanted)).count();
    let person = |item: &&ChecklistItem| {
        item.verdict() == Some(Verdict::Unproven)
            && item.control.as_ref().is_some_and(|control| control.by_person)
    };
    let persons = file.items.iter().filter(person).count();
    let unplaced = file.items.iter().filter(|item| item.control.is_none()).count();
    let parts = [
        (count(Verdict::Proven), "proven"),
        (count(Verdict::Attested), "attested"),
        (count(Verdict::Waived), "waived"),
        (count(Verdict::Failed), "failed"),
        (count(Verdict::Unproven).saturating_sub(persons), "unproven"),
        (persons, "for a person"),
        (count(Verdict::NotApplicable), "not applicable"),
        (unplaced, "not placed"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    said.join(", ")
}
