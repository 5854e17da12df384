//! The crates depend on each other as the table in ARCHITECTURE.md says.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use super::Project;

const DOCUMENT: &str = "ARCHITECTURE.md";
const START: &str = "<!-- edges -->";
const END: &str = "<!-- /edges -->";

type Edges = BTreeMap<String, BTreeSet<String>>;

pub(super) fn check(project: &Project) -> Result<Vec<String>> {
    let drawn = drawn(&project.text(DOCUMENT)?);
    let real = real(project)?;
    let mut complaints = Vec::new();
    if drawn.is_empty() {
        complaints.push(format!("{DOCUMENT}: no table of crates between `{START}` and `{END}`"));
        return Ok(complaints);
    }
    for (name, needs) in &real {
        let Some(allowed) = drawn.get(name) else {
            complaints.push(format!("{DOCUMENT}: the table of crates lacks `{name}`"));
            continue;
        };
        for other in needs.difference(allowed) {
            complaints.push(format!(
                "crates/{name}: depends on `{other}`, which {DOCUMENT} does not draw"
            ));
        }
        for other in allowed.difference(needs) {
            complaints.push(format!(
                "{DOCUMENT}: draws `{name}` over `{other}`, which it does not depend on"
            ));
        }
    }
    for name in drawn.keys().filter(|name| !real.contains_key(*name)) {
        complaints
            .push(format!("{DOCUMENT}: the table of crates has `{name}`, which is not there"));
    }
    Ok(complaints)
}

/// Rows `| crate | crates it depends on |` between the markers; names stand in backticks.
fn drawn(document: &str) -> Edges {
    let table = document.split_once(START).and_then(|(_, rest)| rest.split_once(END));
    let Some((table, _)) = table else { return Edges::new() };
    let mut edges = Edges::new();
    for row in table.lines().filter(|line| line.trim_start().starts_with("| `")) {
        let mut names = row.split('`').skip(1).step_by(2).map(str::to_owned);
        let Some(name) = names.next() else { continue };
        edges.insert(name, names.collect());
    }
    edges
}

fn real(project: &Project) -> Result<Edges> {
    let mut edges = Edges::new();
    for file in project.like("crates/", "/Cargo.toml") {
        let text = project.text(file)?;
        let manifest: toml::Table = text.parse().with_context(|| format!("reading {file}"))?;
        let name = manifest.get("package").and_then(|package| package.get("name"));
        let name =
            name.and_then(toml::Value::as_str).with_context(|| format!("{file}: no name"))?;
        let needs = manifest.get("dependencies").and_then(toml::Value::as_table);
        let needs = needs.into_iter().flatten().map(|(name, _)| name.clone());
        let needs = needs.filter(|name| name.starts_with("plimsoll"));
        edges.insert(name.to_owned(), needs.collect());
    }
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use super::{Project, check};

    const MANIFEST: &str = "[package]\nname = \"plimsoll_b\"\n[dependencies]\nplimsoll_a.workspace = true\nserde = \"1\"\n";

    #[test]
    fn edges_must_be_as_drawn() {
        let complaints = |table: &str| {
            let document = format!("x\n<!-- edges -->\n{table}\n<!-- /edges -->\n");
            let files = [
                ("ARCHITECTURE.md", document.as_str()),
                ("crates/plimsoll_b/Cargo.toml", MANIFEST),
            ];
            let (_folder, project) = Project::made(&files);
            check(&project).unwrap()
        };
        assert!(complaints("| `plimsoll_b` | `plimsoll_a` |").is_empty());
        assert!(complaints("| `plimsoll_b` | |")[0].contains("does not draw"));
        assert!(complaints("| `plimsoll_b` | `plimsoll_a`, `plimsoll_c` |")[0].contains("draws"));
        assert!(complaints("| `plimsoll_c` | |")[0].contains("lacks"));
        assert!(complaints("").len() == 1);
    }
}
