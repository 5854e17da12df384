//! An item of a checklist.

use crate::marks::Mark;

/// In which form an item was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// With a box or a tick.
    Marked,
    /// A row of a table with a box or a tick.
    Row,
    /// A numbered step without either.
    Step,
    /// A heading with a number, nothing below it being an item.
    Heading,
    /// A point below another item, or one that asks for something, without a mark.
    Point,
}

impl ItemKind {
    /// Its name: `marked`.
    pub fn name(self) -> &'static str {
        match self {
            ItemKind::Marked => "marked",
            ItemKind::Row => "row",
            ItemKind::Step => "step",
            ItemKind::Heading => "heading",
            ItemKind::Point => "point",
        }
    }
}

/// What a reader would call an item of a checklist.
#[derive(Clone, Debug)]
pub struct Item {
    /// The line of its box or mark, from 1; of its first word where it has none.
    pub line: usize,
    /// The column of the same, in characters, from 1.
    pub column: usize,
    /// The form it was written in.
    pub kind: ItemKind,
    /// What it says, without its mark and without markup.
    pub text: String,
    /// Its box or tick.
    pub mark: Option<Mark>,
    /// The headings above it, the nearest last.
    pub headings: Vec<String>,
    /// The item that it is a part of, as an index.
    pub parent: Option<usize>,
    /// What stands below it and is no item: points, code, each line by itself.
    pub details: Vec<String>,
    /// The last line that belongs to it, from 1.
    pub last_line: usize,
    /// The reference that an earlier run left, as bytes of the line, where there is one.
    pub(crate) reference: Option<(usize, usize)>,
    /// Where a reference belongs, as a byte of the line.
    pub(crate) reference_at: usize,
}

impl Item {
    /// Whether the writer says that it may be left out.
    pub fn optional(&self) -> bool {
        let text = self.text.to_lowercase();
        let heading =
            self.headings.last().map(|heading| heading.to_lowercase()).unwrap_or_default();
        ["optional", "if needed", "if applicable", "nice to have", "consider "].iter().any(|word| {
            text.contains(word)
                || (*word == "optional" || *word == "nice to have") && heading.contains(word)
        })
    }
}
