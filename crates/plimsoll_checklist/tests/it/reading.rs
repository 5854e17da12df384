//! Which lines are items, and with which mark.

use plimsoll_checklist::{Dialect, Document, ItemKind, MarkState, Unreadable};

type Row = (usize, ItemKind, Option<MarkState>, &'static str);

fn rows(document: &Document) -> Vec<(usize, ItemKind, Option<MarkState>, String)> {
    let row = |item: &plimsoll_checklist::Item| {
        (item.line, item.kind, item.mark.map(|mark| mark.state), item.text.clone())
    };
    document.items.iter().map(row).collect()
}

fn check(text: &str, dialect: Dialect, expected: &[Row]) {
    let document = Document::read(text.as_bytes(), dialect).expect("text");
    let expected: Vec<_> = expected
        .iter()
        .map(|(line, kind, mark, text)| (*line, *kind, *mark, (*text).to_owned()))
        .collect();
    assert_eq!(rows(&document), expected, "{text}");
}

use ItemKind::{Heading, Marked, Point, Row as TableRow, Step};
const OPEN: Option<MarkState> = Some(MarkState::Open);
const DONE: Option<MarkState> = Some(MarkState::Ticked);

#[test]
fn task_boxes_in_their_many_spellings() {
    check(
        "- [ ] one\n* [x] two\n+ [X] three\n1. [ ] four\n2) [] five\n> - [ ] six\n- **[ ] seven**\n- [-] eight\n- \\[ \\] nine\n[ ] ten\n",
        Dialect::Markdown,
        &[
            (1, Marked, OPEN, "one"),
            (2, Marked, DONE, "two"),
            (3, Marked, DONE, "three"),
            (4, Marked, OPEN, "four"),
            (5, Marked, OPEN, "five"),
            (6, Marked, OPEN, "six"),
            (7, Marked, OPEN, "seven"),
            (8, Marked, Some(MarkState::Other), "eight"),
            (9, Marked, OPEN, "nine"),
            (10, Marked, OPEN, "ten"),
        ],
    );
}

#[test]
fn what_looks_like_a_box_and_is_none() {
    check(
        "- [x](https://example.org)\n- [a] label\n- items[ ] of code\n\n```\n[X] 0001_initial\nif [ ]; then\n```\n",
        Dialect::Markdown,
        &[],
    );
}

#[test]
fn ticks_in_text_lists_code_and_behind_the_words() {
    check(
        "✅ Password policy  \n- ✓ Backups\n- ☐ Restore\n- HTTPS is on ✅\n\n```text\n✓ Set DEBUG=False\n# ✅ a comment\n```\n",
        Dialect::Markdown,
        &[
            (1, Marked, DONE, "Password policy"),
            (2, Marked, DONE, "Backups"),
            (3, Marked, OPEN, "Restore"),
            (4, Marked, DONE, "HTTPS is on"),
            (7, Marked, DONE, "Set DEBUG=False"),
        ],
    );
}

#[test]
fn a_row_of_a_table_says_all_of_its_words() {
    check(
        "| Done | What | Who |\n|---|---|---|\n| [ ] | Lock accounts | Ana |\n| ✅ | Logs rotate | Ben |\n| no | mark | here |\n",
        Dialect::Markdown,
        &[(3, TableRow, OPEN, "Lock accounts · Ana"), (4, TableRow, DONE, "Logs rotate · Ben")],
    );
}

#[test]
fn steps_and_points_without_a_mark() {
    check(
        "## Cutover\n\n1. Run migrations\n2. **Restart**\n   - Wait for the health check\n\n- Monitor the logs\n- blue and green\n\n## See also\n\n1. The handbook\n",
        Dialect::Markdown,
        &[
            (3, Step, None, "Run migrations"),
            (4, Step, None, "Restart"),
            (5, Point, None, "Wait for the health check"),
            (7, Point, None, "Monitor the logs"),
        ],
    );
}

#[test]
fn a_step_that_only_groups_boxes_is_no_item() {
    check(
        "1. **Headers**\n   - [ ] Test them\n2. Alone\n",
        Dialect::Markdown,
        &[(2, Marked, OPEN, "Test them"), (3, Step, None, "Alone")],
    );
}

#[test]
fn a_numbered_heading_is_an_item_where_nothing_below_it_is() {
    check(
        "# 1. Title\n\n## 2. Secrets\n\nMove them out.\n\n## 3. Backups\n\n- [ ] Nightly\n\n## Notes 4\n",
        Dialect::Markdown,
        &[(3, Heading, None, "2. Secrets"), (9, Marked, OPEN, "Nightly")],
    );
}

#[test]
fn restructured_text_with_directives_and_underlined_headings() {
    let text = "=====\nTitle\n=====\n\n.. warning::\n   Do it all.\n\nDEBUG\n-----\n\n.. code-block:: bash\n\n   ✓ Set DEBUG=False\n   ✓ Check it\n\nAfter.\n\n2. Secrets\n----------\n\nNone in git.\n";
    check(
        text,
        Dialect::Rst,
        &[
            (13, Marked, DONE, "Set DEBUG=False"),
            (14, Marked, DONE, "Check it"),
            (18, Heading, None, "2. Secrets"),
        ],
    );
}

#[test]
fn details_headings_and_parents_are_known() {
    let text = "# A\n\n## B\n\n**Action items:**\n\n- [ ] **Run Gunicorn**\n  ```bash\n  gunicorn --timeout 120\n  ```\n  - [ ] with four workers\n    and a socket\n";
    let document = Document::read(text.as_bytes(), Dialect::Markdown).expect("text");
    let [first, second] = document.items.as_slice() else {
        panic!("two items: {:?}", document.items)
    };
    assert_eq!(first.headings, ["A", "B", "Action items:"]);
    assert_eq!(first.details, ["gunicorn --timeout 120"]);
    assert_eq!(
        (second.parent, second.text.as_str(), second.last_line),
        (Some(0), "with four workers and a socket", 12)
    );
}

#[test]
fn wrong_encodings_and_odd_line_endings() {
    let mangled = "âœ… Domain points here\r\n‚úì TLS\r- [ ] caf\u{e9}\n";
    check(
        mangled,
        Dialect::Markdown,
        &[
            (1, Marked, DONE, "Domain points here"),
            (2, Marked, DONE, "TLS"),
            (3, Marked, OPEN, "café"),
        ],
    );
    let latin = Document::read(b"- [ ] caf\xe9\n- [ ] tea\n", Dialect::Markdown).expect("text");
    assert_eq!(latin.odd_lines, [1]);
    assert_eq!(rows(&latin).first().map(|row| row.3.clone()), Some("café".to_owned()));
}

#[test]
fn what_is_no_text_is_refused() {
    let read = |bytes: &[u8]| Document::read(bytes, Dialect::Markdown).err();
    assert_eq!(read(b"- [ ] a\0b"), Some(Unreadable::Binary));
    assert_eq!(read(b"\xff\xfe-\0 \0"), Some(Unreadable::Wide));
    assert_eq!(read(b""), None);
}
