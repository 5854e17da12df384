//! Text that went through a wrong encoding, put right for reading.
//!
//! A checklist that was written in UTF-8 and read as Mac Roman or Windows-1252 shows `✅` as
//! `‚úÖ` or `âœ…`. Such a run of characters, taken back to the bytes of the wrong encoding, is
//! valid UTF-8 again; text that was meant that way practically never is.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

/// One character as it was meant, with the bytes of the line that stand for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    /// The character.
    pub(crate) meant: char,
    /// Where its bytes start in the line.
    pub(crate) start: usize,
    /// Where they end.
    pub(crate) end: usize,
}

/// The characters of a line, each run of others than ASCII put right where it can be.
pub(crate) fn glyphs(line: &[u8]) -> Vec<Glyph> {
    let plain = decoded(line);
    let mut glyphs = Vec::with_capacity(plain.len());
    let mut rest = plain.as_slice();
    while let Some(first) = rest.first() {
        if first.meant.is_ascii() {
            glyphs.push(*first);
            rest = rest.get(1..).unwrap_or_default();
            continue;
        }
        let length = rest.iter().take_while(|glyph| !glyph.meant.is_ascii()).count();
        let (run, after) = rest.split_at(length.min(rest.len()));
        match mended(run) {
            Some(better) => glyphs.extend(better),
            None => glyphs.extend(run),
        }
        rest = after;
    }
    glyphs
}

/// The characters as they stand: UTF-8, else Windows-1252, which has one for every byte.
fn decoded(line: &[u8]) -> Vec<Glyph> {
    if let Ok(text) = std::str::from_utf8(line) {
        let glyph =
            |(start, meant): (usize, char)| Glyph { meant, start, end: start + meant.len_utf8() };
        return text.char_indices().map(glyph).collect();
    }
    let one = |(start, byte): (usize, &u8)| {
        let byte = [*byte];
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(&byte);
        let meant = text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
        Glyph { meant, start, end: start + 1 }
    };
    line.iter().enumerate().map(one).collect()
}

/// The run as it was meant, where it is UTF-8 that was read in another encoding.
fn mended(run: &[Glyph]) -> Option<Vec<Glyph>> {
    [MACINTOSH, WINDOWS_1252].into_iter().find_map(|encoding| reread(run, encoding))
}

fn reread(run: &[Glyph], encoding: &'static Encoding) -> Option<Vec<Glyph>> {
    let bytes: Vec<u8> =
        run.iter().map(|glyph| byte(glyph.meant, encoding)).collect::<Option<_>>()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let glyph = |(index, meant): (usize, char)| {
        let first = run.get(index)?;
        let last = run.get(index + meant.len_utf8() - 1)?;
        Some(Glyph { meant, start: first.start, end: last.end })
    };
    text.char_indices().map(glyph).collect()
}

/// The one byte that stands for a character in a single-byte encoding.
fn byte(meant: char, encoding: &'static Encoding) -> Option<u8> {
    let mut buffer = [0; 4];
    let (bytes, _, lost) = encoding.encode(meant.encode_utf8(&mut buffer));
    match (bytes.as_ref(), lost) {
        ([byte], false) => Some(*byte),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[u8]) -> String {
        glyphs(line).iter().map(|glyph| glyph.meant).collect()
    }

    #[test]
    fn wrong_encodings_are_undone_and_right_ones_left_alone() {
        let cases: &[(&[u8], &str)] = &[
            ("‚úÖ Done ‚Äî all".as_bytes(), "✅ Done — all"),
            ("âœ… Done â€” all".as_bytes(), "✅ Done — all"),
            ("✅ Done — all".as_bytes(), "✅ Done — all"),
            ("Ändern, größer, naïve".as_bytes(), "Ändern, größer, naïve"),
            (b"caf\xe9 ok", "café ok"),
            (b"", ""),
        ];
        for (line, meant) in cases {
            assert_eq!(read(line), *meant);
        }
    }

    #[test]
    fn each_character_knows_its_own_bytes() {
        let line = "a‚úÖb".as_bytes();
        let found = glyphs(line);
        let tick = found.get(1).copied();
        assert_eq!(tick, Some(Glyph { meant: '✅', start: 1, end: line.len() - 1 }));
    }
}
