//! Keeps secrets out of what is shown of source lines.
//!
//! Two nets: the values that the evaluation knows to be secret, wherever they stand, and what
//! follows a name that speaks of a secret on the same line. A masked character becomes `*`, so
//! columns stay. Masking too much costs a reader a look into the file; too little costs a key.

use plimsoll_ledger::Redact;
use plimsoll_source::Secret;

/// Words in names whose values are not shown.
const NAMES: [&str; 14] = [
    "secret",
    "passw",
    "pwd",
    "passphrase",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "private_key",
    "access_key",
    "credential",
    "dsn",
    "signing_key",
    "encryption_key",
];

/// Beginnings of tokens that are secret wherever they stand (published prefixes of AWS, GitHub,
/// GitLab, Slack, Stripe, Google, SendGrid keys, and JSON web tokens).
const TOKENS: [&str; 14] = [
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "rk_live_",
    "AIza",
    "SG.",
    "eyJ",
];

/// Shorter values are masked by name only: as text they stand in too many innocent places.
const LEAST: usize = 6;
/// Values of small letters alone, such as `postgres`, are words up to this length.
const WORD: usize = 11;

/// Whether a name is one that values of secrets go by: `DB_PASSWORD`, `STRIPE_KEY`.
pub fn speaks_of_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    NAMES.iter().any(|word| lower.contains(word)) || lower.ends_with("_key")
}

fn is_telling(value: &str) -> bool {
    let length = value.chars().count();
    let is_word = value.chars().all(|c| c.is_ascii_lowercase());
    length >= LEAST && (length > WORD || !is_word)
}

impl Redact for Redactor {
    fn redact(&self, text: &str) -> String {
        self.prose(text)
    }
}

/// Masks secrets in text of the repository.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    secrets: Vec<Secret>,
}

impl Redactor {
    /// Masks these values wherever they stand, beside what it recognises by itself.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut secrets: Vec<Secret> =
            secrets.into_iter().filter(|secret| is_telling(secret.expose())).collect();
        // The longest first: one may hold another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.length()));
        secrets.dedup();
        Self { secrets }
    }

    /// A line of a file with its secrets masked; as many characters as before.
    pub fn line(&self, line: &str, is_code: bool) -> String {
        let mut mask = Mask::new(line);
        self.known(line, &mut mask);
        mask_tokens(line, &mut mask);
        mask_urls(line, &mut mask);
        mask_named(line, is_code, &mut mask);
        mask.apply(line)
    }

    /// A line that holds a secret by what a rule found: every literal, or the whole value, is
    /// masked.
    pub fn secret_line(&self, line: &str, is_code: bool) -> String {
        let line = self.line(line, is_code);
        let mut mask = Mask::new(&line);
        let quoted = mask_literals(&line, 0, &mut mask);
        if !is_code && !quoted {
            match line.find(['=', ':']) {
                Some(_) => mask_plain(&line, 0, &mut mask),
                None if line.trim_start().starts_with("-----") => {}
                None => mask.cover(0, line.len()),
            }
        }
        mask.apply(&line)
    }

    /// A message with the known values masked.
    pub fn message(&self, text: &str) -> String {
        let mut mask = Mask::new(text);
        self.known(text, &mut mask);
        mask_urls(text, &mut mask);
        mask.apply(text)
    }

    /// What people write, or what is kept for long: the known values, tokens, passwords in
    /// addresses and values after names that speak of a secret are masked.
    pub fn prose(&self, text: &str) -> String {
        let mut mask = Mask::new(text);
        self.known(text, &mut mask);
        mask_tokens(text, &mut mask);
        mask_urls(text, &mut mask);
        mask_words(text, &mut mask);
        mask.apply(text)
    }

    fn known(&self, text: &str, mask: &mut Mask) {
        for secret in &self.secrets {
            for (at, found) in text.match_indices(secret.expose()) {
                mask.cover(at, at + found.len());
            }
        }
    }
}

/// Byte ranges to mask.
struct Mask(Vec<bool>);

impl Mask {
    fn new(text: &str) -> Self {
        Self(vec![false; text.len()])
    }

    fn cover(&mut self, start: usize, end: usize) {
        for byte in self.0.iter_mut().take(end).skip(start) {
            *byte = true;
        }
    }

    fn apply(&self, text: &str) -> String {
        text.char_indices()
            .map(|(at, c)| if self.0.get(at) == Some(&true) { '*' } else { c })
            .collect()
    }
}

fn mask_tokens(line: &str, mask: &mut Mask) {
    for prefix in TOKENS {
        for (at, _) in line.match_indices(prefix) {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            if before.is_some_and(|c| c.is_alphanumeric()) {
                continue;
            }
            let rest = line.get(at..).unwrap_or_default();
            let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            if length >= 16 {
                mask.cover(at + prefix.len(), at + length);
            }
        }
    }
}

/// The password of `scheme://user:password@host`.
fn mask_urls(line: &str, mask: &mut Mask) {
    for (at, _) in line.match_indices("://") {
        let start = at + 3;
        let rest = line.get(start..).unwrap_or_default();
        let stop = |c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '`' | '<' | '>');
        let authority = rest.get(..rest.find(stop).unwrap_or(rest.len())).unwrap_or_default();
        let Some(user_end) = authority.rfind('@') else { continue };
        let Some(colon) = authority.find(':').filter(|colon| *colon < user_end) else { continue };
        let password = authority.get(colon + 1..user_end).unwrap_or_default();
        // `${PASSWORD}` and `{password}` are references.
        if !password.starts_with(['$', '{', '<', '%']) {
            mask.cover(start + colon + 1, start + user_end);
        }
    }
}

fn mask_named(line: &str, is_code: bool, mask: &mut Mask) {
    if is_code {
        if let Some(from) = after_name(line) {
            mask_literals(line, from, mask);
        }
        return;
    }
    // `KEY=…`, `key: …`, `- KEY=…`, `export KEY=…`: the whole value, blanks and all.
    let key_end = line.find(['=', ':']).unwrap_or(line.len());
    if let Some(from) = line.get(..key_end).and_then(after_name) {
        if !mask_literals(line, from, mask) {
            mask_plain(line, from, mask);
        }
        return;
    }
    mask_words(line, mask);
}

/// `… --password VALUE …`, `… --token=VALUE …`, `… DB_PASSWORD=VALUE …` somewhere in a command.
fn mask_words(line: &str, mask: &mut Mask) {
    let mut option = false;
    let mut at = 0;
    for word in line.split_inclusive(char::is_whitespace) {
        let start = at;
        at += word.len();
        let word = word.trim_end();
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let reference = |text: &str| text.trim_matches(['"', '\'']).starts_with(['$', '{', '<']);
        if option && !word.is_empty() && !word.starts_with('-') && !reference(word) {
            mask.cover(start, start + word.len());
        }
        let named =
            !name.contains("://") && (after_name(name).is_some() || name.ends_with("requirepass"));
        option = named && value.is_none() && name.starts_with('-');
        if let Some(value) = value.filter(|value| named && !reference(value)) {
            mask.cover(start + word.len() - value.len(), start + word.len());
        }
    }
}

/// Where the first name that speaks of a secret ends, its closing quote included.
fn after_name(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let name_end = NAMES
        .iter()
        .filter_map(|name| lower.find(name).map(|at| at + name.len()))
        .chain(key_name(&lower))
        .min()?;
    // To the end of the whole name: `SECRET` of `SECRET_KEY`.
    let rest = line.get(name_end..)?;
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let end = name_end + rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let quoted = line.get(end..)?.starts_with(['"', '\'']);
    Some(end + usize::from(quoted))
}

/// `KEY` at the end of an upper-case name that is assigned: `STRIPE_KEY=`, but not `key:` alone.
fn key_name(lower: &str) -> Option<usize> {
    let at = lower.find("_key")?;
    let end = at + "_key".len();
    let next = lower.get(end..)?.chars().next();
    next.is_none_or(|c| !c.is_alphanumeric() && c != '_').then_some(end)
}

/// Masks the string literals after `from`; whether there was one.
fn mask_literals(line: &str, from: usize, mask: &mut Mask) -> bool {
    let mut found = false;
    let mut at = from;
    while let Some(open) = line.get(at..).and_then(|rest| rest.find(['"', '\''])) {
        let start = at + open;
        let quote = line.get(start..).and_then(|rest| rest.chars().next()).unwrap_or('"');
        let body = line.get(start + 1..).unwrap_or_default();
        let length = literal_length(body, quote);
        let text = body.get(..length).unwrap_or_default();
        if !is_innocent(line.get(..start).unwrap_or_default(), text) {
            mask.cover(start + 1, start + 1 + length);
        }
        found = true;
        at = start + 1 + length + 1;
    }
    found
}

/// How long a literal is up to its closing quote; a backslash hides the next character.
fn literal_length(body: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at,
            _ => {}
        }
    }
    body.len()
}

/// Literals that name something instead of being the secret: a variable that is read, a dotted
/// path, a reference.
fn is_innocent(before: &str, text: &str) -> bool {
    let before = before.trim_end();
    let reads = before.ends_with(['(', '[']);
    let variable = !text.is_empty()
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let dotted = text.contains('.')
        && text.len() < 120
        && text.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
        });
    // The rest of a name that is put together: `name + "_FILE"`.
    let suffix = variable && text.starts_with('_');
    text.is_empty() || (reads && variable) || suffix || dotted || text.starts_with(['$', '{'])
}

/// Masks the bare value after `=`, `:` or a space, to the end of the line or a comment.
fn mask_plain(line: &str, from: usize, mask: &mut Mask) {
    let rest = line.get(from..).unwrap_or_default();
    let Some(sign) = rest.find(['=', ':']) else { return };
    let value = rest.get(sign + 1..).unwrap_or_default();
    let start = from + sign + 1 + (value.len() - value.trim_start().len());
    let value = value.trim();
    if value.is_empty() || value.starts_with(['$', '{', '<', '&', '*', '|', '>']) {
        return;
    }
    let length = value.find(" #").unwrap_or(value.len());
    mask.cover(start, start + length);
}

#[cfg(test)]
mod tests {
    use plimsoll_source::Secret;

    use super::Redactor;

    #[test]
    fn values_behind_telling_names_are_masked_and_references_are_not() {
        for (line, is_code, expected) in [
            ("SECRET_KEY = 'abc'", true, "SECRET_KEY = '***'"),
            (
                "SECRET_KEY = os.environ['SECRET_KEY']",
                true,
                "SECRET_KEY = os.environ['SECRET_KEY']",
            ),
            (
                "SECRET_KEY = env('SECRET_KEY', default='abc')",
                true,
                "SECRET_KEY = env('SECRET_KEY', default='***')",
            ),
            ("'PASSWORD': 'postgres',", true, "'PASSWORD': '********',"),
            ("secret = os.getenv(name + \"_FILE\")", true, "secret = os.getenv(name + \"_FILE\")"),
            ("'PASSWORD': 'ADMIN',", true, "'PASSWORD': '*****',"),
            (
                "'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator'",
                true,
                "'NAME': 'django.contrib.auth.password_validation.MinimumLengthValidator'",
            ),
            ("POSTGRES_PASSWORD=hunter2", false, "POSTGRES_PASSWORD=*******"),
            ("  POSTGRES_PASSWORD: hunter2 # x", false, "  POSTGRES_PASSWORD: ******* # x"),
            ("  POSTGRES_PASSWORD: ${PW}", false, "  POSTGRES_PASSWORD: ${PW}"),
            ("STRIPE_KEY=abc", false, "STRIPE_KEY=***"),
            ("DATABASE_URL=postgres://u:pw@db/x", false, "DATABASE_URL=postgres://u:**@db/x"),
            (
                "DATABASE_URL=postgres://shop:password@db:5432/shop",
                false,
                "DATABASE_URL=postgres://shop:********@db:5432/shop",
            ),
            (
                "  command: redis-server --requirepass s3cret --port 1",
                false,
                "  command: redis-server --requirepass ****** --port 1",
            ),
            ("RUN curl x=1 --token=abc $X", false, "RUN curl x=1 --token=*** $X"),
            ("run: echo --password $PW x", false, "run: echo --password $PW x"),
            ("key = AKIAABCDEFGHIJKLMNOP", false, "key = AKIA****************"),
            ("DEBUG = True", true, "DEBUG = True"),
        ] {
            assert_eq!(Redactor::default().line(line, is_code), expected);
        }
    }

    #[test]
    fn a_line_that_a_rule_calls_secret_shows_no_value() {
        let redactor = Redactor::default();
        for (line, is_code, expected) in [
            ("STRIPE = 'abc' + x", true, "STRIPE = '***' + x"),
            ("stripe: abc", false, "stripe: ***"),
            ("MIIEvQIBADANBg", false, "**************"),
            ("-----BEGIN PRIVATE KEY-----", false, "-----BEGIN PRIVATE KEY-----"),
        ] {
            assert_eq!(redactor.secret_line(line, is_code), expected);
        }
    }

    #[test]
    fn known_values_are_masked_anywhere() {
        let redactor = Redactor::new([Secret::new("tr0ub4dor&3"), Secret::new("abc")]);
        assert_eq!(redactor.line("x = f('tr0ub4dor&3')", true), "x = f('***********')");
        assert_eq!(redactor.message("it is tr0ub4dor&3"), "it is ***********");
        assert_eq!(redactor.line("x = 'abc'", true), "x = 'abc'");
    }
}
