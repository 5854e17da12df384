//! `dj_database_url.parse`, from 0.5 to the newest.

use num_bigint::BigInt;
use plimsoll_formats::dotenv::Version;

use super::super::stdlib_text::{Trouble, url};
use super::{Context, Pairs, port_or_empty, text};
use crate::Value;

/// Keyword arguments of `parse` and `config`. `None`: not given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) engine: Option<String>,
    /// Kept as the project's code gives it: a number, or `None` for ever.
    pub(crate) conn_max_age: Option<Value>,
    pub(crate) conn_health_checks: Option<Value>,
    pub(crate) disable_server_side_cursors: Option<Value>,
    pub(crate) ssl_require: bool,
    /// Left out where falsy.
    pub(crate) test_options: Option<Value>,
}

const HEALTH_CHECKS: Version = Version(1, 1, 0);
/// Hosts are decoded as a whole, not only `%2f`.
const DECODED_HOST: Version = Version(1, 2, 0);
/// Unknown schemes raise `ValueError` in place of `KeyError`; ports after encoded hosts stay.
const VALUE_ERROR: Version = Version(1, 3, 0);
const INTEGER_OPTIONS: Version = Version(2, 1, 0);
const BOOLEAN_OPTIONS: Version = Version(2, 2, 0);
const ENGINES: Version = Version(3, 0, 0);

/// Engine by scheme, with the first version that knows it.
const SCHEMES: &[(&str, &str, Version)] = &[
    ("postgres", "django.db.backends.postgresql", Version(0, 0, 0)),
    ("postgresql", "django.db.backends.postgresql", Version(0, 0, 0)),
    ("pgsql", "django.db.backends.postgresql", Version(0, 0, 0)),
    ("postgis", "django.contrib.gis.db.backends.postgis", Version(0, 0, 0)),
    ("mysql", "django.db.backends.mysql", Version(0, 0, 0)),
    ("mysql2", "django.db.backends.mysql", Version(0, 0, 0)),
    ("mysqlgis", "django.contrib.gis.db.backends.mysql", Version(0, 0, 0)),
    ("mysql-connector", "mysql.connector.django", Version(0, 0, 0)),
    ("mssql", "sql_server.pyodbc", Version(0, 5, 0)),
    ("mssqlms", "mssql", Version(1, 0, 0)),
    ("spatialite", "django.contrib.gis.db.backends.spatialite", Version(0, 0, 0)),
    ("sqlite", "django.db.backends.sqlite3", Version(0, 0, 0)),
    ("oracle", "django.db.backends.oracle", Version(0, 0, 0)),
    ("oraclegis", "django.contrib.gis.db.backends.oracle", Version(0, 0, 0)),
    ("redshift", "django_redshift_backend", Version(0, 0, 0)),
    ("cockroach", "django_cockroachdb", Version(1, 0, 0)),
    ("timescale", "timescale.db.backends.postgresql", Version(1, 2, 0)),
    ("timescalegis", "timescale.db.backends.postgis", Version(1, 2, 0)),
];

/// The engine of PostgreSQL before 1.0, which Django 3.0 and later still take for the other.
const PSYCOPG2: &str = "django.db.backends.postgresql_psycopg2";

/// `parse(url, …)`.
///
/// # Errors
/// What the library raises for a URL it cannot read.
pub(crate) fn parse(
    source: &str,
    arguments: &Arguments,
    context: &Context,
) -> Result<Value, Trouble> {
    let version = context.version;
    if version < Version(0, 5, 0) {
        return Err(Trouble::Unknown("dj-database-url before 0.5 is not modelled"));
    }
    if source == "sqlite://:memory:" {
        let mut config = Pairs::default();
        config.set("ENGINE", text("django.db.backends.sqlite3"));
        config.set("NAME", text(":memory:"));
        return Ok(config.value());
    }
    if version >= ENGINES {
        parse_engines(source, arguments)
    } else {
        parse_plain(source, arguments, context)
    }
}

fn engine_of(scheme: &str, context: &Context) -> Option<&'static str> {
    let (_, engine, _) =
        SCHEMES.iter().find(|(name, _, since)| *name == scheme && *since <= context.version)?;
    let old_django = context.is_django((2, 0)) == Some(false);
    let old =
        context.version < Version(1, 0, 0) || (context.version < Version(1, 2, 0) && old_django);
    Some(if old && *engine == "django.db.backends.postgresql" { PSYCOPG2 } else { engine })
}

/// Up to 2.3.
fn parse_plain(source: &str, arguments: &Arguments, context: &Context) -> Result<Value, Trouble> {
    let version = context.version;
    let url = if version < DECODED_HOST { url::parse(source)? } else { url::split(source)? };
    let mut path = url.path_tail().to_owned();
    if url.scheme == "sqlite" && path.is_empty() {
        path = ":memory:".into();
    }
    let host = host(&url, version);
    let known = engine_of(&url.scheme, context);
    let engine = match &arguments.engine {
        Some(engine) => engine.clone(),
        None => match known {
            Some(engine) => engine.to_owned(),
            None if version < VALUE_ERROR => {
                return Err(Trouble::Raise(
                    "KeyError",
                    "no engine for the scheme of the database URL",
                ));
            }
            None => {
                return Err(Trouble::Raise(
                    "ValueError",
                    "no support for the scheme of the database URL",
                ));
            }
        },
    };
    let port = url.port()?;
    let text_port = match engine.as_str() {
        "django.db.backends.oracle" => true,
        "sql_server.pyodbc" | "mssql" => version >= Version(1, 0, 0),
        _ => false,
    };
    let (user, password) = url.user_info();
    let mut config = Pairs::default();
    config.set("NAME", text(url::unquote(&path)));
    config.set("USER", text(url::unquote(user.unwrap_or_default())));
    config.set("PASSWORD", text(url::unquote(password.unwrap_or_default())));
    config.set("HOST", text(host));
    config.set(
        "PORT",
        match port {
            Some(port) if text_port && port != 0 => text(port.to_string()),
            port => port_or_empty(port),
        },
    );
    config.set("CONN_MAX_AGE", arguments.conn_max_age.clone().unwrap_or_else(zero));
    if version >= HEALTH_CHECKS {
        config.set("CONN_HEALTH_CHECKS", or_false(&arguments.conn_health_checks));
    }
    if version >= BOOLEAN_OPTIONS {
        config.set("DISABLE_SERVER_SIDE_CURSORS", or_false(&arguments.disable_server_side_cursors));
    }
    // The engine comes last before 1.3, and only where it is not empty.
    if version >= VALUE_ERROR {
        config.set("ENGINE", text(engine.clone()));
    }
    if version >= HEALTH_CHECKS
        && let Some(test) = &arguments.test_options
    {
        config.set("TEST", test.clone());
    }
    let options = plain_options(&url, &engine, arguments, version);
    if !options.is_empty() {
        config.set("OPTIONS", options.value());
    }
    if version < VALUE_ERROR && !engine.is_empty() {
        config.set("ENGINE", text(engine));
    }
    Ok(config.value())
}

/// The host before 3.0: encoded ones keep their case.
fn host(url: &url::Url, version: Version) -> String {
    let host = url.hostname().unwrap_or_default();
    let encoded = if version >= DECODED_HOST {
        host.contains('%')
    } else {
        host.to_lowercase().contains("%2f")
    };
    if !encoded {
        return host;
    }
    let host = url.host_info();
    let host =
        if version < VALUE_ERROR { host.split(':').next().unwrap_or_default() } else { host };
    if version >= DECODED_HOST {
        url::unquote(host)
    } else {
        host.replace("%2f", "/").replace("%2F", "/")
    }
}

fn plain_options(url: &url::Url, engine: &str, arguments: &Arguments, version: Version) -> Pairs {
    let mut options = Pairs::default();
    for (key, values) in url::parse_qs(&url.query) {
        let value = values.into_iter().next_back().unwrap_or_default();
        if url.scheme == "mysql" && key == "ssl-ca" {
            let mut ssl = Pairs::default();
            ssl.set("ca", text(value));
            options.set("ssl", ssl.value());
        } else {
            options.set(&key, option_value(value, version));
        }
    }
    if arguments.ssl_require {
        options.set("sslmode", text("require"));
    }
    let searches = match version {
        version if version >= BOOLEAN_OPTIONS => matches!(
            url.scheme.as_str(),
            "postgres"
                | "postgresql"
                | "pgsql"
                | "postgis"
                | "redshift"
                | "timescale"
                | "timescalegis"
        ),
        _ => {
            matches!(
                engine,
                "django.contrib.gis.db.backends.postgis" | PSYCOPG2 | "django_redshift_backend"
            ) || (version >= Version(1, 0, 0) && engine == "django.db.backends.postgresql")
                || (version >= DECODED_HOST && engine.starts_with("timescale.db.backends.postg"))
        }
    };
    if searches && let Some(schema) = options.remove("currentSchema") {
        options.set("options", text(format!("-c search_path={}", shown(&schema))));
    }
    options
}

/// What `str()` gives for an option's value.
fn shown(value: &Value) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        other => other.text().unwrap_or_default().to_owned(),
    }
}

fn option_value(value: String, version: Version) -> Value {
    if version >= BOOLEAN_OPTIONS {
        return typed_option(value);
    }
    if version >= INTEGER_OPTIONS
        && let Ok(number) = super::super::stdlib_text::literal::int(&value)
    {
        return Value::Int(number);
    }
    text(value)
}

/// Digits are a number, `true` and `false` in any case are booleans.
fn typed_option(value: String) -> Value {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match BigInt::parse_bytes(value.as_bytes(), 10) {
        Some(number) if digits => Value::Int(number),
        _ if value.eq_ignore_ascii_case("true") => Value::Bool(true),
        _ if value.eq_ignore_ascii_case("false") => Value::Bool(false),
        _ => text(value),
    }
}

/// From 3.0.
fn parse_engines(source: &str, arguments: &Arguments) -> Result<Value, Trouble> {
    const PARSE_ERROR: Trouble =
        Trouble::Raise("dj_database_url.ParseError", "the database URL cannot be read");
    let as_parse_error = |trouble: Trouble| match trouble {
        Trouble::Raise(..) => PARSE_ERROR,
        unknown => unknown,
    };
    let url = url::split(source).map_err(as_parse_error)?;
    let Some((_, engine, _)) = SCHEMES.iter().find(|(name, ..)| *name == url.scheme) else {
        return Err(Trouble::Raise(
            "dj_database_url.UnknownSchemeError",
            "the scheme of the database URL has no engine",
        ));
    };
    let (user, password) = url.user_info();
    let mut options = Pairs::default();
    for (key, values) in url::parse_qs(&url.query) {
        let mut values: Vec<Value> = values.into_iter().map(typed_option).collect();
        let value = if values.len() == 1 { values.swap_remove(0) } else { Value::List(values) };
        options.set(&key, value);
    }
    let port = url.port().map_err(as_parse_error)?;
    let mut config = Pairs::default();
    config.set("ENGINE", text(*engine));
    config.set("USER", text(url::unquote(user.unwrap_or_default())));
    config.set("PASSWORD", text(url::unquote(password.unwrap_or_default())));
    config.set("HOST", text(url::unquote(&url.hostname().unwrap_or_default())));
    config.set("PORT", port_or_empty(port));
    config.set("NAME", text(url::unquote(url.path_tail())));
    config.set("OPTIONS", text(""));
    postprocess(&url, &mut config, &mut options)?;
    if arguments.ssl_require {
        options.set("sslmode", text("require"));
    }
    config.set("CONN_MAX_AGE", arguments.conn_max_age.clone().unwrap_or_else(zero));
    config.set("CONN_HEALTH_CHECKS", or_false(&arguments.conn_health_checks));
    config.set("DISABLE_SERVER_SIDE_CURSORS", or_false(&arguments.disable_server_side_cursors));
    if let Some(engine) = arguments.engine.as_ref().filter(|engine| !engine.is_empty()) {
        config.set("ENGINE", text(engine.clone()));
    }
    if let Some(test) = &arguments.test_options {
        config.set("TEST", test.clone());
    }
    if options.is_empty() {
        config.remove("OPTIONS");
    } else {
        config.set("OPTIONS", options.value());
    }
    Ok(config.value())
}

/// What each engine does to its own configuration.
fn postprocess(url: &url::Url, config: &mut Pairs, options: &mut Pairs) -> Result<(), Trouble> {
    match url.scheme.as_str() {
        "sqlite" if config.get("NAME").and_then(Value::text) == Some("") => {
            config.set("NAME", text(":memory:"));
        }
        "oracle" | "mssqlms" | "mssql" => {
            let port = config.get("PORT").map(shown).unwrap_or_default();
            config.set("PORT", text(port));
        }
        "mysql" | "mysql2" => {
            if let Some(ca) = options.remove("ssl-ca").filter(|ca| ca.truth() != Some(false)) {
                let mut ssl = Pairs::default();
                ssl.set("ca", ca);
                options.set("ssl", ssl.value());
            }
        }
        "postgres" | "postgresql" | "pgsql" | "postgis" | "redshift" | "timescale"
        | "timescalegis" => {
            let schema = options.remove("currentSchema");
            if let Some(schema) = schema.filter(|schema| schema.truth() != Some(false)) {
                if schema.items().is_some() {
                    return Err(Trouble::Unknown("a database URL with several currentSchema"));
                }
                options.set("options", text(format!("-c search_path={}", shown(&schema))));
            }
        }
        _ => {}
    }
    Ok(())
}

fn zero() -> Value {
    Value::Int(BigInt::ZERO)
}

fn or_false(value: &Option<Value>) -> Value {
    value.clone().unwrap_or(Value::Bool(false))
}
