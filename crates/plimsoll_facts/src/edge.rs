//! What the reverse proxy in front of the application does, as far as the repository says.

use plimsoll_source::Span;

/// What the proxy configurations of the repository do on every response of the application.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    /// The places of servers for plain HTTP that redirect everything to HTTPS.
    pub redirects: Vec<Span>,
    /// The places of servers for plain HTTP that serve content.
    pub plain_servers: Vec<Span>,
    /// Addresses that the proxy serves from files by itself, with their places.
    pub served: Vec<(String, Span)>,
    /// Whether the repository holds a proxy's configuration at all.
    pub present: bool,
    /// Headers that are sent on every proxied response, with their value and place.
    pub headers: Vec<EdgeHeader>,
}

/// A response header that the proxy adds.
#[derive(Clone, Debug)]
pub struct EdgeHeader {
    /// Its name as written.
    pub name: String,
    /// Its value as written.
    pub value: String,
    /// Where.
    pub at: Span,
}

impl Edge {
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
        self.served.iter().find(|(served, _)| served.trim_matches('/') == bare).map(|(_, at)| at)
    }

    /// Where the proxy adds a header to every proxied response.
    pub fn header(&self, name: &str) -> Option<&Span> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| &header.at)
    }
}
