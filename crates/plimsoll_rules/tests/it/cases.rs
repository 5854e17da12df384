//! Cases beyond the examples: `tests/cases/<rule-id>/{fires,quiet}-<what>/` hold small
//! repositories; the first kind must trip the rule, the second must not.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::outcome;

fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

fn read(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_case_does_what_its_name_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut wrong = Vec::new();
    for rule_folder in folders(&root) {
        let id = rule_folder.file_name().unwrap().to_string_lossy().into_owned();
        let Some(rule) = plimsoll_rules::by_id(&id) else {
            wrong.push(format!("{id}: cases of a rule that is not there"));
            continue;
        };
        for case in folders(&rule_folder) {
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            let mut files = Vec::new();
            read(&case, &case, &mut files);
            let findings = outcome(rule, &files).findings;
            let fires = name.starts_with("fires-");
            assert!(
                fires || name.starts_with("quiet-"),
                "{id}/{name} is neither fires- nor quiet-"
            );
            if fires == findings.is_empty() {
                wrong.push(format!("{id}/{name}: {findings:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
