//! Small repositories held in memory.

use plimsoll_catalog::Outcome;
use plimsoll_facts::{Facts, Given, survey};
use plimsoll_formats::advisories::Advisories;
use plimsoll_rules::Rule;
use plimsoll_source::{MemoryGit, MemoryTree, RepoPath, SourceText};

/// Stands in where an example shows no `manage.py` of its own.
const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n";

/// A file of this name is the environment of the production process, not part of the repository.
pub(crate) const PROCESS_ENV: &str = "process.env";

/// A file of this name lists the files that another branch holds, a line each.
const TIP_LIST: &str = "tip.list";

/// A file with this ending is a database of advisories that the user gave.
const ADVISORIES: &str = ".osv";

/// Surveys a repository of these files.
pub(crate) fn facts(files: &[(String, String)]) -> Facts {
    let mut given = Given { absolute_root: "/srv/app".to_owned(), ..Given::default() };
    let mut advisories: Option<Advisories> = None;
    let mut tip: Vec<&str> = Vec::new();
    let mut kept: Vec<(&str, &str)> = Vec::new();
    for (path, text) in files {
        if path == PROCESS_ENV {
            given.env_files.push(SourceText::new(RepoPath::new(path).unwrap(), text.as_str()));
        } else if path.ends_with(ADVISORIES) {
            advisories.get_or_insert_default().add(text, &|_| true).unwrap();
        } else if path == TIP_LIST {
            tip.extend(text.lines());
        } else {
            kept.push((path, text));
        }
    }
    if !kept.iter().any(|(path, _)| path.ends_with("manage.py")) {
        kept.push(("manage.py", MANAGE));
    }
    if !kept.iter().any(|(path, _)| path.contains("settings") || path.starts_with("conf/"))
        && !kept.iter().any(|(path, _)| *path == "a.py")
    {
        kept.push(("settings.py", ""));
    }
    let tracked: Vec<&str> = kept.iter().map(|(path, _)| *path).collect();
    let mut tree = MemoryTree::new(kept.iter().copied());
    if !tip.is_empty() {
        tree = tree.with_git(MemoryGit::new(tracked).with_tip("refs/heads/old", tip));
    }
    let mut facts = survey(&tree, &given).expect("the files hold a Django system");
    facts.advisories = advisories;
    facts
}

/// What a rule gives on a repository of these files.
pub(crate) fn outcome(rule: &Rule, files: &[(String, String)]) -> Outcome {
    rule.run(&facts(files), &|_, _| None)
}
