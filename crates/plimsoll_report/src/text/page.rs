//! A growing page of terminal text.

use std::fmt::Write as _;

use anstyle::Style;

use crate::sanitize::wrap;

/// Text that is being written, with its width in columns.
pub(crate) struct Page {
    out: String,
    pub(crate) width: usize,
}

impl Page {
    pub(crate) fn new(width: usize) -> Self {
        Self { out: String::new(), width: width.clamp(40, 160) }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    pub(crate) fn put(&mut self, text: &str) -> &mut Self {
        self.out.push_str(text);
        self
    }

    pub(crate) fn styled(&mut self, style: Style, text: &str) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "{style}{text}{style:#}");
        self
    }

    pub(crate) fn end(&mut self) -> &mut Self {
        self.out.push('\n');
        self
    }

    /// A heading with a rule to the edge of the page.
    pub(crate) fn heading(&mut self, title: &str, tail: &str) {
        let used = unicode_width::UnicodeWidthStr::width(title) + tail.chars().count() + 2;
        let rule = "─".repeat(self.width.min(100).saturating_sub(used).max(3));
        self.styled(super::style::BOLD, title).put(" ");
        self.styled(super::style::DIM, format!("{rule} {tail}").trim_end()).end();
    }

    /// A paragraph after a label, its further lines aligned with its first.
    pub(crate) fn paragraph(&mut self, indent: usize, label: &str, style: Style, text: &str) {
        let hang = indent + label.chars().count() + usize::from(!label.is_empty());
        let lines = wrap(text, self.width.min(100).saturating_sub(hang).max(24));
        for (index, line) in lines.iter().enumerate() {
            if index == 0 {
                self.put(&" ".repeat(indent));
                if !label.is_empty() {
                    self.styled(style, label).put(" ");
                }
            } else {
                self.put(&" ".repeat(hang));
            }
            self.put(line).end();
        }
    }
}
