//! The catalog as text and Markdown.

use plimsoll_catalog::{Catalog, Control, Family, Target};

use crate::text::{CatalogPage, TextOptions};

/// The controls as a table for people, with ANSI styles.
pub fn catalog_text(catalog: &Catalog, options: TextOptions) -> String {
    let mut page = CatalogPage::new(options);
    for family in Family::ALL {
        page.family(family);
        for control in catalog.family(family) {
            page.control(control, &how(catalog, control));
        }
    }
    page.finish(catalog.controls().len())
}

/// The controls as Markdown tables, one for each family.
pub fn catalog_markdown(catalog: &Catalog) -> String {
    let mut out = String::from("# Controls\n");
    for family in Family::ALL {
        out.push_str(&format!("\n## {} ({})\n\n", family.title(), family.prefix()));
        out.push_str("| Control | Title | Criticality | Proven by |\n|---|---|---|---|\n");
        for control in catalog.family(family) {
            out.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                control.id,
                control.title.replace('|', "\\|"),
                crate::text::criticality(control.criticality),
                how(catalog, control)
            ));
        }
    }
    out
}

/// By what a control is proven, in a few words: `3 rules (2 to be built), 1 probe`.
fn how(catalog: &Catalog, control: &Control) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut kinds: Vec<(&'static str, usize, usize)> = Vec::new();
    for target in [Target::Repository, Target::Rehearsal, Target::Production] {
        for check in control.checks(target).iter().filter_map(|id| catalog.check(id)) {
            if seen.contains(&check.id.as_str()) {
                continue;
            }
            seen.push(&check.id);
            let name = check.kind.name();
            let planned = usize::from(check.planned);
            match kinds.iter_mut().find(|(kind, ..)| *kind == name) {
                Some((_, count, to_build)) => {
                    *count += 1;
                    *to_build += planned;
                }
                None => kinds.push((name, 1, planned)),
            }
        }
    }
    let mut parts: Vec<String> = kinds
        .into_iter()
        .map(|(kind, count, planned)| {
            let plural = if count == 1 { "" } else { "s" };
            match planned {
                0 => format!("{count} {kind}{plural}"),
                _ if planned == count => format!("{count} {kind}{plural} (to be built)"),
                _ => format!("{count} {kind}{plural} ({planned} to be built)"),
            }
        })
        .collect();
    if control.attestation.is_some() {
        parts.push("attestation".to_owned());
    }
    parts.join(", ")
}
