//! Items on controls, measured on checklists that were labelled by hand before.

use plimsoll_checklist::{Confidence, Dialect, Document, Matcher, Placement};

const CLINIC: (&str, &str, Dialect) = (
    include_str!("checklists/clinic.md"),
    include_str!("checklists/clinic.csv"),
    Dialect::Markdown,
);
const LIBRARY: (&str, &str, Dialect) =
    (include_str!("checklists/library.rst"), include_str!("checklists/library.csv"), Dialect::Rst);
const FARM: (&str, &str, Dialect) =
    (include_str!("checklists/farm.md"), include_str!("checklists/farm.csv"), Dialect::Markdown);

fn place(text: &str, dialect: Dialect) -> Vec<(usize, Option<Placement>)> {
    let document = Document::read(text.as_bytes(), dialect).expect("text");
    let all = |_: &str| true;
    let placed = Matcher::new(&[], &all).place(&document.items);
    document.items.iter().map(|item| item.line).zip(placed).collect()
}

#[test]
fn nearly_every_item_is_found_and_placed_right() {
    let (mut labelled, mut found, mut right) = (0, 0, 0);
    let mut wrong = Vec::new();
    for (text, labels, dialect) in [CLINIC, LIBRARY, FARM] {
        let placed = place(text, dialect);
        for label in labels.lines() {
            let (line, controls) = label.split_once(',').expect("line,control");
            let line: usize = line.parse().expect("a line number");
            labelled += 1;
            let Some((_, placement)) = placed.iter().find(|(at, _)| *at == line) else { continue };
            found += 1;
            let control = placement.as_ref().map_or("", |placement| placement.control.as_str());
            if controls.split('|').any(|label| label == control) {
                right += 1
            } else {
                wrong.push((line, controls, control.to_owned()))
            }
        }
    }
    assert!(found * 100 >= labelled * 95, "{found} of {labelled} found");
    assert!(right * 100 >= found * 90, "{right} of {found} right; wrong: {wrong:?}");
}

#[test]
fn the_words_that_decided_are_told() {
    let placed = place("- [ ] Nightly dump of the database\n", Dialect::Markdown);
    let [(_, Some(placement))] = placed.as_slice() else { panic!("{placed:?}") };
    assert_eq!(placement.control, "BAK-01");
    assert!(placement.words.contains(&"night".to_owned()), "{placement:?}");
}

#[test]
fn what_means_no_control_is_not_placed() {
    let placed = place("- [ ] Water the plants\n- [ ] Cake for everybody\n", Dialect::Markdown);
    assert!(placed.iter().all(|(_, placement)| placement.is_none()), "{placed:?}");
}

#[test]
fn the_heading_decides_where_the_item_says_little() {
    let placed = place(
        "## Redis\n\n- [ ] Set a password\n\n## Database\n\n- [ ] Set a strong password\n",
        Dialect::Markdown,
    );
    let controls: Vec<&str> = placed
        .iter()
        .filter_map(|(_, placement)| placement.as_ref())
        .map(|placement| placement.control.as_str())
        .collect();
    assert_eq!(controls, ["CACHE-02", "DB-14"]);
}

#[test]
fn an_override_of_the_team_goes_first() {
    let document = Document::read(b"- [ ] The usual dance\n", Dialect::Markdown).expect("text");
    let overrides = [("usual dance".to_owned(), "DEP-01".to_owned())];
    let all = |_: &str| true;
    let placed = Matcher::new(&overrides, &all).place(&document.items);
    let [Some(placement)] = placed.as_slice() else { panic!("{placed:?}") };
    assert_eq!((placement.control.as_str(), placement.confidence), ("DEP-01", Confidence::High));
}
