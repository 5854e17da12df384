//! `[checklist]`: the team's own checklists.

use super::reader::check_name;
use super::table::{Field, Mistakes, Table};
use super::{Names, Placed};

/// A control by words of the items that mean it.
type Item = (Placed<String>, Placed<String>);

/// The files, and the controls of items that the words alone do not tell.
pub(super) fn read_checklist(
    table: &Table<'_, '_>,
    names: &Names,
    m: &mut Mistakes<'_>,
) -> (Vec<Placed<String>>, Vec<Item>) {
    let Some(field) = table.field("checklist") else { return Default::default() };
    let Some(entries) = field.table(m) else { return Default::default() };
    let checklist = Table::strict(entries, "[checklist]", &["files", "items"], m);
    let files = checklist.texts("files", m);
    let mut items = Vec::new();
    for (text, value) in checklist.table("items", m).into_iter().flatten() {
        let words = Placed { value: text.get_ref().to_string(), at: m.span(text.span()) };
        let field = Field { key: "items", value };
        let Some(control) = field.text(m) else { continue };
        if check_name("control", &control, names.controls.keys().map(String::as_str), m) {
            items.push((words, control));
        }
    }
    (files, items)
}
