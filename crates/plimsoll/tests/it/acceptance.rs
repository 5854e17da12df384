//! Ignores and waivers through the whole pipeline.

use crate::harness::{SHOP, project, run, verdict, write};

const WAIVER: &str =
    "[[waivers]]\nrule = \"debug-enabled\"\nreason = \"a demo\"\nowner = \"Ada\"\n";

fn findings_of<'a>(document: &'a serde_json::Value, rule: &str) -> Vec<&'a serde_json::Value> {
    let findings = document["findings"].as_array().unwrap();
    findings.iter().filter(|finding| finding["rule"] == rule).collect()
}

#[test]
fn a_waiver_holds_until_its_day() {
    let dir = project(&SHOP);
    write(dir.path(), "plimsoll.toml", &format!("{WAIVER}expiry = 2999-12-31\n"));
    let document = run(dir.path(), &["check", "--format", "json"]).json();
    for finding in findings_of(&document, "debug-enabled") {
        assert_eq!(finding["state"], "waived");
        assert_eq!(finding["accepted"]["owner"], "Ada");
    }
    write(dir.path(), "plimsoll.toml", &format!("{WAIVER}expiry = 2020-12-31\n"));
    let run = run(dir.path(), &["check", "--format", "json"]);
    assert_eq!(verdict(&run.json(), "SET-01"), "failed");
    assert!(run.stdout.contains("waiver-expired"));
}

#[test]
fn an_ignore_needs_a_reason() {
    let dir = project(&SHOP);
    let settings =
        |comment: &str| SHOP[2].1.replace("DEBUG = True", &format!("DEBUG = True  {comment}"));
    write(dir.path(), "shop/settings.py", &settings("# plimsoll: ignore[debug-enabled] a demo"));
    let document = run(dir.path(), &["check", "--format", "json"]).json();
    assert_eq!(findings_of(&document, "debug-enabled")[0]["state"], "ignored");
    write(dir.path(), "shop/settings.py", &settings("# plimsoll: ignore[debug-enabled]"));
    let document = run(dir.path(), &["check", "--format", "json"]).json();
    assert_eq!(findings_of(&document, "debug-enabled")[0]["state"], "open");
    assert!(document.to_string().contains("ignore-without-reason"));
}

#[test]
fn what_the_configuration_excludes_is_not_looked_at() {
    let dir = project(&SHOP);
    write(
        dir.path(),
        "old/manage.py",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'o.s')\n",
    );
    write(dir.path(), "plimsoll.toml", "exclude = [\"old\"]\n");
    let document = run(dir.path(), &["check", "--format", "json"]).json();
    assert_eq!(document["target"]["other_systems"], serde_json::json!([]));
}
