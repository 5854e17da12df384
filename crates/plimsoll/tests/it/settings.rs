//! `plimsoll settings`

use crate::harness::{SHOP, project, run};

#[test]
fn values_come_with_their_places_and_secrets_with_their_length() {
    let dir = project(&SHOP);
    let document = run(dir.path(), &["settings", "--format", "json", "--env", "HOSTS=a,b"]).json();
    assert_eq!((&document["version"], &document["module"]), (&1.into(), &"shop.settings".into()));
    let settings = &document["settings"];
    let debug = &settings["DEBUG"];
    assert_eq!(
        (&debug["state"], &debug["value"], &debug["origin"]),
        (&"known".into(), &true.into(), &"project".into())
    );
    assert_eq!(
        (&debug["at"]["file"], &debug["at"]["line"]),
        (&"shop/settings.py".into(), &3.into())
    );
    assert_eq!(settings["ALLOWED_HOSTS"]["value"], serde_json::json!(["a", "b"]));
    assert_eq!(
        settings["SECRET_KEY"]["value"],
        serde_json::json!({"$type": "secret", "length": 28})
    );
    assert_eq!(settings["APPEND_SLASH"]["origin"], "default");
    assert_eq!(settings["APPEND_SLASH"]["at"], serde_json::Value::Null);
}

#[test]
fn secrets_show_when_asked_for() {
    let dir = project(&SHOP);
    let arguments = ["settings", "--format", "json", "--show-secrets"];
    let document = run(dir.path(), &arguments).json();
    assert_eq!(document["settings"]["SECRET_KEY"]["value"], "correct-horse-battery-staple");
}

#[test]
fn only_what_differs_from_djangos_defaults() {
    let dir = project(&SHOP);
    let run = run(dir.path(), &["settings", "--changed", "--env", "HOSTS=a"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("DEBUG") && run.stdout.contains("shop/settings.py:3"));
    // Set by the project to what is Django's default.
    assert!(!run.stdout.contains("EMAIL_HOST"), "{}", run.stdout);
    assert!(!run.stdout.contains("APPEND_SLASH"));
    assert!(!run.stdout.contains("correct-horse"));
}

#[test]
fn env_files_apply_in_order_and_variables_after_them() {
    let dir = project(&SHOP);
    crate::harness::write(dir.path(), "a.env", "HOSTS=one\nEMAIL_HOST=a.example\n");
    crate::harness::write(dir.path(), "b.env", "EMAIL_HOST=b.example\n");
    let arguments = [
        "settings",
        "--format",
        "json",
        "--env-file",
        "a.env",
        "--env-file",
        "b.env",
        "--env",
        "HOSTS=two",
    ];
    let document = run(dir.path(), &arguments).json();
    assert_eq!(document["settings"]["EMAIL_HOST"]["value"], "b.example");
    assert_eq!(document["settings"]["ALLOWED_HOSTS"]["value"], serde_json::json!(["two"]));
    assert_eq!(document["environment"]["given"], true);
}

#[test]
fn files_of_the_machine_are_known_where_they_are_told() {
    let settings = "import configparser, socket\nparser = configparser.ConfigParser()\n\
                    parser.read('/etc/shop/shop.cfg')\n\
                    EMAIL_HOST = parser.get('mail', 'host', fallback='localhost')\n\
                    DEBUG = socket.gethostname() != 'web1'\n";
    let dir = project(&SHOP);
    crate::harness::write(dir.path(), "shop/settings.py", settings);
    crate::harness::write(dir.path(), "shop.cfg", "[mail]\nhost = mail.example\n");
    let state = |extra: &[&str]| {
        let arguments = [&["settings", "--format", "json"], extra].concat();
        let document = run(dir.path(), &arguments).json();
        let setting = document["settings"]["EMAIL_HOST"].clone();
        (setting, document["settings"]["DEBUG"]["value"].clone())
    };
    let (setting, debug) = state(&[]);
    assert_eq!(setting["value"], "localhost", "taken to be absent: {setting}");
    assert_ne!(debug, false);
    let (setting, debug) =
        state(&["--machine-file", "/etc/shop/shop.cfg=shop.cfg", "--machine-name", "web1"]);
    assert_eq!(setting["value"], "mail.example");
    assert_eq!(debug, false);
    let (setting, _) = state(&["--machine-file", "/etc/shop/shop.cfg"]);
    assert_eq!(setting["value"], "localhost");
    for (told, message) in [
        ("etc/shop.cfg", "not an absolute path"),
        ("/etc/../shop.cfg=shop.cfg", "not an absolute path"),
        ("/etc/shop.cfg=none.cfg", "cannot read none.cfg"),
    ] {
        let run = run(dir.path(), &["settings", "--machine-file", told]);
        assert_eq!(run.code, 2, "{told}");
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
}

#[test]
fn files_of_the_machine_that_nobody_tells_of_are_taken_to_be_absent_and_named() {
    let dir = project(&[
        ("manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"),
        (
            "settings.py",
            "import configparser, os\nconfig = configparser.ConfigParser()\n\
             config.read(['/etc/shop/shop.cfg', os.path.expanduser('~/.shop.cfg'), 'shop.cfg'])\n\
             NAME = config.get('shop', 'name', fallback='nobody')\n\
             SECRET = os.path.exists('/run/secrets/shop')\n",
        ),
    ]);
    let run = run(dir.path(), &["settings", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["settings"]["NAME"]["value"], "nobody", "{json}");
    assert_eq!(json["settings"]["SECRET"]["state"], "unknown");
    let gaps = json["environment"]["gaps"].to_string();
    assert!(gaps.contains("taken to be absent: /etc/shop/shop.cfg"), "{gaps}");
}
