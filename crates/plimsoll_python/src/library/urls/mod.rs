//! URLs of databases, caches, mail servers, search engines and channel layers as the libraries
//! for Django read them, each in the version the project has.

pub(crate) mod dj_database_url;
pub(crate) mod dj_email_url;
pub(crate) mod django_cache_url;
pub(crate) mod environ;
pub(crate) mod environ_search;

use num_bigint::BigInt;
use plimsoll_formats::dotenv::Version;

use crate::Value;

/// What is installed, as far as these libraries' defaults depend on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// The library's own version.
    pub(crate) version: Version,
    /// Django's, where known.
    pub(crate) django: Option<(u32, u32)>,
    /// The newest that it may be, where it is not pinned.
    pub(crate) django_until: Option<(u32, u32)>,
    /// Whether the package `django_redis` is installed; `None` where that is not known.
    pub(crate) django_redis: Option<bool>,
    /// Whether the package `redis_cache` is installed.
    pub(crate) redis_cache: Option<bool>,
    /// Whether the package `pymemcache` is installed.
    pub(crate) pymemcache: Option<bool>,
}

impl Context {
    /// Whether Django is of this series or a newer one, as it is where nothing is declared; `None`
    /// where the project accepts both older and newer ones.
    pub(crate) fn is_django(&self, from: (u32, u32)) -> Option<bool> {
        let oldest = self.django.is_none_or(|django| django >= from);
        match self.django_until {
            Some(newest) if newest >= from && !oldest => None,
            _ => Some(oldest),
        }
    }
}

/// A dict under construction: `update` as Python does it, keys keep their place.
#[derive(Debug, Default)]
pub(crate) struct Pairs(Vec<(Value, Value)>);

impl Pairs {
    pub(crate) fn set(&mut self, key: &str, value: Value) {
        match self.0.iter_mut().find(|(known, _)| known.text() == Some(key)) {
            Some((_, place)) => *place = value,
            None => self.0.push((Value::Str(key.to_owned()), value)),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known.text() == Some(key)).map(|(_, value)| value)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| known.text() == Some(key))?;
        Some(self.0.remove(at).1)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn value(self) -> Value {
        Value::Dict(self.0)
    }
}

pub(crate) fn text(text: impl Into<String>) -> Value {
    Value::Str(text.into())
}

/// A port, or the empty string where there is none (or where it is 0).
pub(crate) fn port_or_empty(port: Option<u16>) -> Value {
    match port {
        Some(port) if port != 0 => Value::Int(BigInt::from(port)),
        _ => text(""),
    }
}

#[cfg(test)]
mod tests;
