//! `plimsoll init`, completions and the man page.

use std::path::Path;

use crate::harness::{SHOP, project, run};

#[test]
fn init_writes_a_file_that_check_reads_and_spares_one_that_is_there() {
    let dir = project(&SHOP);
    let first = run(dir.path(), &["init"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let text = std::fs::read_to_string(dir.path().join("plimsoll.toml")).unwrap();
    assert!(text.contains("settings = \"shop.settings\"\n"), "{text}");
    assert_eq!(run(dir.path(), &["check"]).code, 1);
    let second = run(dir.path(), &["init"]);
    assert_eq!(second.code, 2);
    assert!(second.stderr.contains("--force"));
    assert_eq!(run(dir.path(), &["init", "--force"]).code, 0);
}

#[test]
fn what_init_suggests_in_comments_is_valid_too() {
    let dir = project(&SHOP);
    run(dir.path(), &["init"]);
    let file = dir.path().join("plimsoll.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let taken_up: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") || rest.starts_with('[') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    std::fs::write(&file, taken_up).unwrap();
    crate::harness::write(dir.path(), "deploy/production.env", "HOSTS=a\n");
    let run = run(dir.path(), &["check"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
}

#[test]
fn completions_and_man_pages_are_made() {
    let here = Path::new(".");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(here, &["completions", shell]).stdout.contains("plimsoll"), "{shell}");
    }
    assert!(run(here, &["man"]).stdout.contains(".TH plimsoll"));
    let dir = tempfile::TempDir::new().unwrap();
    assert_eq!(run(dir.path(), &["man", "--output-dir", "man"]).code, 0);
    assert!(dir.path().join("man/plimsoll-check.1").exists());
}
