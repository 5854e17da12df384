//! The changelog has a place for what comes next.

use anyhow::Result;

use super::Project;

pub(super) fn check(project: &Project) -> Result<Vec<String>> {
    let text = project.text("CHANGELOG.md")?;
    let has = text.lines().any(|line| line.trim() == "## Unreleased");
    Ok(if has { Vec::new() } else { vec!["CHANGELOG.md: no section `## Unreleased`".to_owned()] })
}

#[cfg(test)]
mod tests {
    use super::{Project, check};

    #[test]
    fn the_section_must_be_there() {
        let (_folder, project) = Project::made(&[("CHANGELOG.md", "# Changes\n\n## 0.1.0\n")]);
        assert_eq!(check(&project).unwrap().len(), 1);
        let (_folder, project) = Project::made(&[("CHANGELOG.md", "# Changes\n\n## Unreleased\n")]);
        assert!(check(&project).unwrap().is_empty());
    }
}
