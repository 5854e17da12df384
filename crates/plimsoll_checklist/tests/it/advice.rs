//! Harmful advice, and the same words where they do no harm.

use plimsoll_checklist::{Dialect, Document, advice};

fn found(text: &str) -> Vec<(&'static str, usize)> {
    let document = Document::read(text.as_bytes(), Dialect::Markdown).expect("text");
    advice(&document).iter().map(|advice| (advice.id, advice.line)).collect()
}

#[test]
fn harmful_lines_are_found_at_their_line() {
    let cases = [
        ("a\npg_dump shop | gzip > shop.gz\n", "dump-behind-a-pipe", 2),
        ("gunzip < db.gz | psql shop\n", "restore-into-the-live-database", 1),
        ("[Service]\nType=forking\nExecStart=celery -A shop worker\n", "worker-as-forking", 2),
        ("ALLOWED_HOSTS=['example.org']\n", "python-list-in-an-env-file", 1),
        ("REDIS_URL=redis://:secret@cache.example.org:6379/0\n", "password-over-a-clear-line", 1),
        ("chmod -R 755 media/\n", "uploads-readable-and-executable", 1),
        ("find /backups -mtime +30 -delete\n", "deleting-old-backups-by-age-alone", 1),
        ("client_max_body_size: 20M\n", "colon-in-an-nginx-directive", 1),
        ("python manage.py check --deploy\n", "gate-that-cannot-fail", 1),
    ];
    for (text, id, line) in cases {
        assert!(found(text).contains(&(id, line)), "{text}: {:?}", found(text));
    }
}

#[test]
fn the_same_words_without_the_harm_are_left_alone() {
    let cases = [
        "set -euo pipefail\npg_dump shop | gzip > shop.gz\n",
        "pg_dump -Fc shop > shop.dump || exit 1\n",
        "psql -v ON_ERROR_STOP=1 --single-transaction shop < shop.sql\n",
        "[Service]\nType=forking\nExecStart=/usr/sbin/nginx\n",
        "ALLOWED_HOSTS=example.org,www.example.org\n",
        "REDIS_URL=redis://:secret@localhost:6379/0\n",
        "client_max_body_size 20M;\n",
        "python manage.py check --deploy --fail-level WARNING\n",
        "docker compose up -d\n",
    ];
    for text in cases {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn each_names_a_control_of_the_catalog() {
    let text = include_str!("../../advice.toml");
    let controls =
        text.lines().filter_map(|line| line.strip_prefix("control = \"")?.strip_suffix('"'));
    for control in controls {
        assert!(plimsoll_catalog::catalog().control(control).is_some(), "{control}");
    }
}
