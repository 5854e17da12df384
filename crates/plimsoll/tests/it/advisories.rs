//! `--advisories`: files, folders and archives, and what is said of broken ones.

use std::path::Path;

use tempfile::TempDir;

use crate::harness::{Run, project, run, write};

const RECORD: &str = r#"{"id": "PYSEC-2026-77", "modified": "2026-03-01T00:00:00Z", "aliases": ["CVE-2026-1077"], "summary": "A hole in the admin.", "database_specific": {"severity": "HIGH"}, "affected": [{"package": {"ecosystem": "PyPI", "name": "Django"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "5.2"}, {"fixed": "5.2.99"}]}]}]}"#;

/// A zip of one file, `a.json`, deflated: made by Python's zipfile from a short record.
const ARCHIVE: &[u8] = include_bytes!("advisories.zip");

fn shop() -> TempDir {
    project(&[
        ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"),
        ("settings.py", "DEBUG = False\n"),
        ("requirements.txt", "Django==5.2.1\nrequests\n"),
    ])
}

fn check(dir: &Path, advisories: &str) -> Run {
    run(dir, &["check", "--advisories", advisories, "--format", "json", "--exit-zero"])
}

/// The message of the rule's finding, if there is one.
fn finding(run: &Run) -> Option<String> {
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let mut findings = json["findings"].as_array().unwrap().iter();
    let found = findings.find(|finding| finding["rule"] == "dependency-vulnerable")?;
    assert_eq!(found["at"]["file"], "requirements.txt");
    Some(found["message"].as_str().unwrap().to_owned())
}

#[test]
fn files_folders_and_archives_are_read() {
    let dir = shop();
    write(dir.path(), "one.json", RECORD);
    write(dir.path(), "many.json", &format!("[{RECORD}]"));
    write(dir.path(), "lines.jsonl", &format!("{RECORD}\n"));
    write(dir.path(), "folder/2026/a.json", RECORD);
    write(dir.path(), "folder/README.md", "not one");
    std::fs::write(dir.path().join("all.zip"), ARCHIVE).unwrap();
    for advisories in ["one.json", "many.json", "lines.jsonl", "folder", "all.zip"] {
        let message = finding(&check(dir.path(), advisories)).unwrap();
        assert_eq!(
            message,
            "django 5.2.1 has a known vulnerability: CVE-2026-1077 (PYSEC-2026-77, high, fixed in 5.2.99)",
            "{advisories}"
        );
    }
}

#[test]
fn without_a_database_the_question_is_open() {
    let dir = shop();
    let run = run(dir.path(), &["check", "--format", "json", "--exit-zero"]);
    assert_eq!(finding(&run), None);
    assert!(run.stdout.contains("no database of advisories was given"));
}

#[test]
fn what_is_no_database_ends_the_run() {
    let dir = shop();
    write(dir.path(), "broken.json", "{\"id\": \"x\"");
    write(dir.path(), "other.json", "{\"name\": 1}");
    write(dir.path(), "empty.json", "[]");
    write(dir.path(), "list.csv", "a,b\n");
    write(dir.path(), "folder/notes.txt", "none");
    write(dir.path(), "broken.zip", "PK\u{3}\u{4} and no more");
    for (advisories, expected) in [
        ("nowhere", "cannot read the advisories of nowhere"),
        ("broken.json", "line 1: the JSON ends in the middle"),
        ("other.json", "this is no record of the OSV schema"),
        ("empty.json", "there is no advisory in empty.json"),
        ("list.csv", "this is not JSON"),
        ("folder", "there is no advisory in folder"),
        ("broken.zip", "cannot read the archive broken.zip"),
    ] {
        let run = check(dir.path(), advisories);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{advisories}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{advisories}: {}", run.stderr);
        assert!(run.stderr.contains("all.zip from https://"), "{advisories}: {}", run.stderr);
    }
}
