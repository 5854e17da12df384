//! What is read of git's data, against git itself.

use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll_checkout::{Checkout, Options};
use plimsoll_source::{RepoPath, Tree};
use tempfile::TempDir;

/// A repository made by git with nothing of the machine's configuration.
pub(crate) struct Made(pub(crate) TempDir);

impl Made {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let made = Self(tempfile::tempdir().unwrap());
        let mut all = vec!["init", "-q", "-b", "main"];
        all.extend(arguments);
        made.git(&all);
        made
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git_in(self.path(), arguments)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn commit(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
        self.git(&["add", "-A", "-f"]);
        self.git(&["commit", "-q", "-m", "x", "--allow-empty"]);
    }

    pub(crate) fn open(&self) -> Checkout {
        Checkout::open(self.path(), Options::default()).unwrap()
    }
}

pub(crate) fn git_in(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(dir)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nonexistent")
        .envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")])
        .envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.org")])
        .envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.org")])
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The paths git prints with `-z`.
fn listed(dir: &Path, arguments: &[&str]) -> Vec<String> {
    let mut paths: Vec<String> = git_in(dir, arguments)
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Index, head, tips and their files are as git says; gives all files of the tips.
fn agrees(dir: &Path, checkout: &Checkout) -> Vec<String> {
    let git = checkout.git().expect("a git repository");
    let tracked: Vec<_> = git.tracked().unwrap().iter().map(|p| p.as_str().to_owned()).collect();
    assert_eq!(tracked, listed(dir, &["ls-files", "-z"]));

    let format = "--format=%(refname) %(objectname)%(symref)";
    let all = git_in(dir, &["for-each-ref", format]);
    let mut expected: Vec<&str> =
        all.lines().filter(|line| line.matches("refs/").count() == 1).collect();
    let mut tips: Vec<_> = git
        .tips()
        .iter()
        .filter(|tip| tip.name != "HEAD")
        .map(|tip| format!("{} {}", tip.name, tip.object))
        .collect();
    expected.sort_unstable();
    tips.sort();
    assert_eq!(tips, expected);

    let found = git.tip_files(&|_| true);
    assert_eq!(git.problems(), []);
    assert!(found.complete);
    let mut expected = Vec::new();
    for tip in git.tips() {
        expected.extend(listed(dir, &["ls-tree", "-r", "-z", "--name-only", &tip.name]));
        let of_tip = found.files.iter().filter(|file| file.tip == tip.name);
        let all = listed(dir, &["ls-tree", "-r", "-z", "--name-only", &tip.name]);
        of_tip.for_each(|file| assert!(all.contains(&file.path.as_str().to_owned()), "{file:?}"));
    }
    expected.sort();
    expected.dedup();
    let found: Vec<_> = found.files.iter().map(|f| f.path.as_str().to_owned()).collect();
    assert_eq!(found, expected);
    found
}

/// A history with folders that change, a file that was removed, branches and tags.
fn with_history(arguments: &[&str]) -> Made {
    let made = Made::new(arguments);
    let mut many: Vec<(String, String)> =
        (0..120).map(|n| (format!("app{}/mod_{n}.py", n % 7), format!("x = {n}\n"))).collect();
    many.push(("conf/base.py".to_owned(), "DEBUG = False\n".repeat(300)));
    let many: Vec<_> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    made.commit(&many);
    made.commit(&[("deploy/.env", "SECRET=1"), ("deploy/x.sh", "")]);
    made.git(&["tag", "-a", "v1", "-m", "first"]);
    made.git(&["tag", "-a", "v1-again", "-m", "a tag of a tag", "v1"]);
    made.git(&["branch", "old"]);
    made.git(&["rm", "-q", "-f", "deploy/.env"]);
    for n in 0..25 {
        let name = format!("app{}/mod_{n}.py", n % 7);
        made.commit(&[(&name, &format!("y = {n}\n"))]);
    }
    made.git(&["tag", "light"]);
    made
}

#[test]
fn a_removed_env_file_is_found_at_the_branch_that_still_has_it() {
    let made = with_history(&[]);
    let checkout = made.open();
    let git = checkout.git().unwrap();
    let found = git.tip_files(&|path| path.ends_with(".env"));
    assert!(found.complete);
    let found: Vec<_> = found.files.iter().map(|f| (f.path.as_str(), f.tip.as_str())).collect();
    assert_eq!(found, [("deploy/.env", "refs/heads/old")]);
    assert_eq!(git.head(), Some(made.git(&["rev-parse", "HEAD"]).trim()));
    assert_eq!(git.tracks(&RepoPath::new("deploy/x.sh").unwrap()), Some(true));
    assert_eq!(git.tracks(&RepoPath::new("deploy/.env").unwrap()), Some(false));
}

#[test]
fn loose_packed_and_delta_objects_agree_with_git() {
    let made = with_history(&[]);
    let loose = agrees(made.path(), &made.open());
    assert!(loose.len() > 120);
    made.git(&["repack", "-q", "-adf", "--depth=50", "--window=50"]);
    made.git(&["pack-refs", "--all"]);
    made.git(&["prune-packed"]);
    assert_eq!(agrees(made.path(), &made.open()), loose);
    // Packed, several packs, loose again, packed refs overridden by loose ones.
    made.commit(&[("later.py", ""), ("app1/mod_1.py", "z")]);
    made.git(&["repack", "-q", "-d"]);
    made.commit(&[("last.py", "")]);
    assert_eq!(agrees(made.path(), &made.open()).len(), loose.len() + 2);
}

#[test]
fn packs_with_deltas_on_ids_agree_with_git() {
    let made = with_history(&[]);
    // Without offset deltas, and an index that says nothing of trees.
    made.git(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-adf", "--depth=250"]);
    made.git(&["read-tree", "--empty"]);
    made.git(&["read-tree", "HEAD"]);
    agrees(made.path(), &made.open());
}

#[test]
fn sha256_repositories_agree_with_git() {
    let made = with_history(&["--object-format=sha256"]);
    agrees(made.path(), &made.open());
    made.git(&["gc", "-q"]);
    agrees(made.path(), &made.open());
}

#[test]
fn all_versions_of_the_index_agree_with_git() {
    for version in ["2", "3", "4"] {
        let made = with_history(&[]);
        made.git(&["update-index", "--index-version", version]);
        made.write("new file", "");
        made.git(&["add", "-N", "new file"]);
        made.git(&["update-index", "--skip-worktree", "app1/mod_1.py"]);
        agrees(made.path(), &made.open());
    }
}

#[test]
fn a_conflict_is_tracked_once() {
    let made = Made::new(&[]);
    made.commit(&[("a.py", "1\n")]);
    made.git(&["checkout", "-q", "-b", "other"]);
    made.commit(&[("a.py", "2\n")]);
    made.git(&["checkout", "-q", "main"]);
    made.commit(&[("a.py", "3\n")]);
    let merged = Command::new("git")
        .current_dir(made.path())
        .args(["merge", "-q", "other"])
        .output()
        .unwrap();
    assert!(!merged.status.success());
    agrees(made.path(), &made.open());
}

#[test]
fn a_branch_without_a_commit_has_no_head() {
    let made = Made::new(&[]);
    made.write("manage.py", "");
    let checkout = made.open();
    let git = checkout.git().unwrap();
    assert_eq!((git.head(), git.tracked()), (None, Some(&[][..])));
    assert!(git.tips().is_empty());
    assert!(git.tip_files(&|_| true).complete);
    assert_eq!(git.problems(), []);
    made.git(&["add", "manage.py"]);
    agrees(made.path(), &made.open());
}

#[test]
fn a_detached_head_is_a_tip() {
    let made = with_history(&[]);
    made.git(&["checkout", "-q", "--detach"]);
    made.commit(&[("only-here.py", "")]);
    let checkout = made.open();
    assert_eq!(checkout.git().unwrap().tips()[0].name, "HEAD");
    assert!(agrees(made.path(), &checkout).contains(&"only-here.py".to_owned()));
}

#[test]
fn a_worktree_shares_the_history_and_has_an_index_of_its_own() {
    let made = with_history(&[]);
    let place = tempfile::tempdir().unwrap();
    let tree = place.path().join("tree");
    made.git(&["worktree", "add", "-q", tree.to_str().unwrap(), "old"]);
    let checkout = Checkout::open(&tree, Options::default()).unwrap();
    assert!(!checkout.has_file(&RepoPath::new(".git").unwrap()));
    assert_eq!(checkout.git().unwrap().head(), Some(made.git(&["rev-parse", "old"]).trim()));
    agrees(&tree, &checkout);
}

#[test]
fn a_submodule_has_its_own_history() {
    let inner = with_history(&[]);
    let outer = Made::new(&[]);
    outer.commit(&[("manage.py", "")]);
    outer.git(&["submodule", "add", "-q", inner.path().to_str().unwrap(), "libs/inner"]);
    outer.git(&["commit", "-q", "-m", "x"]);
    let checkout = outer.open();
    let tracked = checkout.git().unwrap().tracked().unwrap();
    let tracked: Vec<_> = tracked.iter().map(RepoPath::as_str).collect();
    // The submodule itself is no file.
    assert_eq!(tracked, [".gitmodules", "manage.py"]);
    assert!(checkout.has_file(&RepoPath::new("libs/inner/deploy/x.sh").unwrap()));
    let inside = outer.path().join("libs/inner");
    agrees(&inside, &Checkout::open(&inside, Options::default()).unwrap());
}

#[test]
fn a_folder_of_a_repository_sees_its_part() {
    let made = with_history(&[]);
    let folder = made.path().join("deploy");
    for _ in ["loose", "packed"] {
        let checkout = Checkout::open(&folder, Options::default()).unwrap();
        let git = checkout.git().unwrap();
        let tracked: Vec<_> = git.tracked().unwrap().iter().map(RepoPath::as_str).collect();
        assert_eq!(tracked, ["x.sh"]);
        let found = git.tip_files(&|_| true);
        let found: Vec<_> = found.files.iter().map(|f| f.path.as_str()).collect();
        assert_eq!(found, [".env", "x.sh"]);
        assert_eq!(git.problems(), []);
        made.git(&["gc", "-q"]);
    }
    // A folder that merely lies in a repository is no part of it.
    made.write("untracked/manage.py", "");
    let checkout = Checkout::open(&made.path().join("untracked"), Options::default()).unwrap();
    assert!(checkout.git().is_none());
}

#[test]
fn no_repository_is_no_git() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("manage.py"), "").unwrap();
    fs::create_dir(dir.path().join(".git")).unwrap();
    assert!(Checkout::open(dir.path(), Options::default()).unwrap().git().is_none());
}

#[test]
fn git_is_never_run() {
    let made = with_history(&[]);
    let trap = made.path().join("trap");
    let marker = made.path().join("sprung");
    fs::write(&trap, format!("#!/bin/sh\ntouch '{}'\n", marker.display())).unwrap();
    Command::new("chmod").arg("+x").arg(&trap).status().unwrap();
    made.git(&["config", "core.fsmonitor", trap.to_str().unwrap()]);
    let checkout = made.open();
    let git = checkout.git().unwrap();
    assert!(git.tracked().is_some() && git.tip_files(&|_| true).complete);
    assert!(!marker.exists());
}
