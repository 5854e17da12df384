//! What a line starts with.

use crate::document::Dialect;
use crate::lines::Line;
use crate::marks::{Mark, mark_at, mark_at_end};
use crate::mend::Glyph;
use crate::tick::reference_in;

/// The start of a list item, or a mark without a list.
pub(crate) struct Lead {
    /// Whether a bullet or a number stands before it.
    pub(crate) bullet: bool,
    /// Whether it is a number.
    pub(crate) numbered: bool,
    /// Its box or tick.
    pub(crate) mark: Option<Mark>,
    /// The character that its text starts with.
    pub(crate) text: usize,
    /// The character that its text ends before.
    pub(crate) end: usize,
}

/// A row of a table with a mark.
pub(crate) struct Row {
    /// Its mark.
    pub(crate) mark: Mark,
    /// What its other cells say, together.
    pub(crate) text: String,
    /// Where in the line a reference belongs: after the words of the widest cell.
    pub(crate) reference_at: usize,
}

/// The list item or mark that a line starts with.
pub(crate) fn lead(line: &Line) -> Option<Lead> {
    let glyphs = line.own();
    let start = skip_quotes(glyphs);
    let (after, numbered) = match list_marker(glyphs, start) {
        Some((after, numbered)) => (after, numbered),
        None => return marked(glyphs, start, false, false, false),
    };
    marked(glyphs, after, true, numbered, true).or_else(|| {
        let text = skip_spaces(glyphs, after);
        (text < glyphs.len()).then_some(Lead {
            bullet: true,
            numbered,
            mark: None,
            text,
            end: glyphs.len(),
        })
    })
}

/// A mark that a line of code starts with. A comment that shows a good or a bad example is none.
pub(crate) fn code_mark(line: &Line) -> Option<Lead> {
    let glyphs = line.own();
    let start = skip_spaces(glyphs, 0);
    let after = list_marker(glyphs, start);
    let (from, numbered) = after.unwrap_or((start, false));
    let found = marked(glyphs, from, after.is_some(), numbered, false)?;
    let text: String = glyphs.iter().skip(found.text).map(|glyph| glyph.meant).collect();
    // What `showmigrations` prints has boxes of its own: `[X] 0001_initial`.
    let migration = text.chars().take_while(char::is_ascii_digit).count() == 4
        && text.chars().nth(4) == Some('_');
    (!migration && text.chars().any(char::is_alphabetic)).then_some(found)
}

fn marked(
    glyphs: &[Glyph],
    from: usize,
    bullet: bool,
    numbered: bool,
    at_end: bool,
) -> Option<Lead> {
    let mut first = skip_spaces(glyphs, from);
    let emphasis =
        |index: usize| glyphs.get(index).is_some_and(|glyph| matches!(glyph.meant, '*' | '_'));
    while emphasis(first) && first < from + 8 {
        first += 1;
    }
    if let Some(mark) = mark_at(glyphs, first) {
        let mut text = skip_spaces(glyphs, mark.last);
        // A second mark, or a mark and a sign of warning: the first one counts.
        while let Some(second) = mark_at(glyphs, text) {
            text = skip_spaces(glyphs, second.last);
        }
        return (text < glyphs.len()).then_some(Lead {
            bullet,
            numbered,
            mark: Some(mark),
            text,
            end: glyphs.len(),
        });
    }
    let mark = mark_at_end(glyphs, from, glyphs.len()).filter(|_| at_end)?;
    Some(Lead {
        bullet,
        numbered,
        mark: Some(mark),
        text: skip_spaces(glyphs, from),
        end: mark.first,
    })
}

/// Where the text after a bullet or number starts, and whether it is a number.
fn list_marker(glyphs: &[Glyph], start: usize) -> Option<(usize, bool)> {
    let at = |index: usize| glyphs.get(index).map(|glyph| glyph.meant);
    let space = |index: usize| at(index).is_none_or(char::is_whitespace);
    match at(start)? {
        '-' | '*' | '+' | '•' | '◦' | '▪' | '‣' | '·' | '–' | '●' | '○' if space(start + 1) => {
            Some((start + 1, false))
        }
        '#' if at(start + 1) == Some('.') && space(start + 2) => Some((start + 2, true)),
        first if first.is_ascii_digit() => {
            let digits = (start..)
                .take_while(|index| at(*index).is_some_and(|meant| meant.is_ascii_digit()))
                .count();
            let end = start + digits;
            let closed = matches!(at(end), Some('.' | ')')) && space(end + 1);
            (closed && digits <= 3).then_some((end + 1, true))
        }
        _ => None,
    }
}

/// The level of a heading of Markdown and the character its title starts with.
pub(crate) fn marker_heading(line: &Line, dialect: Dialect) -> Option<(usize, usize)> {
    let start = skip_quotes(&line.glyphs);
    let level = line.glyphs.iter().skip(start).take_while(|glyph| glyph.meant == '#').count();
    let spaced = line.glyphs.get(start + level).is_some_and(|glyph| glyph.meant.is_whitespace());
    let fits = dialect == Dialect::Markdown && (1..=6).contains(&level) && spaced && start < 4;
    fits.then(|| (level, skip_spaces(&line.glyphs, start + level)))
}

/// The level of a heading that is underlined.
pub(crate) fn heading_underline(title: &Line, under: &Line, dialect: Dialect) -> Option<usize> {
    const SIGNS: &str = "=-~^\"'`+*#.:_";
    let text = under.text.trim_end();
    let sign = text.chars().next().filter(|sign| SIGNS.contains(*sign))?;
    let title = title.text.trim_end();
    let plain = !title.is_empty()
        && !title.starts_with([' ', '\t', '|', '>', '.'])
        && !title.chars().all(|meant| SIGNS.contains(meant));
    let length = text.chars().count();
    let long = match dialect {
        Dialect::Rst => length >= 3 && length * 10 >= title.chars().count() * 8,
        Dialect::Markdown => length >= 3 && matches!(sign, '=' | '-'),
    };
    let uniform = text.chars().all(|meant| meant == sign);
    (plain && long && uniform).then(|| SIGNS.find(sign).unwrap_or_default() + 1)
}

/// The mark and the words of a row of a table.
pub(crate) fn table_row(line: &Line) -> Option<Row> {
    let glyphs = &line.glyphs;
    let first = skip_spaces(glyphs, 0);
    if glyphs.get(first)?.meant != '|' {
        return None;
    }
    let bars: Vec<usize> = glyphs
        .iter()
        .enumerate()
        .filter(|(_, glyph)| glyph.meant == '|')
        .map(|(index, _)| index)
        .collect();
    let mut mark = None;
    let mut words: Vec<(String, usize)> = Vec::new();
    for pair in bars.windows(2) {
        let [start, end] = pair else { continue };
        let from = skip_spaces(glyphs, start + 1);
        let found = mark_at(glyphs, from).filter(|mark| mark.last <= *end);
        let text_from = found.map_or(from, |mark| skip_spaces(glyphs, mark.last));
        mark = mark.or(found);
        let last = (text_from..*end)
            .rev()
            .find(|index| glyphs.get(*index).is_some_and(|glyph| !glyph.meant.is_whitespace()));
        let Some(last) = last else { continue };
        let text: String =
            glyphs.iter().take(last + 1).skip(text_from).map(|glyph| glyph.meant).collect();
        let own = reference_in(&text).and_then(|(start, _)| text.get(..start)).unwrap_or(&text);
        words.push((super::prose::clean(own), glyphs.get(last)?.end));
    }
    let widest = words
        .iter()
        .max_by_key(|(text, _)| text.chars().filter(|meant| meant.is_alphabetic()).count())?;
    let reference_at = widest.1;
    let text = words
        .iter()
        .map(|(text, _)| text.as_str())
        .filter(|text| text.chars().any(char::is_alphabetic))
        .collect::<Vec<_>>()
        .join(" · ");
    Some(Row { mark: mark?, text, reference_at })
}

fn skip_spaces(glyphs: &[Glyph], from: usize) -> usize {
    let spaces = glyphs.iter().skip(from).take_while(|glyph| glyph.meant.is_whitespace()).count();
    from + spaces
}

/// Past the indentation and the signs of quotation.
fn skip_quotes(glyphs: &[Glyph]) -> usize {
    let mut start = skip_spaces(glyphs, 0);
    while glyphs.get(start).is_some_and(|glyph| glyph.meant == '>') {
        start = skip_spaces(glyphs, start + 1);
    }
    start
}
