//! Accounts with passwords in fixtures and SQL.

use plimsoll_source::{SourceText, Span};

use crate::inventory::Role;
use crate::standing::Standing;

/// How hashes of Django's hashers begin, as `make_password` writes them.
const HASHES: [&str; 5] =
    ["pbkdf2_sha256$", "argon2$argon2", "bcrypt_sha256$$", "scrypt$", "pbkdf2_sha1$"];

/// Longer files are dumps, which have a rule of their own.
const LONGEST: usize = 400_000;

/// The first hash in a fixture or in SQL that writes accounts. Folders named `fixtures` are read
/// though tests use them too: who loads them tells.
pub(crate) fn stored(source: &SourceText, role: Role, standing: Standing) -> Option<Span> {
    let text = source.text();
    let fits = match role {
        Role::OtherText => {
            let named = matches!(source.path().extension(), Some("json" | "yaml" | "yml"));
            named && (text.contains("\"model\"") || text.contains("model:"))
        }
        Role::Sql => text.to_ascii_lowercase().contains("insert into"),
        _ => false,
    };
    if !fits || text.len() > LONGEST || !matches!(standing, Standing::Main | Standing::Test) {
        return None;
    }
    let (hash, at) = HASHES.iter().find_map(|hash| Some((hash, text.find(hash)?)))?;
    let digits = text.get(at + hash.len()..).unwrap_or("");
    // A hash has a body; a mention of the algorithm has none.
    let body =
        digits.chars().take_while(|c| !c.is_whitespace() && !matches!(c, '"' | '\'')).count();
    (body >= 30).then(|| source.span(at..at + hash.len()))
}
