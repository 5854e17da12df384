//! The whole history, against git itself.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll_checkout::{Checkout, Options};
use plimsoll_source::{Past, PastFile, PastSearch, ProblemKind, Tree};

use crate::git::{Made, git_in};

/// What a search for everything gives: what it says, and each content with its place.
fn everything(dir: &Path) -> (Past, Vec<(PastFile, String)>, Vec<ProblemKind>) {
    let checkout = Checkout::open(dir, Options::default()).unwrap();
    let git = checkout.git().unwrap();
    let mut contents = Vec::new();
    let mut take = |file: &PastFile, bytes: Vec<u8>| {
        contents.push((file.clone(), String::from_utf8(bytes).unwrap()));
    };
    let mut search = PastSearch { names: &|_| true, contents: &|_| true, take: &mut take };
    let past = git.search_past(&mut search);
    (past, contents, git.problems().into_iter().map(|problem| problem.kind).collect())
}

/// Commits, paths and contents are those that git has.
fn agrees(dir: &Path) {
    let (past, contents, problems) = everything(dir);
    assert!(past.complete && problems.is_empty(), "{problems:?}");
    let commits = git_in(dir, &["rev-list", "--all", "HEAD"]);
    assert_eq!(past.commits, commits.lines().count());
    let mut paths = BTreeSet::new();
    let mut blobs = BTreeSet::new();
    for commit in commits.lines() {
        let listed = git_in(dir, &["ls-tree", "-r", "-z", commit]);
        for line in listed.split('\0').filter(|line| !line.is_empty()) {
            let (head, path) = line.split_once('\t').unwrap();
            paths.insert(path.to_owned());
            blobs.insert(head.rsplit(' ').next().unwrap().to_owned());
        }
    }
    let found: Vec<_> = past.files.iter().map(|file| file.path.as_str().to_owned()).collect();
    assert_eq!(found, paths.into_iter().collect::<Vec<_>>());
    assert_eq!(past.contents, blobs.len());
    assert_eq!(contents.len(), blobs.len());
    for (file, text) in contents {
        let named = format!("{}:{}", file.commit, file.path);
        assert_eq!(git_in(dir, &["show", &named]), text, "{named}");
    }
}

/// A file that was removed, one that came and went on a branch, one that changed.
fn with_past(arguments: &[&str]) -> Made {
    let made = Made::new(arguments);
    made.commit(&[("app/a.py", "x = 1\n"), ("deploy/.env", "SECRET=1\n")]);
    made.git(&["rm", "-q", "-f", "deploy/.env"]);
    made.commit(&[("app/a.py", &"x = 2\n".repeat(100))]);
    made.git(&["checkout", "-q", "-b", "other"]);
    made.commit(&[("keys/id_rsa", "k\n"), ("app/copy.py", "x = 1\n")]);
    made.git(&["rm", "-q", "-r", "keys"]);
    made.commit(&[]);
    made.git(&["tag", "-a", "v1", "-m", "x"]);
    made.git(&["checkout", "-q", "main"]);
    made.commit(&[("app/a.py", &"x = 2\n".repeat(101))]);
    made.git(&["merge", "-q", "--no-edit", "other"]);
    made
}

#[test]
fn every_commit_is_searched_loose_and_packed() {
    for arguments in [&[][..], &["--object-format=sha256"]] {
        let made = with_past(arguments);
        agrees(made.path());
        made.git(&["gc", "-q"]);
        agrees(made.path());
        made.commit(&[("later.py", "")]);
        agrees(made.path());
    }
}

#[test]
fn a_folder_of_a_repository_sees_its_part_of_the_past() {
    let made = with_past(&[]);
    made.commit(&[("deploy/run.sh", "")]);
    let (past, contents, _) = everything(&made.path().join("deploy"));
    let found: Vec<_> = past.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(found, [".env", "run.sh"]);
    assert_eq!(contents.len(), 2);
    assert!(past.complete);
}

#[test]
fn a_shallow_clone_and_a_missing_object_are_not_the_whole_history() {
    let made = with_past(&[]);
    let place = tempfile::tempdir().unwrap();
    let from = format!("file://{}", made.path().display());
    git_in(place.path(), &["clone", "-q", "--depth", "1", &from, "clone"]);
    let (past, _, problems) = everything(&place.path().join("clone"));
    assert!(!past.complete);
    assert_eq!((past.commits, problems), (1, vec![ProblemKind::Missing]));

    let blob = made.git(&["rev-parse", "other~1:keys/id_rsa"]);
    let (folder, name) = blob.trim().split_at(2);
    std::fs::remove_file(made.path().join(".git/objects").join(folder).join(name)).unwrap();
    let (past, _, problems) = everything(made.path());
    assert!(!past.complete && problems == [ProblemKind::Missing], "{problems:?}");
}

#[test]
fn contents_that_end_at_the_edge_of_a_read_are_whole() {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let made = Made::new(&[]);
    let mut state = 7_u64;
    // Deflated, these have some 2,000 to 2,100 bytes.
    let files: Vec<(String, String)> = (0..140)
        .map(|number| {
            let text = (0..2650 + number).map(|_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                char::from(ALPHABET[usize::try_from(state >> 58).unwrap()])
            });
            (format!("f{number}.txt"), text.collect())
        })
        .collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    made.commit(&files);
    made.git(&["gc", "-q"]);
    agrees(made.path());
}
