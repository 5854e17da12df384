//! django-environ's `db_url_config`, `cache_url_config`, `email_url_config` and
//! `channels_url_config`, from 0.4.5 to the newest.

use num_bigint::BigInt;
use plimsoll_formats::dotenv::Version;

use super::super::stdlib_text::url::{self, Url, parse_qs, unquote, unquote_plus};
use super::super::stdlib_text::{Trouble, literal};
use super::{Context, Pairs, port_or_empty, text};
use crate::Value;

const POSTGRES_FAMILY: &[&str] = &["postgres", "postgresql", "psql", "pgsql", "postgis"];

/// Engine by scheme, with the first version that knows it.
const DB_SCHEMES: &[(&str, &str, Version)] = &[
    ("postgres", "", Version(0, 0, 0)),
    ("postgresql", "", Version(0, 0, 0)),
    ("psql", "", Version(0, 0, 0)),
    ("pgsql", "", Version(0, 0, 0)),
    ("postgis", "django.contrib.gis.db.backends.postgis", Version(0, 0, 0)),
    ("cockroachdb", "django_cockroachdb", Version(0, 12, 0)),
    ("mysql", "django.db.backends.mysql", Version(0, 0, 0)),
    ("mysql2", "django.db.backends.mysql", Version(0, 0, 0)),
    ("mysql-connector", "mysql.connector.django", Version(0, 0, 0)),
    ("mysqlgis", "django.contrib.gis.db.backends.mysql", Version(0, 0, 0)),
    ("mssql", "mssql", Version(0, 11, 0)),
    ("mssql", "sql_server.pyodbc", Version(0, 0, 0)),
    ("oracle", "django.db.backends.oracle", Version(0, 0, 0)),
    ("pyodbc", "sql_server.pyodbc", Version(0, 0, 0)),
    ("redshift", "django_redshift_backend", Version(0, 0, 0)),
    ("spatialite", "django.contrib.gis.db.backends.spatialite", Version(0, 0, 0)),
    ("sqlite", "django.db.backends.sqlite3", Version(0, 0, 0)),
    ("ldap", "ldapdb.backends.ldap", Version(0, 0, 0)),
];

const DB_BASE_OPTIONS: &[(&str, Version)] = &[
    ("CONN_MAX_AGE", Version(0, 0, 0)),
    ("ATOMIC_REQUESTS", Version(0, 0, 0)),
    ("AUTOCOMMIT", Version(0, 0, 0)),
    ("DISABLE_SERVER_SIDE_CURSORS", Version(0, 6, 0)),
    ("CONN_HEALTH_CHECKS", Version(0, 10, 0)),
];

const IMPROPERLY: &str = "ImproperlyConfigured";

/// `urlparse` as these versions have it: before 0.10 the schemes that the library knows may have
/// parameters in their path.
fn urlparse(source: &str, context: &Context) -> Result<Url, Trouble> {
    let url = url::parse(source)?;
    if context.version < Version(0, 10, 0) && url.path.contains(';') {
        return Err(Trouble::Unknown(
            "a URL with `;` in its path, read by django-environ before 0.10",
        ));
    }
    Ok(url)
}

/// `_urlparse_quote`: special characters are encoded before the URL is split.
fn urlparse_quoted(source: &str, context: &Context) -> Result<Url, Trouble> {
    urlparse(&url::quote(source, ":/?&=@"), context)
}

/// `db_url_config(url, engine)`.
///
/// # Errors
/// What the library raises; unknown for versions before 0.4.5.
pub(crate) fn db_url(
    source: &str,
    engine: Option<&str>,
    context: &Context,
) -> Result<Value, Trouble> {
    let version = context.version;
    if version < Version(0, 4, 5) {
        return Err(Trouble::Unknown("django-environ before 0.4.5 is not modelled"));
    }
    let mut config = Pairs::default();
    if source == "sqlite://:memory:" {
        config.set("ENGINE", text("django.db.backends.sqlite3"));
        config.set("NAME", text(":memory:"));
        return Ok(config.value());
    }
    let quotes = version >= Version(0, 11, 0);
    let mut url = match urlparse(source, context) {
        Err(Trouble::Raise(..)) if quotes => urlparse_quoted(source, context)?,
        other => other?,
    };
    if quotes && url.path.is_empty() {
        let whole = url.unparse(false);
        url = urlparse_quoted(&whole, context)?;
    }
    let path = db_path(&url)?;
    let (hostname, port) = host_and_port(&url, version)?;
    let (user, password) = url.user_info();
    let decode = |part: Option<&str>| match part {
        Some(part) if version < Version(0, 9, 0) => unquote_plus(part),
        Some(part) => unquote(part),
        None => String::new(),
    };
    config.set("NAME", text(path.clone()));
    config.set("USER", text(decode(user)));
    config.set("PASSWORD", text(decode(password)));
    config.set("HOST", text(hostname));
    config.set("PORT", port);
    socket_path(&url, &path, version, &mut config);
    if url.scheme == "oracle" {
        oracle(&path, &mut config);
    }
    if !url.query.is_empty() {
        let mut options = Pairs::default();
        for (key, values) in parse_qs(&url.query) {
            let value = values.into_iter().next().unwrap_or_default();
            let upper = key.to_uppercase();
            let base =
                DB_BASE_OPTIONS.iter().any(|(name, since)| *name == upper && *since <= version);
            if base {
                config.set(&upper, cast(&value, version)?);
            } else {
                options.set(&key, cast_int(&value)?);
            }
        }
        config.set("OPTIONS", options.value());
    }
    let wanted = engine.filter(|engine| !engine.is_empty()).unwrap_or(&url.scheme);
    let known = DB_SCHEMES.iter().find(|(name, _, since)| *name == wanted && *since <= version);
    match known {
        Some((_, "", _)) => config.set("ENGINE", text(postgres_engine(context))),
        Some((_, engine, _)) => config.set("ENGINE", text(*engine)),
        None if wanted.is_empty() => return Ok(Value::Dict(Vec::new())),
        None => config.set("ENGINE", text(wanted)),
    }
    Ok(config.value())
}

fn postgres_engine(context: &Context) -> &'static str {
    if context.is_django((2, 0)) == Some(false) {
        "django.db.backends.postgresql_psycopg2"
    } else {
        "django.db.backends.postgresql"
    }
}

fn db_path(url: &Url) -> Result<String, Trouble> {
    let path = url.path_tail();
    let path = unquote_plus(path.split('?').next().unwrap_or_default());
    Ok(match url.scheme.as_str() {
        "sqlite" if path.is_empty() => ":memory:".into(),
        "ldap" => {
            let host = url.hostname().unwrap_or_else(|| "None".into());
            match url.port()? {
                Some(port) if port != 0 => format!("ldap://{host}:{port}"),
                _ => format!("ldap://{host}"),
            }
        }
        _ => path,
    })
}

/// Host and port; several of each, with commas, for a PostgreSQL cluster.
fn host_and_port(url: &Url, version: Version) -> Result<(String, Value), Trouble> {
    let hosts = url.netloc.rsplit('@').next().unwrap_or_default();
    let hosts = if version >= Version(0, 12, 1) { unquote(hosts) } else { hosts.to_owned() };
    let cluster = version >= Version(0, 9, 0)
        && POSTGRES_FAMILY.contains(&url.scheme.as_str())
        && hosts.contains(',');
    if !cluster {
        return Ok((url.hostname().unwrap_or_default(), port_or_empty(url.port()?)));
    }
    if hosts.contains('[') {
        return Err(Trouble::Unknown("a cluster of databases with IPv6 addresses"));
    }
    let mut names = Vec::new();
    let mut ports = Vec::new();
    let mut any_port = false;
    for host in hosts.split(',') {
        match host.rsplit_once(':') {
            Some((name, port))
                if version < Version(0, 12, 1)
                    || (!port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())) =>
            {
                any_port = true;
                names.push(name);
                ports.push(port);
            }
            _ => names.push(host),
        }
    }
    let ports: Vec<&str> = ports.into_iter().filter(|port| !port.is_empty()).collect();
    let port = if any_port { ports.join(",") } else { String::new() };
    Ok((names.join(","), cast_int(&port)?))
}

/// A path with a slash at its start is the folder of a socket.
fn socket_path(url: &Url, path: &str, version: Version, config: &mut Pairs) {
    let family = match version {
        version if version < Version(0, 6, 0) => url.scheme == "postgres",
        _ => POSTGRES_FAMILY.contains(&url.scheme.as_str()),
    };
    let cloud = version >= Version(0, 8, 0) && path.contains("cloudsql");
    if (family || cloud)
        && path.starts_with('/')
        && let Some((host, name)) = path.rsplit_once('/')
    {
        config.set("HOST", text(host));
        config.set("NAME", text(name));
    }
}

fn oracle(path: &str, config: &mut Pairs) {
    if path.is_empty() {
        let host = config.get("HOST").cloned().unwrap_or_else(|| text(""));
        config.set("NAME", host);
        config.set("HOST", text(""));
    }
    match config.get("PORT") {
        Some(Value::Int(port)) => {
            let port = port.to_string();
            config.set("PORT", text(port));
        }
        _ => {
            config.remove("PORT");
        }
    }
}

/// `_cast_int`: digits become a number.
fn cast_int(value: &str) -> Result<Value, Trouble> {
    if !value.is_ascii() && value.chars().all(char::is_numeric) {
        return Err(Trouble::Unknown("a number in digits that are not ASCII"));
    }
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    Ok(match BigInt::parse_bytes(value.as_bytes(), 10) {
        Some(number) if digits => Value::Int(number),
        _ => text(value),
    })
}

/// `_cast`: a Python literal, else the text.
fn cast(value: &str, version: Version) -> Result<Value, Trouble> {
    let found = literal::literal_eval(value)?;
    if found.is_none() && version < Version(0, 7, 0) {
        return Err(Trouble::Unknown("django-environ before 0.7 may raise SyntaxError here"));
    }
    Ok(found.unwrap_or_else(|| text(value)))
}

/// `cache_url_config(url, backend)`.
///
/// # Errors
/// `ImproperlyConfigured` for an unknown scheme (`KeyError` before 0.6).
pub(crate) fn cache_url(
    source: &str,
    backend: Option<&str>,
    context: &Context,
) -> Result<Value, Trouble> {
    let version = context.version;
    if source.is_empty() && version >= Version(0, 6, 0) {
        return Ok(Value::Dict(Vec::new()));
    }
    let url = urlparse(source, context)?;
    let Some(known) = cache_backend(&url.scheme, context) else {
        let class = if version < Version(0, 6, 0) { "KeyError" } else { IMPROPERLY };
        return Err(Trouble::Raise(class, "the scheme of the cache URL has no backend"));
    };
    let mut config = Pairs::default();
    config.set("BACKEND", known);
    config.set("LOCATION", several(url.netloc.split(',').map(str::to_owned).collect()));
    if url.scheme == "filecache" {
        config.set("LOCATION", text(format!("{}{}", url.netloc, url.path)));
    }
    let unix =
        if version < Version(0, 8, 0) { !url.path.is_empty() } else { url.netloc.is_empty() };
    if unix && matches!(url.scheme.as_str(), "memcache" | "pymemcache") {
        config.set("LOCATION", text(format!("unix:{}", url.path)));
    } else if url.scheme.starts_with("redis") {
        let scheme = match url.hostname() {
            Some(_) => url.scheme.replace("cache", ""),
            None => "unix".into(),
        };
        let places = url.netloc.split(',').map(|place| format!("{scheme}://{place}{}", url.path));
        config.set("LOCATION", several(places.collect()));
    }
    let given = backend.filter(|backend| !backend.is_empty());
    let early = version >= Version(0, 13, 0);
    if let Some(backend) = given.filter(|_| early) {
        config.set("BACKEND", text(backend));
    }
    if !url.query.is_empty() {
        cache_options(&url, context, &mut config)?;
    }
    if let Some(backend) = given.filter(|_| !early) {
        config.set("BACKEND", text(backend));
    }
    Ok(config.value())
}

fn several(mut places: Vec<String>) -> Value {
    match places.len() {
        1 => text(places.swap_remove(0)),
        _ => Value::List(places.into_iter().map(text).collect()),
    }
}

fn cache_options(url: &Url, context: &Context, config: &mut Pairs) -> Result<(), Trouble> {
    const REDIS: &str = "django.core.cache.backends.redis.RedisCache";
    let lower = match config.get("BACKEND") {
        Some(Value::OneOf(_)) if context.version >= Version(0, 13, 0) => {
            return Err(Trouble::Unknown(
                "options of a Redis cache, whose names depend on whether django-redis is installed",
            ));
        }
        Some(backend) => context.version >= Version(0, 13, 0) && backend.text() == Some(REDIS),
        None => false,
    };
    let mut options = Pairs::default();
    for (key, values) in parse_qs(&url.query) {
        let value = cast(values.first().map_or("", String::as_str), context.version)?;
        let upper = key.to_uppercase();
        let name = if lower { key.to_lowercase() } else { upper.clone() };
        let base = matches!(
            upper.as_str(),
            "TIMEOUT" | "KEY_PREFIX" | "VERSION" | "KEY_FUNCTION" | "BINARY"
        );
        if base {
            config.set(&name, value);
        } else {
            options.set(&name, value);
        }
    }
    config.set("OPTIONS", options.value());
    Ok(())
}

fn cache_backend(scheme: &str, context: &Context) -> Option<Value> {
    let version = context.version;
    let known = match scheme {
        "dbcache" => "django.core.cache.backends.db.DatabaseCache",
        "dummycache" => "django.core.cache.backends.dummy.DummyCache",
        "filecache" => "django.core.cache.backends.filebased.FileBasedCache",
        "locmemcache" => "django.core.cache.backends.locmem.LocMemCache",
        "memcache" => "django.core.cache.backends.memcached.MemcachedCache",
        "pylibmc" if version >= Version(0, 8, 0) => {
            "django.core.cache.backends.memcached.PyLibMCCache"
        }
        "pymemcache" => return Some(pymemcache(context)),
        "rediscache" | "redis" => return Some(redis(context)),
        "rediss" if version >= Version(0, 6, 0) => return Some(redis(context)),
        "valkey" | "valkeys" if version >= Version(0, 13, 0) => return Some(redis(context)),
        _ => return None,
    };
    Some(text(known))
}

/// One of two, by what is installed.
fn choose(installed: Option<bool>, with: &str, without: &str) -> Value {
    match installed {
        Some(true) => text(with),
        Some(false) => text(without),
        None if with == without => text(with),
        None => Value::OneOf(vec![text(with), text(without)]),
    }
}

fn pymemcache(context: &Context) -> Value {
    const OLD: &str = "django.core.cache.backends.memcached.PyLibMCCache";
    const NEW: &str = "django.core.cache.backends.memcached.PyMemcacheCache";
    let of = |modern: bool| {
        let current = context.version >= Version(0, 8, 0) && modern;
        choose(context.pymemcache, if current { NEW } else { OLD }, OLD)
    };
    either(context.is_django((3, 2)), of)
}

/// The Redis backend: which packages win changed in 0.10 and 0.11.
fn redis(context: &Context) -> Value {
    const DJANGO: &str = "django.core.cache.backends.redis.RedisCache";
    const DJANGO_REDIS: &str = "django_redis.cache.RedisCache";
    const REDIS_CACHE: &str = "redis_cache.RedisCache";
    let version = context.version;
    either(context.is_django((4, 0)), |modern| {
        if version < Version(0, 10, 0) {
            choose(context.redis_cache, REDIS_CACHE, DJANGO_REDIS)
        } else if version < Version(0, 11, 0) {
            if modern {
                text(DJANGO)
            } else {
                choose(context.redis_cache, REDIS_CACHE, DJANGO_REDIS)
            }
        } else {
            choose(context.django_redis, DJANGO_REDIS, if modern { DJANGO } else { REDIS_CACHE })
        }
    })
}

/// What holds with a modern Django or an old one; both where it may be either.
fn either(modern: Option<bool>, of: impl Fn(bool) -> Value) -> Value {
    match modern {
        Some(modern) => of(modern),
        None => {
            let mut values = Vec::new();
            for value in [of(true), of(false)] {
                match value {
                    Value::OneOf(several) => values.extend(several),
                    one => values.push(one),
                }
            }
            crate::interp::convert::one_of(values)
        }
    }
}

/// `email_url_config(url, backend)`.
///
/// # Errors
/// `ImproperlyConfigured` for an unknown scheme.
pub(crate) fn email_url(
    source: &str,
    backend: Option<&str>,
    context: &Context,
) -> Result<Value, Trouble> {
    const SMTP: &str = "django.core.mail.backends.smtp.EmailBackend";
    let url = urlparse(source, context)?;
    let path = url.path_tail();
    let (user, password) = url.user_info();
    let decode = |part: Option<&str>| match part {
        Some(part) if context.version < Version(0, 9, 0) => text(unquote_plus(part)),
        Some(part) => text(unquote(part)),
        None => Value::None,
    };
    let mut config = Pairs::default();
    config.set("EMAIL_FILE_PATH", text(unquote_plus(path.split('?').next().unwrap_or_default())));
    config.set("EMAIL_HOST_USER", decode(user));
    config.set("EMAIL_HOST_PASSWORD", decode(password));
    config.set("EMAIL_HOST", url.hostname().map_or(Value::None, text));
    config.set("EMAIL_PORT", url.port()?.map_or(Value::None, |port| Value::Int(port.into())));
    let known = match url.scheme.as_str() {
        "smtp" | "smtps" | "smtp+tls" | "smtp+ssl" => Some(SMTP),
        "consolemail" => Some("django.core.mail.backends.console.EmailBackend"),
        "filemail" => Some("django.core.mail.backends.filebased.EmailBackend"),
        "memorymail" => Some("django.core.mail.backends.locmem.EmailBackend"),
        "dummymail" => Some("django.core.mail.backends.dummy.EmailBackend"),
        _ => None,
    };
    let given = backend.filter(|backend| !backend.is_empty());
    match given.or(known) {
        Some(backend) => config.set("EMAIL_BACKEND", text(backend)),
        None => {
            return Err(Trouble::Raise(IMPROPERLY, "the scheme of the e-mail URL has no backend"));
        }
    }
    match url.scheme.as_str() {
        "smtps" | "smtp+tls" => config.set("EMAIL_USE_TLS", Value::Bool(true)),
        "smtp+ssl" => config.set("EMAIL_USE_SSL", Value::Bool(true)),
        _ => {}
    }
    if !url.query.is_empty() {
        let mut options = Pairs::default();
        for (key, values) in parse_qs(&url.query) {
            let value = cast_int(values.first().map_or("", String::as_str))?;
            let key = key.to_uppercase();
            if matches!(key.as_str(), "EMAIL_USE_TLS" | "EMAIL_USE_SSL") {
                config.set(&key, value);
            } else {
                options.set(&key, value);
            }
        }
        config.set("OPTIONS", options.value());
    }
    Ok(config.value())
}

/// `channels_url_config(url, backend)` (from 0.12).
///
/// # Errors
/// `ImproperlyConfigured` for an unknown scheme.
pub(crate) fn channels_url(
    source: &str,
    backend: Option<&str>,
    context: &Context,
) -> Result<Value, Trouble> {
    if context.version < Version(0, 12, 0) {
        return Err(Trouble::Raise(
            "AttributeError",
            "django-environ before 0.12 has no channels_url",
        ));
    }
    let mut url = urlparse(source, context)?;
    let mut config = Pairs::default();
    if let Some(backend) = backend.filter(|backend| !backend.is_empty()) {
        config.set("BACKEND", text(backend));
        return Ok(config.value());
    }
    let secure = context.version >= Version(0, 13, 0);
    let known = match url.scheme.as_str() {
        "inmemory" => "channels.layers.InMemoryChannelLayer",
        "redis" => "channels_redis.core.RedisChannelLayer",
        "rediss" if secure => "channels_redis.core.RedisChannelLayer",
        "redis+pubsub" => "channels_redis.pubsub.RedisPubSubChannelLayer",
        "rediss+pubsub" if secure => "channels_redis.pubsub.RedisPubSubChannelLayer",
        _ => {
            return Err(Trouble::Raise(
                IMPROPERLY,
                "the scheme of the channels URL has no backend",
            ));
        }
    };
    config.set("BACKEND", text(known));
    if url.scheme.starts_with("redis") {
        let plain = url.scheme.split('+').next().unwrap_or_default().to_owned();
        if url.netloc.is_empty() {
            return Err(Trouble::Unknown("a channels URL without a host"));
        }
        url.scheme = plain;
        let mut inner = Pairs::default();
        inner.set("hosts", Value::List(vec![text(url.unparse(false))]));
        config.set("CONFIG", inner.value());
    }
    Ok(config.value())
}
