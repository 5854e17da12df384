//! The vocabulary and the catalog agree.

use std::collections::BTreeSet;

use plimsoll_checklist::{Dialect, Document, Matcher};

#[test]
fn the_vocabulary_has_an_entry_for_each_control_and_for_nothing_else() {
    let mut named = BTreeSet::new();
    for file in
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/vocabulary")).expect("the folder")
    {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        let sections = text.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        named.extend(sections.filter(|name| *name != "concepts").map(str::to_owned));
    }
    let controls: BTreeSet<String> =
        plimsoll_catalog::catalog().controls().map(|control| control.id.clone()).collect();
    assert_eq!(named, controls);
}

#[test]
fn the_title_of_a_control_means_that_control() {
    let all = |_: &str| true;
    let matcher = Matcher::new(&[], &all);
    let mut wrong = Vec::new();
    let mut count = 0;
    for control in plimsoll_catalog::catalog().controls() {
        let document =
            Document::read(format!("- [ ] {}\n", control.title).as_bytes(), Dialect::Markdown)
                .expect("text");
        let placed = matcher.place(&document.items).into_iter().flatten().next();
        count += 1;
        if placed.as_ref().is_none_or(|placed| placed.control != control.id) {
            wrong.push((
                control.id.clone(),
                control.title.clone(),
                placed.map(|placed| placed.control),
            ));
        }
    }
    assert!(wrong.len() * 100 <= count * 5, "{} of {count}: {wrong:#?}", wrong.len());
}
