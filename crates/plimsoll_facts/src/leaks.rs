//! Keys, passwords and tokens that stand in the files of the repository.
//!
//! Only shapes that are secrets beyond doubt are looked for: tokens with a provider's prefix and
//! its length, private key blocks, and passwords in addresses of databases and brokers. The values
//! themselves are never kept.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_source::{FileKind, RepoPath, SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};
use crate::standing::Standing;
use crate::words;

/// A secret that stands in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// Where.
    pub at: Span,
    /// What it is: `an AWS access key`.
    pub what: &'static str,
    /// What part the file plays: a key in a test's fixture is often made up.
    pub standing: Standing,
}

/// The leaks of a repository and what was looked at.
#[derive(Clone, Debug, Default)]
pub struct Leaks {
    /// What was found, by place.
    pub found: Vec<Leak>,
    /// How many files were read for it.
    pub files: usize,
    /// Files that git tracks, or that simply are there, and should not be in a repository: by kind.
    pub strays: Vec<Stray>,
}

/// A whole file that should not be in a repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stray {
    /// The file.
    pub path: RepoPath,
    /// What it is.
    pub kind: StrayKind,
    /// The tip of the history that holds it, where the checkout does not.
    pub tip: Option<String>,
}

/// Kinds of files that should not be in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StrayKind {
    /// An env file that is no template.
    EnvFile,
    /// A private key.
    PrivateKey,
    /// A database file.
    Database,
    /// A dump of a database.
    Dump,
}

/// A shape of secret: how it begins, what may follow, how long it is.
struct Shape {
    prefix: &'static str,
    what: &'static str,
    alphabet: fn(u8) -> bool,
    /// Bytes after the prefix: at least, at most.
    length: (usize, usize),
}

const fn shape(
    prefix: &'static str,
    what: &'static str,
    alphabet: fn(u8) -> bool,
    length: (usize, usize),
) -> Shape {
    Shape { prefix, what, alphabet, length }
}

fn upper_digits(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn word_dash(byte: u8) -> bool {
    word(byte) || byte == b'-'
}

fn word_dash_dot(byte: u8) -> bool {
    word_dash(byte) || byte == b'.'
}

fn hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// The providers' documented formats; lengths are those of the tokens they issue.
const SHAPES: [Shape; 18] = [
    shape("AKIA", "an AWS access key", upper_digits, (16, 16)),
    shape("ASIA", "a temporary AWS access key", upper_digits, (16, 16)),
    shape("ghp_", "a GitHub token", word, (36, 40)),
    shape("gho_", "a GitHub token", word, (36, 40)),
    shape("ghs_", "a GitHub token", word, (36, 40)),
    shape("github_pat_", "a GitHub token", word, (60, 100)),
    shape("glpat-", "a GitLab token", word_dash, (20, 30)),
    shape("xoxb-", "a Slack token", word_dash, (20, 100)),
    shape("xoxp-", "a Slack token", word_dash, (20, 100)),
    shape("sk_live_", "a Stripe secret key", word, (24, 120)),
    shape("rk_live_", "a Stripe restricted key", word, (24, 120)),
    shape("AIza", "a Google API key", word_dash, (35, 35)),
    shape("SG.", "a SendGrid key", word_dash_dot, (60, 70)),
    shape("key-", "a Mailgun key", hex, (32, 32)),
    shape("dop_v1_", "a DigitalOcean token", hex, (64, 64)),
    shape("pypi-AgEI", "a PyPI token", word_dash, (50, 250)),
    shape("sk-ant-", "an Anthropic key", word_dash, (60, 150)),
    shape("sk-proj-", "an OpenAI key", word_dash, (40, 200)),
];

/// Longer texts are data or built bundles.
const LONGEST: usize = 1_000_000;

/// Whether the texts of a role are looked through for secrets.
pub(crate) fn worth_reading(role: Role) -> bool {
    !matches!(role, Role::Template | Role::Data | Role::Lock | Role::Gitignore | Role::Dockerignore)
}

/// The secrets in a text; none in a very long one.
pub(crate) fn in_text(source: &SourceText, standing: Standing) -> Vec<Leak> {
    static MATCHER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let prefixes = || SHAPES.iter().map(|shape| shape.prefix).chain(["-----BEGIN "]);
    let Some(matcher) = MATCHER.get_or_init(|| words::matcher(prefixes())) else {
        return Vec::new();
    };
    let text = source.text();
    if text.len() > LONGEST {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    let mut leaks = Vec::new();
    for hit in matcher.find_iter(text) {
        let (start, end) = (hit.start(), hit.end());
        let what = match SHAPES.get(hit.pattern().as_usize()) {
            Some(shape) => {
                let rest = bytes.get(end..).unwrap_or_default();
                let length = rest.iter().take_while(|byte| (shape.alphabet)(**byte)).count();
                let begins = start == 0 || !bytes.get(start - 1).is_some_and(|byte| word(*byte));
                let (least, most) = shape.length;
                let token = rest.get(..length).unwrap_or_default();
                (begins && (least..=most).contains(&length) && !is_made_up(token))
                    .then_some(shape.what)
            }
            None => private_key(text.get(end..).unwrap_or("")),
        };
        if let Some(what) = what {
            leaks.push(Leak { at: source.span(start..end), what, standing });
        }
    }
    leaks
}

/// Tokens of documentation: few different characters, or the word itself.
fn is_made_up(token: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in token {
        if let Some(slot) = seen.get_mut(usize::from(*byte)) {
            *slot = true;
        }
    }
    let distinct = seen.iter().filter(|slot| **slot).count();
    let lower = String::from_utf8_lossy(token).to_ascii_lowercase();
    distinct < 8
        || [
            "example",
            "xxxx",
            "your",
            "test",
            "fake",
            "dummy",
            "placeholder",
            "1234567890",
            "abcdef",
        ]
        .iter()
        .any(|word| lower.contains(word))
}

/// A PEM block of a private key with a body; a mention of the header alone is none.
fn private_key(rest: &str) -> Option<&'static str> {
    let (label, body) = rest.split_once("-----")?;
    if !label.ends_with("PRIVATE KEY") || label.len() > 30 {
        return None;
    }
    let body: String = body
        .chars()
        .take(400)
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .collect();
    (body.len() >= 100 && !is_made_up(body.as_bytes())).then_some("a private key")
}

/// Whole files that should not be in a repository, now or at a tip of the history.
pub(crate) fn strays(tree: &dyn Tree, inventory: &Inventory) -> Vec<Stray> {
    let mut strays = Vec::new();
    for file in inventory
        .iter()
        .filter(|file| matches!(file.standing, Standing::Main | Standing::Development))
    {
        if let Some(kind) = stray_kind(file.path.as_str(), file.role) {
            strays.push(Stray { path: file.path.clone(), kind, tip: None });
        }
    }
    // Databases and keys are no source, so the inventory does not hold all of them.
    for entry in tree.files().iter().filter(|entry| entry.kind == FileKind::Regular) {
        if let Some(kind) = by_extension(entry.path.as_str())
            && Standing::of(&entry.path).is_main()
        {
            strays.push(Stray { path: entry.path.clone(), kind, tip: None });
        }
    }
    if let Some(git) = tree.git() {
        let here: std::collections::BTreeSet<_> =
            strays.iter().map(|stray| stray.path.clone()).collect();
        // Most paths are told by their ends alone; what part a path plays is asked of the rest.
        let wanted = |path: &str| {
            RepoPath::new(path).is_some_and(|path| {
                let role = Inventory::role_of(&path).unwrap_or(Role::OtherText);
                stray_kind(path.as_str(), role).is_some() && Standing::of(&path).is_main()
            })
        };
        for file in git.tip_files(&wanted).files {
            let kind = stray_kind(
                file.path.as_str(),
                Inventory::role_of(&file.path).unwrap_or(Role::OtherText),
            );
            if let (Some(kind), false) = (kind, here.contains(&file.path)) {
                strays.push(Stray { path: file.path, kind, tip: Some(file.tip) });
            }
        }
    }
    strays.sort();
    strays.dedup();
    strays
}

fn stray_kind(path: &str, role: Role) -> Option<StrayKind> {
    if role == Role::EnvFile {
        return Some(StrayKind::EnvFile);
    }
    by_extension(path)
}

fn by_extension(path: &str) -> Option<StrayKind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(match extension {
        "sqlite3" | "sqlite" => StrayKind::Database,
        "db" if name != "thumbs.db" => StrayKind::Database,
        "dump" | "rdb" => StrayKind::Dump,
        "gz" | "zst" | "bz2" if name.contains(".sql.") => StrayKind::Dump,
        "ppk" | "p12" | "pfx" => StrayKind::PrivateKey,
        _ if matches!(name.as_str(), "id_rsa" | "id_ed25519" | "id_ecdsa" | "id_dsa") => {
            StrayKind::PrivateKey
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::{Leaks, StrayKind};
    use crate::sweep::Sweep;

    fn leaks(files: &[(&str, &str)]) -> Leaks {
        let tree = MemoryTree::new(files.iter().copied());
        Sweep::of_tree(&tree).leaks
    }

    #[test]
    fn tokens_are_told_by_prefix_and_length_and_those_of_guides_are_not() {
        // Put together here, so that this file itself holds no token.
        let real = format!("KEY = '{}{}'", "AKIA", "Z7QX2M5RT9WBK4JD");
        let guide = format!("KEY = '{}{}'", "AKIA", "IOSFODNN7EXAMPLE");
        let inside = format!("x = 'SOME{}{}'", "AKIA", "Z7QX2M5RT9WBK4JD");
        assert_eq!(leaks(&[("a.py", &real)]).found.len(), 1);
        assert!(leaks(&[("a.py", &guide), ("b.py", &inside)]).found.is_empty());
    }

    #[test]
    fn a_key_block_needs_a_body() {
        let body = "MIIEowIBAAKCAQEA7Zp3qk9vRt2LxW8yNfB5cJmH1sDgKoPuEiQaXzVwTrYb6n4M".repeat(3);
        let key = format!("-----BEGIN RSA {}-----\n{body}\n", "PRIVATE KEY");
        assert_eq!(leaks(&[("deploy/key.pem", &key)]).found.len(), 1);
        assert!(
            leaks(&[("doc.md", "a file begins with -----BEGIN RSA PRIVATE KEY----- then")])
                .found
                .is_empty()
        );
    }

    #[test]
    fn whole_files_are_told_by_kind() {
        let found = leaks(&[
            (".env", "A=1"),
            (".env.example", "A="),
            ("db.sqlite3", "x"),
            ("tests/db.sqlite3", "x"),
        ]);
        let kinds: Vec<_> =
            found.strays.iter().map(|stray| (stray.path.as_str(), stray.kind)).collect();
        assert_eq!(kinds, [(".env", StrayKind::EnvFile), ("db.sqlite3", StrayKind::Database)]);
    }
}
