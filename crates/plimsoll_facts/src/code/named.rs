//! Words that tell what code and scripts do: where each is named first in a file.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_source::{SourceText, Span};

use crate::inventory::Role;
use crate::words;

/// Where words are named, by word.
#[derive(Clone, Debug, Default)]
pub struct Named {
    found: BTreeMap<&'static str, Vec<NamedAt>>,
}

/// A place where a word is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedAt {
    /// Where.
    pub at: Span,
    /// What the file is.
    pub role: Role,
}

/// The words; none begins another. Rules name them as they stand here.
const WORDS: [&str; 52] = [
    // Static files.
    "collectstatic",
    // Clients of secrets managers, and files that orchestrators mount secrets at.
    "import hvac",
    "from hvac",
    "secretmanager",
    "secretsmanager",
    "SecretClient",
    "infisical",
    "doppler run",
    "vault kv get",
    "vault agent",
    "VAULT_ADDR",
    "sops ",
    "chamber exec",
    "op run",
    "/run/secrets",
    // Tokens.
    "TokenBlacklist",
    "BlacklistedToken",
    ".blacklist()",
    "views.token_blacklist",
    "import token_blacklist",
    "RefreshToken.for_user",
    "TokenObtainPair",
    "token_obtain_pair",
    "TokenObtainSliding",
    "dj_rest_auth.urls",
    "rest_auth.urls",
    // Accounts and data that end.
    "user.delete()",
    "anonymi",
    "delete_account",
    "account_delete",
    "delete_user",
    "DeleteAccount",
    "DeleteUser",
    "AccountDelete",
    "UserDelete",
    "close_account",
    "erase_",
    "gdpr",
    "retention",
    // Commands that purge what apps gather.
    "axes_reset_logs",
    "auditlogflush",
    "clean_old_history",
    "deleterevisions",
    "cleanup_mail",
    "purge_mail_log",
    "purgerequests",
    "silk_clear_request_log",
    "cleanup_django_defender",
    "clear_cache_and_logs",
    "easyauditevent",
    "pgh_",
    "runjobs",
];

/// Longer files are data or generated.
const LONGEST: usize = 400_000;

impl Named {
    /// Every place of a word.
    pub fn places(&self, word: &str) -> &[NamedAt] {
        self.found.get(word).map_or(&[], Vec::as_slice)
    }

    /// The first place of any of these words outside of documents.
    pub fn first(&self, words: &[&str]) -> Option<&Span> {
        let places = words.iter().flat_map(|word| self.places(word));
        places.filter(|place| place.role != Role::Document).map(|place| &place.at).next()
    }

    pub(crate) fn join(&mut self, other: Self) {
        for (word, places) in other.found {
            self.found.entry(word).or_default().extend(places);
        }
    }

    pub(crate) fn extend(&mut self, found: Vec<(&'static str, NamedAt)>) {
        for (word, place) in found {
            self.found.entry(word).or_default().push(place);
        }
    }
}

/// The words that a file names, each once, outside of comments.
pub(crate) fn of_file(source: &SourceText, role: Role) -> Vec<(&'static str, NamedAt)> {
    static MATCHER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let text = source.text();
    if !tells(role) || text.len() > LONGEST {
        return Vec::new();
    }
    let Some(matcher) = MATCHER.get_or_init(|| words::matcher(WORDS)) else { return Vec::new() };
    let mut found: Vec<(&'static str, NamedAt)> = Vec::new();
    for hit in matcher.find_iter(text) {
        let Some(word) = WORDS.get(hit.pattern().as_usize()) else { continue };
        if found.iter().any(|(known, _)| known == word) {
            continue;
        }
        let before = text.get(..hit.start()).unwrap_or("");
        // `provideraccount_delete` does not name `account_delete`.
        let begins = word.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let line = before.rsplit('\n').next().unwrap_or("").trim_start();
        // `if 'collectstatic' in sys.argv` runs nothing.
        let asks = || {
            let rest = text.get(hit.end()..).unwrap_or("");
            rest.lines().next().is_some_and(|rest| rest.contains("sys.argv"))
                || line.contains("sys.argv")
        };
        let is_comment =
            role != Role::Document && (line.starts_with('#') || line.starts_with("--"));
        if !is_comment && !asks() {
            let at = source.span(hit.start()..hit.end());
            found.push((word, NamedAt { at, role }));
        }
    }
    found
}

fn tells(role: Role) -> bool {
    !matches!(
        role,
        Role::Data
            | Role::Lock
            | Role::Requirements
            | Role::Template
            | Role::Script
            | Role::Gitignore
            | Role::Dockerignore
    )
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::of_file;
    use crate::inventory::Role;

    #[test]
    fn comments_and_questions_name_nothing() {
        for (text, count) in [
            ("call_command('collectstatic')\n", 1),
            ("# collectstatic\n", 0),
            ("if 'collectstatic' in sys.argv:\n    pass\n", 0),
            ("# collectstatic\nmanage.py collectstatic\n", 1),
            ("path(x, name='provideraccount_delete')\n", 0),
        ] {
            let source = SourceText::new(RepoPath::new("a.py").unwrap(), text);
            assert_eq!(of_file(&source, Role::Python).len(), count, "{text}");
        }
    }
}
