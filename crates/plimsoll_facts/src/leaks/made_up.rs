//! Telling what guides and tests write in place of a secret.

/// Words that nobody's real secret holds.
const WORDS: [&str; 19] = [
    "example",
    "xxxx",
    "your",
    "test",
    "fake",
    "dummy",
    "placeholder",
    "1234567890",
    "0123456789",
    "abcdef",
    "sample",
    "redacted",
    "changeme",
    "insert",
    "invalid",
    "secret",
    "foobar",
    "aaaaaa",
    "000000",
];

/// Whether a token is one of documentation: few different characters, or the word itself.
pub(super) fn is_made_up(token: &[u8]) -> bool {
    let lower = String::from_utf8_lossy(token).to_ascii_lowercase();
    distinct(token) < 8 || WORDS.iter().any(|word| lower.contains(word))
}

/// How many different bytes there are.
fn distinct(token: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in token {
        if let Some(slot) = seen.get_mut(usize::from(*byte)) {
            *slot = true;
        }
    }
    seen.iter().filter(|slot| **slot).count()
}

/// Whether a password in an address is what guides write: a word, a variable, a mask.
pub(super) fn is_guide_password(password: &str, user: &str) -> bool {
    const WORDS: [&str; 22] = [
        "pass", "pwd", "pw", "secret", "change", "example", "user", "admin", "root", "test",
        "post", "mysql", "redis", "rabbit", "guest", "django", "your", "xxxx", "1234", "token",
        "local", "default",
    ];
    let lower = password.to_ascii_lowercase();
    let marks = |c: char| "${}<>[]()*|`\"'\\ ".contains(c);
    let digits = password.bytes().any(|b| b.is_ascii_digit());
    let letters = password.bytes().any(|b| b.is_ascii_alphabetic());
    password.len() < 8
        || password.contains(marks)
        || password.contains("%s")
        || password.contains("%(")
        || lower == user.to_ascii_lowercase()
        || !(digits && letters)
        || distinct(password.as_bytes()) < 6
        || WORDS.iter().any(|word| lower.contains(word))
}
