//! What the reverse proxy in front of the application does, as far as the repository says.

use std::collections::BTreeMap;

use plimsoll_formats::nginx::{self, AddedHeader, Config, Location, Resolver, Server};
use plimsoll_source::{RepoPath, Span, Tree};

use crate::inventory::{Inventory, Role};

/// What the proxy configurations of the repository do on every response of the application.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    /// The places of servers for plain HTTP that redirect everything to HTTPS.
    pub redirects: Vec<Span>,
    /// The places of servers for plain HTTP that serve content.
    pub plain_servers: Vec<Span>,
    /// Addresses that the proxy serves from files by itself, with their places.
    pub served: Vec<Served>,
    /// Whether the repository holds a proxy's configuration at all.
    pub present: bool,
    /// Every location that proxies to the application.
    pub locations: Vec<Proxied>,
    /// Every header that some server or location adds, also where nothing is proxied.
    pub added: Vec<EdgeHeader>,
    /// Headers of an outer level that an inner one drops by adding its own, with the inner place.
    pub dropped: Vec<(EdgeHeader, Span)>,
    /// Places where the access log is switched off for a whole server or more.
    pub access_log_off: Vec<Span>,
    /// Headers that are sent on every proxied response, with their value and place.
    pub headers: Vec<EdgeHeader>,
}

/// A location that hands requests to the application.
#[derive(Clone, Debug)]
pub struct Proxied {
    /// Where.
    pub at: Span,
    /// Its pattern as written.
    pub pattern: String,
    /// Whether its server speaks TLS.
    pub tls: bool,
    /// The request headers that it sends, as far as it sets them: name, value, place.
    pub passed: Vec<(String, String, Span)>,
    /// The response headers that it adds.
    pub headers: Vec<EdgeHeader>,
    /// Whether a file that is not in the repository is included around it and may set more.
    pub open: bool,
}

impl Proxied {
    /// A request header that it sets.
    pub fn passes(&self, name: &str) -> Option<(&str, &Span)> {
        let found = self.passed.iter().find(|(key, ..)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value, at)| (value.as_str(), at))
    }
}

/// A folder or file that the proxy serves for an address.
#[derive(Clone, Debug)]
pub struct Served {
    /// The location's pattern.
    pub pattern: String,
    /// The folder on the proxy's disk, for a prefix: what stands for the pattern itself.
    pub folder: Option<String>,
    /// Where.
    pub at: Span,
    /// Whether only internal redirects reach it.
    pub internal: bool,
}

/// A response header that the proxy adds.
#[derive(Clone, Debug)]
pub struct EdgeHeader {
    /// Its name as written.
    pub name: String,
    /// Its value as written.
    pub value: String,
    /// Whether error responses carry it too (`always`).
    pub always: bool,
    /// Where.
    pub at: Span,
}

impl Edge {
    /// Reads the proxy configurations of the repository that may be part of production.
    pub fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let files: Vec<RepoPath> =
            inventory.main(Role::Nginx).map(|file| file.path.clone()).collect();
        let configs = nginx::read_all(tree, &Resolver::new(tree), &files);
        let mut edge = Self { present: !configs.is_empty(), ..Self::default() };
        for config in &configs {
            edge.take_in(config);
        }
        edge.keep_common_headers();
        edge
    }

    fn take_in(&mut self, config: &Config) {
        for server in config.servers().into_iter().chain(config.implicit_server()) {
            let Some(at) = server.at().cloned() else { continue };
            let proxies = proxying(&server);
            for location in server.all_locations() {
                if location.root().is_some() && location.pass().is_none() {
                    let pattern = location.pattern().to_owned();
                    self.served.push(Served {
                        folder: location.file_of(&pattern),
                        pattern,
                        at: location.at().clone(),
                        internal: location.is_internal(),
                    });
                }
            }
            if !server.is_tls() && !server.rejects_handshakes() {
                match server.answers_all() {
                    Some(answer) if answer.is_https_redirect() => self.redirects.push(at),
                    Some(_) => {}
                    None if redirects_at_root(&server) => self.redirects.push(at),
                    None if proxies.is_empty() => {}
                    None => self.plain_servers.push(at),
                }
            }
            if server
                .scope()
                .value("access_log")
                .directive()
                .is_some_and(|log| log.arg(0) == Some("off"))
            {
                self.access_log_off.extend(server.at().cloned());
            }
            self.added.extend(server.scope().added_headers().iter().map(edge_header));
            for location in server.all_locations() {
                self.added.extend(location.scope().added_headers().iter().map(edge_header));
                for dropped in location.scope().dropped_headers() {
                    self.dropped.push((edge_header(&dropped), location.at().clone()));
                }
            }
            for location in &proxies {
                let passed = location.scope().passed_headers();
                self.locations.push(Proxied {
                    at: location.at().clone(),
                    pattern: location.pattern().to_owned(),
                    tls: server.is_tls(),
                    passed: passed
                        .iter()
                        .filter_map(|header| {
                            Some((
                                header.name.to_owned(),
                                header.value.to_owned(),
                                header.at?.clone(),
                            ))
                        })
                        .collect(),
                    headers: location
                        .scope()
                        .added_headers()
                        .iter()
                        .filter(|header| !header.value.is_empty())
                        .map(edge_header)
                        .collect(),
                    open: config.has_unread_includes(),
                });
            }
        }
    }

    /// Keeps the headers that every proxied location sends.
    fn keep_common_headers(&mut self) {
        let mut counts: BTreeMap<String, (usize, EdgeHeader)> = BTreeMap::new();
        for headers in self.locations.iter().map(|location| &location.headers) {
            let mut seen = std::collections::BTreeSet::new();
            for header in headers {
                if seen.insert(header.name.to_ascii_lowercase()) {
                    let entry = counts.entry(header.name.to_ascii_lowercase());
                    entry.or_insert_with(|| (0, header.clone())).0 += 1;
                }
            }
        }
        let all = self.locations.len();
        self.headers = counts
            .into_values()
            .filter(|(count, _)| *count == all)
            .map(|(_, header)| header)
            .collect();
    }
    /// Where the proxy redirects all plain HTTP to HTTPS; `None` where it does not, or serves some
    /// host over plain HTTP.
    pub fn redirects_to_https(&self) -> Option<&Span> {
        if self.plain_servers.is_empty() { self.redirects.first() } else { None }
    }

    /// Whether the repository holds a proxy's configuration at all.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// Where the proxy serves an address from files by itself.
    pub fn serves(&self, path: &str) -> Option<&Span> {
        let bare = path.trim_matches('/');
        self.served
            .iter()
            .find(|served| served.pattern.trim_matches('/') == bare)
            .map(|served| &served.at)
    }

    /// Where the proxy adds a header to every proxied response.
    pub fn header(&self, name: &str) -> Option<&Span> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| &header.at)
    }
}

fn edge_header(header: &AddedHeader<'_>) -> EdgeHeader {
    EdgeHeader {
        name: header.name.to_owned(),
        value: header.value.to_owned(),
        always: header.always,
        at: header.directive.span.clone(),
    }
}

/// The locations that hand requests on.
fn proxying<'c>(server: &Server<'c>) -> Vec<Location<'c>> {
    server.all_locations().into_iter().filter(|location| location.pass().is_some()).collect()
}

/// Whether `location /` of a server redirects everything to HTTPS, as certbot's layout has it with
/// a location for the challenge beside it.
fn redirects_at_root(server: &Server<'_>) -> bool {
    server.locations().iter().any(|location| {
        location.pattern() == "/"
            && location
                .redirects()
                .iter()
                .any(|answer| answer.condition.is_none() && answer.is_https_redirect())
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_source::MemoryTree;

    use super::Edge;
    use crate::inventory::Inventory;

    fn edge(nginx: &str) -> Edge {
        let tree = MemoryTree::new([("deploy/nginx.conf", nginx)]);
        Edge::gather(&tree, &Inventory::of(&tree))
    }

    const TLS: &str =
        "server { listen 443 ssl; add_header X-A 1 always; location / { proxy_pass http://app; }";

    #[test]
    fn a_redirecting_server_beside_a_tls_one_redirects() {
        let edge = edge(&format!(
            "server {{ listen 80; return 301 https://$host$request_uri; }}\n{TLS} }}"
        ));
        assert!(edge.redirects_to_https().is_some());
        assert!(edge.header("x-a").is_some());
    }

    #[test]
    fn a_plain_server_that_proxies_is_no_redirect() {
        let edge = edge(
            "server { listen 80; location / { proxy_pass http://app; } location /static/ { alias /srv/static/; } }",
        );
        assert!(edge.redirects_to_https().is_none());
        assert!(edge.serves("/static/").is_some());
        assert!(edge.serves("/media/").is_none());
    }

    #[test]
    fn a_header_that_one_location_drops_is_not_everywhere() {
        let edge = edge(&format!(
            "{TLS} location /api/ {{ add_header X-B 1; proxy_pass http://app; }} }}"
        ));
        assert!(edge.header("X-A").is_none());
    }
}
