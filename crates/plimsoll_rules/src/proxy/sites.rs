//! nginx's servers as rules ask for them: which hand requests to the application, and what holds
//! in them.

use std::collections::BTreeSet;

use plimsoll_facts::{Declaration, Facts, NginxConfig, ProcessKind};
use plimsoll_formats::command::Bind;
use plimsoll_formats::nginx::{Address, Effective, Location, Pass, PassKind, Scope, Server};

use crate::Look;

/// A server with the configuration it stands in.
pub(crate) struct Site<'f> {
    /// The configuration.
    pub(crate) from: &'f NginxConfig,
    /// The server.
    pub(crate) server: Server<'f>,
}

/// Every server of nginx's configurations, fragments of locations counted as one.
pub(crate) fn sites(facts: &Facts) -> Vec<Site<'_>> {
    facts
        .edge
        .nginx
        .iter()
        .flat_map(|from| {
            let config = &from.config;
            let servers = config.servers().into_iter().chain(config.implicit_server());
            servers.map(move |server| Site { from, server })
        })
        .collect()
}

/// A location that hands requests to the application, as far as can be told.
pub(crate) struct Handed<'f> {
    /// The location.
    pub(crate) location: Location<'f>,
    /// Where it hands them to.
    pub(crate) pass: Pass<'f>,
}

impl<'f> Site<'f> {
    /// The locations that hand requests to the application.
    pub(crate) fn handed(&self, facts: &Facts) -> Vec<Handed<'f>> {
        let locations = self.server.all_locations().into_iter();
        locations
            .filter_map(|location| Some(Handed { pass: location.pass()?, location }))
            .filter(|handed| leads_to_app(facts, &handed.pass) == Some(true))
            .collect()
    }

    /// Whether it hands anything to the application.
    pub(crate) fn serves_app(&self, facts: &Facts) -> bool {
        !self.handed(facts).is_empty()
    }
}

/// Whether requests are handed to the application: `None` where it can't be told.
pub(crate) fn leads_to_app(facts: &Facts, pass: &Pass<'_>) -> Option<bool> {
    if matches!(pass.kind, PassKind::Fastcgi | PassKind::Scgi | PassKind::Grpc) {
        return Some(false);
    }
    let known = pass.addresses.iter().map(|address| is_app(facts, address));
    let known: BTreeSet<Option<bool>> = known.collect();
    if known.contains(&Some(true)) {
        Some(true)
    } else if known.len() == 1 && known.contains(&Some(false)) {
        Some(false)
    } else {
        None
    }
}

fn is_app(facts: &Facts, address: &Address) -> Option<bool> {
    let binds: Vec<Bind> =
        facts.servers.iter().flat_map(|server| server.binds()).map(|(bind, _)| bind).collect();
    match address {
        Address::Unix { path } => {
            let sockets = binds.iter().filter_map(|bind| match bind {
                Bind::Unix(path) => Some(path.as_str()),
                _ => None,
            });
            let mut sockets = sockets.peekable();
            if sockets.peek().is_none() {
                return Some(true);
            }
            sockets.any(|socket| is_same_path(socket, path)).then_some(true)
        }
        Address::Host { port, .. } if address.is_local() == Some(true) => {
            let ports: Vec<u16> = binds.iter().filter_map(port_of).collect();
            if ports.is_empty() || port.is_some_and(|port| ports.contains(&port)) {
                return Some(true);
            }
            None
        }
        Address::Host { host, .. } => {
            if host.contains('.') {
                return Some(false);
            }
            let compose = || facts.processes.iter().filter(|p| p.declared == Declaration::Compose);
            let named = || compose().filter(|process| process.name == *host);
            if named().any(|process| process.kind == ProcessKind::Web) {
                return Some(true);
            }
            if named().next().is_some() {
                return Some(false);
            }
            // Names that no other service would have.
            matches!(host.as_str(), "django" | "gunicorn" | "app_server" | "wsgi" | "uwsgi")
                .then_some(true)
        }
        Address::Computed(_) => None,
    }
}

/// The port of a bind.
pub(crate) fn port_of(bind: &Bind) -> Option<u16> {
    match bind {
        Bind::Tcp { port, .. } => Some(*port),
        _ => None,
    }
}

/// `/var/run` is `/run` on every system of today.
pub(crate) fn is_same_path(a: &str, b: &str) -> bool {
    let plain = |path: &str| {
        path.strip_prefix("/var/run/").map_or(path.to_owned(), |rest| format!("/run/{rest}"))
    };
    plain(a) == plain(b)
}

/// What holds of a directive at a level. A file that nginx's own image includes stands in an
/// `http` that sets nothing of what rules ask for, where no configuration of the repository
/// replaces it.
pub(crate) fn effective<'c>(facts: &Facts, scope: &Scope<'c>, name: &str) -> Effective<'c> {
    let value = scope.value(name);
    let replaced = || facts.edge.nginx.iter().any(|other| other.config.is_complete());
    if value == Effective::Unknown
        && !scope.has_unread_includes()
        && facts.edge.nginx_image.is_some()
        && !replaced()
    {
        return Effective::Default;
    }
    value
}

/// Says so where the repository holds no proxy's configuration.
pub(crate) fn is_absent(look: &mut Look, what: &str) -> bool {
    if look.facts.edge.is_present() {
        return false;
    }
    look.undetermined(
        format!("{what} is not in the repository"),
        "add the proxy's configuration to the repository, or probe the live site",
        None,
    );
    true
}

/// Says so where the repository holds a proxy's configuration, and none that leads to the
/// application for certain.
pub(crate) fn leads_nowhere(look: &mut Look, any: bool) -> bool {
    if !any {
        look.undetermined(
            "no part of the proxy's configuration is known to lead to the application",
            "probe the live site",
            None,
        );
    }
    !any
}
