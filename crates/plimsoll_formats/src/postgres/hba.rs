//! pg_hba.conf.

use plimsoll_source::{Problem, ProblemKind, SourceText, Span};

use crate::Spanned;
use crate::scan::{lines, spanned};

/// Whom a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HbaAddress {
    /// Connections over the unix socket.
    Local,
    /// `all`, `samehost`, `samenet`, a host name, or an address with its mask as written
    /// (`10.0.0.0/8`, or `10.0.0.0 255.0.0.0` for the old form).
    Network(String),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HbaRule {
    /// `local`, `host`, `hostssl`, `hostnossl`, `hostgssenc` or `hostnogssenc`.
    pub kind: Spanned<String>,
    /// The databases.
    pub databases: Vec<String>,
    /// The roles.
    pub users: Vec<String>,
    /// From where.
    pub address: HbaAddress,
    /// The method: `scram-sha-256`, `md5`, `trust`, `peer`, `cert`, `reject`…
    pub method: Spanned<String>,
    /// Options such as `clientcert=verify-full`.
    pub options: Vec<String>,
    /// The line.
    pub span: Span,
}

impl HbaRule {
    /// Whether it lets in connections from every address: `all`, `0.0.0.0/0`, `::/0`.
    pub fn is_for_every_address(&self) -> bool {
        match &self.address {
            HbaAddress::Local => false,
            HbaAddress::Network(network) => {
                network == "all" || network.ends_with("/0") || network.ends_with(" 0.0.0.0")
            }
        }
    }

    /// Whether it is for connections from the machine itself only.
    pub fn is_local(&self) -> bool {
        match &self.address {
            HbaAddress::Local => true,
            HbaAddress::Network(network) => {
                network == "samehost"
                    || network == "localhost"
                    || network.starts_with("::1/128")
                    || network.starts_with("127.") && !network.ends_with("/0")
            }
        }
    }
}

/// A pg_hba.conf. The first rule that fits a connection decides.
#[derive(Clone, Debug, Default)]
pub struct PgHba {
    /// The rules in order.
    pub rules: Vec<HbaRule>,
    /// Lines that PostgreSQL refuses.
    pub problems: Vec<Problem>,
}

impl PgHba {
    /// Reads a pg_hba.conf. `@include` lines are left alone.
    pub fn read(text: &SourceText) -> Self {
        let mut file = Self::default();
        for (start, line) in lines(text.text()) {
            let words = words(text, start, line);
            let Some(first) = words.first() else { continue };
            if first.value.starts_with("include") || first.value.starts_with("@include") {
                continue;
            }
            match rule(&words, spanned(text, start, line).span) {
                Ok(rule) => file.rules.push(rule),
                Err(message) => file.problems.push(Problem::new(
                    ProblemKind::Syntax,
                    spanned(text, start, line).span,
                    message,
                )),
            }
        }
        file
    }

    /// Whether a text is a pg_hba.conf: it has rules and no line that is none.
    pub fn looks_like(text: &SourceText) -> bool {
        let file = Self::read(text);
        !file.rules.is_empty() && file.problems.is_empty()
    }
}

fn rule(words: &[Spanned<String>], span: Span) -> Result<HbaRule, &'static str> {
    const KINDS: [&str; 6] =
        ["local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"];
    let mut rest = words.iter();
    let mut next = || rest.next().ok_or("PostgreSQL refuses this line: it has too few fields");
    let kind = next()?;
    if !KINDS.contains(&kind.value.as_str()) {
        return Err("PostgreSQL refuses this line: it knows no such type of connection");
    }
    let list = |word: &Spanned<String>| -> Vec<String> {
        word.value.split(',').map(str::to_owned).collect()
    };
    let databases = list(next()?);
    let users = list(next()?);
    let mut method;
    let address = if kind.value == "local" {
        method = next()?;
        HbaAddress::Local
    } else {
        let address = next()?;
        method = next()?;
        let has_mask = address.value.contains('/') || !address.value.contains(['.', ':']);
        let is_mask =
            method.value.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':'))
                && method.value.contains(['.', ':']);
        if !has_mask && is_mask {
            let network = format!("{} {}", address.value, method.value);
            method = next()?;
            HbaAddress::Network(network)
        } else {
            HbaAddress::Network(address.value.clone())
        }
    };
    let options = rest.map(|word| word.value.clone()).collect();
    let (kind, method) = (kind.clone(), method.clone());
    Ok(HbaRule { kind, databases, users, address, method, options, span })
}

/// The fields of a line: blanks divide, a comma joins what follows it, double quotes hold
/// together, `#` begins a comment.
fn words(text: &SourceText, start: usize, line: &str) -> Vec<Spanned<String>> {
    let mut found: Vec<Spanned<String>> = Vec::new();
    let mut value = String::new();
    let mut from: Option<usize> = None;
    let mut quoted = false;
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        match c {
            '"' => {
                quoted = !quoted;
                from.get_or_insert(at);
            }
            '#' if !quoted => {
                if let Some(first) = from.take() {
                    found.push(Spanned::new(value, text.span(start + first..start + at)));
                }
                return found;
            }
            c if c.is_whitespace() && !quoted || at == line.len() => {
                if value.ends_with(',') && at < line.len() {
                    continue;
                }
                if let Some(first) = from.take() {
                    let span = text.span(start + first..start + at);
                    found.push(Spanned::new(std::mem::take(&mut value), span));
                }
            }
            c => {
                from.get_or_insert(at);
                value.push(c);
            }
        }
    }
    found
}
