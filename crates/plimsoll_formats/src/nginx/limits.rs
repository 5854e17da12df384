//! Limits on requests and connections, and the client's real address.

use super::config::Config;
use super::scope::Scope;
use super::syntax::Directive;
use super::values;

/// A `limit_req_zone` or `limit_conn_zone`.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone<'c> {
    /// The zone's name.
    pub name: &'c str,
    /// What is counted, such as `$binary_remote_addr`.
    pub key: &'c str,
    /// The size in bytes.
    pub size: Option<u64>,
    /// Requests per second, for `limit_req_zone`.
    pub rate: Option<f64>,
    /// Where.
    pub directive: &'c Directive,
}

/// A `limit_req` or `limit_conn` that holds at a level.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit<'c> {
    /// Its zone, where one of that name is defined.
    pub zone: Option<Zone<'c>>,
    /// The name of the zone.
    pub zone_name: &'c str,
    /// How many requests may wait beyond the rate (`limit_req`), 0 where nothing is written.
    pub burst: Option<u64>,
    /// Whether these are not delayed.
    pub nodelay: bool,
    /// How many connections are allowed (`limit_conn`).
    pub connections: Option<u64>,
    /// Where.
    pub directive: &'c Directive,
}

/// Where nginx takes the client's address from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealIp<'c> {
    /// The addresses that are believed, as written.
    pub from: Vec<&'c str>,
    /// The header, `X-Real-IP` by default, `proxy_protocol` for that.
    pub header: &'c str,
    /// Whether trusted addresses are skipped from the right until another is found.
    pub recursive: bool,
    /// The `set_real_ip_from` directives.
    pub directives: Vec<&'c Directive>,
}

impl Config {
    /// The zones of `limit_req_zone`.
    pub fn limit_req_zones(&self) -> Vec<Zone<'_>> {
        self.http_directives("limit_req_zone").into_iter().filter_map(zone).collect()
    }

    /// The zones of `limit_conn_zone`.
    pub fn limit_conn_zones(&self) -> Vec<Zone<'_>> {
        self.http_directives("limit_conn_zone").into_iter().filter_map(zone).collect()
    }
}

impl<'c> Scope<'c> {
    /// The `limit_req` directives that hold here.
    pub fn request_limits(&self) -> Vec<Limit<'c>> {
        let zones = self.config().limit_req_zones();
        let directives = self.inherited("limit_req").into_iter();
        directives.filter_map(|directive| request_limit(directive, &zones)).collect()
    }

    /// The `limit_conn` directives that hold here.
    pub fn connection_limits(&self) -> Vec<Limit<'c>> {
        let zones = self.config().limit_conn_zones();
        self.inherited("limit_conn")
            .into_iter()
            .filter_map(|directive| {
                let zone_name = directive.arg(0)?;
                Some(Limit {
                    zone: zones.iter().find(|zone| zone.name == zone_name).cloned(),
                    zone_name,
                    burst: None,
                    nodelay: false,
                    connections: directive.arg(1)?.parse().ok(),
                    directive,
                })
            })
            .collect()
    }

    /// How the client's address is found, where any address is believed.
    pub fn real_ip(&self) -> Option<RealIp<'c>> {
        let directives = self.inherited("set_real_ip_from");
        if directives.is_empty() {
            return None;
        }
        let header = self.value("real_ip_header").directive();
        Some(RealIp {
            from: directives.iter().filter_map(|directive| directive.arg(0)).collect(),
            header: header.and_then(|directive| directive.arg(0)).unwrap_or("X-Real-IP"),
            recursive: self.switch("real_ip_recursive", false).unwrap_or(false),
            directives,
        })
    }
}

/// The value of an argument `name=value`.
fn option<'d>(directive: &'d Directive, name: &str) -> Option<&'d str> {
    directive.args.iter().find_map(|arg| arg.value.strip_prefix(name)?.strip_prefix('='))
}

fn zone(directive: &Directive) -> Option<Zone<'_>> {
    let written = option(directive, "zone")?;
    let (name, size) = match written.split_once(':') {
        Some((name, size)) => (name, values::size(size)),
        None => (written, None),
    };
    let rate = option(directive, "rate").and_then(values::rate);
    Some(Zone { name, key: directive.arg(0)?, size, rate, directive })
}

fn request_limit<'c>(directive: &'c Directive, zones: &[Zone<'c>]) -> Option<Limit<'c>> {
    let zone_name = option(directive, "zone")?;
    let burst = option(directive, "burst").map_or(Some(0), |burst| burst.parse().ok());
    Some(Limit {
        zone: zones.iter().find(|zone| zone.name == zone_name).cloned(),
        zone_name,
        burst,
        nodelay: directive.args.iter().any(|arg| arg.value == "nodelay"),
        connections: None,
        directive,
    })
}
