//! The HTML page.

use plimsoll_report::check_html;

use crate::sample;

fn page() -> String {
    let (assessment, sources) = sample::assessment("2026-11-20");
    check_html(&sample::report(&assessment, sources))
}

#[test]
fn nothing_foreign_becomes_markup_and_no_secret_gets_out() {
    let page = page();
    for banned in
        ["<b>&amp;", "correct-horse", "hunter2", "\u{1b}", "\u{202e}", "<script", " style=\""]
    {
        assert!(!page.contains(banned), "{banned:?}");
    }
    assert!(page.contains("&lt;b&gt;&amp;amp;&lt;/b&gt;"));
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let page = page();
    for banned in ["src=", "@import", "url(", "<link", "http://"] {
        assert!(!page.contains(banned), "{banned}");
    }
}

#[test]
fn every_element_that_opens_closes() {
    let page = page();
    for name in [
        "div", "section", "article", "details", "table", "tr", "td", "ul", "li", "dl", "pre",
        "code", "mark", "svg", "g", "main", "header",
    ] {
        let open =
            page.matches(&format!("<{name}>")).count() + page.matches(&format!("<{name} ")).count();
        assert_eq!(open, page.matches(&format!("</{name}>")).count(), "{name}");
    }
}
