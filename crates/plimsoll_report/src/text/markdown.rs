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
    // The file that a block stands for: ```` ```python settings.py ````. Of an empty one nothing is
    // shown.
    let mut file: Option<&str> = None;
    for line in markdown.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            flush(page, &mut paragraph, indent);
            fenced = !fenced;
            let label = trimmed.trim_start_matches('`').split_once(' ');
            file = label.map(|(_, name)| name.trim()).filter(|name| fenced && !name.is_empty());
            continue;
        }
        if fenced {
            if let Some(name) = file.take() {
                page.put(&pad).styled(DIM, &name.chars().map(visible).collect::<String>()).end();
            }
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

#[cfg(test)]
mod tests {
    use super::draw;
    use crate::text::page::Page;

    #[test]
    fn blocks_are_told_by_their_files() {
        let text = "```python conf/__init__.py\n```\n```python conf/base.py\nA = 1\n```\n```text\nB\n```\n";
        let mut page = Page::new(80);
        draw(&mut page, text, 2);
        assert_eq!(without_styles(&page.finish()), "  conf/base.py\n  │ A = 1\n  │ B\n");
    }

    /// A text without its styles.
    fn without_styles(text: &str) -> String {
        let mut plain = String::new();
        let mut styled = false;
        for c in text.chars() {
            match c {
                '\u{1b}' => styled = true,
                'm' if styled => styled = false,
                c if !styled => plain.push(c),
                _ => {}
            }
        }
        plain
    }
}
