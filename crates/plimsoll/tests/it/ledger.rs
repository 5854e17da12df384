//! `plimsoll key`, `plimsoll ledger`, `plimsoll check --record`

use std::path::Path;

use tempfile::TempDir;

use crate::harness::{Run, SHOP, project, run_with, write};

/// A project with a home of its own and Ada's key.
pub(crate) struct Site {
    pub(crate) dir: TempDir,
    pub(crate) home: TempDir,
}

impl Site {
    pub(crate) fn new() -> Self {
        let site = Self { dir: project(&SHOP), home: TempDir::new().unwrap() };
        site.ok(&["key", "new", "--name", "Ada Lovelace", "--role", "security"]);
        site
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run_with(self.path(), arguments, &[("HOME", self.home.path().to_str().unwrap())])
    }

    /// A run that must end with 0.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}{}", run.stdout, run.stderr);
        run.stdout
    }

    pub(crate) fn record(&self) {
        self.ok(&["check", "--record", "--exit-zero", "--env", "HOSTS=shop.example"]);
    }

    /// Changes the database past its guards.
    pub(crate) fn tamper(&self, statements: &str) {
        let connection =
            rusqlite::Connection::open(self.path().join(".plimsoll/ledger.db")).unwrap();
        let guards =
            "DROP TRIGGER record_update; DROP TRIGGER record_delete; DROP TRIGGER record_insert;";
        let made = "CREATE TRIGGER record_update BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'no'); END;\
                    CREATE TRIGGER record_delete BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'no'); END;\
                    CREATE TRIGGER record_insert BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'no'); END;";
        connection.execute_batch(&format!("{guards}{statements}{made}")).unwrap();
    }
}

#[test]
fn a_key_is_made_shown_and_never_told() {
    let site = Site::new();
    let file = site.home.path().join(".config/plimsoll/keys/ada-lovelace.key");
    let text = std::fs::read_to_string(&file).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let private = text.lines().find(|line| line.starts_with("MC4")).unwrap();
    let public = text.lines().find_map(|line| line.strip_prefix("public: ")).unwrap();
    for arguments in [
        &["key", "list"][..],
        &["key", "show", "ada-lovelace"],
        &["key", "show", "Ada Lovelace"],
        &["key", "export"],
        &["key", "export", "--format", "line"],
    ] {
        let shown = site.ok(arguments);
        assert!(shown.contains(public) && !shown.contains(private), "{arguments:?}: {shown}");
    }
    assert!(site.ok(&["key", "export", "--format", "pem"]).contains("BEGIN PUBLIC KEY"));
    let again = site.run(&["key", "new", "--name", "ada lovelace"]);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("already"), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn a_key_under_a_passphrase_wants_it() {
    let site = Site::new();
    write(site.path(), "pass", "correct horse battery\n");
    site.ok(&["key", "new", "--name", "ci", "--passphrase-file", "pass", "--output", "ci.key"]);
    let check = ["check", "--record", "--exit-zero", "--key", "ci.key"];
    let without = site.run(&check);
    assert_eq!(without.code, 2);
    assert!(without.stderr.contains("--passphrase-file"), "{}", without.stderr);
    write(site.path(), "wrong", "nothing of the kind\n");
    let wrong = site.run(&[&check[..], &["--passphrase-file", "wrong"]].concat());
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("does not fit"), "{}", wrong.stderr);
    site.ok(&[&check[..], &["--passphrase-file", "pass"]].concat());
    assert!(site.ok(&["ledger", "log"]).contains("[ci]"));
}

#[test]
fn what_a_check_saw_is_recorded_and_verified() {
    let site = Site::new();
    site.record();
    let log = site.ok(&[
        "ledger",
        "log",
        "--kind",
        "evidence",
        "--control",
        "set-02",
        "--format",
        "json",
    ]);
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    let entry = &log["records"][0];
    assert!(entry["controls"].as_array().unwrap().contains(&"SET-02".into()), "{entry}");
    let seq = entry["seq"].to_string();
    let shown: serde_json::Value =
        serde_json::from_str(&site.ok(&["ledger", "show", &seq, "--format", "json"])).unwrap();
    assert_eq!(shown["digest"], entry["digest"]);
    let body = &shown["content"]["body"];
    for field in [
        "check",
        "controls",
        "target",
        "subject",
        "how",
        "started",
        "finished",
        "effective",
        "statements",
        "fresh_for",
    ] {
        assert!(!body[field].is_null(), "{field}: {body}");
    }
    assert!(body["subject"]["release"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(shown["content"]["signer"]["name"], "Ada Lovelace");
    let verified: serde_json::Value =
        serde_json::from_str(&site.ok(&["ledger", "verify", "--format", "json"])).unwrap();
    assert_eq!((&verified["sound"], &verified["signers_judged"]), (&true.into(), &true.into()));
    let ledger = std::fs::read(site.path().join(".plimsoll/ledger.db")).unwrap();
    let text = String::from_utf8_lossy(&ledger);
    assert!(
        text.contains("debug-enabled") && !text.contains("correct-horse"),
        "a secret is in the ledger"
    );
}

#[test]
fn tampering_is_named_with_its_record() {
    for (statement, expected) in [
        (
            "UPDATE record SET content = replace(content, 'shop', 'ship') WHERE seq = 1;",
            "record 1 (assessment) was changed",
        ),
        ("DELETE FROM record WHERE seq = 5;", "record 5 is missing"),
        (
            "UPDATE record SET seq = 100000 WHERE seq = 5; UPDATE record SET seq = 5 WHERE seq = 6; UPDATE record SET seq = 6 WHERE seq = 100000;",
            "what is stored as record 5 was written as record 6",
        ),
        (
            "DELETE FROM record WHERE seq = (SELECT max(seq) FROM record);",
            "the newest records are missing",
        ),
    ] {
        let site = Site::new();
        site.record();
        site.tamper(statement);
        let run = site.run(&["ledger", "verify"]);
        let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(run.code == 4 && said.contains(expected), "{statement}: {said}");
        let said = site.run(&["ledger", "verify", "--format", "json"]).json();
        assert_eq!(said["sound"], false);
    }
}

#[test]
fn the_database_itself_refuses_changes_and_their_loss_shows() {
    let site = Site::new();
    site.record();
    let connection = rusqlite::Connection::open(site.path().join(".plimsoll/ledger.db")).unwrap();
    for statement in [
        "UPDATE record SET content = '' WHERE seq = 1",
        "DELETE FROM record",
        "INSERT INTO record VALUES (99999, 'a', 'b', 'c')",
        "INSERT OR REPLACE INTO record VALUES (1, 'a', 'b', 'c')",
        "UPDATE ledger SET id = 'x'",
        "DELETE FROM ledger",
    ] {
        assert!(connection.execute(statement, []).is_err(), "{statement}");
    }
    connection.execute("DROP TRIGGER record_update", []).unwrap();
    drop(connection);
    let run = site.run(&["ledger", "verify"]);
    assert!(run.code == 4 && run.stdout.contains("record_update"), "{}", run.stdout);
}

#[test]
fn a_checkpoint_kept_elsewhere_finds_what_was_cut_off() {
    let site = Site::new();
    site.record();
    site.ok(&["ledger", "checkpoint", "--output", "checkpoint.json"]);
    site.ok(&["ledger", "verify", "--checkpoint", "checkpoint.json"]);
    std::fs::remove_dir_all(site.home.path().join(".local")).unwrap();
    site.tamper("DELETE FROM record WHERE seq > 20;");
    let blind = site.run(&["ledger", "verify"]);
    assert!(
        blind.code == 0 && blind.stdout.contains("no checkpoint to compare"),
        "{}",
        blind.stdout
    );
    let run = site.run(&["ledger", "verify", "--checkpoint", "checkpoint.json"]);
    assert!(run.code == 4 && run.stdout.contains("checkpoint.json"), "{}", run.stdout);
    let text = std::fs::read_to_string(site.path().join("checkpoint.json")).unwrap();
    write(site.path(), "forged.json", &text.replacen("\"seq\": ", "\"seq\": 1", 1));
    let run = site.run(&["ledger", "verify", "--checkpoint", "forged.json"]);
    assert!(run.code == 2 && run.stderr.contains("changed after it was signed"), "{}", run.stderr);
}

#[test]
fn without_a_key_or_a_ledger_one_is_told_what_to_do() {
    let site = Site { dir: project(&SHOP), home: TempDir::new().unwrap() };
    for (arguments, code, expected) in [
        (&["check", "--record"][..], 2, "plimsoll key new"),
        (&["check", "--record", "--key", "nobody"], 2, "there is no key \"nobody\""),
        (&["ledger", "verify"], 2, "there is no ledger at ./.plimsoll/ledger.db"),
        (&["ledger", "log", "--ledger", "nowhere.db"], 2, "there is no ledger at nowhere.db"),
        (&["ledger", "log", "--ledger", "mysql://x"], 2, "a ledger is a file or postgres://"),
        (&["ledger", "log", "--ledger", "manage.py"], 4, "manage.py is no ledger"),
        (&["ledger", "log", "--kind", "evidense"], 2, "did you mean `evidence`?"),
        (
            &["ledger", "log", "--ledger", "postgres://a:hunter2@127.0.0.1:1/x"],
            4,
            "cannot open the ledger postgres://127.0.0.1:1/x",
        ),
    ] {
        let run = site.run(arguments);
        assert!(run.code == code && run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.contains("hunter2"));
    }
    assert!(!site.path().join(".plimsoll").exists());
}

#[test]
fn a_signer_that_plimsoll_toml_does_not_name_is_not_trusted() {
    let site = Site::new();
    site.record();
    site.ok(&["key", "new", "--name", "Eve", "--output", "eve.key"]);
    let eve = site.ok(&["key", "export", "eve.key"]);
    write(site.path(), "plimsoll.toml", &eve);
    let run = site.run(&["ledger", "verify"]);
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(run.code == 4 && said.contains("signed by a key that is not trusted"), "{said}");
    let ada = site.ok(&["key", "export", "ada-lovelace"]);
    write(site.path(), "plimsoll.toml", &format!("{eve}\n{ada}"));
    site.ok(&["ledger", "verify"]);
}

#[test]
fn exports_hold_what_is_needed_to_verify_them_elsewhere() {
    let site = Site::new();
    site.record();
    site.ok(&[
        "waive",
        "SET-01",
        "--reason",
        "the demo",
        "--owner",
        "Ada",
        "--expires",
        "2999-01-01",
    ]);
    let lines = site.ok(&["ledger", "export"]);
    let log = site.ok(&["ledger", "log", "--format", "json", "-n", "9999"]);
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    assert_eq!(lines.lines().count(), log["records"].as_array().unwrap().len());
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let content = plimsoll_ledger::canonical(&first["content"]).unwrap();
    let digest = plimsoll_ledger::Digest::of(&content);
    assert_eq!(first["digest"], digest.to_string());
    let key: plimsoll_ledger::PublicKey =
        first["content"]["signer"]["key"].as_str().unwrap().parse().unwrap();
    let envelopes = site.ok(&["ledger", "export", "--format", "intoto", "--kind", "evidence"]);
    for line in envelopes.lines().take(3) {
        let envelope: plimsoll_ledger::Envelope = serde_json::from_str(line).unwrap();
        let (payload, _) = envelope.verify(&[key]).unwrap();
        let statement: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
        assert_eq!(statement["subject"][0]["name"], "files");
        assert_eq!(statement["predicate"]["record"]["kind"], "evidence");
    }
    let results: serde_json::Value =
        serde_json::from_str(&site.ok(&["ledger", "export", "--format", "oscal"])).unwrap();
    let result = &results["assessment-results"]["results"][0];
    let finding = |id: &str| {
        let findings = result["findings"].as_array().unwrap();
        findings.iter().find(|f| f["target"]["target-id"] == id).unwrap().clone()
    };
    assert_eq!(finding("SET-01")["target"]["status"]["state"], "not-satisfied");
    assert_eq!(result["risks"][0]["status"], "deviation-approved");
    assert!(!result["observations"].as_array().unwrap().is_empty());
    let run = site.run(&["ledger", "export", "--kind", "novel"]);
    assert_eq!(run.code, 2);
}

#[test]
fn another_machine_verifies_a_copy_with_public_keys_only() {
    let site = Site::new();
    site.record();
    write(site.path(), "training.txt", "all nine were there\n");
    site.ok(&["attest", "OPS-04", "--evidence", "training.txt"]);
    site.ok(&["ledger", "checkpoint", "--output", "checkpoint.json"]);
    let key = site.ok(&["key", "export", "--format", "line"]);
    let trust = format!("Ada Lovelace={}", key.trim());
    let other = Site { dir: TempDir::new().unwrap(), home: TempDir::new().unwrap() };
    for file in ["checkpoint.json", "training.txt"] {
        std::fs::copy(site.path().join(file), other.path().join(file)).unwrap();
    }
    std::fs::copy(site.path().join(".plimsoll/ledger.db"), other.path().join("copy.db")).unwrap();
    let verify = [
        "ledger",
        "verify",
        "--ledger",
        "copy.db",
        "--trust",
        &trust,
        "--checkpoint",
        "checkpoint.json",
    ];
    let said = other.ok(&verify);
    assert!(said.contains("sound") && !said.contains("note:"), "{said}");
    // One byte of evidence.
    write(other.path(), "training.txt", "all ninE were there\n");
    let run = other.run(&verify);
    let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        run.code == 4 && said.contains("training.txt is not what the attestation of record"),
        "{said}"
    );
    std::fs::remove_file(other.path().join("training.txt")).unwrap();
    assert!(other.ok(&verify).contains("is not here to compare"));
    let stranger = verify.map(|argument| {
        if argument == trust {
            "Eve=ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w="
        } else {
            argument
        }
    });
    assert_eq!(other.run(&stranger).code, 2, "the checkpoint is signed by nobody known");
}

#[test]
fn a_ledger_on_a_server_does_the_same() {
    let Ok(base) = std::env::var("PLIMSOLL_TEST_POSTGRES") else {
        assert!(std::env::var_os("PLIMSOLL_REQUIRE_POSTGRES").is_none(), "see scripts/postgres");
        return;
    };
    let schema = format!("plimsoll_cli_{}", std::process::id());
    let sql = |statements: &str| {
        let mut client = postgres::Client::connect(&base, postgres::NoTls).unwrap();
        client.batch_execute(statements).unwrap();
    };
    sql(&format!("CREATE SCHEMA {schema}"));
    let place = format!("{base}?options=-csearch_path%3D{schema}");
    let site = Site::new();
    write(site.path(), "plimsoll.toml", &format!("[ledger]\nplace = \"{place}\"\n"));
    site.record();
    site.record();
    assert!(site.ok(&["ledger", "verify"]).contains("sound"));
    site.ok(&["status"]);
    assert!(!site.path().join(".plimsoll").exists());
    sql(&format!(
        "SET search_path = {schema}; ALTER TABLE plimsoll_record DISABLE TRIGGER ALL; \
         UPDATE plimsoll_record SET content = replace(content, 'shop', 'ship') WHERE seq = 3; \
         ALTER TABLE plimsoll_record ENABLE TRIGGER ALL"
    ));
    let run = site.run(&["ledger", "verify"]);
    assert!(run.code == 4 && run.stdout.contains("record 3"), "{}{}", run.stdout, run.stderr);
    sql(&format!("DROP SCHEMA {schema} CASCADE"));
}
