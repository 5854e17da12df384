//! Keeps secrets out of what is shown of source lines.
//!
//! Two nets: the values that the evaluation knows to be secret, wherever they stand, and what
//! follows a name that speaks of a secret on the same line. A masked character becomes `*`, so
//! columns stay. Masking too much costs a reader a look into the file; too little costs a key.

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

/// Masks secrets in text of the repository.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    secrets: Vec<Secret>,
}

impl Redactor {
    /// Masks these values wherever they stand, beside what it recognises by itself.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut secrets: Vec<Secret> =
            secrets.into_iter().filter(|secret| secret.length() >= LEAST).collect();
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

    /// A message with the known values masked.
    pub fn message(&self, text: &str) -> String {
        let mut mask = Mask::new(text);
        self.known(text, &mut mask);
        mask_urls(text, &mut mask);
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
    let lower = line.to_ascii_lowercase();
    let Some(name_end) = NAMES
        .iter()
        .filter_map(|name| lower.find(name).map(|at| at + name.len()))
        .chain(key_name(&lower))
        .min()
    else {
        return;
    };
    // To the end of the whole name: `SECRET` of `SECRET_KEY`.
    let rest = line.get(name_end..).unwrap_or_default();
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut from = name_end + rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    // A name that is itself a string: step over its closing quote.
    let after = line.get(from..).unwrap_or_default();
    if after.starts_with(['"', '\'']) {
        from += 1;
    }
    let quoted = mask_literals(line, from, mask);
    if !is_code && !quoted {
        mask_plain(line, from, mask);
    }
}

/// `KEY` at the end of an upper-case name that is assigned: `STRIPE_KEY=`, but not `key:` alone.
fn key_name(lower: &str) -> Option<usize> {
    let at = lower.find("_key")?;
    let end = at + "_key".len();
    let next = lower.get(end..)?.chars().next()?;
    (!next.is_alphanumeric() && next != '_').then_some(end)
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
    text.is_empty() || (reads && variable) || dotted || text.starts_with(['$', '{'])
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
            ("key = AKIAABCDEFGHIJKLMNOP", false, "key = AKIA****************"),
            ("DEBUG = True", true, "DEBUG = True"),
        ] {
            assert_eq!(Redactor::default().line(line, is_code), expected);
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
