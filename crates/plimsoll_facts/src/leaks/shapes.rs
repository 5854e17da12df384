//! Secrets that are told by how they are written.

use super::LeakKind;
use super::made_up::is_made_up;

/// A shape of secret: how it begins, what may follow, how long it is.
pub(super) struct Shape {
    pub(super) prefix: &'static str,
    pub(super) what: &'static str,
    kind: LeakKind,
    alphabet: fn(u8) -> bool,
    /// Bytes after the prefix: at least, at most.
    length: (usize, usize),
}

const fn key(
    prefix: &'static str,
    what: &'static str,
    alphabet: fn(u8) -> bool,
    length: (usize, usize),
) -> Shape {
    Shape { prefix, what, kind: LeakKind::Key, alphabet, length }
}

const fn hash(prefix: &'static str, length: (usize, usize)) -> Shape {
    Shape { prefix, what: "a password's hash", kind: LeakKind::Hash, alphabet: crypt, length }
}

fn upper_digits(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

pub(super) fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn word_dash(byte: u8) -> bool {
    word(byte) || byte == b'-'
}

fn word_dash_dot(byte: u8) -> bool {
    word_dash(byte) || byte == b'.'
}

fn word_dash_slash(byte: u8) -> bool {
    word_dash(byte) || byte == b'/'
}

fn hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// What hashes are written in, with their parts.
fn crypt(byte: u8) -> bool {
    base64(byte) || matches!(byte, b'$' | b'.' | b',' | b'-' | b'_')
}

/// The providers' documented formats; lengths are those of the tokens they issue.
const SHAPES: [Shape; 43] = [
    key("AKIA", "an AWS access key", upper_digits, (16, 16)),
    key("ASIA", "a temporary AWS access key", upper_digits, (16, 16)),
    key("ghp_", "a GitHub token", word, (36, 40)),
    key("gho_", "a GitHub token", word, (36, 40)),
    key("ghu_", "a GitHub token", word, (36, 40)),
    key("ghs_", "a GitHub token", word, (36, 40)),
    key("ghr_", "a GitHub token", word, (36, 80)),
    key("github_pat_", "a GitHub token", word, (60, 100)),
    key("glpat-", "a GitLab token", word_dash_dot, (20, 60)),
    key("gldt-", "a GitLab deploy token", word_dash, (20, 60)),
    key("glrt-", "a GitLab runner token", word_dash_dot, (20, 60)),
    key("xoxb-", "a Slack token", word_dash, (20, 100)),
    key("xoxp-", "a Slack token", word_dash, (20, 100)),
    key("xoxa-", "a Slack token", word_dash, (20, 100)),
    key("xapp-", "a Slack token", word_dash, (40, 150)),
    key("hooks.slack.com/services/", "the address of a Slack webhook", word_dash_slash, (40, 60)),
    key("sk_live_", "a Stripe secret key", word, (24, 120)),
    key("rk_live_", "a Stripe restricted key", word, (24, 120)),
    key("SG.", "a SendGrid key", word_dash_dot, (60, 70)),
    key("key-", "a Mailgun key", hex, (32, 32)),
    key("dop_v1_", "a DigitalOcean token", hex, (64, 64)),
    key("pypi-AgEI", "a PyPI token", word_dash, (50, 250)),
    key("npm_", "an npm token", alphanumeric, (36, 36)),
    key("dckr_pat_", "a Docker Hub token", word_dash, (27, 27)),
    key("hf_", "a Hugging Face token", alphanumeric, (34, 34)),
    key("shpat_", "a Shopify token", hex, (32, 32)),
    key("sntryu_", "a Sentry token", hex, (64, 64)),
    key("sntrys_", "a Sentry token", base64, (60, 400)),
    key("NRAK-", "a New Relic key", upper_digits, (27, 27)),
    key("AccountKey=", "the key of an Azure storage account", base64, (86, 88)),
    key("GOCSPX-", "the secret of a Google OAuth client", word_dash, (28, 28)),
    key("sk-ant-", "an Anthropic key", word_dash, (60, 150)),
    key("sk-proj-", "an OpenAI key", word_dash, (40, 200)),
    key("sk-svcacct-", "an OpenAI key", word_dash, (40, 200)),
    key("sk-", "an OpenAI key", alphanumeric, (48, 48)),
    Shape {
        prefix: "AIza",
        what: "a Google API key",
        // Those for maps and the like are made for browsers, where everybody reads them.
        kind: LeakKind::Limited,
        alphabet: word_dash,
        length: (35, 35),
    },
    hash("pbkdf2_sha256$", (60, 140)),
    hash("pbkdf2_sha1$", (40, 120)),
    hash("argon2$argon2", (60, 250)),
    hash("scrypt$", (60, 250)),
    hash("$apr1$", (28, 34)),
    hash("$2y$", (56, 56)),
    hash("$2b$", (56, 56)),
];

/// Names of secrets that have no shape of their own: what follows the sign of assignment is one,
/// where it has this form.
const NAMED: [Shape; 4] = [
    key("aws_secret_access_key", "an AWS secret key", base64, (40, 40)),
    key("AWS_SECRET_ACCESS_KEY", "an AWS secret key", base64, (40, 40)),
    key("TWILIO_AUTH_TOKEN", "a Twilio token", hex, (32, 32)),
    key("twilio_auth_token", "a Twilio token", hex, (32, 32)),
];

/// All of them, in the order in which [`at`] numbers them.
pub(super) fn all() -> impl Iterator<Item = &'static Shape> {
    SHAPES.iter().chain(&NAMED)
}

/// A secret found in a text.
pub(super) struct Found {
    pub(super) what: &'static str,
    pub(super) kind: LeakKind,
    /// How many bytes it has after its beginning.
    pub(super) length: usize,
}

/// The secret of a shape whose prefix stands at `start..end` of a text.
pub(super) fn at(number: usize, bytes: &[u8], start: usize, end: usize) -> Option<Found> {
    let shape = all().nth(number)?;
    let rest = bytes.get(end..)?;
    let skipped = if number >= SHAPES.len() { assignment(rest)? } else { 0 };
    let rest = rest.get(skipped..)?;
    let length = rest.iter().take_while(|byte| (shape.alphabet)(**byte)).count();
    // A longer word that only ends like the prefix is another one; `$` begins a word anew.
    let joins = word(*shape.prefix.as_bytes().first()?) && start > 0;
    let begins = !joins || !bytes.get(start - 1).is_some_and(|byte| word(*byte));
    let (least, most) = shape.length;
    let token = rest.get(..length)?;
    let fits = begins && (least..=most).contains(&length) && !is_made_up(token);
    let is_hash = shape.kind != LeakKind::Hash || is_hash(shape.prefix, token);
    (fits && is_hash).then_some(Found {
        what: shape.what,
        kind: shape.kind,
        length: skipped + length,
    })
}

/// How many bytes of `= "`, `: '`, `=` there are; `None` where nothing is assigned.
fn assignment(rest: &[u8]) -> Option<usize> {
    let signs = rest.iter().take(12).take_while(|byte| b"=:\"' \t)],[(".contains(byte));
    let count = signs.count();
    let assigned = rest.get(..count)?.iter().any(|byte| matches!(byte, b'=' | b':'));
    assigned.then_some(count)
}

/// Whether what follows the name of a hash is one: rounds, salt and digest, and no example's salt.
fn is_hash(prefix: &str, token: &[u8]) -> bool {
    let text = String::from_utf8_lossy(token);
    let parts: Vec<&str> = text.split('$').collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let salted = match prefix {
        "pbkdf2_sha256$" | "pbkdf2_sha1$" => {
            parts.len() == 3
                && parts.first().is_some_and(|rounds| digits(rounds))
                && parts.get(1).is_some_and(|salt| salt.len() >= 8)
                && parts.get(2).is_some_and(|digest| digest.ends_with('=') && digest.len() >= 28)
        }
        "scrypt$" => parts.first().is_some_and(|part| digits(part)) && parts.len() >= 4,
        "argon2$argon2" => text.contains("m=") && parts.len() >= 4,
        "$2y$" | "$2b$" => parts.len() == 2 && parts.first().is_some_and(|part| digits(part)),
        _ => parts.len() == 2,
    };
    salted && !text.to_ascii_lowercase().contains("salt")
}

/// A PEM block of a private key with a body, `rest` being what follows `-----BEGIN `; a mention of
/// the header alone is none.
pub(super) fn private_key(rest: &str) -> Option<Found> {
    let (label, body) = rest.split_once("-----")?;
    if !label.ends_with("PRIVATE KEY") || label.len() > 30 {
        return None;
    }
    // In JSON, line breaks are written `\n`.
    let body: String = body
        .chars()
        .take(400)
        .collect::<String>()
        .replace("\\n", "")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .collect();
    (body.len() >= 100 && !is_made_up(body.as_bytes())).then_some(Found {
        what: "a private key",
        kind: LeakKind::Key,
        length: rest.len().min(400),
    })
}

/// The token of a Telegram bot, `start` being where its `:AA` stands: the bot's number is before.
pub(super) fn telegram(bytes: &[u8], start: usize) -> Option<Found> {
    let before = bytes.get(..start)?.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = bytes.get(start + 1..)?;
    let length = rest.iter().take_while(|byte| word_dash(**byte)).count();
    let preceded = bytes.get(start.checked_sub(before + 1)?).is_some_and(|byte| word(*byte));
    let token = rest.get(..length)?;
    ((8..=10).contains(&before) && length == 35 && !preceded && !is_made_up(token)).then_some(
        Found { what: "the token of a Telegram bot", kind: LeakKind::Key, length: 1 + length },
    )
}
