//! Files that hold the mail addresses of many people.

use std::collections::BTreeSet;

use memchr::memchr_iter;
use plimsoll_source::{RepoPath, SourceText, Span};

use crate::standing::{Standing, words};

/// A file with data about many people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Personal {
    /// Where the first address stands.
    pub at: Span,
    /// How many different addresses it holds at providers of private mail.
    pub addresses: usize,
    /// What part the file plays; made-up rows are a test's.
    pub standing: Standing,
}

/// So many different private addresses are people, not the authors of a file.
const LEAST: usize = 10;
/// Longer files hold no other people than their beginnings.
const LONGEST: usize = 1_000_000;

/// Providers whose addresses are people's own.
const PROVIDERS: [&str; 26] = [
    "gmail",
    "googlemail",
    "hotmail",
    "yahoo",
    "ymail",
    "outlook",
    "icloud",
    "live",
    "aol",
    "gmx",
    "web",
    "mail",
    "yandex",
    "qq",
    "163",
    "126",
    "protonmail",
    "proton",
    "orange",
    "wanadoo",
    "t-online",
    "libero",
    "uol",
    "naver",
    "hanmail",
    "msn",
];

/// The people in a text of rows; `None` for other files, and where there are few.
pub(crate) fn in_text(source: &SourceText, standing: Standing) -> Option<Personal> {
    if !holds_rows(source.path()) || source.text().len() > LONGEST {
        return None;
    }
    let text = source.text();
    let mut addresses: BTreeSet<String> = BTreeSet::new();
    let mut first = None;
    for at in memchr_iter(b'@', text.as_bytes()) {
        if let Some(address) = private_address(text, at) {
            first.get_or_insert(at);
            addresses.insert(address);
        }
    }
    let at = first.filter(|_| addresses.len() >= LEAST)?;
    let made_up = words(&source.path().as_str().to_ascii_lowercase()).any(|word| {
        matches!(
            word,
            "mock" | "mocks" | "seed" | "seeds" | "fake" | "faker" | "dummy" | "fixture" | "sample"
        )
    });
    let standing = if made_up { standing.max(Standing::Test) } else { standing };
    Some(Personal { at: source.span(at..at + 1), addresses: addresses.len(), standing })
}

/// Whether a file is made of rows, and not of what names authors: locks, licences, translations.
fn holds_rows(path: &RepoPath) -> bool {
    let extension = path.extension().map(str::to_ascii_lowercase).unwrap_or_default();
    let rows =
        ["json", "jsonl", "ndjson", "csv", "tsv", "xml", "yaml", "yml", "sql", "ldif", "vcf"];
    let lower = path.as_str().to_ascii_lowercase();
    let authors = [
        "package",
        "lock",
        "composer",
        "author",
        "contributor",
        "maintainer",
        "credit",
        "licen",
        "locale",
        "changelog",
        "node_modules",
        "codeowners",
        "members",
        ".github",
    ];
    rows.contains(&extension.as_str()) && !authors.iter().any(|word| lower.contains(word))
}

/// The address around an `@`, in lower case, where it is a person's own.
fn private_address(text: &str, at: usize) -> Option<String> {
    let in_name = |b: &u8| b.is_ascii_alphanumeric() || b"._%+-".contains(b);
    let bytes = text.as_bytes();
    let before = bytes.get(..at)?.iter().rev().take(64).take_while(|b| in_name(b)).count();
    let after = bytes.get(at + 1..)?.iter().take(80);
    let after = after.take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b)).count();
    let name = text.get(at - before..at)?.to_ascii_lowercase();
    let domain = text.get(at + 1..at + 1 + after)?.trim_end_matches('.').to_ascii_lowercase();
    let provider = domain.split_once('.').map(|(provider, _)| provider)?;
    let made_up = ["test", "example", "user", "foo", "bar", "admin", "demo", "sample", "noreply"];
    let person = name.len() >= 3
        && PROVIDERS.contains(&provider)
        && !made_up.iter().any(|word| name.contains(word));
    person.then(|| format!("{name}@{domain}"))
}
