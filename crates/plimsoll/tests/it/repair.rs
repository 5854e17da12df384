//! `check --fix` and `--diff`: files in, files out.

use std::path::Path;

use crate::harness::{project, run};

const SETTINGS: &str = "import os\r\nSECRET_KEY = 'kHJ8765resXdfghjK98765rdfghj7654eswdfghjkl0'\r\n\
    DEBUG = False\r\nSESSION_COOKIE_SECURE = False   # why\r\n\
    # kept\r\nSECURE_BROWSER_XSS_FILTER = True  # old\r\nALLOWED_HOSTS = ['example.org']\r\n";

fn files() -> [(&'static str, &'static str); 4] {
    [
        (
            "manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'app.settings')\n",
        ),
        ("app/__init__.py", ""),
        ("app/settings.py", SETTINGS),
        ("requirements.txt", "Django==5.2.1\n"),
    ]
}

fn settings(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("app/settings.py")).unwrap()
}

#[test]
fn a_diff_shows_what_is_safe_and_writes_nothing() {
    let dir = project(&files());
    let run = run(dir.path(), &["check", "--diff"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("-SECURE_BROWSER_XSS_FILTER = True"), "{}", run.stdout);
    assert!(!run.stdout.contains("+SESSION_COOKIE_SECURE"), "{}", run.stdout);
    assert!(!run.stdout.contains("kHJ8765"), "a secret in {}", run.stdout);
    assert!(run.stderr.contains("--unsafe-fixes"), "{}", run.stderr);
    assert_eq!(settings(dir.path()), SETTINGS);
}

#[test]
fn fixing_keeps_every_other_byte_and_twice_equals_once() {
    let dir = project(&files());
    let first = run(dir.path(), &["check", "--fix"]);
    let wanted = SETTINGS.replace("SECURE_BROWSER_XSS_FILTER = True  # old\r\n", "");
    assert_eq!(settings(dir.path()), wanted, "{}", first.stderr);
    assert!(
        !first.stdout.contains("xss-filter-setting-obsolete"),
        "the report is of the new state"
    );
    let second = run(dir.path(), &["check", "--fix"]);
    assert_eq!(settings(dir.path()), wanted);
    assert!(!second.stderr.contains("done:"), "{}", second.stderr);
}

#[test]
fn unsafe_repairs_set_what_is_written_and_add_what_is_not() {
    let dir = project(&files());
    run(dir.path(), &["check", "--fix", "--unsafe-fixes"]);
    let text = settings(dir.path());
    assert!(text.contains("SESSION_COOKIE_SECURE = True   # why\r\n"), "{text}");
    assert!(
        text.ends_with("CSRF_COOKIE_SECURE = True\r\n")
            || text.contains("\r\nCSRF_COOKIE_SECURE = True\r\n"),
        "{text}"
    );
    run(dir.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(settings(dir.path()), text);
}

#[test]
fn a_repair_that_would_not_hold_is_not_made() {
    // Set below by what can't be seen at the end of the module.
    let text = "SESSION_COOKIE_SECURE = False\nglobals()['SESSION_COOKIE_SECURE'] = False\n";
    let mut files = files();
    files[2].1 = text;
    let dir = project(&files);
    let run = run(dir.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert!(settings(dir.path()).starts_with(text), "{}", settings(dir.path()));
    assert!(run.stderr.contains("not done: set SESSION_COOKIE_SECURE to True"), "{}", run.stderr);
}

#[test]
fn configuration_around_the_application_is_put_right() {
    let mut files = files().to_vec();
    files.extend([
        (
            "compose.yml",
            "version: \"3.8\"  # old\nservices:\n  # the site\n  web:\n    image: app\n    command: gunicorn app.wsgi\n    ports:\n      - \"8000:8000\"  # why\n",
        ),
        (
            "deploy/app.service",
            "[Service]\nUser=app\nExecStart=/srv/venv/bin/gunicorn app.wsgi \\\n    --bind unix:/run/app/app.sock\n# kept\n\n[Install]\nWantedBy=multi-user.target\n",
        ),
        (
            "deploy/site.conf",
            "events {}\nhttp {\nserver {\n    listen 80;\n    client_max_body_size: 20M;  # uploads\n    gzip on;\n    location / {\n        add_header X-XSS-Protection \"1; mode=block\";\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n}\n",
        ),
        ("deploy/crontab", "0 2 * * * root pg_dump app > /srv/app-$(date +%Y%m%d).dump\n"),
    ]);
    let dir = project(&files);
    let read = |path: &str| std::fs::read_to_string(dir.path().join(path)).unwrap();
    let first = run(dir.path(), &["check", "--fix"]);
    let wanted = [
        (
            "compose.yml",
            "services:\n  # the site\n  web:\n    restart: unless-stopped\n    image: app\n    command: gunicorn app.wsgi\n    ports:\n      - \"8000:8000\"  # why\n",
        ),
        (
            "deploy/app.service",
            "[Service]\nUser=app\nExecStart=/srv/venv/bin/gunicorn app.wsgi \\\n    --bind unix:/run/app/app.sock\nRestart=always\nRestartSec=5\n# kept\n\n[Install]\nWantedBy=multi-user.target\n",
        ),
        (
            "deploy/site.conf",
            "events {}\nhttp {\nserver {\n    listen 80;\n    client_max_body_size 20M;  # uploads\n    gzip on;\n    gzip_types text/css application/javascript application/json image/svg+xml;\n    location / {\n        add_header X-XSS-Protection \"0\";\n        proxy_pass http://127.0.0.1:8000;\n    }\n}\n}\n",
        ),
        ("deploy/crontab", "0 2 * * * root pg_dump app > /srv/app-$(date +\\%Y\\%m\\%d).dump\n"),
    ];
    for (path, text) in wanted {
        assert_eq!(read(path), text, "{}", first.stderr);
    }
    let second = run(dir.path(), &["check", "--fix"]);
    for (path, text) in wanted {
        assert_eq!(read(path), text, "{}", second.stderr);
    }
    run(dir.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert!(read("compose.yml").contains("      - \"127.0.0.1:8000:8000\"  # why\n"));
}

#[test]
fn what_is_ignored_is_left_alone() {
    let text = "SECURE_BROWSER_XSS_FILTER = True  # plimsoll: ignore[xss-filter-setting-obsolete] for the auditors\n";
    let mut files = files();
    files[2].1 = text;
    let dir = project(&files);
    run(dir.path(), &["check", "--fix"]);
    assert_eq!(settings(dir.path()), text);
}

#[cfg(unix)]
#[test]
fn permissions_are_kept_and_links_are_not_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let dir = project(&files());
    let file = dir.path().join("app/settings.py");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    run(dir.path(), &["check", "--fix"]);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(!settings(dir.path()).contains("XSS"));

    let dir = project(&files());
    let file = dir.path().join("app/settings.py");
    std::fs::rename(&file, dir.path().join("real.py")).unwrap();
    symlink("../real.py", &file).unwrap();
    let run = run(dir.path(), &["check", "--fix"]);
    assert_eq!(std::fs::read_to_string(dir.path().join("real.py")).unwrap(), SETTINGS);
    assert!(run.stderr.contains("not done: take SECURE_BROWSER_XSS_FILTER out"), "{}", run.stderr);
}
