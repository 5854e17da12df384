//! Boxes written in place.

use plimsoll_checklist::{Dialect, Document, Standing, tick};
use proptest::prelude::*;

fn read(text: &[u8]) -> Document {
    Document::read(text, Dialect::Markdown).expect("text")
}

fn written(text: &str, standing: &Standing, strict: bool) -> String {
    let document = read(text.as_bytes());
    let standings = vec![standing.clone(); document.items.len()];
    String::from_utf8(tick(&document, &standings, strict).bytes).expect("UTF-8")
}

fn proven() -> Standing {
    Standing::Holds("proven: SET-01, settings.py:12".to_owned())
}

#[test]
fn a_box_is_ticked_and_the_reference_stands_behind_the_words() {
    let cases = [
        ("- [ ] DEBUG off\r\n", "- [x] DEBUG off [proven: SET-01, settings.py:12]\r\n"),
        ("- [x] DEBUG off  \n", "- [x] DEBUG off [proven: SET-01, settings.py:12]  \n"),
        ("1. [] DEBUG off", "1. [x] DEBUG off [proven: SET-01, settings.py:12]"),
        ("☐ DEBUG off\n", "☑ DEBUG off [proven: SET-01, settings.py:12]\n"),
        ("- ❌ DEBUG off\n", "- ✅ DEBUG off [proven: SET-01, settings.py:12]\n"),
        (
            "| [ ] | DEBUG off | Ana |\n",
            "| [x] | DEBUG off [proven: SET-01, settings.py:12] | Ana |\n",
        ),
        ("- DEBUG off ✅\n", "- DEBUG off ✅ [proven: SET-01, settings.py:12]\n"),
    ];
    for (text, expected) in cases {
        let once = written(text, &proven(), false);
        assert_eq!(once, expected);
        assert_eq!(written(&once, &proven(), false), expected, "a second time");
        assert_eq!(written(&once, &proven(), true), expected, "strictly");
    }
}

#[test]
fn a_tick_by_hand_stays_unless_strict_and_one_of_ours_goes() {
    let by_hand = "- [x] DEBUG off\n";
    assert_eq!(written(by_hand, &Standing::Open, false), by_hand);
    assert_eq!(written(by_hand, &Standing::Open, true), "- [ ] DEBUG off\n");
    assert_eq!(written("- ✅ DEBUG off\n", &Standing::Unplaced, true), "- ⬜ DEBUG off\n");
    let ours = "- [x] DEBUG off [proven: SET-01, settings.py:12]\n";
    assert_eq!(written(ours, &Standing::Open, false), "- [ ] DEBUG off\n");
}

#[test]
fn a_reference_cannot_break_out_of_its_brackets() {
    let odd = Standing::Holds("proven: SET-01, a]b|c\nd.py:1".to_owned());
    let once = written("- [ ] DEBUG off\n", &odd, false);
    assert_eq!(once, "- [x] DEBUG off [proven: SET-01, a_b_c_d.py:1]\n");
    assert_eq!(written(&once, &odd, false), once);
}

#[test]
fn boxes_with_a_meaning_of_their_own_stay() {
    let text = "- [-] dropped\n- [~] half\n";
    assert_eq!(written(text, &proven(), true), text);
}

fn line() -> impl Strategy<Value = String> {
    let lead = prop::sample::select(vec![
        "- [ ] ",
        "- [x] ",
        "* [X] ",
        "1. [ ] ",
        "✓ ",
        "- ✅ ",
        "☐ ",
        "## 3. ",
        "- ",
        "",
        "```",
        "| [ ] | ",
        "   - [x] ",
        "> - [ ] ",
        "=====",
        "[ ] ",
        "‚úÖ ",
    ]);
    let rest = prop::sample::select(vec![
        "Run migrations",
        "DEBUG=False",
        "naïve — “x”",
        "a | b |",
        "",
        " [proven: SET-01, a.py:1]",
        "✅",
        "[x]",
        "`code` ✓",
    ]);
    let end = prop::sample::select(vec!["\n", "\r\n", "  \n", "\r", "\n\n"]);
    (lead, rest, end).prop_map(|(lead, rest, end)| format!("{lead}{rest}{end}"))
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        Just(Standing::Open),
        Just(Standing::Unplaced),
        Just(proven()),
        Just(Standing::Holds("attested: OPS-04, Ana, 2026-11-02".to_owned()))
    ]
}

proptest! {
    #[test]
    fn reading_and_writing_nothing_is_the_identity(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(document) = Document::read(&bytes, Dialect::Markdown) {
            prop_assert_eq!(document.bytes(), bytes.as_slice());
            let unreferenced = document.items.iter().all(|item| !String::from_utf8_lossy(&bytes).contains("proven:") || item.mark.is_none());
            if unreferenced {
                let standings = vec![Standing::Unplaced; document.items.len()];
                prop_assert_eq!(tick(&document, &standings, false).bytes, bytes);
            }
        }
    }

    #[test]
    fn twice_equals_once(lines in prop::collection::vec(line(), 0..20), standings in prop::collection::vec(standing(), 20), strict in any::<bool>()) {
        let text = lines.concat();
        let document = read(text.as_bytes());
        let once = tick(&document, &standings, strict);
        let again = read(&once.bytes);
        prop_assert_eq!(again.items.len(), document.items.len(), "{:?} became {:?}", text, String::from_utf8_lossy(&once.bytes));
        let twice = tick(&again, &standings, strict);
        prop_assert_eq!(String::from_utf8_lossy(&twice.bytes), String::from_utf8_lossy(&once.bytes));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Document::read(&bytes, Dialect::Rst).map(|document| document.items.len());
    }
}
