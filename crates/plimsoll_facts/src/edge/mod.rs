//! What the reverse proxy in front of the application does, as far as the repository says.

mod caddy;
mod nginx;
mod version;

use std::collections::BTreeMap;

use plimsoll_formats::caddyfile::Caddyfile;
use plimsoll_formats::nginx::Config;
use plimsoll_source::{RepoPath, Span, Tree};

use crate::blocks::Blocks;
use crate::inventory::Inventory;
pub use version::NginxImage;

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
    /// nginx's configurations, includes followed.
    pub nginx: Vec<NginxConfig>,
    /// Caddy's configurations, imports followed.
    pub caddy: Vec<Caddyfile>,
    /// nginx's own image, where a file of the repository names it.
    pub nginx_image: Option<NginxImage>,
}

/// A configuration of nginx.
#[derive(Clone, Debug)]
pub struct NginxConfig {
    /// The configuration.
    pub config: Config,
    /// Whether a document shows it: an excerpt, as often as not.
    pub is_shown: bool,
    /// Whether variables of the script that writes it are filled in.
    pub expands: bool,
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
    /// Whether its server speaks plain HTTP, alone or beside TLS.
    pub plain: bool,
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

/// What the proxy makes of plain HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainTraffic<'e> {
    /// Every server for plain HTTP redirects to HTTPS; one of them.
    Redirected(&'e Span),
    /// One configuration redirects, another one has no TLS at all and serves plain HTTP: they are
    /// for different hosts, and which one is production's is not told.
    Differs {
        /// The server that redirects.
        redirect: &'e Span,
        /// The server that does not.
        plain: &'e Span,
    },
    /// A server hands plain HTTP to the application beside one that ends TLS.
    Served(&'e Span),
    /// Servers for plain HTTP hand it to the application, and none ends TLS: what does so stands
    /// in front of them, or nothing does.
    Only(&'e Span),
    /// Nothing is known of it.
    Unknown,
}

impl Edge {
    /// Reads the proxy configurations of the repository that may be part of production.
    pub fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        Self::gather_with(tree, inventory, &Blocks::default(), &[])
    }

    /// The same with configurations that scripts write, and with what is known of where files of
    /// the repository are on the proxy's disk: pairs of a path there and a path here.
    pub(crate) fn gather_with(
        tree: &dyn Tree,
        inventory: &Inventory,
        blocks: &Blocks,
        mounts: &[(String, RepoPath)],
    ) -> Self {
        let mut edge = Self::default();
        nginx::gather(tree, inventory, blocks, mounts, &mut edge);
        caddy::gather(tree, inventory, blocks, &mut edge);
        edge.nginx_image = version::of_nginx(tree, inventory);
        edge.keep_common_headers();
        edge
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

    /// What the proxy makes of plain HTTP.
    pub fn plain_http(&self) -> PlainTraffic<'_> {
        let tls = || self.locations.iter().filter(|location| location.tls);
        let beside_tls = |plain: &&Span| {
            tls().any(|location| location.at.file == plain.file)
                || self.redirects.iter().any(|redirect| redirect.file == plain.file)
        };
        match (self.redirects.first(), self.plain_servers.first()) {
            (None, None) => PlainTraffic::Unknown,
            (Some(redirect), None) => PlainTraffic::Redirected(redirect),
            (redirect, Some(first)) => {
                if let Some(plain) = self.plain_servers.iter().find(beside_tls) {
                    PlainTraffic::Served(plain)
                } else if let Some(redirect) = redirect {
                    PlainTraffic::Differs { redirect, plain: first }
                } else {
                    PlainTraffic::Only(first)
                }
            }
        }
    }

    /// Whether some server of the proxy ends TLS for the application.
    pub fn ends_tls(&self) -> bool {
        self.locations.iter().any(|location| location.tls)
    }

    /// A header that every location for the application sends over TLS, where there are servers
    /// that end TLS. Over plain HTTP browsers ignore Strict-Transport-Security.
    pub fn header_over_tls(&self, name: &str) -> Option<&EdgeHeader> {
        let mut tls = self.locations.iter().filter(|location| location.tls);
        let of = |location: &'_ Proxied| {
            location.headers.iter().position(|header| header.name.eq_ignore_ascii_case(name))
        };
        let first = tls.next()?;
        let found = first.headers.get(of(first)?)?;
        tls.all(|location| of(location).is_some()).then_some(found)
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
