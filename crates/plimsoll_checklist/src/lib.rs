//! Checklists as people write them: read, placed on the controls of the catalog, ticked.
//!
//! [`Document::read`] takes the bytes of a Markdown or reStructuredText file and finds what a
//! reader would call its items: task boxes, ticks in text, tables and code blocks, numbered steps,
//! numbered headings. [`Matcher::place`] says which control an item means and by which words;
//! [`figures`] takes the figures of an item as the control's parameters; [`tick`] writes the
//! boxes in place and keeps every other byte; [`advice`] knows advice that does harm. Nothing here decides a verdict and nothing here
//! reads or writes a file.

mod advice;
mod document;
mod figures;
mod item;
mod lines;
mod marks;
mod matcher;
mod mend;
mod scan;
mod template;
mod tick;
mod vocabulary;
mod words;

pub use advice::{Advice, advice};
pub use document::{Dialect, Document, Unreadable};
pub use figures::{Figure, figures};
pub use item::{Item, ItemKind};
pub use marks::{Mark, MarkState};
pub use matcher::{Confidence, Matcher, Placement};
pub use template::{TemplateControl, TemplateFormat, template};
pub use tick::{Standing, Ticked, is_reference, tick};
