//! Looking for many words in a text at once.

use aho_corasick::{AhoCorasick, MatchKind};

/// As many words as are looked for by vector instructions; with more, the matcher is slower by far
/// (the `aho-corasick` crate, `packed::teddy`).
pub(crate) const MOST: usize = 64;

/// A matcher of these words, none of which may begin another. Leftmost matches let it skip through
/// a text by vector instructions where none of them begins.
pub(crate) fn matcher<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<AhoCorasick> {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words).ok()
}
