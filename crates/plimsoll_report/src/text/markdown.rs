//! Markdown of the catalog and of rules, drawn for a terminal: paragraphs, lists, fenced code,
//! code spans, headings. Anything else stays as it is.

use super::page::Page;
use super::style::{BOLD, DIM, NAME};
use crate::sanitize::visible;

/// Draws a text, indented.
pub(super) fn draw(page: &mut Page, markdown: &str, indent: usize) {
    let pad = " ".repeat(indent);
    let mut paragraph = String::new();
    let mut fenced = false;
    for line in markdown.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            flush(page, &mut paragraph, indent);
            fenced = !fenced;
            continue;
        }
        if fenced {
            let line: String =
                line.chars().map(|c| if c == '\t' { ' ' } else { visible(c) }).collect();
            page.put(&pad).styled(DIM, "│ ").put(&line).end();
        } else if trimmed.is_empty() {
            flush(page, &mut paragraph, indent);
        } else if trimmed.starts_with('#') {
            flush(page, &mut paragraph, indent);
            page.put(&pad).styled(BOLD, trimmed.trim_start_matches('#').trim()).end();
        } else if let Some(item) = trimmed.strip_prefix("- ").or_else(|| trimmed.strip_prefix("* "))
        {
            flush(page, &mut paragraph, indent);
            paragraph = format!("- {item}");
        } else if numbered(trimmed).is_some() {
            flush(page, &mut paragraph, indent);
            trimmed.clone_into(&mut paragraph);
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed);
        }
    }
    flush(page, &mut paragraph, indent);
}

fn flush(page: &mut Page, paragraph: &mut String, indent: usize) {
    let text = std::mem::take(paragraph);
    if text.is_empty() {
        return;
    }
    let (label, text) = match text.strip_prefix("- ") {
        Some(item) => ("-", item),
        None => numbered(&text).unwrap_or(("", text.as_str())),
    };
    let hang = if label.is_empty() { indent } else { indent + label.len() + 1 };
    let width = page.width.min(100).saturating_sub(hang).max(24);
    let mut code = false;
    for (index, line) in crate::sanitize::wrap(text, width).into_iter().enumerate() {
        let first = if label.is_empty() { String::new() } else { format!("{label} ") };
        page.put(&" ".repeat(indent));
        page.put(&if index == 0 { first } else { " ".repeat(hang - indent) });
        for (part, piece) in line.split('`').enumerate() {
            if part > 0 {
                code = !code;
                page.put("`");
            }
            let piece: String = piece.chars().map(visible).collect();
            if code {
                page.styled(NAME, &piece)
            } else {
                page.put(&piece)
            };
        }
        page.end();
    }
}

/// The number and the text of an item such as `12. text`.
fn numbered(text: &str) -> Option<(&str, &str)> {
    let (number, item) = text.split_once(". ")?;
    let short =
        !number.is_empty() && number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    short.then(|| (text.get(..=number.len()).unwrap_or(number), item))
}
