//! Where a ledger is: a path, or the address of a server.

use std::fmt;
use std::path::PathBuf;

use plimsoll_source::Secret;

/// Where a ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(Server),
}

/// The address of a PostgreSQL database.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// `postgres://user:password@host:port/database?parameters`; it may hold a password.
    pub(crate) url: Secret,
}

/// Text that names no place of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLocation {
    /// Nothing.
    #[error("the place of the ledger is empty")]
    Empty,
    /// A scheme that is not known.
    #[error("a ledger is a file or postgres://…, not {0}://…")]
    Scheme(String),
}

impl Location {
    /// Reads a path or `postgres://…`.
    ///
    /// # Errors
    /// Where it is empty or has another scheme.
    pub fn parse(text: &str) -> Result<Self, NoLocation> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NoLocation::Empty);
        }
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => {
                Ok(Location::Server(Server { url: Secret::new(text) }))
            }
            Some(("sqlite" | "file", path)) => Ok(Location::File(PathBuf::from(path))),
            Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Err(NoLocation::Scheme(scheme.to_owned()))
            }
            _ => Ok(Location::File(PathBuf::from(text))),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::File(path) => write!(f, "{}", path.display()),
            Location::Server(server) => fmt::Display::fmt(server, f),
        }
    }
}

/// Without user, password and parameters.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.expose();
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        // A password may hold `@` and `/`, written so by mistake.
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        write!(f, "postgres://{place}")
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Location, NoLocation};

    #[test]
    fn places_are_told_apart_and_shown_without_credentials() {
        for (text, shown) in [
            (".plimsoll/ledger.db", ".plimsoll/ledger.db"),
            ("/srv/a b/ledger.db", "/srv/a b/ledger.db"),
            ("sqlite:///srv/ledger.db", "/srv/ledger.db"),
            (
                "postgres://ada:hunter2@db.example:5433/plimsoll?sslmode=require&password=x",
                "postgres://db.example:5433/plimsoll",
            ),
            ("postgresql://localhost/plimsoll", "postgres://localhost/plimsoll"),
            ("postgres://ada:hunt@er/2@db/x", "postgres://db/x"),
        ] {
            let location = Location::parse(text).unwrap();
            assert_eq!(location.to_string(), shown);
            assert!(!format!("{location:?}").contains("hunter2"));
        }
        assert_eq!(Location::parse(" "), Err(NoLocation::Empty));
        assert_eq!(Location::parse("mysql://x"), Err(NoLocation::Scheme("mysql".to_owned())));
    }
}
