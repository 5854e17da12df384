//! `EnvironmentFile=` of systemd.
//!
//! The file's reader is a state machine over characters (src/basic/env-file.c): quoted and bare
//! pieces of a value join, nothing after a value is a comment, `$` means nothing, a line that
//! is no assignment is dropped, as is one whose name is no valid variable name.

use plimsoll_source::ProblemKind;

use super::{Builder, EnvValue, Written, text};

const WHITESPACE: &[u8] = b" \t\n\r";
const NEWLINE: &[u8] = b"\n\r";

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    PreKey,
    Key,
    PreValue,
    Value,
    ValueEscape,
    SingleQuoted,
    DoubleQuoted,
    DoubleQuotedEscape,
    Comment,
    CommentEscape,
}

/// The assignment that is being read.
#[derive(Default)]
struct Partial {
    key: Vec<u8>,
    key_start: usize,
    value: Vec<u8>,
    value_start: usize,
    /// One past the last character of the value that counts.
    value_end: usize,
    /// Length of the bare value without the white space at its end.
    solid: Option<usize>,
    /// Whether it follows a comment whose line ends in a backslash.
    after_comment: bool,
}

pub(super) fn read(file: &mut Builder<'_>) {
    let mut state = State::PreKey;
    let mut partial = Partial::default();
    for (at, byte) in file.text().bytes().enumerate() {
        if byte == 0 {
            break;
        }
        state = step(file, state, &mut partial, at, byte);
    }
    match state {
        State::PreKey | State::Comment | State::CommentEscape => {}
        State::Key => ignored(file, &partial, file.text().len()),
        _ => push(file, std::mem::take(&mut partial), state == State::Value),
    }
}

fn step(file: &mut Builder<'_>, state: State, p: &mut Partial, at: usize, byte: u8) -> State {
    let newline = NEWLINE.contains(&byte);
    let blank = WHITESPACE.contains(&byte);
    match state {
        State::PreKey if matches!(byte, b'#' | b';') => State::Comment,
        State::PreKey if blank => {
            p.after_comment &= !newline;
            State::PreKey
        }
        State::PreKey => {
            let after_comment = p.after_comment;
            *p = Partial { key: vec![byte], key_start: at, after_comment, ..Partial::default() };
            State::Key
        }
        State::Key if newline => {
            ignored(file, p, at);
            State::PreKey
        }
        State::Key if byte == b'=' => {
            (p.value_start, p.value_end) = (at + 1, at + 1);
            State::PreValue
        }
        State::Key => {
            p.key.push(byte);
            State::Key
        }
        State::PreValue | State::Value if newline => {
            push(file, std::mem::take(p), state == State::Value);
            State::PreKey
        }
        State::PreValue => pre_value(p, at, byte, blank),
        State::Value if byte == b'\\' => {
            (p.solid, p.value_end) = (None, at + 1);
            State::ValueEscape
        }
        State::Value => {
            if blank {
                p.solid = p.solid.or(Some(p.value.len()));
            } else {
                (p.solid, p.value_end) = (None, at + 1);
            }
            p.value.push(byte);
            State::Value
        }
        State::ValueEscape => {
            if !newline {
                p.value.push(byte);
                p.value_end = at + 1;
            }
            State::Value
        }
        State::SingleQuoted | State::DoubleQuoted | State::DoubleQuotedEscape => {
            p.value_end = at + 1;
            quoted(p, state, byte)
        }
        State::Comment if byte == b'\\' => State::CommentEscape,
        // Since v254 a backslash does not carry a comment over to the next line.
        State::CommentEscape if newline => {
            *p = Partial { after_comment: true, ..Partial::default() };
            State::PreKey
        }
        State::Comment if newline => {
            *p = Partial::default();
            State::PreKey
        }
        State::Comment | State::CommentEscape => State::Comment,
    }
}

/// Before the value and after each quoted piece of it: white space is dropped.
fn pre_value(p: &mut Partial, at: usize, byte: u8, blank: bool) -> State {
    if blank {
        return State::PreValue;
    }
    if p.value.is_empty() && p.value_end == p.value_start {
        p.value_start = at;
    }
    p.value_end = at + 1;
    p.solid = None;
    match byte {
        b'\'' => State::SingleQuoted,
        b'"' => State::DoubleQuoted,
        b'\\' => State::ValueEscape,
        _ => {
            p.value.push(byte);
            State::Value
        }
    }
}

fn quoted(p: &mut Partial, state: State, byte: u8) -> State {
    match (state, byte) {
        (State::SingleQuoted, b'\'') | (State::DoubleQuoted, b'"') => State::PreValue,
        (State::DoubleQuoted, b'\\') => State::DoubleQuotedEscape,
        (State::DoubleQuotedEscape, b'"' | b'\\' | b'`' | b'$') => {
            p.value.push(byte);
            State::DoubleQuoted
        }
        (State::DoubleQuotedEscape, b'\n') => State::DoubleQuoted,
        (State::DoubleQuotedEscape, _) => {
            p.value.extend([b'\\', byte]);
            State::DoubleQuoted
        }
        _ => {
            p.value.push(byte);
            state
        }
    }
}

fn ignored(file: &mut Builder<'_>, p: &Partial, end: usize) {
    file.problem(ProblemKind::Syntax, p.key_start..end, "systemd ignores this line: it has no =");
}

fn push(file: &mut Builder<'_>, mut p: Partial, chomp: bool) {
    if let Some(solid) = p.solid.filter(|_| chomp) {
        p.value.truncate(solid);
    }
    let key = String::from_utf8_lossy(&p.key).into_owned();
    let key = key.trim_end_matches([' ', '\t', '\n', '\r']);
    let key_range = p.key_start..p.key_start + key.len();
    // The text is UTF-8 and is cut only at ASCII characters.
    let value = String::from_utf8_lossy(&p.value).into_owned();
    if !is_name(key) {
        file.problem(
            ProblemKind::Syntax,
            key_range,
            "systemd ignores this line: what stands before the = is no valid variable name",
        );
        return;
    }
    let value = if p.after_comment {
        EnvValue::Unknown(
            "the comment above ends in a backslash, which makes this line a comment to systemd \
             before 254"
                .into(),
        )
    } else {
        text(value)
    };
    file.entry(Written::new(key, key_range, p.value_start..p.value_end), value);
}

/// Whether systemd takes it as a variable's name.
pub(super) fn is_name(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
