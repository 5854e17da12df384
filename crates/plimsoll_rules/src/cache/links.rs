//! The message stores and caches that the settings point at, as far as they are known.

use plimsoll_facts::{Facts, RedisServer};
use plimsoll_python::Value;
use plimsoll_source::Span;

use crate::database::connection::is_local;

/// What something is used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Celery's queues.
    Broker,
    /// Celery's results.
    Results,
    /// A cache: its alias.
    Cache(String),
    /// A cache that keeps the sessions.
    Sessions(String),
    /// The layer of Channels.
    Channels,
    /// The queues of RQ.
    Queue,
}

impl Purpose {
    /// What to call it in a sentence.
    pub(crate) fn name(&self) -> String {
        match self {
            Purpose::Broker => "Celery's queues".to_owned(),
            Purpose::Results => "Celery's results".to_owned(),
            Purpose::Cache(alias) => format!("the cache {alias}"),
            Purpose::Sessions(_) => "the sessions".to_owned(),
            Purpose::Channels => "the channel layer".to_owned(),
            Purpose::Queue => "RQ's queues".to_owned(),
        }
    }

    /// Whether what is lost there is lost for good.
    pub(crate) fn must_last(&self) -> bool {
        matches!(self, Purpose::Broker | Purpose::Sessions(_) | Purpose::Queue)
    }
}

/// One address.
#[derive(Clone, Debug)]
pub(crate) struct Link<'f> {
    /// What it is used for.
    pub purpose: Purpose,
    /// The setting that names it.
    pub setting: &'static str,
    /// Where that is set.
    pub at: Span,
    /// The address.
    pub address: Address,
    /// The variables that would change it and that nobody has shown.
    pub assumed: Vec<&'f str>,
}

/// A taken-apart address. Holds no password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// `redis`, `rediss`, `amqp`, `memory`; empty for a bare host.
    pub scheme: String,
    /// The host; empty where there is none.
    pub host: String,
    /// The port, the scheme's own where none is given.
    pub port: u32,
    /// Redis' database number, `amqp`'s virtual host.
    pub database: String,
    /// Whether it carries a password.
    pub has_password: bool,
    /// What follows the question mark.
    pub query: String,
}

impl Address {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (login, place),
            None => ("", authority),
        };
        let has_password = login.split_once(':').is_some_and(|(_, password)| !password.is_empty());
        // Several hosts in one: the first tells.
        let place = place.split([',', ';']).next().unwrap_or(place);
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':').unwrap_or("")),
            None => place.split_once(':').unwrap_or((place, "")),
        };
        let usual = match scheme.as_str() {
            "redis" | "rediss" | "valkey" | "valkeys" => 6379,
            "amqp" | "pyamqp" => 5672,
            "amqps" => 5671,
            _ => 0,
        };
        let is_redis = scheme.contains("redis") || scheme.contains("valkey");
        let database = if is_redis && database.is_empty() { "0" } else { database };
        Some(Self {
            host: host.to_ascii_lowercase(),
            port: port.parse().unwrap_or(usual),
            database: database.trim_end_matches('/').to_owned(),
            has_password,
            query: query.to_owned(),
            scheme,
        })
    }

    /// Whether it is Redis or one of its kin.
    pub(crate) fn is_redis(&self) -> bool {
        self.scheme.contains("redis") || self.scheme.contains("valkey")
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        matches!(self.scheme.as_str(), "rediss" | "valkeys" | "amqps" | "redis+ssl" | "sqs")
    }
}

/// The settings that name Celery's broker, the current name first.
pub(crate) const BROKERS: [&str; 4] =
    ["CELERY_BROKER_URL", "BROKER_URL", "CELERY_BROKER", "CELERY_BROKER_READ_URL"];
/// The settings that name Celery's result backend.
pub(crate) const RESULTS: [&str; 3] =
    ["CELERY_RESULT_BACKEND", "CELERY_RESULT_BACKEND_URL", "CELERY_CACHE_BACKEND"];

/// Everything that the settings point at and whose address is known.
pub(crate) fn links(facts: &Facts) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    let first = |names: &[&'static str]| names.iter().copied().find(|name| facts.is_set(name));
    for (names, purpose) in [(&BROKERS[..2], Purpose::Broker), (&RESULTS[..1], Purpose::Results)] {
        let Some(name) = first(names) else { continue };
        let Some(value) = facts.partial(name) else { continue };
        push(facts, &mut found, name, value, &purpose);
    }
    caches(facts, &mut found);
    if let Some(Value::Dict(layers)) = facts.partial("CHANNEL_LAYERS") {
        for hosts in layers.iter().filter_map(|(_, layer)| layer.get("CONFIG")?.get("hosts")) {
            for host in hosts.items().unwrap_or_default() {
                match host {
                    Value::Tuple(pair) | Value::List(pair) => {
                        if let Some(name) = pair.first().and_then(Value::text) {
                            let port = pair.get(1).and_then(Value::integer).unwrap_or(6379);
                            let url = Value::Str(format!("redis://{name}:{port}/0"));
                            push(facts, &mut found, "CHANNEL_LAYERS", &url, &Purpose::Channels);
                        }
                    }
                    host => {
                        let host = host.get("address").unwrap_or(host);
                        push(facts, &mut found, "CHANNEL_LAYERS", host, &Purpose::Channels);
                    }
                }
            }
        }
    }
    if let Some(Value::Dict(queues)) = facts.partial("RQ_QUEUES") {
        for (_, queue) in queues {
            if let Some(url) = queue.get("URL") {
                push(facts, &mut found, "RQ_QUEUES", url, &Purpose::Queue);
            } else if let Some(host) = queue.get("HOST").and_then(Value::text) {
                let port = queue.get("PORT").and_then(Value::integer).unwrap_or(6379);
                let number = queue.get("DB").and_then(Value::integer).unwrap_or(0);
                let url = Value::Str(format!("redis://{host}:{port}/{number}"));
                push(facts, &mut found, "RQ_QUEUES", &url, &Purpose::Queue);
            }
        }
    }
    found
}

fn caches<'f>(facts: &'f Facts, found: &mut Vec<Link<'f>>) {
    let Some(Value::Dict(caches)) = facts.partial("CACHES") else { return };
    let sessions = session_alias(facts);
    for (alias, cache) in caches {
        let Some(alias) = alias.text() else { continue };
        let backend = cache.get("BACKEND").and_then(Value::text).unwrap_or("").to_ascii_lowercase();
        if !(backend.contains("redis") || backend.contains("valkey")) {
            continue;
        }
        let Some(location) = cache.get("LOCATION") else { continue };
        let purpose = if sessions == Some(alias) {
            Purpose::Sessions(alias.to_owned())
        } else {
            Purpose::Cache(alias.to_owned())
        };
        let from = found.len();
        match location.items() {
            Some(items) => {
                for item in items.iter().take(1) {
                    push(facts, found, "CACHES", item, &purpose);
                }
            }
            None => push(facts, found, "CACHES", location, &purpose),
        }
        // Options win over the address.
        let options = cache.get("OPTIONS");
        let number = options.and_then(|o| o.get("db").or_else(|| o.get("DB")));
        let password = options.and_then(|o| o.get("PASSWORD").or_else(|| o.get("password")));
        for link in found.iter_mut().skip(from) {
            if let Some(number) = number {
                link.address.database = match (number.integer(), number.text()) {
                    (Some(number), _) => number.to_string(),
                    (None, Some(text)) => text.to_owned(),
                    _ => "?".to_owned(),
                };
            }
            link.address.has_password |= password.is_some();
        }
    }
}

/// The cache that keeps the sessions, where they are kept in a cache alone.
pub(crate) fn session_alias(facts: &Facts) -> Option<&str> {
    let engine = facts.partial("SESSION_ENGINE")?.text()?;
    if engine != "django.contrib.sessions.backends.cache" {
        return None;
    }
    facts.partial("SESSION_CACHE_ALIAS").and_then(Value::text).or(Some("default"))
}

fn push<'f>(
    facts: &'f Facts,
    found: &mut Vec<Link<'f>>,
    setting: &'static str,
    value: &Value,
    purpose: &Purpose,
) {
    let (Some(text), Some(at)) = (value.text(), facts.place_of(setting)) else { return };
    let text = if text.contains("://") { text.to_owned() } else { format!("redis://{text}") };
    let Some(address) = Address::parse(&text) else { return };
    found.push(Link {
        purpose: purpose.clone(),
        setting,
        at,
        address,
        assumed: facts.open_variables(setting),
    });
}

/// The Redis server of the repository that an address leads to: a service of the stack by its
/// name, or the one configuration file where the address is the machine itself.
pub(crate) fn server<'f>(facts: &'f Facts, address: &Address) -> Option<&'f RedisServer> {
    if !address.is_redis() {
        return None;
    }
    if let Some(stack) = facts.containers.production_stack()
        && let Some(service) = stack.answering(&address.host)
    {
        return facts.containers.redis.iter().find(|server| server.name == service.name.value);
    }
    if is_local(&address.host) {
        let mut files = facts
            .containers
            .redis
            .iter()
            .filter(|server| server.place == plimsoll_facts::RedisPlace::ConfFile);
        let (one, None) = (files.next()?, files.next()) else { return None };
        return Some(one);
    }
    None
}

/// What a server is known to be used for: by the addresses that lead to it. `guessed` says that no
/// address is known and the server is the only one there is for the queues.
pub(crate) struct Uses<'f> {
    /// The links.
    pub links: Vec<Link<'f>>,
    /// What is taken for granted as there is no other place for it.
    pub guessed: Vec<Purpose>,
}

/// The uses of a server.
pub(crate) fn uses<'f>(facts: &'f Facts, server: &RedisServer) -> Uses<'f> {
    let all = links(facts);
    let leads = |link: &Link| {
        self::server(facts, &link.address).is_some_and(|found| found.name == server.name)
    };
    let mut guessed = Vec::new();
    let broker_known = all.iter().any(|link| link.purpose == Purpose::Broker);
    if !broker_known && only_broker(facts, server) {
        guessed.push(Purpose::Broker);
    }
    Uses { links: all.into_iter().filter(leads).collect(), guessed }
}

/// Whether a server is the only place in its stack where Celery's queues can be.
fn only_broker(facts: &Facts, server: &RedisServer) -> bool {
    let Some(stack) = facts.containers.production_stack() else { return false };
    let celery_works = facts.processes.iter().any(|process| {
        process.kind == plimsoll_facts::ProcessKind::Worker
            && stack.has_file(&process.at.file)
            && process.command.as_ref().is_some_and(|command| {
                command.program == plimsoll_formats::command::Program::CeleryWorker
            })
    });
    let other = stack.project.services.values().any(|service| {
        crate::containers::image_name(service).is_some_and(|name| {
            name.contains("rabbitmq") || name.contains("kafka") || name.contains("elasticmq")
        })
    });
    server.place == plimsoll_facts::RedisPlace::Service
        && facts.containers.redis.iter().filter(|s| s.place == server.place).count() == 1
        && celery_works
        && !other
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_taken_apart() {
        for (text, host, port, database, password) in [
            ("redis://cache:6379/1", "cache", 6379, "1", false),
            ("redis://:pw@cache", "cache", 6379, "0", true),
            (
                "rediss://u:p%40@a.example.org:6380/2?ssl_cert_reqs=none",
                "a.example.org",
                6380,
                "2",
                true,
            ),
            ("amqp://guest@rabbit//", "rabbit", 5672, "", false),
            ("redis://[::1]:6379/0", "::1", 6379, "0", false),
            ("memory://", "", 0, "", false),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.host, host, "{text}");
            assert_eq!(address.port, port, "{text}");
            assert_eq!(address.database, database, "{text}");
            assert_eq!(address.has_password, password, "{text}");
        }
        assert!(Address::parse("cache:6379").is_none());
    }
}
