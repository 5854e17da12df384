//! What runs by itself around the repository: audits and updates of dependencies.

use plimsoll_source::{RepoPath, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};

/// The automation of a repository.
#[derive(Clone, Debug, Default)]
pub struct Automation {
    /// Workflows, hooks and task files that were read.
    pub files: Vec<RepoPath>,
    /// Where the dependencies are audited.
    pub audits: Vec<Span>,
    /// Where updates are proposed.
    pub updates: Vec<Span>,
}

/// Programs and actions that look dependencies up in a database of holes.
const AUDITORS: [&str; 11] = [
    "pip-audit",
    "pip_audit",
    "safety check",
    "safety scan",
    "osv-scanner",
    "dependency-review-action",
    "trivy",
    "grype",
    "snyk",
    "uv audit",
    "gh-action-pip-audit",
];

impl Automation {
    /// Gathers it from workflows, hooks, scripts and the configuration of update services.
    pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let mut automation = Self::default();
        let others = [
            "Makefile",
            "justfile",
            "tox.ini",
            "noxfile.py",
            ".pre-commit-config.yaml",
            "Taskfile.yml",
        ];
        let named = |path: &RepoPath| others.contains(&path.file_name());
        let runs = inventory
            .iter()
            .filter(|file| matches!(file.role, Role::Workflow | Role::Shell) || named(&file.path))
            .map(|file| file.path.clone());
        // Makefiles have no role of their own.
        let makefiles = tree
            .files()
            .iter()
            .map(|entry| entry.path.clone())
            .filter(|path| path.depth() <= 2 && named(path));
        let mut paths: Vec<RepoPath> = runs.chain(makefiles).collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            let Ok(source) = tree.read(&path) else { continue };
            automation.audits.extend(AUDITORS.iter().find_map(|auditor| find(&source, auditor)));
            automation.files.push(path);
        }
        let services = [
            "dependabot.yml",
            "dependabot.yaml",
            "renovate.json",
            "renovate.json5",
            ".renovaterc",
            ".renovaterc.json",
        ];
        let updates = tree
            .files()
            .iter()
            .filter(|entry| services.contains(&entry.path.file_name()) && entry.path.depth() <= 3);
        automation.updates = updates.map(|entry| Span::of_file(entry.path.clone())).collect();
        automation
    }
}

/// The first place of a word outside of comments.
fn find(source: &SourceText, word: &str) -> Option<Span> {
    let mut offset = 0;
    for line in source.text().split_inclusive('\n') {
        let code = line.split(" #").next().unwrap_or(line);
        if let (Some(at), false) = (code.find(word), code.trim_start().starts_with('#')) {
            return Some(source.span(offset + at..offset + at + word.len()));
        }
        offset += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::Automation;
    use crate::inventory::Inventory;

    #[test]
    fn audits_in_comments_do_not_count() {
        let tree = MemoryTree::new([
            (".github/workflows/a.yml", "jobs:\n  # pip-audit would be good\n"),
            ("Makefile", "audit:\n\tpip-audit -r requirements.txt\n"),
            (".github/dependabot.yml", "version: 2\n"),
        ]);
        let automation = Automation::gather(&tree, &Inventory::of(&tree));
        assert_eq!(
            automation.audits.iter().map(|at| at.file.as_str()).collect::<Vec<_>>(),
            ["Makefile"]
        );
        assert_eq!(automation.updates.len(), 1);
    }
}
