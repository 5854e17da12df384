//! `plimsoll attest`, `waive`, `release`, `sign`, `status`: what people say, and what stands.

use crate::harness::{verdict, write};
use crate::ledger::Site;

const DEBUG_OFF: &str = "import os\n\nDEBUG = False\nALLOWED_HOSTS = ['shop.example']\n\
    SECRET_KEY = os.environ['KEY']\n";

fn status(site: &Site) -> serde_json::Value {
    serde_json::from_str(&site.ok(&["status", "--format", "json"])).unwrap()
}

#[test]
fn an_attestation_counts_in_the_next_check_and_in_the_status() {
    let site = Site::new();
    write(site.path(), "training.txt", "all nine were there\n");
    let arguments = [
        "attest",
        "ops-04",
        "--evidence",
        "training.txt",
        "--note",
        "token=ghp_abcdefghijklmnopqrst",
    ];
    let said = site.ok(&arguments);
    assert!(said.contains("Ada Lovelace vouches for OPS-04 (Training), for 365 days"), "{said}");
    let checked = site.run(&["check", "--format", "json", "--exit-zero"]).json();
    assert_eq!(verdict(&checked, "OPS-04"), "attested");
    assert_eq!(verdict(&status(&site), "OPS-04"), "attested");
    let shown = site.ok(&["ledger", "show", "1"]);
    assert!(
        shown.contains("training.txt") && shown.contains("sha256:") && !shown.contains("ghp_abc"),
        "{shown}"
    );
    site.ok(&["attest", "OPS-04", "--withdraw", "--note", "two people left"]);
    let checked = site.run(&["check", "--format", "json", "--exit-zero"]).json();
    assert_eq!(verdict(&checked, "OPS-04"), "unproven");
    assert_eq!(verdict(&status(&site), "OPS-04"), "unproven");
}

#[test]
fn an_attestation_of_somebody_unknown_does_not_count() {
    let site = Site::new();
    write(site.path(), "training.txt", "all nine were there\n");
    site.ok(&["key", "new", "--name", "Eve", "--output", "eve.key"]);
    site.ok(&["attest", "OPS-04", "--evidence", "training.txt", "--key", "eve.key"]);
    let run = site.run(&["check", "--exit-zero"]);
    assert!(run.code == 4 && run.stderr.contains("not trusted"), "{}", run.stderr);
}

#[test]
fn attestations_that_can_not_be_are_refused() {
    let site = Site::new();
    write(site.path(), "survey.txt", "scores\n");
    write(site.path(), "empty.txt", "");
    for (arguments, expected) in [
        (&["attest", "SET-01", "--evidence", "survey.txt"][..], "is no matter of vouching"),
        (&["attest", "OPS-4", "--evidence", "survey.txt"], "did you mean `OPS-04`?"),
        (&["attest", "OPS-04"], "an attestation shows something"),
        (
            &["attest", "OPS-04", "--evidence", "nowhere.txt"],
            "cannot read the evidence nowhere.txt",
        ),
        (&["attest", "OPS-04", "--evidence", "empty.txt"], "it is empty"),
        (&["attest", "OPS-04", "--evidence", "https://ada:pw@x.example/"], "holds a login"),
        (&["attest", "OPS-04", "--evidence", "ftp://x.example/"], "not ftp://"),
        (
            &["attest", "OPS-04", "--evidence", "survey.txt", "--effective", "2999-01-01"],
            "has not come yet",
        ),
        (
            &["attest", "OPS-04", "--evidence", "survey.txt", "--release", "r9"],
            "there is no release r9",
        ),
        (
            &["attest", "OPS-04", "--evidence", "survey.txt", "--value", "satisfied=90"],
            "OPS-04 has no figure",
        ),
        (&["attest", "OPS-08", "--evidence", "survey.txt"], "wants the figure satisfied stated"),
        (
            &[
                "attest",
                "OPS-08",
                "--evidence",
                "survey.txt",
                "--value",
                "satisfied=79",
                "--value",
                "critical_issues=0",
            ],
            "asks for at least 80",
        ),
        (
            &[
                "attest",
                "OPS-08",
                "--evidence",
                "survey.txt",
                "--value",
                "satisfied=80",
                "--value",
                "critical_issues=3",
            ],
            "asks for less than 3",
        ),
    ] {
        let run = site.run(arguments);
        assert!(run.code == 2 && run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.contains("ada:pw"));
    }
    site.ok(&[
        "attest",
        "OPS-08",
        "--evidence",
        "survey.txt",
        "--value",
        "satisfied=80",
        "--value",
        "critical_issues=2",
    ]);
    write(site.path(), "plimsoll.toml", "[parameters.OPS-08]\nsatisfied = 95\n");
    let run = site.run(&[
        "attest",
        "OPS-08",
        "--evidence",
        "survey.txt",
        "--value",
        "satisfied=90",
        "--value",
        "critical_issues=0",
    ]);
    assert!(run.stderr.contains("asks for at least 95"), "{}", run.stderr);
}

#[test]
fn a_waiver_of_the_ledger_counts_like_one_of_the_file() {
    let site = Site::new();
    for arguments in [
        &[
            "waive",
            "debug-enabled",
            "--reason",
            "the demo",
            "--owner",
            "Ada",
            "--expires",
            "2999-01-01",
        ][..],
        &["waive", "SET-02", "--reason", "the demo", "--owner", "Ada", "--expires", "2999-01-01"],
    ] {
        site.ok(arguments);
    }
    let checked = site.run(&["check", "--format", "json", "--exit-zero"]).json();
    let findings = checked["findings"].as_array().unwrap();
    let debug = findings.iter().find(|finding| finding["rule"] == "debug-enabled").unwrap();
    assert_eq!((&debug["state"], &debug["accepted"]["owner"]), (&"waived".into(), &"Ada".into()));
    for (arguments, expected) in [
        (
            &["waive", "debug-enable", "--reason", "r", "--owner", "o", "--expires", "2999-01-01"]
                [..],
            "did you mean `debug-enabled`?",
        ),
        (
            &["waive", "SET-01", "--reason", " ", "--owner", "o", "--expires", "2999-01-01"],
            "--reason is empty",
        ),
        (
            &["waive", "SET-01", "--reason", "r", "--owner", "o", "--expires", "soon"],
            "is no calendar date",
        ),
    ] {
        let run = site.run(arguments);
        assert!(run.code == 2 && run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
    }
    let ended = site.ok(&[
        "waive",
        "debug-enabled",
        "--reason",
        "over",
        "--owner",
        "Ada",
        "--expires",
        "2020-01-01",
    ]);
    assert!(ended.contains("no longer waived"), "{ended}");
    let checked = site.run(&["check", "--format", "json", "--exit-zero"]).json();
    let findings = checked["findings"].as_array().unwrap();
    let debug = findings.iter().find(|finding| finding["rule"] == "debug-enabled").unwrap();
    assert_eq!(debug["state"], "open");
}

#[test]
fn a_new_release_takes_proof_back_until_it_is_checked() {
    let site = Site::new();
    write(site.path(), "shop/settings.py", DEBUG_OFF);
    site.record();
    let first = status(&site);
    assert_eq!(verdict(&first, "SET-01"), "proven");
    assert_eq!(first["release"]["name"], serde_json::Value::Null);
    site.ok(&["release", "new", "r1", "--env", "HOSTS=shop.example"]);
    assert_eq!(verdict(&status(&site), "SET-01"), "proven");
    write(site.path(), "shop/views.py", "# another release\n");
    let again = site.run(&["release", "new", "r1"]);
    assert!(
        again.code == 2 && again.stderr.contains("there is a release r1 already"),
        "{}",
        again.stderr
    );
    site.ok(&["release", "new", "r2", "--env", "HOSTS=shop.example"]);
    let fallen = status(&site);
    assert_eq!(verdict(&fallen, "SET-01"), "unproven");
    let text = site.ok(&["status"]);
    assert!(text.contains("release r2") && text.contains("another release"), "{text}");
    let wrong = site.run(&["check", "--release", "r1"]);
    assert!(
        wrong.code == 2 && wrong.stderr.contains("not those of release r1"),
        "{}",
        wrong.stderr
    );
    site.ok(&[
        "check",
        "--record",
        "--release",
        "r2",
        "--exit-zero",
        "--env",
        "HOSTS=shop.example",
    ]);
    let now = status(&site);
    assert_eq!(verdict(&now, "SET-01"), "proven");
    assert!(site.ok(&["release", "list"]).contains("r1"));
    let text = site.ok(&["status"]);
    assert!(text.contains("Tasks that come back") && text.contains("weekly"), "{text}");
}

#[test]
fn what_changed_since_the_last_time_is_told() {
    let site = Site::new();
    site.record();
    write(site.path(), "shop/settings.py", DEBUG_OFF);
    site.record();
    let now = status(&site);
    let changes = now["changes"].as_array().unwrap();
    let debug = changes.iter().find(|change| change["control"] == "SET-01").unwrap();
    assert_eq!((&debug["before"], &debug["now"]), (&"failed".into(), &"proven".into()));
}

#[test]
fn releases_are_signed_by_those_who_may() {
    let site = Site::new();
    site.record();
    site.ok(&["release", "new", "r1", "--env", "HOSTS=shop.example"]);
    let signed = site.ok(&["sign", "r1", "--role", "Security"]);
    let evidence =
        signed.lines().find_map(|line| line.strip_prefix("  evidence  ")).unwrap().to_owned();
    assert_eq!(status(&site)["evidence"], evidence.as_str());
    assert!(signed.contains("names no signers"), "{signed}");
    for (arguments, expected) in [
        (&["sign", "r1", "--role", "product-owner"][..], "has not the role product-owner"),
        (&["sign", "r1", "--role", "captain"], "there is no role"),
        (&["sign", "r9", "--role", "security"], "did you mean `r1`?"),
    ] {
        let run = site.run(arguments);
        assert!(run.code == 2 && run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
    }
    let own = site.ok(&["key", "export"]);
    write(site.path(), "plimsoll.toml", &own.replace("security", "product-owner"));
    let run = site.run(&["sign", "r1", "--role", "security"]);
    assert!(
        run.stderr.contains("plimsoll.toml does not give Ada Lovelace the role"),
        "{}",
        run.stderr
    );
    let signed = site.ok(&["sign", "r1", "--role", "product-owner"]);
    assert!(!signed.contains("note:"), "{signed}");
    let log = site.ok(&["ledger", "log", "--kind", "sign-off"]);
    assert!(log.contains("r1 as product-owner"), "{log}");
}

#[test]
fn a_broken_ledger_stops_what_would_rest_on_it() {
    let site = Site::new();
    site.record();
    site.tamper("UPDATE record SET content = replace(content, 'failed', 'proven') WHERE seq = 1;");
    write(site.path(), "x.txt", "x");
    for arguments in [
        &["status"][..],
        &["check"],
        &["attest", "OPS-04", "--evidence", "x.txt"],
        &["waive", "SET-01", "--reason", "r", "--owner", "o", "--expires", "2999-01-01"],
        &["release", "new", "r1"],
    ] {
        let run = site.run(arguments);
        assert!(
            run.code == 4 && run.stderr.contains("record 1 (assessment) was changed"),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}
