//! Listing and reading what people and attackers leave on disks.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use plimsoll_checkout::{Checkout, OpenError, Options};
use plimsoll_source::{FileKind, ProblemKind, RepoPath, SkipReason, Tree};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn open(dir: &Path) -> Checkout {
    Checkout::open(dir, Options::default()).unwrap()
}

fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

fn names(checkout: &Checkout) -> Vec<&str> {
    checkout.files().iter().map(|entry| entry.path.as_str()).collect()
}

fn problems(checkout: &Checkout) -> Vec<(ProblemKind, &str)> {
    let all = checkout.problems().iter();
    all.map(|problem| (problem.kind, problem.at.file.as_str())).collect()
}

fn trouble(checkout: &Checkout, file: &str) -> ProblemKind {
    checkout.read(&path(file)).unwrap_err().kind
}

#[test]
fn folders_that_hold_no_source_are_left_out_and_named() {
    let dir = folder(&[
        ("manage.py", "x = 1"),
        ("app/views.py", ""),
        ("app/__pycache__/views.cpython-312.pyc", ""),
        ("app/node_modules/left-pad/index.js", ""),
        (".venv/pyvenv.cfg", ""),
        (".venv/lib/python3.12/site-packages/django/conf.py", ""),
        ("odd env name/pyvenv.cfg", ""),
        ("conda/conda-meta/history", ""),
        ("old/lib/python3.8/site-packages/x.py", ""),
        (".tox/py/x.py", ""),
        (".git/HEAD", "ref: refs/heads/main"),
        ("vendor/lib/.git", "gitdir: ../x"),
        ("vendor/lib/x.py", ""),
        (".github/workflows/ci.yml", ""),
    ]);
    let checkout = open(dir.path());
    assert_eq!(
        names(&checkout),
        [".github/workflows/ci.yml", "app/views.py", "manage.py", "vendor/lib/x.py"]
    );
    let skipped: Vec<_> =
        checkout.skipped().iter().map(|s| (s.path.as_str().to_owned(), s.reason)).collect();
    assert!(skipped.contains(&(".venv".to_owned(), SkipReason::VirtualEnvironment)));
    assert!(skipped.contains(&("conda".to_owned(), SkipReason::VirtualEnvironment)));
    assert!(skipped.contains(&("app/node_modules".to_owned(), SkipReason::Packages)));
    assert_eq!(skipped.len(), 8, "{skipped:?}");
    assert!(checkout.problems().is_empty());
    assert!(checkout.has_folder(&path("vendor")) && !checkout.has_folder(&path("vend")));
    assert_eq!(checkout.read(&path("manage.py")).unwrap().text(), "x = 1");
}

#[test]
fn a_project_kept_inside_a_virtual_environment_is_still_read() {
    let dir = folder(&[("pyvenv.cfg", ""), ("src/manage.py", "")]);
    assert_eq!(names(&open(dir.path())), ["pyvenv.cfg", "src/manage.py"]);
}

#[test]
fn links_are_followed_inside_and_never_out() {
    let outside = folder(&[("secret.txt", "hunter2"), ("deep/secret.txt", "hunter2")]);
    let dir = folder(&[("conf/prod.env", "A=1"), ("app/x.py", "x"), (".venv/pyvenv.cfg", "")]);
    let at = |name: &str| dir.path().join(name);
    let absolute = fs::canonicalize(dir.path()).unwrap().join("conf/prod.env");
    symlink("conf/prod.env", at(".env")).unwrap();
    symlink(&absolute, at("absolute.env")).unwrap();
    symlink("../.env", at("app/chain")).unwrap();
    symlink("../conf", at("app/conf")).unwrap();
    symlink(outside.path().join("secret.txt"), at("out")).unwrap();
    symlink(outside.path(), at("outdir")).unwrap();
    symlink("../../../../../../../../etc/passwd", at("app/passwd")).unwrap();
    symlink("app/../../x", at("up")).unwrap();
    symlink("loop-b", at("loop-a")).unwrap();
    symlink("loop-a", at("loop-b")).unwrap();
    symlink("..", at("app/parent")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink(".venv/bin/python", at("python")).unwrap();

    let checkout = open(dir.path());
    for link in [".env", "absolute.env", "app/chain", "app/conf/prod.env"] {
        let text = checkout.read(&path(link)).unwrap();
        assert_eq!((text.text(), text.path().as_str()), ("A=1", "conf/prod.env"), "{link}");
        assert!(checkout.has_file(&path(link)), "{link}");
    }
    assert!(checkout.has_folder(&path("app/conf")));
    assert!(!checkout.has_file(&path("app/conf")));
    let kind = |name: &str| {
        checkout.files().iter().find(|entry| entry.path.as_str() == name).unwrap().kind.clone()
    };
    assert_eq!(kind(".env"), FileKind::Link { target: path("conf/prod.env") });
    assert_eq!(kind("app/conf"), FileKind::FolderLink { target: path("conf") });
    assert_eq!(kind("out"), FileKind::Unreadable);
    for link in ["out", "outdir/secret.txt", "outdir/deep/secret.txt", "app/passwd", "up"] {
        assert_eq!(trouble(&checkout, link), ProblemKind::OutsideLink, "{link}");
    }
    assert_eq!(trouble(&checkout, "loop-a"), ProblemKind::OutsideLink);
    assert_eq!(trouble(&checkout, "dangling"), ProblemKind::Missing);
    assert_eq!(trouble(&checkout, "app"), ProblemKind::SpecialFile);
    assert_eq!(
        problems(&checkout),
        [
            (ProblemKind::OutsideLink, "app/parent"),
            (ProblemKind::OutsideLink, "app/passwd"),
            (ProblemKind::OutsideLink, "loop-a"),
            (ProblemKind::OutsideLink, "loop-b"),
            (ProblemKind::OutsideLink, "out"),
            (ProblemKind::OutsideLink, "outdir"),
            (ProblemKind::OutsideLink, "up"),
            (ProblemKind::Missing, "dangling"),
        ]
    );
}

#[test]
fn a_folder_swapped_for_a_link_after_the_listing_leads_nowhere() {
    let outside = folder(&[("settings.py", "hunter2")]);
    let dir = folder(&[("app/settings.py", "own"), ("x", "")]);
    let checkout = open(dir.path());
    fs::remove_dir_all(dir.path().join("app")).unwrap();
    symlink(outside.path(), dir.path().join("app")).unwrap();
    assert_eq!(trouble(&checkout, "app/settings.py"), ProblemKind::OutsideLink);
    fs::remove_file(dir.path().join("x")).unwrap();
    assert_eq!(trouble(&checkout, "x"), ProblemKind::Unreadable);
}

#[test]
fn special_files_are_named_and_never_opened() {
    let dir = folder(&[("a.py", "")]);
    let fifo = dir.path().join("settings.py");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("s.sock")).unwrap();
    symlink("settings.py", dir.path().join("link.py")).unwrap();
    let checkout = open(dir.path());
    let special = |name| (ProblemKind::SpecialFile, name);
    assert_eq!(
        problems(&checkout),
        [special("link.py"), special("s.sock"), special("settings.py")]
    );
    for name in ["settings.py", "link.py", "s.sock"] {
        assert_eq!(trouble(&checkout, name), ProblemKind::SpecialFile, "{name}");
    }
    // One that takes a file's place later doesn't block the read.
    fs::remove_file(dir.path().join("a.py")).unwrap();
    fs::rename(&fifo, dir.path().join("a.py")).unwrap();
    assert_eq!(trouble(&checkout, "a.py"), ProblemKind::SpecialFile);
}

#[test]
fn names_and_contents_that_are_no_text_are_problems() {
    let dir = folder(&[("ok.py", "é"), ("with space/naïve \n.py", "x"), ("blob.bin", "\0\0")]);
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9.py");
    fs::write(dir.path().join(odd), "x").unwrap();
    fs::write(dir.path().join("latin.py"), b"# caf\xe9").unwrap();
    let checkout = open(dir.path());
    assert_eq!(names(&checkout), ["blob.bin", "latin.py", "ok.py", "with space/naïve \n.py"]);
    assert_eq!(problems(&checkout), [(ProblemKind::Encoding, "")]);
    assert_eq!(checkout.read(&path("latin.py")).unwrap().text(), "# café");
    assert_eq!(trouble(&checkout, "blob.bin"), ProblemKind::Encoding);
}

#[test]
fn limits_hold_and_cut_the_same_files_each_time() {
    let dir = folder(&[
        ("b.py", "0123456789"),
        ("a.py", ""),
        ("c/d/e/deep.py", ""),
        ("c/x.py", ""),
        ("z.py", ""),
    ]);
    let options = Options { max_files: 4, ..Options::default() };
    for _ in 0..5 {
        let checkout = Checkout::open(dir.path(), options.clone()).unwrap();
        assert_eq!(names(&checkout), ["a.py", "b.py", "c/x.py", "z.py"]);
        assert_eq!(problems(&checkout), [(ProblemKind::Limit, "")]);
    }
    let options = Options { max_depth: 1, max_file_bytes: 9, ..Options::default() };
    let checkout = Checkout::open(dir.path(), options).unwrap();
    assert_eq!(names(&checkout), ["a.py", "b.py", "c/x.py", "z.py"]);
    assert_eq!(problems(&checkout), [(ProblemKind::Limit, "c/d")]);
    assert_eq!(trouble(&checkout, "b.py"), ProblemKind::TooLarge);
}

#[test]
fn a_large_file_is_not_read() {
    let dir = folder(&[("a.py", "")]);
    let file = fs::File::create(dir.path().join("dump.sql")).unwrap();
    file.set_len(100_000_000).unwrap();
    assert_eq!(trouble(&open(dir.path()), "dump.sql"), ProblemKind::TooLarge);
}

#[test]
fn each_reason_not_to_open_has_its_own_error() {
    let dir = folder(&[("file", "")]);
    let open = |name: &str| Checkout::open(&dir.path().join(name), Options::default());
    assert!(matches!(open("nothing"), Err(OpenError::NotFound(_))));
    assert!(matches!(open("file"), Err(OpenError::NotAFolder(_))));
    fs::create_dir_all(dir.path().join("empty/also")).unwrap();
    assert!(matches!(open("empty"), Err(OpenError::Empty(_))));
    symlink("loop", dir.path().join("loop")).unwrap();
    assert!(matches!(open("loop"), Err(OpenError::Io { .. })));
}

#[test]
fn what_may_not_be_read_is_a_problem() {
    let dir = folder(&[("a.py", ""), ("closed/b.py", ""), ("secret.py", "")]);
    let set = |name: &str, mode| {
        fs::set_permissions(dir.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    set("closed", 0);
    set("secret.py", 0);
    // The superuser may read everything.
    if fs::read_dir(dir.path().join("closed")).is_err() {
        let checkout = open(dir.path());
        assert_eq!(problems(&checkout), [(ProblemKind::Unreadable, "closed")]);
        assert_eq!(trouble(&checkout, "secret.py"), ProblemKind::Unreadable);
    }
    set("closed", 0o755);
}

#[test]
fn texts_are_the_same_from_many_threads_with_a_tiny_cache() {
    let files: Vec<(String, String)> =
        (0..200).map(|n| (format!("f{n}.py"), format!("x = {n}"))).collect();
    let borrowed: Vec<_> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let dir = folder(&borrowed);
    let options = Options { cache_bytes: 4_000, ..Options::default() };
    let checkout = Checkout::open(dir.path(), options).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for (name, text) in &files {
                    assert_eq!(checkout.read(&path(name)).unwrap().text(), text);
                }
            });
        }
    });
}
