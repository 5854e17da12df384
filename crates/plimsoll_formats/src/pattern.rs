//! File patterns with `*`, `**`, `?` and `[…]`, matched part by part.

/// A pattern split at its slashes.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    /// `**`: any number of parts.
    Any,
    /// One part.
    Glob(Vec<Token>),
}

#[derive(Clone, Debug)]
enum Token {
    Char(char),
    One,
    Many,
    Set { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    /// Reads a pattern. `\` escapes the character behind it.
    pub(crate) fn new(text: &str) -> Self {
        let parts = text
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| if part == "**" { Part::Any } else { Part::Glob(tokens(part)) });
        Self { parts: parts.collect() }
    }

    /// Whether the whole path matches.
    pub(crate) fn matches(&self, path: &[&str]) -> bool {
        // reachable[i]: the pattern parts so far match the first i parts of the path.
        let mut reachable = vec![false; path.len() + 1];
        if let Some(first) = reachable.first_mut() {
            *first = true;
        }
        for part in &self.parts {
            let mut next = vec![false; path.len() + 1];
            let mut passed = false;
            for (index, reached) in reachable.iter().enumerate() {
                match part {
                    Part::Any => {
                        passed |= *reached;
                        if let Some(slot) = next.get_mut(index) {
                            *slot = passed;
                        }
                    }
                    Part::Glob(tokens) => {
                        let matched = *reached
                            && path.get(index).is_some_and(|name| part_matches(tokens, name));
                        if let Some(slot) = next.get_mut(index + 1) {
                            *slot |= matched;
                        }
                    }
                }
            }
            reachable = next;
        }
        reachable.last().copied().unwrap_or(false)
    }

    /// Whether it holds nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

fn tokens(part: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = part.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' => {
                if !matches!(tokens.last(), Some(Token::Many)) {
                    tokens.push(Token::Many);
                }
            }
            '?' => tokens.push(Token::One),
            '\\' => tokens.push(Token::Char(chars.next().unwrap_or('\\'))),
            '[' => match set(chars.as_str()) {
                Some((token, length)) => {
                    tokens.push(token);
                    chars = chars.as_str().get(length..).unwrap_or("").chars();
                }
                None => tokens.push(Token::Char('[')),
            },
            other => tokens.push(Token::Char(other)),
        }
    }
    tokens
}

/// What stands behind `[`, and its length with the `]`.
fn set(text: &str) -> Option<(Token, usize)> {
    let negated = text.starts_with(['!', '^']);
    let body = text.get(usize::from(negated)..)?;
    let close = body.char_indices().skip(1).find(|(_, c)| *c == ']')?.0;
    let mut ranges = Vec::new();
    let chars: Vec<char> = body.get(..close)?.chars().collect();
    let mut at = 0;
    while let Some(first) = chars.get(at) {
        match (chars.get(at + 1), chars.get(at + 2)) {
            (Some('-'), Some(last)) => {
                ranges.push((*first, *last));
                at += 3;
            }
            _ => {
                ranges.push((*first, *first));
                at += 1;
            }
        }
    }
    Some((Token::Set { negated, ranges }, usize::from(negated) + close + 1))
}

/// Matches without going back more than to the last `*`: linear for each star.
fn part_matches(tokens: &[Token], name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    let (mut at, mut token) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (tokens.get(token), chars.get(at)) {
            (Some(Token::Many), _) => {
                star = Some((token, at));
                token += 1;
            }
            (Some(wanted), Some(c)) if one(wanted, *c) => {
                token += 1;
                at += 1;
            }
            (None, None) => return true,
            _ => match star {
                Some((from, reached)) if reached < chars.len() => {
                    star = Some((from, reached + 1));
                    token = from + 1;
                    at = reached + 1;
                }
                _ => return false,
            },
        }
    }
}

fn one(token: &Token, c: char) -> bool {
    match token {
        Token::Char(wanted) => *wanted == c,
        Token::One => true,
        Token::Many => false,
        Token::Set { negated, ranges } => {
            ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)) != *negated
        }
    }
}
