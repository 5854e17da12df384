//! `plimsoll check`

use crate::harness::{SHOP, project, run, run_with, verdict};

#[test]
fn a_finding_points_at_its_line_and_fails_the_run() {
    let dir = project(&SHOP);
    let run = run(dir.path(), &["check", "--env", "HOSTS=shop.example"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    assert!(run.stdout.contains("error[debug-enabled]"), "{}", run.stdout);
    assert!(run.stdout.contains("shop/settings.py:3:"), "{}", run.stdout);
    assert!(run.stdout.contains("3 | DEBUG = True"), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}'));
}

#[test]
fn every_control_of_the_catalog_has_a_verdict() {
    let dir = project(&SHOP);
    let document = run(dir.path(), &["check", "--format", "json"]).json();
    let all = plimsoll_catalog::catalog().controls().len();
    assert_eq!(document["controls"].as_array().unwrap().len(), all);
    assert_eq!(document["target"]["settings"], "shop.settings");
    assert_eq!(verdict(&document, "SET-01"), "failed");
    for control in document["controls"].as_array().unwrap() {
        let needs = control["needs"].as_array().unwrap();
        assert_eq!(control["verdict"] == "unproven", !needs.is_empty(), "{control}");
    }
}

#[test]
fn secrets_reach_no_format() {
    let dir = project(&SHOP);
    for format in ["text", "json", "sarif", "junit", "github", "markdown", "html"] {
        let arguments =
            ["check", "--format", format, "--env", "HOSTS=a", "--env", "DB_PASSWORD=p4ssw0rd"];
        let run = run(dir.path(), &arguments);
        assert!(!run.stdout.is_empty() && run.stderr.is_empty(), "{format}: {}", run.stderr);
        for secret in ["correct-horse", "p4ssw0rd"] {
            assert!(!run.stdout.contains(secret), "{format} shows {secret}");
        }
    }
}

#[test]
fn the_threshold_decides_the_exit_code_and_can_be_waived_as_a_whole() {
    let dir = project(&SHOP);
    for (arguments, code) in [
        (&["check"][..], 1),
        (&["check", "--exit-zero"], 0),
        (&["check", "--fail-on", "error"], 1),
        (&["check", "--family", "DOC"], 0),
    ] {
        assert_eq!(run(dir.path(), arguments).code, code, "{arguments:?}");
    }
}

#[test]
fn families_and_criticality_narrow_the_report() {
    let dir = project(&SHOP);
    let arguments =
        ["check", "--format", "json", "--family", "set", "--min-criticality", "critical"];
    let document = run(dir.path(), &arguments).json();
    for control in document["controls"].as_array().unwrap() {
        assert_eq!(
            (&control["family"], &control["criticality"]),
            (&"SET".into(), &"critical".into())
        );
    }
    for finding in document["findings"].as_array().unwrap() {
        assert!(finding["control"].as_str().unwrap().starts_with("SET-"));
    }
}

#[test]
fn the_callers_environment_counts_for_nothing() {
    let dir = project(&SHOP);
    let settings = |env: &[(&str, &str)]| {
        let document = run_with(dir.path(), &["settings", "--format", "json"], env).json();
        document["settings"]["EMAIL_HOST"].clone()
    };
    assert_eq!(settings(&[]), settings(&[("EMAIL_HOST", "mail.example.org")]));
}

#[test]
fn a_report_goes_to_a_file_in_one_piece() {
    let dir = project(&SHOP);
    let run = run(dir.path(), &["check", "--format", "html", "--output", "report.html"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    let page = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    let left = std::fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 3, "manage.py, shop, report.html");
}

#[test]
fn colours_are_a_choice_and_the_words_stay() {
    let dir = project(&SHOP);
    let colourful = run(dir.path(), &["check", "--color", "always"]).stdout;
    assert!(colourful.contains('\u{1b}'));
    let forced = run_with(dir.path(), &["check"], &[("CLICOLOR_FORCE", "1")]).stdout;
    assert!(forced.contains('\u{1b}'));
    let never = run_with(dir.path(), &["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]);
    assert!(!never.stdout.contains('\u{1b}'));
}
