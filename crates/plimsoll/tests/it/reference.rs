//! `plimsoll catalog` and `plimsoll explain`

use std::path::Path;

use crate::harness::run;

#[test]
fn the_catalog_in_every_form() {
    let here = Path::new(".");
    let document = run(here, &["catalog", "--format", "json"]).json();
    let controls = document["controls"].as_array().unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(controls.len(), plimsoll_catalog::catalog().controls().len());
    assert_eq!(controls[0]["id"], "SET-01");
    assert!(
        controls[0]["checks"]["repository"].as_array().unwrap().contains(&"debug-enabled".into())
    );
    assert!(!controls[0]["requirements"].as_array().unwrap().is_empty());
    for format in ["text", "markdown"] {
        let text = run(here, &["catalog", "--format", format]).stdout;
        assert!(controls.iter().all(|control| text.contains(control["id"].as_str().unwrap())));
    }
}

#[test]
fn every_control_and_every_check_is_explained() {
    let here = Path::new(".");
    for id in ["SET-01", "set-01", "debug-enabled", "BAK-01"] {
        let run = run(here, &["explain", id]);
        assert_eq!(run.code, 0, "{id}: {}", run.stderr);
        assert!(run.stdout.to_lowercase().contains(&id.to_lowercase()), "{id}");
    }
    let planned = plimsoll_catalog::planned_rules().next();
    if let Some(id) = planned {
        assert!(run(here, &["explain", id]).stdout.contains("still to be built"), "{id}");
    }
}
