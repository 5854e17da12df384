//! Checklists of a team held against its system.

use serde_json::Value;

use crate::harness::{Run, project, run, write};

const SITE: [(&str, &str); 4] = [
    ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"),
    (
        "settings.py",
        "import os\nDEBUG = False\nSECRET_KEY = 'django-insecure-abcdefghijklmnopqrstuvwxyz'\nALLOWED_HOSTS = ['example.org']\n",
    ),
    ("requirements.txt", "Django==5.2.8\n"),
    (
        "CHECKLIST.md",
        "# Checklist\n\n- [ ] Set DEBUG=False\n- [x] Strong SECRET_KEY\n- [ ] Cake for everybody\n- [ ] Staff trained\n",
    ),
];

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn each_item_gets_its_control_and_verdict() {
    let dir = project(&SITE);
    let run = run(dir.path(), &["checklist", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json = json(&run);
    assert_eq!(json["version"], 1);
    let rows: Vec<(u64, Option<&str>, Option<&str>)> = json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (item["line"].as_u64().unwrap(), item["control"].as_str(), item["verdict"].as_str())
        })
        .collect();
    assert_eq!(
        rows,
        [
            (3, Some("SET-01"), Some("proven")),
            (4, Some("SET-02"), Some("failed")),
            (5, None, None),
            (6, Some("OPS-04"), Some("unproven")),
        ]
    );
    assert_eq!(json["items"][3]["by_person"], true);
    assert!(!run.stdout.contains("abcdefghij"), "the secret is not shown");
}

#[test]
fn ticking_writes_what_is_proven_and_twice_equals_once() {
    let dir = project(&SITE);
    let path = dir.path().join("CHECKLIST.md");
    let first = run(dir.path(), &["checklist", "--tick"]);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let once = std::fs::read_to_string(&path).unwrap();
    assert!(once.contains("- [x] Set DEBUG=False [proven: SET-01, settings.py:2]\n"), "{once}");
    assert!(once.contains("- [x] Strong SECRET_KEY\n"), "a tick by hand stays: {once}");
    run(dir.path(), &["checklist", "--tick"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), once);
    run(dir.path(), &["checklist", "--tick", "--strict"]);
    let strict = std::fs::read_to_string(&path).unwrap();
    assert!(strict.contains("- [ ] Strong SECRET_KEY\n"), "{strict}");
}

#[test]
fn a_tick_that_is_not_so_fails_the_check() {
    let dir = project(&SITE);
    let checked = run(dir.path(), &["checklist", "--check"]);
    assert_eq!(checked.code, 1);
    assert!(checked.stdout.contains("Ticked and not so"), "{}", checked.stdout);
    write(dir.path(), "CHECKLIST.md", "- [x] Set DEBUG=False\n- [ ] Strong SECRET_KEY\n");
    assert_eq!(run(dir.path(), &["checklist", "--check"]).code, 0);
}

#[test]
fn figures_of_the_checklist_are_what_is_measured_by() {
    let settings = "DEBUG = False\nINSTALLED_APPS = ['django.contrib.auth', 'django.contrib.sessions']\nMIDDLEWARE = ['django.contrib.sessions.middleware.SessionMiddleware']\nSESSION_COOKIE_AGE = 7200\nSESSION_SAVE_EVERY_REQUEST = True\n";
    let dir = project(&SITE);
    write(dir.path(), "settings.py", settings);
    let verdict = |text: &str| {
        write(dir.path(), "CHECKLIST.md", text);
        let run = run(dir.path(), &["checklist", "--format", "json"]);
        json(&run)["items"][0].clone()
    };
    let two = verdict("- [ ] Sessions end after 2 hours\n");
    assert_eq!(two["control"], "AUTH-06");
    assert_eq!(two["parameters"]["session_age"]["value"], 7200);
    let one = verdict("- [ ] Sessions end after 1 hour\n");
    assert_eq!(one["parameters"]["session_age"]["value"], 3600);
    assert_eq!(one["verdict"], "failed", "{one}");
    assert_ne!(two["verdict"], "failed", "{two}");
}

#[test]
fn the_configuration_names_files_and_what_items_mean() {
    let dir = project(&SITE);
    write(dir.path(), "ops/launch.md", "- [ ] The usual dance\n");
    write(
        dir.path(),
        "plimsoll.toml",
        "[checklist]\nfiles = [\"ops/launch.md\"]\nitems = { \"usual dance\" = \"DEP-01\" }\n",
    );
    let json = json(&run(dir.path(), &["checklist", "--format", "json"]));
    assert_eq!(json["items"][0]["control"], "DEP-01");
    write(dir.path(), "plimsoll.toml", "[checklist]\nitems = { \"usual dance\" = \"DEP-99\" }\n");
    let wrong = run(dir.path(), &["checklist"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("there is no control `DEP-99`"), "{}", wrong.stderr);
    write(dir.path(), "plimsoll.toml", "[checklist]\nfiles = [\"ops/gone.md\"]\n");
    let gone = run(dir.path(), &["check"]);
    assert_eq!(gone.code, 2, "its figures are not left out in silence");
    assert!(gone.stderr.contains("ops/gone.md"), "{}", gone.stderr);
}

#[test]
fn harmful_advice_is_told_with_what_to_do_instead() {
    let dir = project(&SITE);
    write(
        dir.path(),
        "CHECKLIST.md",
        "- [ ] Nightly backup\n  ```bash\n  pg_dump shop | gzip > shop.gz\n  ```\n",
    );
    let run = run(dir.path(), &["checklist", "--format", "json"]);
    let advice = &json(&run)["advice"][0];
    assert_eq!(
        (&advice["id"], &advice["line"], &advice["item"]),
        (&"dump-behind-a-pipe".into(), &3.into(), &1.into())
    );
}

#[test]
fn a_new_checklist_is_understood_again() {
    let dir = project(&SITE);
    for form in ["md", "rst", "github-issue"] {
        let new = run(dir.path(), &["checklist", "--new", form]);
        assert_eq!(new.code, 0, "{}", new.stderr);
        let name = if form == "rst" { "new.rst" } else { "new.md" };
        write(dir.path(), name, &new.stdout);
        let again = run(dir.path(), &["checklist", name, "--check"]);
        assert_eq!(again.code, 0, "{form}: {}", again.stdout);
    }
    let csv = run(dir.path(), &["checklist", "--new", "csv"]).stdout;
    assert!(csv.starts_with("done,control,title,"), "{csv}");
    let html = run(dir.path(), &["checklist", "--new", "html"]).stdout;
    assert!(html.contains("<input type=\"checkbox\" checked> DEBUG is off"), "{html}");
}

#[test]
fn bad_input_is_refused_with_what_to_do() {
    let dir = project(&SITE);
    std::fs::write(dir.path().join("photo.md"), b"\x89PNG\0\0").unwrap();
    let cases = [
        (vec!["checklist", "photo.md"], 2, "this is no text file"),
        (vec!["checklist", "missing.md"], 2, "cannot read missing.md"),
        (vec!["checklist", "--new", "md", "--tick"], 2, "cannot be used with"),
    ];
    for (arguments, code, message) in cases {
        let run = run(dir.path(), &arguments);
        assert_eq!(run.code, code, "{}", run.stderr);
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
    let empty = project(&[("notes/CHECKLIST.md", "- [ ] Set DEBUG=False\n")]);
    let read = run(empty.path(), &["checklist"]);
    assert_eq!(read.code, 0, "{}", read.stderr);
    assert!(read.stdout.contains("no verdicts:"), "{}", read.stdout);
    assert_eq!(run(empty.path(), &["checklist", "--check"]).code, 3);
}
