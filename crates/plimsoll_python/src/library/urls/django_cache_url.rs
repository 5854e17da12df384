//! `django_cache_url.parse` (3.2.3 to 3.4.6): caches in memory, in files, in the database, of
//! memcached and Redis. Sockets and the option `lib` are not modelled.

use plimsoll_formats::dotenv::Version;

use super::super::stdlib_text::{Trouble, literal, url};
use super::{Context, Pairs, text};
use crate::Value;

const BACKENDS: &[(&str, &str)] = &[
    ("db", "django.core.cache.backends.db.DatabaseCache"),
    ("dummy", "django.core.cache.backends.dummy.DummyCache"),
    ("elasticache", "django_elasticache.memcached.ElastiCache"),
    ("file", "django.core.cache.backends.filebased.FileBasedCache"),
    ("locmem", "django.core.cache.backends.locmem.LocMemCache"),
    ("memcached", "django.core.cache.backends.memcached.PyLibMCCache"),
    ("djangopylibmc", "django_pylibmc.memcached.PyLibMCCache"),
    ("redis", ""),
    ("rediss", ""),
    ("hiredis", ""),
];
const DJANGO_REDIS: &str = "django_redis.cache.RedisCache";
const OWN_REDIS: &str = "django.core.cache.backends.redis.RedisCache";
/// Arguments that become options.
const OPTIONS: &[&str] = &["MAX_ENTRIES", "CULL_FREQUENCY"];

/// `parse(url)`.
///
/// # Errors
/// `ValueError` for a number that is none; [`Trouble::Unknown`] for what is not modelled.
pub(crate) fn parse(source: &str, context: &Context) -> Result<Value, Trouble> {
    let unknown = |why: &'static str| Err(Trouble::Unknown(why));
    if context.version < Version(3, 2, 3) {
        return unknown("django-cache-url with an older version");
    }
    let url = url::parse(source)?;
    let Some((_, backend)) = BACKENDS.iter().find(|(scheme, _)| *scheme == url.scheme) else {
        return unknown("django-cache-url with a scheme that is not modelled");
    };
    let mut arguments: Vec<(String, String)> = Vec::new();
    for (key, values) in url::parse_qs(&url.query) {
        let (key, value) = (key.to_uppercase(), values.join(";"));
        match arguments.iter_mut().find(|(known, _)| *known == key) {
            Some((_, place)) => *place = value,
            None => arguments.push((key, value)),
        }
    }
    if arguments.iter().any(|(key, _)| key == "LIB") {
        return unknown("django-cache-url with lib=");
    }
    let mut config = Pairs::default();
    let mut options = Pairs::default();
    if backend.is_empty() {
        if url.netloc.is_empty() {
            return unknown("django-cache-url with a socket");
        }
        redis(&url, context, &mut config, &mut options)?;
    } else {
        config.set("BACKEND", text(*backend));
        let location = match url.netloc.is_empty() {
            true if backend.contains("memcached") => {
                return unknown("django-cache-url with a socket");
            }
            true => url.path.clone(),
            false => url.netloc.replace(',', ";"),
        };
        config.set("LOCATION", text(location));
    }
    for name in OPTIONS {
        if let Some(at) = arguments.iter().position(|(key, _)| key == name) {
            options.set(name, Value::Int(literal::int(&arguments.remove(at).1)?));
        }
    }
    if !options.is_empty() {
        config.set("OPTIONS", options.value());
    }
    for (key, value) in arguments {
        config.set(&key, text(value));
    }
    Ok(config.value())
}

fn redis(
    url: &url::Url,
    context: &Context,
    config: &mut Pairs,
    options: &mut Pairs,
) -> Result<(), Trouble> {
    // Since 3.4.0 Django's own backend, which there is since Django 4.0.
    let backend = match context.django {
        _ if context.version < Version(3, 4, 0) => DJANGO_REDIS,
        Some((4.., _)) => OWN_REDIS,
        _ => {
            let reason = "django-cache-url with a version of Django that is not declared, or old";
            return Err(Trouble::Unknown(reason));
        }
    };
    let (_, password) = url.user_info();
    let password = password.filter(|password| !password.is_empty());
    let in_location = backend == OWN_REDIS && context.version >= Version(3, 4, 2);
    config.set("BACKEND", text(backend));
    if url.scheme == "hiredis" {
        options.set("PARSER_CLASS", text("redis.connection.HiredisParser"));
    }
    let user = match password {
        Some(password) if in_location => format!(":{password}@"),
        Some(password) => {
            options.set("PASSWORD", text(password));
            String::new()
        }
        None => String::new(),
    };
    let scheme = if url.scheme == "rediss" { "rediss" } else { "redis" };
    let port = url.port()?.filter(|port| *port != 0).unwrap_or(6379);
    let host = url.hostname().unwrap_or_else(|| "None".to_owned());
    let database = match url.path.get(1..) {
        None | Some("") => "0",
        Some(database) => database,
    };
    config.set("LOCATION", text(format!("{scheme}://{user}{host}:{port}/{database}")));
    Ok(())
}
