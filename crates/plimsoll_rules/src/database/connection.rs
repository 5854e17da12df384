//! The databases that the settings name, as far as they are known.

use plimsoll_catalog::Confidence;
use plimsoll_facts::{DatabaseServer, Facts, Reading};
use plimsoll_python::Value;
use plimsoll_source::{RepoPath, Span};

use crate::{Judgement, Look};

/// One entry of DATABASES.
pub(crate) struct Database<'f> {
    /// Its alias: `default`.
    pub alias: &'f str,
    /// The whole entry.
    pub entry: &'f Value,
    /// Where DATABASES is set.
    pub at: Span,
    /// The variables that would change something of DATABASES and that nobody has shown.
    pub assumed: Vec<&'f str>,
}

/// A part of an entry.
pub(crate) enum Part<'f> {
    /// It is this text; not empty.
    Text(&'f str),
    /// It is not given, or empty.
    Missing,
    /// It is not known.
    Unknown,
}

impl<'f> Database<'f> {
    /// A part of the entry: `HOST`.
    pub(crate) fn part(&self, name: &str) -> Part<'f> {
        part(self.entry, name)
    }

    /// A part that is known text.
    pub(crate) fn text(&self, name: &str) -> Option<&'f str> {
        match self.part(name) {
            Part::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The engine's last part but one: `postgresql` of `django.db.backends.postgresql`.
    pub(crate) fn engine(&self) -> Option<&'f str> {
        self.text("ENGINE")
    }

    /// Whether it is PostgreSQL, by its engine.
    pub(crate) fn is_postgres(&self) -> bool {
        is_engine(self.engine(), &["postgres", "postgis", "psycopg", "psqlextra", "timescale"])
    }

    /// Whether it is MySQL or MariaDB.
    pub(crate) fn is_mysql(&self) -> bool {
        is_engine(self.engine(), &["mysql", "mariadb"])
    }

    /// Whether it is SQLite.
    pub(crate) fn is_sqlite(&self) -> bool {
        is_engine(self.engine(), &["sqlite", "spatialite"])
    }

    /// An option: `sslmode`. `Err` where the options are not known.
    pub(crate) fn option(&self, name: &str) -> Result<Option<&'f Value>, ()> {
        match self.entry.get("OPTIONS") {
            None => match self.entry {
                Value::Dict(_) => Ok(None),
                _ => Err(()),
            },
            Some(options @ Value::Dict(_)) => Ok(options.get(name)),
            Some(Value::None) => Ok(None),
            Some(_) => Err(()),
        }
    }

    /// A whole number of the entry: `CONN_MAX_AGE`. `Ok(None)` where it is `None`, `Err` where it
    /// is not known; `default` where it is not given.
    pub(crate) fn seconds(&self, name: &str, default: i64) -> Result<Option<i64>, ()> {
        match self.entry.get(name) {
            None => Ok(Some(default)),
            Some(Value::None) => Ok(None),
            Some(value) => match value.integer() {
                Some(number) => Ok(Some(number)),
                None => match value {
                    Value::Float(number) => Ok(Some(if *number > 0.0 { 1 } else { 0 })),
                    _ => Err(()),
                },
            },
        }
    }

    /// The server of the stack that it connects to, where its host names one.
    pub(crate) fn server(&self, facts: &'f Facts) -> Option<&'f DatabaseServer> {
        let host = self.text("HOST")?;
        let stack = facts.containers.production_stack()?;
        let service = stack.answering(host)?;
        facts.containers.databases.iter().find(|server| server.service == service.name.value)
    }
}

/// Settles what was seen in an entry: as it stands where nothing of DATABASES can differ in
/// production, else with the variables that decide it.
pub(crate) fn settle(look: &mut Look, database: &Database, judgement: Judgement) {
    if database.assumed.is_empty() {
        look.settle(database.at.clone(), judgement);
        return;
    }
    let listed = several(&database.assumed);
    match judgement {
        Judgement::Bad(mut fault) | Judgement::Found(mut fault) => {
            let otherwise = match suggested(look.facts, database) {
                Some((file, entry))
                    if entry.and_then(|entry| entry.get("ENGINE"))
                        != database.entry.get("ENGINE") =>
                {
                    look.undetermined(
                        format!("{} where {listed} says nothing; {file} names another one, and production's own environment is not in the repository", fault.message),
                        "check with production's environment: --env-file FILE",
                        Some(database.at.clone()),
                    );
                    return;
                }
                Some((file, _)) => format!("is set to something else than in {file}"),
                None => "says otherwise, and nothing in the repository sets it".to_owned(),
            };
            fault.message = format!("{} unless {listed} {otherwise}", fault.message);
            look.finding(database.at.clone(), fault).confidence = Confidence::Medium;
        }
        Judgement::Good(statement) | Judgement::Certain(statement) => look.undetermined(
            format!("{statement}, as long as {listed} does not say otherwise"),
            "check with production's environment: --env-file FILE",
            Some(database.at.clone()),
        ),
        other => look.settle(database.at.clone(), other),
    }
}

/// What the examples of an environment make of an entry, and the file that does: `None` within where
/// they leave it open.
fn suggested<'f>(
    facts: &'f Facts,
    database: &Database<'f>,
) -> Option<(&'f RepoPath, Option<&'f Value>)> {
    let Reading::Assumed { suggested: Some(suggested), .. } = facts.reading("DATABASES") else {
        return None;
    };
    let entry = suggested.value.and_then(|value| value.get(database.alias));
    Some((suggested.file, entry))
}

/// Names of variables in a sentence: the first of many.
pub(crate) fn several(names: &[&str]) -> String {
    match names {
        [first, second, _, _, ..] => format!("{first}, {second} or another variable"),
        names => crate::list(names),
    }
}

fn is_engine(engine: Option<&str>, kinds: &[&str]) -> bool {
    engine.is_some_and(|engine| {
        let engine = engine.to_ascii_lowercase();
        kinds.iter().any(|kind| engine.contains(kind))
    })
}

pub(crate) fn part<'f>(entry: &'f Value, name: &str) -> Part<'f> {
    match entry.get(name) {
        None => match entry {
            Value::Dict(_) => Part::Missing,
            _ => Part::Unknown,
        },
        Some(Value::None) => Part::Missing,
        Some(value) => match value.text() {
            Some("") => Part::Missing,
            Some(text) => Part::Text(text),
            None if value.integer().is_some() => Part::Missing,
            None => Part::Unknown,
        },
    }
}

/// The entries of DATABASES; empty where nothing is known of it.
pub(crate) fn databases(facts: &Facts) -> Vec<Database<'_>> {
    let (Some(value), Some(at)) = (facts.partial("DATABASES"), facts.place_of("DATABASES")) else {
        return Vec::new();
    };
    let assumed = facts.open_variables("DATABASES");
    let Value::Dict(pairs) = value else { return Vec::new() };
    pairs
        .iter()
        .filter_map(|(alias, entry)| {
            Some(Database { alias: alias.text()?, entry, at: at.clone(), assumed: assumed.clone() })
        })
        .collect()
}

/// The default database.
pub(crate) fn default(facts: &Facts) -> Option<Database<'_>> {
    databases(facts).into_iter().find(|database| database.alias == "default")
}

/// Whether a host is the machine itself: a name of loopback, a socket, nothing at all.
pub(crate) fn is_local(host: &str) -> bool {
    host.is_empty()
        || host.starts_with('/')
        || host.starts_with("127.")
        || matches!(host, "localhost" | "::1" | "[::1]" | "0.0.0.0")
}

/// Whether a host is on another machine for certain: a name with a domain, or an address that is
/// not loopback. A single word is a service beside it or a name of the local network.
pub(crate) fn is_remote(host: &str) -> bool {
    if is_local(host) || host.contains(['{', '$', '<']) {
        return false;
    }
    if crate::containers::octets(host).is_some() {
        return true;
    }
    let inside = [".internal", ".local", ".localdomain", ".svc", ".docker", ".lan", ".test"];
    host.contains('.') && !inside.iter().any(|end| host.ends_with(end) || host.contains(".svc."))
}
