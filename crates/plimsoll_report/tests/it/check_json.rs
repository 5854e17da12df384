//! The JSON of `plimsoll check`.

use plimsoll_report::check_json;
use serde_json::Value;

use crate::sample;

fn document(today: &str) -> Value {
    let (assessment, sources) = sample::assessment(today);
    serde_json::from_str(&check_json(&sample::report(&assessment, sources))).unwrap()
}

fn verdict(document: &Value, id: &str) -> String {
    let controls = document["controls"].as_array().unwrap();
    let control = controls.iter().find(|control| control["id"] == id).unwrap();
    control["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn every_verdict_is_there_for_its_reason() {
    let document = document("2026-12-31");
    for (id, expected) in [
        ("SET-01", "failed"),
        ("SET-03", "waived"),
        ("HDR-02", "unproven"),
        ("TLS-01", "unproven"),
        ("JOB-01", "not_applicable"),
        ("LOG-01", "unproven"),
        ("MAIL-01", "unproven"),
        ("STO-01", "proven"),
    ] {
        assert_eq!(verdict(&document, id), expected, "{id}");
    }
    assert_eq!(verdict(&self::document("2027-01-01"), "SET-03"), "failed");
}

#[test]
fn what_is_unproven_says_what_would_prove_it() {
    let document = document("2026-12-31");
    for control in document["controls"].as_array().unwrap() {
        if control["verdict"] == "unproven" {
            assert_ne!(control["needs"], serde_json::json!([]), "{}", control["id"]);
        }
    }
}

#[test]
fn places_and_states_of_findings() {
    let document = document("2026-12-31");
    let finding = &document["findings"][0];
    assert_eq!(finding["rule"], "debug-enabled");
    assert_eq!(finding["at"]["file"], "shop/settings.py");
    assert_eq!((&finding["at"]["line"], &finding["at"]["column"]), (&4.into(), &9.into()));
    assert_eq!(finding["related"][1]["file"], "compose.yml");
    assert_eq!(finding["related"][1]["message"], "and it is set here too");
    let states: Vec<&str> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["state"].as_str().unwrap())
        .collect();
    assert!(states.contains(&"ignored") && states.contains(&"waived"));
}
