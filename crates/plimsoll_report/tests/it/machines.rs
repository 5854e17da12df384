//! The formats that other programs read.

use plimsoll_report::{check_github, check_junit, check_markdown, check_sarif};
use serde_json::Value;

use crate::sample;

#[test]
fn sarif_places_suppressions_and_stable_names() {
    let (assessment, sources) = sample::assessment("2026-11-20");
    let text = check_sarif(&sample::report(&assessment, sources));
    let log: Value = serde_json::from_str(&text).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), assessment.findings.len());
    let debug = &results[0];
    assert_eq!(debug["ruleId"], "debug-enabled");
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "debug-enabled");
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("## Bad"));
    let place = &debug["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "shop/settings.py");
    assert_eq!(place["region"]["startLine"], 4);
    let suppressed: Vec<&str> =
        results.iter().filter_map(|result| result["suppressions"][0]["kind"].as_str()).collect();
    assert_eq!(suppressed, ["external", "inSource"]);
    let mut prints: Vec<&str> = results
        .iter()
        .map(|result| result["partialFingerprints"]["plimsollFinding/v1"].as_str().unwrap())
        .collect();
    let all = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), all);
    assert!(!text.contains("hunter2"));
}

#[test]
fn junit_has_a_case_for_each_control_that_applies() {
    let (assessment, sources) = sample::assessment("2026-11-20");
    let xml = check_junit(&sample::report(&assessment, sources));
    assert_eq!(xml.matches("<testcase ").count(), 9);
    assert_eq!(xml.matches("<failure ").count(), 3);
    assert_eq!(xml.matches("<skipped ").count(), 4);
    assert!(!xml.contains("JOB-01"));
    insta::assert_snapshot!(xml);
}

#[test]
fn github_commands_are_escaped() {
    let (assessment, sources) = sample::assessment("2026-11-20");
    insta::assert_snapshot!(check_github(&sample::report(&assessment, sources)));
}

#[test]
fn markdown_for_comments() {
    let (assessment, sources) = sample::assessment("2026-11-20");
    insta::assert_snapshot!(check_markdown(&sample::report(&assessment, sources)));
}
