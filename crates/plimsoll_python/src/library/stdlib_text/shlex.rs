//! `shlex.shlex(text, posix=True)` with `whitespace_split`, as python-decouple's `Csv` uses it.

use super::Trouble;

/// Splits at the characters of `delimiters`: quotes group, `\` escapes, `#` begins a comment at
/// the start of a word and within one.
///
/// # Errors
/// `ValueError` for an open quote or escape.
pub(crate) fn split(text: &str, delimiters: &str) -> Result<Vec<String>, Trouble> {
    let mut words = Vec::new();
    let mut chars = text.chars();
    while let Some(word) = next_word(&mut chars, delimiters)? {
        words.push(word);
    }
    Ok(words)
}

/// What the reader is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a word.
    Space,
    Word,
    Quote(char),
    /// After a backslash; then back to the state before it.
    Escape(Option<char>),
}

fn next_word(chars: &mut std::str::Chars<'_>, delimiters: &str) -> Result<Option<String>, Trouble> {
    let mut word = String::new();
    let mut quoted = false;
    let mut state = State::Space;
    loop {
        let next = chars.next();
        match (state, next) {
            (State::Quote(_), None) => {
                return Err(Trouble::Raise("ValueError", "No closing quotation"));
            }
            (State::Escape(_), None) => {
                return Err(Trouble::Raise("ValueError", "No escaped character"));
            }
            (_, None) => return Ok((quoted || !word.is_empty()).then_some(word)),
            (State::Escape(within), Some(c)) => {
                // Within quotes only the quote and the backslash itself are escaped.
                if within.is_some_and(|quote| c != '\\' && c != quote) {
                    word.push('\\');
                }
                word.push(c);
                state = within.map_or(State::Word, State::Quote);
            }
            (State::Quote(quote), Some(c)) => {
                quoted = true;
                if c == quote {
                    state = State::Word;
                } else if c == '\\' && quote == '"' {
                    state = State::Escape(Some(quote));
                } else {
                    word.push(c);
                }
            }
            (State::Space | State::Word, Some(c)) if delimiters.contains(c) => {
                if quoted || !word.is_empty() {
                    return Ok(Some(word));
                }
            }
            (State::Space | State::Word, Some('#')) => {
                // The rest of the line is dropped.
                for c in chars.by_ref() {
                    if c == '\n' {
                        break;
                    }
                }
                if state == State::Word && (quoted || !word.is_empty()) {
                    return Ok(Some(word));
                }
            }
            (State::Space | State::Word, Some('\\')) => state = State::Escape(None),
            (State::Space | State::Word, Some(c @ ('\'' | '"'))) => state = State::Quote(c),
            (State::Space | State::Word, Some(c)) => {
                word.push(c);
                state = State::Word;
            }
        }
    }
}
