//! `ExecStart=` and its like: prefixes and words.

use plimsoll_source::SourceText;

use crate::Spanned;
use crate::command::Command;

/// The characters before the path of a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecPrefix {
    /// `@`: the word after the path is `argv[0]`.
    pub argv0: bool,
    /// `-`: failure counts as success.
    pub ignore_failure: bool,
    /// `:`: variables are not replaced.
    pub no_variables: bool,
    /// `+`: runs as root, without the restrictions of the unit.
    pub full_privileges: bool,
    /// `!` or `!!`: runs as root, the other restrictions stay.
    pub elevated: bool,
}

/// One command of an `Exec…=` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    /// What is written before the path.
    pub prefix: ExecPrefix,
    /// The words, quotes and escapes resolved; `$VARIABLES` and `%` specifiers as written. The
    /// first is the path, without its prefix.
    pub argv: Vec<Spanned<String>>,
}

impl Exec {
    /// The program that runs and its options.
    pub fn command(&self) -> Option<Command> {
        Command::read(&self.argv)
    }
}

/// The commands of one line: `;` as a word of its own divides them.
pub(super) fn commands(text: &SourceText) -> Vec<Exec> {
    let mut found = Vec::new();
    let mut argv: Vec<Spanned<String>> = Vec::new();
    for (word, is_divider) in words(text) {
        if is_divider {
            found.extend(exec(std::mem::take(&mut argv)));
        } else {
            argv.push(word);
        }
    }
    found.extend(exec(argv));
    found
}

fn exec(mut argv: Vec<Spanned<String>>) -> Option<Exec> {
    let first = argv.first_mut()?;
    let mut prefix = ExecPrefix::default();
    let mut path = first.value.as_str();
    while let Some(c) = path.chars().next() {
        match c {
            '@' => prefix.argv0 = true,
            '-' => prefix.ignore_failure = true,
            ':' => prefix.no_variables = true,
            '+' => prefix.full_privileges = true,
            '!' => prefix.elevated = true,
            // A login shell is asked for (systemd 258).
            '|' => {}
            _ => break,
        }
        path = path.get(c.len_utf8()..).unwrap_or("");
    }
    let path = path.to_owned();
    if path.is_empty() {
        // The path may stand after a blank.
        argv.remove(0);
        argv.first()?;
    } else {
        first.value = path;
    }
    if prefix.argv0 && argv.len() > 1 {
        argv.remove(1);
    }
    Some(Exec { prefix, argv })
}

/// The words of a value, and whether a word is a bare `;`. An escape that systemd does not know
/// stays as written, a quote left open ends with the value.
pub(super) fn words(text: &SourceText) -> Vec<(Spanned<String>, bool)> {
    let mut found = Vec::new();
    let whole = text.text();
    let mut chars = whole.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_ascii_whitespace() {
            continue;
        }
        let mut value = String::new();
        let mut quote: Option<char> = None;
        let mut next = Some((start, c));
        let mut end = start;
        while let Some((at, c)) = next {
            end = at + c.len_utf8();
            match (quote, c) {
                (None, c) if c.is_ascii_whitespace() => {
                    end = at;
                    break;
                }
                (Some(open), c) if c == open => quote = None,
                (None, '"' | '\'') => quote = Some(c),
                (_, '\\') => {
                    let (escaped, length) = escape(whole.get(end..).unwrap_or(""));
                    value.push_str(&escaped);
                    let target = end + length;
                    while chars.next_if(|(at, _)| *at < target).is_some() {}
                    end = target;
                }
                (_, c) => value.push(c),
            }
            next = chars.next();
        }
        let written = whole.get(start..end).unwrap_or("");
        let divider = written == ";";
        found.push((Spanned::new(value, text.span(start..end)), divider));
    }
    found
}

/// What a backslash and the text after it mean, and how many bytes of that text they use.
fn escape(rest: &str) -> (String, usize) {
    let code = |digits: Option<&str>, radix| {
        let number = u32::from_str_radix(digits?, radix).ok().filter(|code| *code != 0)?;
        char::from_u32(number)
    };
    let Some(c) = rest.chars().next() else { return ("\\".to_owned(), 0) };
    let simple = match c {
        'a' => Some('\u{7}'),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\u{b}'),
        's' => Some(' '),
        '\\' | '"' | '\'' | ';' => Some(c),
        _ => None,
    };
    if let Some(simple) = simple {
        return (simple.to_string(), 1);
    }
    let (length, decoded) = match c {
        'x' => (3, code(rest.get(1..3), 16)),
        'u' => (5, code(rest.get(1..5), 16)),
        'U' => (9, code(rest.get(1..9), 16)),
        '0'..='7' => (3, code(rest.get(..3), 8)),
        _ => (0, None),
    };
    match decoded {
        Some(decoded) => (decoded.to_string(), length),
        None => (format!("\\{c}"), c.len_utf8()),
    }
}
