//! Stretches of source with the places that a finding marks, ready to be drawn.
//!
//! Text and HTML draw the same model. Lines are redacted, tabs widened, control characters
//! replaced and long lines cut around the mark before they get here.

use std::collections::BTreeMap;

use plimsoll_catalog::Finding;
use plimsoll_source::{RepoPath, SourceText, Span};
use unicode_width::UnicodeWidthChar;

use crate::sanitize::visible;
use crate::{Redactor, Sources};

/// Columns of a source line that are shown.
const WIDTH: usize = 100;
/// A longer stretch is shown by its head and its last line.
const LONGEST: u32 = 6;
const HEAD: u32 = 4;

/// The marked lines of one file.
#[derive(Debug)]
pub(crate) struct Excerpt {
    /// Where its first mark begins; the primary place in the first excerpt.
    pub(crate) at: Span,
    /// The lines in order; a gap between numbers is an omission.
    pub(crate) lines: Vec<Line>,
}

/// A line to show.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) number: u32,
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
    /// Set on lines that a stretch of several lines covers.
    pub(crate) bar: Option<Bar>,
}

/// A marked stretch of one line, in columns of the shown text, from 0.
#[derive(Debug)]
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) primary: bool,
    pub(crate) label: String,
}

/// The part of a stretch of several lines that a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bar {
    First,
    Middle,
    Last,
}

/// The excerpts of a finding: the file of its primary place first.
pub(crate) fn excerpts(finding: &Finding, sources: &Sources, redactor: &Redactor) -> Vec<Excerpt> {
    let secret = is_about_secrets(finding.rule);
    let mut files: Vec<(&RepoPath, Vec<Place<'_>>)> =
        vec![(&finding.at.file, vec![Place { at: &finding.at, label: "", primary: true }])];
    for related in &finding.related {
        let place = Place { at: &related.at, label: &related.message, primary: false };
        match files.iter_mut().find(|(file, _)| **file == related.at.file) {
            Some((_, places)) => places.push(place),
            None => files.push((&related.at.file, vec![place])),
        }
    }
    files
        .into_iter()
        .filter_map(|(file, places)| {
            let at = places.first()?.at.clone();
            let lines = match sources.get(file) {
                Some(source) => draw(source, &places, Lines { redactor, secret }),
                None => Vec::new(),
            };
            Some(Excerpt { at, lines })
        })
        .collect()
}

/// The excerpt of one place.
pub(crate) fn excerpt_at(at: &Span, source: &SourceText, redactor: &Redactor) -> Excerpt {
    let place = Place { at, label: "", primary: true };
    Excerpt { at: at.clone(), lines: draw(source, &[place], Lines { redactor, secret: false }) }
}

/// Rules whose places hold secrets, by the words of their ids.
fn is_about_secrets(rule: &str) -> bool {
    ["secret", "credential", "private-key", "token-in", "password-in"]
        .iter()
        .any(|word| rule.contains(word))
}

/// How lines are masked.
#[derive(Clone, Copy)]
struct Lines<'a> {
    redactor: &'a Redactor,
    /// Whether they are known to hold a secret.
    secret: bool,
}

struct Place<'a> {
    at: &'a Span,
    label: &'a str,
    primary: bool,
}

fn draw(source: &SourceText, places: &[Place<'_>], redactor: Lines<'_>) -> Vec<Line> {
    let mut lines: BTreeMap<u32, Line> = BTreeMap::new();
    for place in places {
        // A finding about a whole file points at its beginning: there is nothing to show.
        if place.at.start == place.at.end && place.at.start.line == 1 && place.at.start.column == 1
        {
            continue;
        }
        if place.at.end.line > place.at.start.line && place.at.end.column > 0 {
            stretch(source, place, redactor, &mut lines);
        } else {
            single(source, place, redactor, &mut lines);
        }
    }
    lines.into_values().collect()
}

fn single(
    source: &SourceText,
    place: &Place<'_>,
    redactor: Lines<'_>,
    lines: &mut BTreeMap<u32, Line>,
) {
    let number = place.at.start.line;
    let Some(text) = source.line(number) else { return };
    let (from, to) = (place.at.start.column as usize, place.at.end.column as usize);
    let shown = Shown::new(text, source.path(), redactor, from);
    let start = shown.column(from);
    let mark = Mark {
        start,
        end: shown.column(to.max(from + 1)).max(start + 1),
        primary: place.primary,
        label: crate::sanitize::one_line(place.label),
    };
    let line = lines.entry(number).or_insert(Line {
        number,
        text: shown.text,
        marks: Vec::new(),
        bar: None,
    });
    // Two marks on one line that was cut for the first: the second may lie outside.
    if mark.start <= WIDTH + 8
        && !line.marks.iter().any(|m| m.start == mark.start && m.end == mark.end)
    {
        line.marks.push(mark);
    }
}

fn stretch(
    source: &SourceText,
    place: &Place<'_>,
    redactor: Lines<'_>,
    lines: &mut BTreeMap<u32, Line>,
) {
    let (first, last) = (place.at.start.line, place.at.end.line.min(source.line_count()));
    let long = last.saturating_sub(first) >= LONGEST;
    for number in first..=last {
        if long && number >= first + HEAD && number != last {
            continue;
        }
        let Some(text) = source.line(number) else { continue };
        let bar = match number {
            n if n == first => Bar::First,
            n if n == last => Bar::Last,
            _ => Bar::Middle,
        };
        let text = Shown::new(text, source.path(), redactor, 1).text;
        let line =
            lines.entry(number).or_insert(Line { number, text, marks: Vec::new(), bar: None });
        line.bar = Some(bar);
        if bar == Bar::Last && !place.label.is_empty() {
            let end = line.text.chars().count();
            line.marks.push(Mark {
                start: end.saturating_sub(1),
                end,
                primary: place.primary,
                label: crate::sanitize::one_line(place.label),
            });
        }
    }
}

/// A source line as shown, with where its characters went.
struct Shown {
    text: String,
    /// The column at which each character of the source line is shown; one more for the end.
    columns: Vec<usize>,
}

impl Shown {
    /// `focus` is the column (from 1) that must stay in sight.
    fn new(line: &str, path: &RepoPath, redactor: Lines<'_>, focus: usize) -> Self {
        let is_code = matches!(path.extension(), Some("py" | "pyi" | "js" | "ts"));
        let line = match redactor {
            Lines { redactor, secret: true } => redactor.secret_line(line, is_code),
            Lines { redactor, secret: false } => redactor.line(line, is_code),
        };
        let mut cells: Vec<(char, usize)> = Vec::new();
        let mut columns = Vec::new();
        let mut column = 0;
        for c in line.chars() {
            columns.push(column);
            if c == '\t' {
                cells.extend([(' ', 1); 4]);
                column += 4;
            } else {
                let c = visible(c);
                let width = c.width().unwrap_or(0);
                cells.push((c, width));
                column += width;
            }
        }
        columns.push(column);
        if column <= WIDTH {
            let text: String = cells.iter().map(|(c, _)| c).collect();
            return Self { text: text.trim_end().to_owned(), columns };
        }
        let focus = columns.get(focus.saturating_sub(1)).copied().unwrap_or(column);
        let begin = if focus < WIDTH * 2 / 3 { 0 } else { focus - WIDTH / 3 };
        Self::cut(&cells, columns, begin, column)
    }

    fn cut(cells: &[(char, usize)], mut columns: Vec<usize>, begin: usize, total: usize) -> Self {
        let end = begin + WIDTH;
        let mut text = String::new();
        if begin > 0 {
            text.push('…');
        }
        let mut column = 0;
        for (c, width) in cells {
            if column >= begin && column + width <= end {
                text.push(*c);
            }
            column += width;
        }
        if total > end {
            text.push('…');
        }
        let shift = usize::from(begin > 0);
        for column in &mut columns {
            *column = column.saturating_sub(begin).min(WIDTH) + shift;
        }
        Self { text, columns }
    }

    /// The shown column of a source column (from 1).
    fn column(&self, column: usize) -> usize {
        let index = column.saturating_sub(1);
        let last = self.columns.last().copied().unwrap_or(0);
        self.columns.get(index).copied().unwrap_or(last)
    }
}
