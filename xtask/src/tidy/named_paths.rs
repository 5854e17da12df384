//! Every path that the documents name is there.

use anyhow::Result;

use super::Project;

/// First parts of paths of this project; others are examples of somebody else's.
const OWN: [&str; 11] = [
    "crates", "tools", "xtask", "docs", "examples", "benches", "scripts", "tests", ".ci", ".cargo",
    "schemas",
];

pub(super) fn check(project: &Project) -> Result<Vec<String>> {
    let roots = ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    let guides = project.like("docs/", ".md").filter(|file| !file.starts_with("docs/generated/"));
    let documents: Vec<&str> = roots.into_iter().chain(guides).collect();
    let mut complaints = Vec::new();
    for document in documents {
        let text = project.text(document)?;
        for (number, line) in text.lines().enumerate() {
            for path in quoted(line).filter(|path| is_own(project, path)) {
                if !exists(project, path) {
                    complaints.push(format!("{document}:{}: `{path}` is not there", number + 1));
                }
            }
            for target in linked(line) {
                let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
                if !project.root.join(folder).join(target).exists() {
                    complaints.push(format!("{document}:{}: ({target}) is not there", number + 1));
                }
            }
        }
    }
    Ok(complaints)
}

/// Texts between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Targets of Markdown links inside the project, without their anchors.
fn linked(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains(':') && !target.starts_with('#'))
        .filter_map(|target| target.split('#').next())
}

/// Whether a text is the path of something here: no blank, no placeholder, a known beginning.
fn is_own(project: &Project, text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let Some((first, _)) = text.split_once('/') else { return false };
    text.chars().all(plain) && (OWN.contains(&first) || project.has(&format!("crates/{first}")))
}

/// Crates may be named without the folder they are in.
fn exists(project: &Project, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    project.has(path) || project.has(&format!("crates/{path}"))
}

#[cfg(test)]
mod tests {
    use super::{Project, check};

    #[test]
    fn only_paths_of_this_project_must_be_there() {
        let readme = "See `crates/a/src`, `a/src/lib.rs`, `app/settings.py`, `crates/<name>/x`,\n\
                      `crates/b/`, `a/src/gone.rs`, [x](docs/x.md#y), [y](https://a.b/c), [z](no.md)";
        let (_folder, project) = Project::made(&[
            ("README.md", readme),
            ("ARCHITECTURE.md", ""),
            ("CONTRIBUTING.md", ""),
            ("CHANGELOG.md", ""),
            ("docs/x.md", "`docs/y.md`"),
            ("crates/a/src/lib.rs", ""),
        ]);
        assert_eq!(
            check(&project).unwrap(),
            [
                "README.md:2: `crates/b/` is not there",
                "README.md:2: `a/src/gone.rs` is not there",
                "README.md:2: (no.md) is not there",
                "docs/x.md:1: `docs/y.md` is not there",
            ]
        );
    }
}
