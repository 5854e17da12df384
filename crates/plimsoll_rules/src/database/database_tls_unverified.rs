//! `database-tls-unverified`: the database's certificate is not checked.

use plimsoll_catalog::Severity;

use super::connection;
use super::database_tls_missing::{Distance, Encryption, encryption, far};
use crate::containers::fault;
use crate::{Look, Rule};

pub(crate) const RULE: Rule = Rule {
    id: "database-tls-unverified",
    control: "DB-03",
    title: "the database connection is encrypted and the server's certificate is not checked",
    what: "The default database on a host that is certainly another machine, with `sslmode=require`, or MySQL's TLS without an authority. Connections that need not be encrypted at all are left to database-tls-missing.",
    why: "`require` encrypts and accepts any certificate: whoever answers in the database's place gets the password and every query, and the application notices nothing.",
    bad: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'db.example.org',
             'OPTIONS': {'sslmode': 'require'}}}
```",
    good: "```python settings.py
DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'rota', 'HOST': 'db.example.org',
             'OPTIONS': {'sslmode': 'verify-full', 'sslrootcert': '/etc/ssl/db-ca.pem'}}}
```",
    sources: &["https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION"],
    check,
};

fn check(look: &mut Look) {
    let facts = look.facts;
    let Some(database) = connection::default(facts) else { return };
    if !(database.is_postgres() || database.is_mysql()) {
        return;
    }
    match (encryption(look, &database), far(look, &database)) {
        (Encryption::Verified(how), _) => {
            look.evidence(format!("the server's certificate is checked: {how}"), Some(database.at));
        }
        (_, Distance::Near(why)) => look.evidence(why, Some(database.at)),
        (Encryption::Required(how), Distance::Far(host)) => {
            let mysql = database.is_mysql();
            look.finding(
                database.at,
                fault(
                    Severity::Warning,
                    format!("{how}: the connection to {host} accepts any certificate"),
                    "whoever can answer in the server's place reads the password and all data",
                    if mysql {
                        "OPTIONS = {'ssl_mode': 'VERIFY_IDENTITY', 'ssl': {'ca': '/path/to/ca.pem'}}"
                    } else {
                        "OPTIONS = {'sslmode': 'verify-full', 'sslrootcert': '/path/to/ca.pem'} with the provider's authority"
                    },
                ),
            );
        }
        (_, Distance::Unknown(why)) => look.undetermined(
            why,
            "check with production's environment: --env-file FILE",
            Some(database.at),
        ),
        (Encryption::Unknown, _) => look.undetermined(
            "the options of the connection are not known",
            crate::way_to_know("DATABASES"),
            Some(database.at),
        ),
        (Encryption::Optional(_), Distance::Far(_)) => {}
    }
}
