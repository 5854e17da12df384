//! The reference pages.

use plimsoll_catalog::{catalog, explain_check_markdown, explain_markdown};

#[test]
fn a_page_tells_what_why_how_and_with_what_figures() {
    let catalog = catalog();
    let page = explain_markdown(catalog.control("AUTH-06").expect("a control"));
    for part in [
        "# AUTH-06: Session expiry\n",
        "Authentication, critical. Applies when: `uses-sessions`.",
        "## What must hold",
        "## How it goes wrong",
        "## How it is right",
        "`session-age-long` (rule",
        "In production:",
        "- `session_age`: 3600 seconds.",
        "With the profile care-data: 1800.",
        "## Requirements it answers",
        "<https://docs.djangoproject.com/",
    ] {
        assert!(page.contains(part), "{part} is missing from:\n{page}");
    }
    let sections: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(sections.len(), 10, "{sections:?}");
}

#[test]
fn an_attested_control_shows_the_declaration() {
    let page = explain_markdown(catalog().control("SEC-08").expect("a control"));
    assert!(page.contains("By a person: the security owner declares, for 365 days:\n\n> I "));
    assert!(!page.contains("How it goes wrong"));
}

#[test]
fn every_page_is_whole() {
    let catalog = catalog();
    for control in catalog.controls() {
        let page = explain_markdown(control);
        assert!(page.starts_with(&format!("# {}: ", control.id)));
        assert!(page.ends_with('\n') && !page.contains("\n\n\n"), "{}", control.id);
        for title in ["What must hold", "Why", "How it is proven", "Requirements it answers"] {
            assert!(page.contains(&format!("\n## {title}\n\n")), "{}: {title}", control.id);
        }
    }
    for check in catalog.checks() {
        let page = explain_check_markdown(check);
        assert!(page.contains(&check.looks_at) && page.contains("## Controls it belongs to"));
    }
}
