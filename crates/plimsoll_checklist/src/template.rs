//! New checklists from the catalog.

use std::fmt::Write as _;

/// How a new checklist is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateFormat {
    /// Markdown with task boxes.
    Markdown,
    /// reStructuredText with ballot boxes.
    Rst,
    /// One page that prints, with check boxes.
    Html,
    /// One row for each control.
    Csv,
    /// Markdown for the body of an issue, folded by family.
    GithubIssue,
}

/// A control as a new checklist shows it.
#[derive(Clone, Debug)]
pub struct TemplateControl {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The title of its family.
    pub family: String,
    /// `critical`, `important`, `optional`.
    pub criticality: String,
    /// The verdict as a word: `proven`.
    pub verdict: String,
    /// Whether its box is ticked.
    pub holds: bool,
    /// What proves it, or what is still needed.
    pub note: String,
}

/// A checklist for a system, its controls by family in the order given.
pub fn template(format: TemplateFormat, system: &str, controls: &[TemplateControl]) -> String {
    match format {
        TemplateFormat::Markdown => markdown(system, controls, false),
        TemplateFormat::GithubIssue => markdown(system, controls, true),
        TemplateFormat::Rst => rst(system, controls),
        TemplateFormat::Html => html(system, controls),
        TemplateFormat::Csv => csv(controls),
    }
}

/// Runs of controls of one family.
fn families(controls: &[TemplateControl]) -> impl Iterator<Item = (&str, &[TemplateControl])> {
    controls
        .chunk_by(|a, b| a.family == b.family)
        .filter_map(|run| Some((run.first()?.family.as_str(), run)))
}

fn holding(run: &[TemplateControl]) -> usize {
    run.iter().filter(|control| control.holds).count()
}

fn markdown(system: &str, controls: &[TemplateControl], folded: bool) -> String {
    let mut text = format!("# Production checklist of {system}\n");
    for (family, run) in families(controls) {
        let (done, all) = (holding(run), run.len());
        if folded {
            let _ =
                write!(text, "\n<details><summary><b>{family}</b> ({done} of {all})</summary>\n\n");
        } else {
            let _ = write!(text, "\n## {family}\n\n");
        }
        for control in run {
            let mark = if control.holds { 'x' } else { ' ' };
            let reference = reference(control);
            let _ = writeln!(
                text,
                "- [{mark}] **{}** ({}, {}){reference}",
                control.title, control.id, control.criticality
            );
            if !control.holds && !control.note.is_empty() {
                let _ = writeln!(text, "  - {}", control.note);
            }
        }
        if folded {
            text.push_str("\n</details>\n");
        }
    }
    text
}

fn reference(control: &TemplateControl) -> String {
    if control.holds {
        format!(
            " [{}: {}, {}]",
            control.verdict,
            control.id,
            control.note.replace(['[', ']', '|'], "_")
        )
    } else {
        String::new()
    }
}

fn rst(system: &str, controls: &[TemplateControl]) -> String {
    let title = format!("Production checklist of {system}");
    let rule = |sign: &str, title: &str| sign.repeat(title.chars().count());
    let mut text = format!("{}\n{title}\n{}\n", rule("=", &title), rule("=", &title));
    for (family, run) in families(controls) {
        let _ = write!(text, "\n{family}\n{}\n\n", rule("-", family));
        for control in run {
            let mark = if control.holds { '☑' } else { '☐' };
            let _ = writeln!(
                text,
                "- {mark} {} ({}, {}){}",
                control.title,
                control.id,
                control.criticality,
                reference(control)
            );
            if !control.holds && !control.note.is_empty() {
                let _ = writeln!(text, "\n  {}\n", control.note);
            }
        }
    }
    text
}

fn html(system: &str, controls: &[TemplateControl]) -> String {
    let system = escape(system);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Production checklist of {system}</title>\n<style>{STYLE}</style>\n<h1>Production checklist of {system}</h1>\n"
    );
    for (family, run) in families(controls) {
        let _ = writeln!(
            text,
            "<h2>{} <small>{} of {}</small></h2>\n<ul>",
            escape(family),
            holding(run),
            run.len()
        );
        for control in run {
            let ticked = if control.holds { " checked" } else { "" };
            let _ = writeln!(
                text,
                "<li><label><input type=\"checkbox\"{ticked}> {}</label> <code>{}</code> <span>{}, {}</span><p>{}</p></li>",
                escape(&control.title),
                escape(&control.id),
                escape(&control.criticality),
                escape(&control.verdict),
                escape(&control.note),
            );
        }
        text.push_str("</ul>\n");
    }
    text
}

const STYLE: &str = "body{font:1rem/1.45 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
ul{list-style:none;padding:0}li{padding:.4rem 0;border-top:1px solid #8884;break-inside:avoid}label{font-weight:600}\
span,small{opacity:.7;font-weight:400}p{margin:.1rem 0 0 1.6rem;opacity:.85}code{font-size:.85em}";

fn csv(controls: &[TemplateControl]) -> String {
    let mut text = String::from("done,control,title,family,criticality,verdict,note\r\n");
    for control in controls {
        let done = if control.holds { "yes" } else { "no" };
        let fields = [
            done,
            &control.id,
            &control.title,
            &control.family,
            &control.criticality,
            &control.verdict,
            &control.note,
        ];
        let row: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        let _ = write!(text, "{}\r\n", row.join(","));
    }
    text
}

/// A field of CSV (RFC 4180). A sign that a spreadsheet would take for a formula is kept from it.
fn quoted(field: &str) -> String {
    let safe = if field.starts_with(['=', '+', '-', '@']) {
        format!("'{field}")
    } else {
        field.to_owned()
    };
    if safe.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
