//! Keys, passwords, tokens and personal data that stand in the files of the repository or in its
//! history.
//!
//! Only what is one beyond doubt is looked for: tokens with a provider's prefix and its length,
//! private key blocks, hashes of passwords, web tokens, and passwords in addresses of databases
//! and brokers. What guides and tests write in their place is let through. The values themselves
//! are never kept.

mod addresses;
mod made_up;
mod past;
mod personal;
mod shapes;
mod strays;
mod tokens;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_source::{RepoPath, SourceText, Span};

pub(crate) use self::past::search as search_past;
pub use self::past::{Past, PastLeak};
pub use self::personal::Personal;
pub(crate) use self::personal::in_text as personal_in_text;
use self::shapes::Found;
pub(crate) use self::strays::strays;
use crate::inventory::Role;
use crate::standing::Standing;
use crate::words;

/// What a leak opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeakKind {
    /// A key that opens an account or a machine.
    Key,
    /// A password, with the place where it is used.
    Password,
    /// A key that opens little, or is often meant to be read by everybody.
    Limited,
    /// The hash of a password, from which weak ones can be guessed.
    Hash,
    /// A token that ends by itself.
    Brief,
}

/// A secret that stands in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// Where.
    pub at: Span,
    /// What it is: `an AWS access key`.
    pub what: &'static str,
    /// What it opens.
    pub kind: LeakKind,
    /// What part the file plays: a key in a test's fixture is often made up.
    pub standing: Standing,
    /// Tells two secrets apart without keeping them.
    pub(crate) mark: u64,
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
    /// Files with data about many people, by path.
    pub personal: Vec<Personal>,
    /// What the history holds; `None` where it was not searched.
    pub past: Option<Past>,
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

/// Longer texts are data or built bundles.
const LONGEST: usize = 1_000_000;

/// What the matcher looks for beside the shapes, in this order.
const OTHERS: [&str; 4] = ["-----BEGIN ", "://", "eyJ", ":AA"];

/// Whether the texts of a role are looked through for secrets.
pub(crate) fn worth_reading(role: Role) -> bool {
    !matches!(role, Role::Template | Role::Data | Role::Lock | Role::Gitignore | Role::Dockerignore)
}

/// The secrets in a text; none in a very long one.
pub(crate) fn in_text(source: &SourceText, standing: Standing) -> Vec<Leak> {
    static MATCHER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let prefixes = || shapes::all().map(|shape| shape.prefix).chain(OTHERS);
    let Some(matcher) = MATCHER.get_or_init(|| words::matcher(prefixes())) else {
        return Vec::new();
    };
    let text = source.text();
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut leaks = Vec::new();
    for hit in matcher.find_iter(text) {
        let (start, end) = (hit.start(), hit.end());
        if let Some(found) = at(text, hit.pattern().as_usize(), start, end) {
            let secret = text.as_bytes().get(end..end + found.length).unwrap_or_default();
            let Found { what, kind, .. } = found;
            let at = source.span(start..end);
            leaks.push(Leak { at, what, kind, standing, mark: mark(secret) });
        }
    }
    leaks
}

/// The secret whose beginning stands at a place, `pattern` being what the matcher found there.
fn at(text: &str, pattern: usize, start: usize, end: usize) -> Option<Found> {
    let count = shapes::all().count();
    match pattern.checked_sub(count) {
        None => shapes::at(pattern, text.as_bytes(), start, end),
        Some(0) => shapes::private_key(text.get(end..)?),
        Some(1) => addresses::at(text, start, end),
        Some(2) => tokens::at(text, start),
        Some(_) => shapes::telegram(text.as_bytes(), start),
    }
}

fn mark(secret: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    secret.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{MemoryGit, MemoryTree};

    use super::{LeakKind, Leaks, StrayKind, search_past};
    use crate::Standing;
    use crate::sweep::Sweep;

    fn leaks(files: &[(&str, &str)]) -> Leaks {
        let tree = MemoryTree::new(files.iter().copied());
        Sweep::of_tree(&tree).leaks
    }

    /// Texts are put together, so that this file itself holds no token.
    fn kinds(text: &str) -> Vec<LeakKind> {
        leaks(&[("a.txt", text)]).found.into_iter().map(|leak| leak.kind).collect()
    }

    #[test]
    fn tokens_are_told_by_prefix_and_length_and_those_of_guides_are_not() {
        let random = "Z7QX2M5RT9WBK4JDq8vLcN3fHs6yPg1kUe0aYoXiRb";
        let hex = "9f3b27c81d46a05e7f3b29c81d46b05e9f3b27c81d46a05e7f3b29c81d46b05e";
        for (before, token) in [
            ("AKIA", &random[..16]),
            ("ghp_", &random[..36]),
            ("glpat-", &random[..20]),
            ("sk_live_", &random[..24]),
            ("sk-", &format!("{random}12345Q")),
            ("sk-proj-", random),
            (
                "hooks.slack.com/services/",
                &format!("T{}/B{}/{}", &random[..9], &random[9..18], &random[18..42]),
            ),
            ("sntryu_", hex),
            ("aws_secret_access_key = ", &random[..40]),
            ("TWILIO_AUTH_TOKEN='", &hex[..32]),
            ("8123456789:AA", &random[..33]),
        ] {
            assert_eq!(kinds(&format!("X = '{before}{token}'")), [LeakKind::Key], "{before}");
            let longer = format!("X = 'Y{before}{token}{}'", "Q7w".repeat(140));
            assert!(kinds(&longer).is_empty(), "{before}, longer");
        }
        for text in [
            format!("KEY = '{}{}'", "AKIA", "IOSFODNN7EXAMPLE"),
            format!("x = 'SOME{}{}'", "AKIA", &random[..16]),
            format!("TWILIO_AUTH_TOKEN {}", &hex[..32]),
            format!("{}{}", "ghp_", "x".repeat(36)),
        ] {
            assert!(kinds(&text).is_empty(), "{text}");
        }
    }

    #[test]
    fn passwords_in_addresses_are_those_of_real_hosts() {
        for (address, found) in [
            ("postgres://app:k3yF0rPr0d9@db.shop-online.de:5432/shop", true),
            ("redis://:k3yF0rPr0d9@cache.shop-online.de:6379/0", true),
            ("https://bot:k3yF0rPr0d9@git.shop-online.de/x.git", true),
            ("postgres://app:k3yF0rPr0d9@db:5432/shop", false),
            ("postgres://app:k3yF0rPr0d9@localhost/shop", false),
            ("postgres://app:k3yF0rPr0d9@db.example.com/shop", false),
            ("postgres://app:${PASSWORD}@db.shop-online.de/shop", false),
            ("postgres://user:password1@db.shop-online.de/shop", false),
            ("https://0f3b27c81d46a05e:9f3b27c81d46a05e@sentry.io/1", false),
            ("svn://app:k3yF0rPr0d9@db.shop-online.de/shop", false),
            ("https://shop-online.de:8080/a@b", false),
        ] {
            let expected: &[LeakKind] = if found { &[LeakKind::Password] } else { &[] };
            assert_eq!(kinds(&format!("URL={address}\n")), expected, "{address}");
        }
    }

    #[test]
    fn hashes_and_web_tokens_are_told_by_their_parts() {
        let digest = "Zq3vLcN8fHs6yPg1kUe0aYoXiRbW4JDq8vLcN3fHs6=";
        let hash =
            |salt: &str| format!("\"password\": \"{}$260000${salt}${digest}\"", "pbkdf2_sha256");
        assert_eq!(kinds(&hash("kT9wBz4JqX2m")), [LeakKind::Hash]);
        assert!(kinds(&hash("seasalt2")).is_empty());
        // {"alg":"HS256"} with {"sub":"7"}, and with {"sub":"7","exp":1}.
        let signature = "Zq3vLcN8fHs6yPg1kUe0aYoXiRbW4JDq8vLcN3fHs6A";
        let token = |body: &str| format!("t = 'eyJhbGciOiJIUzI1NiJ9.{body}.{signature}'");
        assert_eq!(kinds(&token("eyJzdWIiOiI3In0")), [LeakKind::Limited]);
        assert_eq!(kinds(&token("eyJzdWIiOiI3IiwiZXhwIjoxfQ")), [LeakKind::Brief]);
        assert!(kinds(&token("bm90IGpzb24")).is_empty());
    }

    #[test]
    fn people_are_many_private_addresses_in_rows() {
        let rows =
            |domain: &str| (0..12).map(|n| format!("{n},person{n}@{domain}\n")).collect::<String>();
        let found = |path: &str, text: &str| leaks(&[(path, text)]).personal;
        let people = found("data/customers.csv", &rows("gmail.com"));
        assert_eq!((people[0].addresses, people[0].standing), (12, Standing::Main));
        assert_eq!(found("data/seed.csv", &rows("gmail.com"))[0].standing, Standing::Test);
        assert!(found("data/customers.csv", &rows("example.com")).is_empty());
        assert!(found("locale/authors.csv", &rows("gmail.com")).is_empty());
        assert!(found("shop/views.py", &rows("gmail.com")).is_empty());
    }

    #[test]
    fn the_history_tells_what_the_checkout_no_longer_holds() {
        let secret = format!("{}{}", "AKIA", "Z7QX2M5RT9WBK4JD");
        let other = format!("{}{}", "AKIA", "Q8VLCN3FHS6YPG1K");
        let git = MemoryGit::new(["a.py"])
            .with_commit("c2", [("a.py", secret.as_str()), ("old.py", other.as_str())])
            .with_commit(
                "c1",
                [("moved/old.py", other.as_str()), (".env", "A=1"), ("b.png", other.as_str())],
            );
        let tree = MemoryTree::new([("a.py", secret.as_str())]).with_git(git.clone());
        let here = Sweep::of_tree(&tree).leaks;
        let past = search_past(&tree, &here).unwrap();
        let leaks: Vec<_> = past
            .leaks
            .iter()
            .map(|leak| (leak.path.as_str(), leak.commit.as_str(), leak.line))
            .collect();
        assert_eq!(leaks, [("moved/old.py", "c1", 1)]);
        let strays: Vec<_> = past.strays.iter().map(|(file, _)| file.path.as_str()).collect();
        assert_eq!(strays, [".env"]);
        assert_eq!((past.commits, past.contents, past.complete), (2, 4, true));
        let tree = MemoryTree::new([("a.py", "")]).with_git(git.shallow());
        assert!(!search_past(&tree, &Leaks::default()).unwrap().complete);
        assert!(search_past(&MemoryTree::new([("a.py", "")]), &Leaks::default()).is_none());
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
        let dump = |rows| {
            let rows: String = (0..rows).map(|row| format!("{row}\tx\n")).collect();
            format!(
                "--\n-- PostgreSQL database dump\n--\nCOPY public.a (id, b) FROM stdin;\n{rows}\\.\n"
            )
        };
        let found = leaks(&[
            (".env", "A=1"),
            (".env.example", "A="),
            ("db.sqlite3", "x"),
            ("tests/db.sqlite3", "x"),
            ("Dockerfile.db", "FROM postgres"),
            ("schema.sql", &dump(3)),
            ("old/all.sql", &dump(300)),
            ("z.sql", &dump(300)),
        ]);
        let kinds: Vec<_> =
            found.strays.iter().map(|stray| (stray.path.as_str(), stray.kind)).collect();
        assert_eq!(
            kinds,
            [
                (".env", StrayKind::EnvFile),
                ("db.sqlite3", StrayKind::Database),
                ("z.sql", StrayKind::Dump)
            ]
        );
    }
}
