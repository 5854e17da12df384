//! Lines to items.
//!
//! Checklists mix forms that no one grammar has: ticks in code blocks, boxes in tables, steps
//! below boxes, headings that are items. So lines are read one by one, with the open list items
//! and headings in mind, and what is an item is decided at the end, when it is known what stands
//! below it.

mod line;
mod nodes;
mod prose;

use crate::document::Dialect;
use crate::item::Item;
use crate::lines::Line;
use line::{Lead, code_mark, heading_underline, lead, marker_heading, table_row};
use nodes::{Node, Nodes, Shape};
use prose::{clean, is_pseudo_heading, is_reference_section};

/// The items of a checklist, in the order of the file.
pub(crate) fn scan(lines: &[Line], dialect: Dialect) -> Vec<Item> {
    let mut scan = Scan { dialect, nodes: Nodes::default(), code: None, text_open: false };
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        index += scan.line(line, index, lines).max(1);
    }
    scan.nodes.items(lines)
}

/// A block of code that is open.
enum Code {
    /// Between fences of this character and length.
    Fenced { sign: char, length: usize },
    /// Below a directive with this indentation.
    Indented { below: usize },
}

struct Scan {
    dialect: Dialect,
    nodes: Nodes,
    code: Option<Code>,
    /// Whether the line before belongs to the text of the innermost open item.
    text_open: bool,
}

impl Scan {
    /// Takes one line; gives how many lines were used.
    fn line(&mut self, line: &Line, index: usize, lines: &[Line]) -> usize {
        if self.in_code(line, index) {
            return 1;
        }
        if line.is_blank() {
            self.text_open = false;
            return 1;
        }
        if self.opens_code(line) {
            self.text_open = false;
            return 1;
        }
        if let Some(used) = self.heading(line, index, lines) {
            self.text_open = false;
            return used;
        }
        if let Some(row) = table_row(line) {
            self.nodes.row(row, index);
            self.text_open = false;
            return 1;
        }
        let found = lead(line);
        match found {
            Some(found) => self.item(&found, line, index),
            None => self.prose(line, index),
        }
        1
    }

    fn in_code(&mut self, line: &Line, index: usize) -> bool {
        match self.code {
            None => return false,
            Some(Code::Fenced { sign, length }) => {
                let text = line.text.trim().trim_start_matches('>').trim();
                if text.chars().count() >= length && text.chars().all(|meant| meant == sign) {
                    self.code = None;
                    return true;
                }
            }
            Some(Code::Indented { below }) => {
                if !line.is_blank() && line.indent() <= below {
                    self.code = None;
                    return false;
                }
            }
        }
        match code_mark(line) {
            Some(found) => self.item(&found, line, index),
            None => self.nodes.detail(&line.text, index, true),
        }
        self.text_open = false;
        true
    }

    fn opens_code(&mut self, line: &Line) -> bool {
        let text = line.text.trim_start().trim_start_matches("> ").trim_start();
        if let Some(sign) = text.chars().next().filter(|sign| matches!(sign, '`' | '~')) {
            let length = text.chars().take_while(|meant| *meant == sign).count();
            if length >= 3 && !text.get(length..).unwrap_or_default().contains('`') {
                self.nodes.close(line.indent());
                self.code = Some(Code::Fenced { sign, length });
                return true;
            }
        }
        let directive = text.strip_prefix(".. ").and_then(|rest| rest.split_once("::"));
        if self.dialect == Dialect::Rst
            && let Some((name, _)) = directive
        {
            if matches!(
                name.trim(),
                "code-block" | "code" | "sourcecode" | "parsed-literal" | "highlight"
            ) {
                self.nodes.close(line.indent());
                self.code = Some(Code::Indented { below: line.indent() });
            }
            return true;
        }
        false
    }

    fn heading(&mut self, line: &Line, index: usize, lines: &[Line]) -> Option<usize> {
        if let Some((level, first)) = marker_heading(line, self.dialect) {
            self.nodes.heading(level, line, first, index);
            return Some(1);
        }
        let is_list = lead(line).is_some_and(|found| found.bullet && !found.numbered);
        if let (false, Some(under)) = (is_list, lines.get(index + 1))
            && let Some(level) = heading_underline(line, under, self.dialect)
        {
            self.nodes.heading(level, line, 0, index);
            return Some(2);
        }
        // A line above a heading of reStructuredText.
        let title = lines.get(index + 1)?;
        let under = lines.get(index + 2)?;
        let level = heading_underline(title, under, self.dialect)?;
        if self.dialect == Dialect::Rst && line.text.trim_end() == under.text.trim_end() {
            self.nodes.heading(level, title, 0, index + 1);
            return Some(3);
        }
        None
    }

    fn item(&mut self, found: &Lead, line: &Line, index: usize) {
        let shape = match (found.mark.is_some(), found.numbered) {
            (true, _) => Shape::Marked,
            (false, true) => Shape::Step,
            (false, false) => Shape::Bullet,
        };
        self.nodes.item(Node::new(shape, found, line, index), found.bullet || line.indent() > 0);
        self.text_open = true;
    }

    fn prose(&mut self, line: &Line, index: usize) {
        let text = line.text.trim();
        if self.text_open && !text.starts_with("**") {
            self.nodes.continue_text(&clean(text), index);
            return;
        }
        self.nodes.close(line.indent());
        if self.nodes.inside() {
            self.nodes.detail(&clean(text), index, false);
        } else if is_pseudo_heading(text) {
            let title = clean(text);
            let apart = is_reference_section(&title);
            self.nodes.lead_in(title, apart);
        }
    }
}
