//! `database-tls-missing`: the connection to a database elsewhere need not be encrypted.

use plimsoll_catalog::Severity;

use super::connection::{self, Database};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-tls-missing",
    control: "DB-03",
    title: "the connection to a database on another host is not required to be encrypted",
    what: "The default database on PostgreSQL or MySQL, where its HOST is certainly another machine (a name with a domain, an address): `sslmode` in OPTIONS or PGSSLMODE, MySQL's `ssl` and `ssl_mode`. Loopback, sockets and services of the same compose stack are no finding, and prove nothing either; names without a domain, and hosts that are not known or hold only while a variable is unset, are undetermined.",
    why: "libpq's default `prefer` takes a clear connection if the server, or whoever stands in between, refuses encryption. Personal data, and with some methods the password, then cross the network readable.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'db.example.org'}}
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'db.example.org',
             'OPTIONS': {'sslmode': 'verify-full', 'sslrootcert': '/etc/ssl/db-ca.pem'}}}
```",
    sources: &["https://www.postgresql.org/docs/current/libpq-ssl.html"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(database) = connection::default(facts) else { return };
    if !(database.is_postgres() || database.is_mysql()) {
        return;
    }
    let wanted = encryption(look, &database);
    match (&wanted, far(look, &database)) {
        (Encryption::Required(how) | Encryption::Verified(how), _) => {
            look.evidence(format!("the connection is encrypted: {how}"), Some(database.at));
        }
        (_, Distance::Near(why)) => look.undetermined(
            format!("{why}, and nothing asks for encryption on the way there"),
            "sslmode of require or stronger with a server that has TLS, or a waiver that says why this connection may stay in clear",
            Some(database.at),
        ),
        (_, Distance::Unknown(why)) => look.undetermined(
            why,
            "on the host: SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
            Some(database.at),
        ),
        (Encryption::Unknown, Distance::Far(_)) => look.undetermined(
            "the options of the connection are not known",
            crate::way_to_know("DATABASES"),
            Some(database.at),
        ),
        (Encryption::Optional(how), Distance::Far(host)) => {
            let mysql = database.is_mysql();
            look.finding(
                database.at,
                fault(
                    Severity::Warning,
                    format!("the database is on {host} and {how}"),
                    "whoever sits between can make the connection fall back to clear text and read everything that is stored",
                    if mysql {
                        "OPTIONS = {'ssl_mode': 'VERIFY_IDENTITY', 'ssl': {'ca': '/path/to/ca.pem'}}"
                    } else {
                        "OPTIONS = {'sslmode': 'verify-full', 'sslrootcert': '/path/to/ca.pem'}"
                    },
                ),
            );
        }
    }
}

/// How a connection is encrypted.
pub(super) enum Encryption {
    /// Required, and the server's certificate is checked.
    Verified(String),
    /// Required.
    Required(String),
    /// Not required: what is said instead.
    Optional(String),
    /// Not known.
    Unknown,
}

pub(super) fn encryption(look: &Look, database: &Database) -> Encryption {
    if database.is_mysql() {
        return of_mysql(database);
    }
    let environment = &look.facts.environment.environment;
    let mode = match database.option("sslmode") {
        Err(()) => return Encryption::Unknown,
        Ok(Some(value)) => match value.text() {
            Some(mode) => mode.to_owned(),
            None => return Encryption::Unknown,
        },
        Ok(None) => match environment.variables.get("PGSSLMODE") {
            Some(variable) => variable.value.expose().to_owned(),
            None => {
                // A service of libpq may say it.
                if !matches!(database.option("service"), Ok(None)) {
                    return Encryption::Unknown;
                }
                return Encryption::Optional("no sslmode is set, which is `prefer`".to_owned());
            }
        },
    };
    match mode.as_str() {
        "verify-full" | "verify-ca" => Encryption::Verified(format!("sslmode is {mode}")),
        "require" => Encryption::Required("sslmode is require".to_owned()),
        _ => Encryption::Optional(format!("sslmode is {mode}")),
    }
}

fn of_mysql(database: &Database) -> Encryption {
    let mode = match database.option("ssl_mode") {
        Err(()) => return Encryption::Unknown,
        Ok(mode) => mode.and_then(plimsoll_python::Value::text).map(str::to_ascii_uppercase),
    };
    let ssl = database.option("ssl").ok().flatten();
    let has_ca = ssl.is_some_and(|ssl| ssl.get("ca").is_some() || ssl.get("ssl-ca").is_some());
    match mode.as_deref() {
        Some(mode @ ("VERIFY_CA" | "VERIFY_IDENTITY")) => {
            return Encryption::Verified(format!("ssl_mode is {mode}"));
        }
        Some("REQUIRED") if !has_ca => {
            return Encryption::Required("ssl_mode is REQUIRED".to_owned());
        }
        Some(mode @ ("DISABLED" | "PREFERRED")) => {
            return Encryption::Optional(format!("ssl_mode is {mode}"));
        }
        _ => {}
    }
    match ssl {
        Some(_) if has_ca => Encryption::Verified("the certificate's authority is set".to_owned()),
        Some(ssl) if ssl.truth() != Some(false) => Encryption::Required("ssl is set".to_owned()),
        _ if !matches!(database.option("read_default_file"), Ok(None)) => Encryption::Unknown,
        _ => Encryption::Optional("nothing asks for TLS".to_owned()),
    }
}

/// How far the database is.
pub(super) enum Distance {
    /// On the same machine or network of containers: why.
    Near(String),
    /// On another machine: its name.
    Far(String),
    /// Not known: why.
    Unknown(String),
}

pub(super) fn far(look: &Look, database: &Database) -> Distance {
    let facts = look.facts;
    let host = match database.part("HOST") {
        connection::Part::Text(host) => host,
        connection::Part::Missing if database.assumed.is_empty() => {
            return Distance::Near(
                "the database is reached by a socket of the same machine".to_owned(),
            );
        }
        _ => return Distance::Unknown("the host of the database is not known".to_owned()),
    };
    let in_stack =
        facts.containers.production_stack().is_some_and(|stack| stack.answering(host).is_some());
    if in_stack {
        return Distance::Near(format!("{host} is a service of the same stack"));
    }
    if connection::is_local(host) {
        if !database.assumed.is_empty() {
            return Distance::Unknown(format!(
                "the database is at {host} unless {} is set",
                connection::several(&database.assumed)
            ));
        }
        return Distance::Near(format!("the database is at {host}"));
    }
    if !database.assumed.is_empty() {
        return Distance::Unknown(format!(
            "the database is on {host} unless {} says otherwise",
            connection::several(&database.assumed)
        ));
    }
    if connection::is_remote(host) {
        Distance::Far(host.to_owned())
    } else {
        Distance::Unknown(format!("where {host} is cannot be told from its name"))
    }
}
