//! Prints the items of a checklist and the control of each; with `--requirements`, how often a
//! requirement of the catalog is placed on its own control.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use plimsoll_checklist::{Dialect, Document, Matcher};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let applies = |_: &str| true;
    let matcher = Matcher::new(&[], &applies);
    if arguments.first().is_some_and(|first| first == "--requirements") {
        requirements(&matcher);
        return;
    }
    for path in &arguments {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let Ok(document) = Document::read(&bytes, Dialect::of_name(path)) else { continue };
        for advice in plimsoll_checklist::advice(&document) {
            println!("advice {} {}: {}", advice.line, advice.id, advice.why);
        }
        for (item, placement) in document.items.iter().zip(matcher.place(&document.items)) {
            let (control, confidence, words) = placement
                .map_or((String::from("-"), "", String::new()), |p| {
                    (p.control, p.confidence.name(), p.words.join(" "))
                });
            println!(
                "{:4} {:8} {:9} {:6} {}  [{}]",
                item.line,
                item.kind.name(),
                control,
                confidence,
                item.text,
                words
            );
        }
    }
}

fn requirements(matcher: &Matcher<'_>) {
    let mut right = 0;
    let mut all = 0;
    for requirement in plimsoll_catalog::catalog().requirements() {
        let text = format!("# {}\n\n- [ ] {}\n", requirement.section, requirement.ask);
        let Ok(document) = Document::read(text.as_bytes(), Dialect::Markdown) else { continue };
        let placed = matcher.place(&document.items).into_iter().flatten().next();
        all += 1;
        let found = placed.as_ref().map_or("-", |placed| placed.control.as_str());
        if found == requirement.control {
            right += 1;
        } else {
            println!(
                "{} wanted {} got {} [{}]",
                requirement.id, requirement.control, found, requirement.section
            );
            println!(
                "    {}   {:?}",
                requirement.ask,
                placed.map(|placed| (placed.confidence.name(), placed.words))
            );
        }
    }
    println!("{right} of {all}");
}
