//! The text report.

use plimsoll_report::{TextOptions, check_text};

use crate::sample;

/// The text without its ANSI styles.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find('m').unwrap();
        rest = &rest[end + 1..];
    }
    out + rest
}

fn render(today: &str) -> String {
    let (assessment, sources) = sample::assessment(today);
    check_text(&sample::report(&assessment, sources), TextOptions::default())
}

#[test]
fn the_whole_report() {
    insta::assert_snapshot!(plain(&render("2026-11-20")));
}

#[test]
fn secrets_and_control_characters_never_get_out() {
    let text = plain(&render("2026-11-20"));
    for banned in ["correct-horse", "hunter2", "\u{1b}", "\u{202e}"] {
        assert!(!text.contains(banned), "{banned:?}");
    }
}

#[test]
fn an_expired_waiver_fails_its_control_and_says_so() {
    let text = plain(&render("2027-01-01"));
    assert!(text.contains("the waiver of SET-03 expired on 2026-12-31"));
    assert!(text.contains("ALLOWED_HOSTS lets every host in"));
}
