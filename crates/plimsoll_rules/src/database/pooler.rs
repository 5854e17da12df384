//! Whether a connection pooler stands between the application and its database.

use plimsoll_facts::Facts;
use plimsoll_source::Span;

use super::connection::{self, Database};

/// What the default database's address leads to.
pub(super) enum Pooling {
    /// The server itself, as far as its name tells: what it is.
    Direct(String),
    /// A pooler in transaction mode: what shows it, and where its mode is set.
    Transaction(String, Option<Span>),
    /// A pooler that keeps sessions: what shows it.
    Session(String, Span),
    /// Not known: why.
    Unknown(String),
}

pub(super) fn of(facts: &Facts, database: &Database) -> Pooling {
    let Some(host) = database.text("HOST") else {
        return Pooling::Unknown("the host of the default database is not known".to_owned());
    };
    let port = database
        .text("PORT")
        .map(str::to_owned)
        .or_else(|| database.entry.get("PORT")?.integer().map(|number| number.to_string()));
    if let Some(stack) = facts.containers.production_stack()
        && let Some(service) = stack.answering(host)
    {
        let pooler =
            facts.containers.poolers.iter().find(|pooler| pooler.service == service.name.value);
        return match pooler {
            None => Pooling::Direct(format!("{host} is a service of the stack")),
            Some(pooler) => match &pooler.mode {
                Some(mode) if mode.value == "session" => {
                    Pooling::Session(format!("{host} pools by session"), mode.span.clone())
                }
                Some(mode) => Pooling::Transaction(
                    format!("{host} pools by {}", mode.value),
                    Some(mode.span.clone()),
                ),
                None => Pooling::Unknown(format!("the mode of the pooler {host} is not known")),
            },
        };
    }
    if host.contains("-pooler.") && host.ends_with("neon.tech") {
        return Pooling::Transaction(
            format!("{host} is Neon's pooler, which pools by transaction"),
            None,
        );
    }
    if host.ends_with("pooler.supabase.com") {
        return match port.as_deref() {
            Some("6543") => Pooling::Transaction(
                "port 6543 is Supabase's pooler by transaction".to_owned(),
                None,
            ),
            _ => Pooling::Unknown("Supabase's pooler keeps sessions on port 5432 only".to_owned()),
        };
    }
    if port.as_deref() == Some("6432") || host.contains("bouncer") || host.contains("pooler") {
        return Pooling::Unknown(format!("{host} looks like a pooler, whose mode is not known"));
    }
    if database.assumed.is_empty() {
        Pooling::Direct(format!("nothing names a pooler; the host is {host}"))
    } else {
        Pooling::Unknown(format!(
            "the host is {host} unless {} is set",
            connection::several(&database.assumed)
        ))
    }
}
