//! redis.conf, and the same directives on `redis-server`'s command line.
//!
//! Names are read in any case, words as Redis splits them (quotes with escapes). Failure policy: a
//! line with an open quote is a problem and is left out, as Redis would refuse to start.

use plimsoll_source::{Problem, ProblemKind, SourceText};

use crate::Spanned;
use crate::scan::{blank_words, lines, spanned};

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisDirective {
    /// Its name in lower case.
    pub name: Spanned<String>,
    /// Its arguments.
    pub args: Vec<Spanned<String>>,
}

/// A redis.conf.
#[derive(Clone, Debug, Default)]
pub struct RedisConf {
    /// The directives in order.
    pub directives: Vec<RedisDirective>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl RedisConf {
    /// Reads a redis.conf.
    pub fn read(text: &SourceText) -> Self {
        let mut conf = Self::default();
        for (start, line) in lines(text.text()) {
            let content = line.trim();
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            match words(text, start, line) {
                Some(words) => conf.push(words),
                None => conf.problems.push(Problem::new(
                    ProblemKind::Syntax,
                    spanned(text, start, line).span,
                    "a quote of this line is not closed: Redis does not start",
                )),
            }
        }
        conf
    }

    /// Reads the words after `redis-server`: an optional file, then `--name arguments`.
    pub fn from_arguments(words: &[Spanned<String>]) -> Self {
        let mut conf = Self::default();
        for word in words {
            match word.value.strip_prefix("--") {
                Some(name) => conf.push(vec![Spanned::new(name.to_owned(), word.span.clone())]),
                None => {
                    if let Some(directive) = conf.directives.last_mut() {
                        directive.args.push(word.clone());
                    }
                }
            }
        }
        conf
    }

    fn push(&mut self, words: Vec<Spanned<String>>) {
        let mut words = words.into_iter();
        if let Some(name) = words.next() {
            let name = name.map(|name| name.to_ascii_lowercase());
            self.directives.push(RedisDirective { name, args: words.collect() });
        }
    }

    /// The last directive of this name.
    pub fn get(&self, name: &str) -> Option<&RedisDirective> {
        self.directives.iter().rfind(|directive| directive.name.value == name)
    }

    /// The first argument of the last directive of this name.
    pub fn value(&self, name: &str) -> Option<&Spanned<String>> {
        self.get(name)?.args.first()
    }

    /// `maxmemory` in bytes; 0 is no limit.
    pub fn max_memory(&self) -> Option<Spanned<u64>> {
        let value = self.value("maxmemory")?;
        Some(Spanned::new(memory(&value.value)?, value.span.clone()))
    }

    /// `maxmemory-policy`; Redis' default is `noeviction`.
    pub fn max_memory_policy(&self) -> Option<&Spanned<String>> {
        self.value("maxmemory-policy")
    }

    /// The addresses it listens on, without the `-` that lets one be absent; empty where nothing
    /// is said (all addresses, in protected mode).
    pub fn binds(&self) -> Vec<Spanned<String>> {
        let args = self.get("bind").map_or(&[][..], |directive| &directive.args);
        let bare = |arg: &Spanned<String>| {
            arg.clone().map(|value| value.strip_prefix('-').unwrap_or(&value).to_owned())
        };
        args.iter().filter(|arg| !arg.value.is_empty()).map(bare).collect()
    }

    /// Whether a client has to give a password: `requirepass` with one, an access list file or a
    /// `user default` that is off or has a password.
    pub fn requires_password(&self) -> bool {
        let password = self.value("requirepass").is_some_and(|value| !value.value.is_empty());
        let users = self.directives.iter().filter(|directive| directive.name.value == "user");
        let default = users.filter(|d| d.args.first().is_some_and(|arg| arg.value == "default"));
        let guarded = default.into_iter().any(|directive| {
            let has = |test: fn(&str) -> bool| directive.args.iter().any(|arg| test(&arg.value));
            has(|arg| arg == "off")
                || (has(|arg| arg.starts_with(['>', '#'])) && !has(|arg| arg == "nopass"))
        });
        password || guarded
    }

    /// Whether anything is written to disk: `appendonly yes`, or a `save` that is not empty.
    /// `None` where neither is said: Redis' own default then saves.
    pub fn persists(&self) -> Option<bool> {
        let append = self.value("appendonly").map(|value| value.value.eq_ignore_ascii_case("yes"));
        let save = self
            .get("save")
            .map(|directive| directive.args.first().is_some_and(|arg| !arg.value.is_empty()));
        match (append, save) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (_, Some(false)) => Some(false),
            _ => None,
        }
    }
}

/// Bytes of `100mb`, `1g`, `512k`: without `b` the factor is 1000 (`memtoull`).
pub fn memory(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let digits = lower.len() - lower.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: u64 = lower.get(..digits)?.parse().ok()?;
    let factor = match lower.get(digits..)? {
        "" | "b" => 1,
        "k" => 1000,
        "kb" => 1 << 10,
        "m" => 1_000_000,
        "mb" => 1 << 20,
        "g" => 1_000_000_000,
        "gb" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// The words of a line; `None` where a quote is left open.
fn words(text: &SourceText, start: usize, line: &str) -> Option<Vec<Spanned<String>>> {
    if !line.contains(['"', '\'']) {
        let words = blank_words(line).into_iter();
        return Some(words.map(|(at, word)| spanned(text, start + at, word)).collect());
    }
    let mut found = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut value = String::new();
        let mut end = at + c.len_utf8();
        if matches!(c, '"' | '\'') {
            let mut closed = false;
            while let Some((here, inner)) = chars.next() {
                end = here + inner.len_utf8();
                match inner {
                    _ if inner == c => {
                        closed = true;
                        break;
                    }
                    '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
                    _ => value.push(inner),
                }
            }
            if !closed {
                return None;
            }
        } else {
            value.push(c);
            while let Some((here, next)) = chars.next_if(|(_, c)| !c.is_whitespace()) {
                end = here + next.len_utf8();
                value.push(next);
            }
        }
        found.push(Spanned::new(value, text.span(start + at..start + end)));
    }
    Some(found)
}
