//! Git data that is broken, hostile or of a kind that is not read.

use std::fs;
use std::os::unix::fs::symlink;

use plimsoll_checkout::{Checkout, Options};
use plimsoll_source::{ProblemKind, Tree};

use crate::git::Made;

fn kinds(checkout: &Checkout) -> Vec<ProblemKind> {
    let mut kinds: Vec<_> =
        checkout.git().unwrap().problems().iter().map(|problem| problem.kind).collect();
    kinds.dedup();
    kinds
}

fn small() -> Made {
    let made = Made::new(&[]);
    made.commit(&[("manage.py", "x"), ("app/a.py", "a"), ("app/sub/b.py", "b")]);
    made.commit(&[("app/a.py", "b")]);
    made
}

#[test]
fn what_a_broken_index_tracks_is_unknown() {
    let made = small();
    let index = made.path().join(".git/index");
    let good = fs::read(&index).unwrap();
    let mut wild = good.clone();
    wild[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
    let mut later = good.clone();
    later[7] = 9;
    let cases: [(&[u8], ProblemKind); 5] = [
        (b"", ProblemKind::Syntax),
        (b"nonsense", ProblemKind::Syntax),
        (&good[..good.len() / 2], ProblemKind::Syntax),
        (&wild, ProblemKind::Syntax),
        (&later, ProblemKind::Unsupported),
    ];
    for (bytes, kind) in cases {
        fs::write(&index, bytes).unwrap();
        let checkout = made.open();
        assert_eq!(checkout.git().unwrap().tracked(), None);
        assert_eq!(kinds(&checkout), [kind]);
        // The history can still be told.
        assert_eq!(checkout.git().unwrap().tip_files(&|_| true).files.len(), 3);
    }
}

#[test]
fn no_single_flipped_byte_of_index_or_pack_does_harm() {
    let made = small();
    made.git(&["gc", "-q"]);
    let pack = fs::read_dir(made.path().join(".git/objects/pack")).unwrap();
    let mut files: Vec<_> = pack.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "pack" || e == "idx"));
    files.push(made.path().join(".git/index"));
    for file in files {
        let good = fs::read(&file).unwrap();
        let mut permissions = fs::metadata(&file).unwrap().permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "a file of a temporary folder")]
        permissions.set_readonly(false);
        fs::set_permissions(&file, permissions).unwrap();
        for at in (0..good.len()).step_by(3) {
            let mut bad = good.clone();
            bad[at] ^= 0x91;
            fs::write(&file, &bad).unwrap();
            let checkout = made.open();
            let git = checkout.git().unwrap();
            let _ = git.tracked();
            let found = git.tip_files(&|_| true);
            // What is missing without a word would be a lie. (A flipped byte in a name of the
            // index is another name.)
            if found.complete && !file.ends_with("index") {
                assert!(found.files.len() >= 3, "{} at {at}", file.display());
            }
        }
        fs::write(&file, &good).unwrap();
    }
}

#[test]
fn a_missing_object_makes_the_answer_incomplete() {
    let made = small();
    let tree = made.git(&["rev-parse", "HEAD:app"]);
    let tree = tree.trim();
    // Without the index nothing is known of the folder but by its tree.
    fs::remove_file(made.path().join(".git/index")).unwrap();
    fs::remove_file(made.path().join(".git/objects").join(&tree[..2]).join(&tree[2..])).unwrap();
    let checkout = made.open();
    let found = checkout.git().unwrap().tip_files(&|_| true);
    assert!(!found.complete);
    let found: Vec<_> = found.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(found, ["manage.py"]);
    assert_eq!(kinds(&checkout), [ProblemKind::Missing]);
}

#[test]
fn damaged_refs_are_named() {
    let made = small();
    fs::write(made.path().join(".git/refs/heads/bad"), "zzz").unwrap();
    let checkout = made.open();
    assert!(!checkout.git().unwrap().tip_files(&|_| true).complete);
    assert_eq!(kinds(&checkout), [ProblemKind::Syntax]);
    fs::write(made.path().join(".git/HEAD"), "nothing of sense").unwrap();
    assert_eq!(made.open().git().unwrap().head(), None);
}

#[test]
fn a_fifo_or_link_in_the_place_of_gits_data_is_left_alone() {
    let made = small();
    let git = made.path().join(".git");
    fs::remove_file(git.join("index")).unwrap();
    std::process::Command::new("mkfifo").arg(git.join("index")).status().unwrap();
    let checkout = made.open();
    assert_eq!(checkout.git().unwrap().tracked(), None);
    assert_eq!(kinds(&checkout), [ProblemKind::SpecialFile]);
    fs::remove_file(git.join("index")).unwrap();
    symlink("/etc/passwd", git.join("index")).unwrap();
    let checkout = made.open();
    assert_eq!(checkout.git().unwrap().tracked(), None);
    assert_eq!(kinds(&checkout), [ProblemKind::OutsideLink]);
}

#[test]
fn a_git_file_that_leads_nowhere_is_a_problem() {
    let elsewhere = small();
    for text in ["gitdir: /nonexistent/x", "nonsense", "gitdir: .", ""] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("manage.py"), "").unwrap();
        fs::write(dir.path().join(".git"), text).unwrap();
        let checkout = Checkout::open(dir.path(), Options::default()).unwrap();
        assert_eq!(checkout.git().unwrap().tracked(), None, "{text}");
        assert!(!checkout.git().unwrap().tip_files(&|_| true).complete);
        assert_eq!(kinds(&checkout), [ProblemKind::Missing]);
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("manage.py"), "").unwrap();
    symlink(elsewhere.path().join(".git"), dir.path().join(".git")).unwrap();
    let checkout = Checkout::open(dir.path(), Options::default()).unwrap();
    assert_eq!(checkout.git().unwrap().tracked(), None);
}

#[test]
fn forms_that_are_not_read_are_unknown() {
    let made = small();
    made.git(&["update-index", "--split-index"]);
    let checkout = made.open();
    assert_eq!(checkout.git().unwrap().tracked(), None);
    assert_eq!(kinds(&checkout), [ProblemKind::Unsupported]);

    let made = small();
    made.git(&["sparse-checkout", "init", "--cone", "--sparse-index"]);
    let checkout = made.open();
    assert_eq!(checkout.git().unwrap().tracked(), None);
    assert_eq!(kinds(&checkout), [ProblemKind::Unsupported]);
}
