//! Words of a command line to options and operands.

use crate::Spanned;

/// An option that a program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) spellings: &'static [&'static str],
    pub(super) value: bool,
}

/// An option as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandOption {
    /// Its name in the program's table (`worker_class` for `-k`), or the written one without its
    /// dashes where the table has none.
    pub name: String,
    /// Its value; `None` for a switch.
    pub value: Option<Spanned<String>>,
    /// The word it was given by.
    pub flag: Spanned<String>,
    /// Whether the program is known to have it.
    pub known: bool,
}

/// Options and operands in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The options.
    pub options: Vec<CommandOption>,
    /// What is no option.
    pub operands: Vec<Spanned<String>>,
}

impl Options {
    /// The last option of this name.
    pub fn get(&self, name: &str) -> Option<&CommandOption> {
        self.options.iter().rfind(|option| option.name == name)
    }

    /// The value of the last option of this name.
    pub fn value(&self, name: &str) -> Option<&Spanned<String>> {
        self.get(name)?.value.as_ref()
    }

    /// All values of options of this name.
    pub fn values<'o>(&'o self, name: &'o str) -> impl Iterator<Item = &'o Spanned<String>> {
        let named = self.options.iter().filter(move |option| option.name == name);
        named.filter_map(|option| option.value.as_ref())
    }

    /// Whether the option is given.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value as a number, where it is one.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.value(name)?.value.trim().parse().ok()
    }
}

/// Reads words by a table: `--long value`, `--long=value`, a long option's unique beginning,
/// `-s value`, `-svalue`, `-s=value` (as argparse reads it: the value keeps its `=` only where it
/// is not the first), joined switches `-DB`, and `--`. An unknown option takes no value unless it
/// is written with `=`.
pub(super) fn read(words: &[Spanned<String>], tables: &[&[Flag]]) -> Options {
    let mut out = Options::default();
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if word.value == "--" {
            out.operands.extend(words.cloned());
            break;
        }
        if word.value == "-" || !word.value.starts_with('-') {
            out.operands.push(word.clone());
            continue;
        }
        let (spelling, attached) = split(word, tables);
        let flag = find(&spelling, tables);
        let value = match (&flag, attached) {
            (_, Some(value)) => Some(Spanned::new(value, word.span.clone())),
            (Some(flag), None) if flag.value => words.next().cloned(),
            _ => None,
        };
        let name = flag.map_or_else(
            || spelling.trim_start_matches('-').to_owned(),
            |flag| flag.name.to_owned(),
        );
        out.options.push(CommandOption { name, value, flag: word.clone(), known: flag.is_some() });
        joined_switches(word, flag, tables, &mut out);
    }
    out
}

/// The spelling of the option in a word, and a value written onto it.
fn split(word: &Spanned<String>, tables: &[&[Flag]]) -> (String, Option<String>) {
    let text = word.value.as_str();
    if text.starts_with("--") {
        return match text.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (text.to_owned(), None),
        };
    }
    // `-Ofair` stands in the table as a whole; `-c` before what is written onto it.
    if exact(text, tables).is_some() {
        return (text.to_owned(), None);
    }
    let head: String = text.chars().take(2).collect();
    let rest = text.get(head.len()..).unwrap_or("");
    match exact(&head, tables) {
        Some(flag) if flag.value && !rest.is_empty() => {
            (head, Some(rest.strip_prefix('=').unwrap_or(rest).to_owned()))
        }
        Some(_) => (head, None),
        None => (text.to_owned(), None),
    }
}

/// The switches after the first of a word such as `-DB`.
fn joined_switches(
    word: &Spanned<String>,
    first: Option<Flag>,
    tables: &[&[Flag]],
    out: &mut Options,
) {
    let text = word.value.as_str();
    if text.starts_with("--")
        || exact(text, tables).is_some()
        || first.is_none_or(|flag| flag.value)
    {
        return;
    }
    for letter in text.chars().skip(2) {
        if let Some(flag) = exact(&format!("-{letter}"), tables)
            && !flag.value
        {
            let (name, value) = (flag.name.to_owned(), None);
            out.options.push(CommandOption { name, value, flag: word.clone(), known: true });
        }
    }
}

fn exact(spelling: &str, tables: &[&[Flag]]) -> Option<Flag> {
    let mut flags = tables.iter().copied().flatten();
    flags.find(|flag| flag.spellings.contains(&spelling)).copied()
}

fn find(spelling: &str, tables: &[&[Flag]]) -> Option<Flag> {
    if let Some(flag) = exact(spelling, tables) {
        return Some(flag);
    }
    if !spelling.starts_with("--") || spelling.len() < 4 {
        return None;
    }
    let begins = |flag: &&Flag| flag.spellings.iter().any(|s| s.starts_with(spelling));
    let mut found = tables.iter().copied().flatten().filter(begins);
    let first = found.next()?;
    found.next().is_none().then_some(*first)
}
