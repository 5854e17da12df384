//! Where requests are handed on to.

use plimsoll_source::Span;

use super::scope::Scope;
use super::syntax::Directive;

/// An address that nginx connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A unix socket.
    Unix {
        /// Its path.
        path: String,
    },
    /// A host, by name or address (an IPv6 one without brackets).
    Host {
        /// The host.
        host: String,
        /// The port, where one is written.
        port: Option<u16>,
    },
    /// Decided by a variable or a placeholder: what is written.
    Computed(String),
}

impl Address {
    /// Reads `unix:/path`, `host`, `host:port`, `[v6]:port`.
    pub fn parse(text: &str) -> Self {
        if text.contains(['$', '{', '<']) {
            return Self::Computed(text.to_owned());
        }
        if let Some(path) = text.strip_prefix("unix:") {
            return Self::Unix { path: path.trim_end_matches(':').to_owned() };
        }
        if let Some(rest) = text.strip_prefix('[')
            && let Some((host, after)) = rest.split_once(']')
        {
            let port = after.strip_prefix(':').and_then(|port| port.parse().ok());
            return Self::Host { host: host.to_owned(), port };
        }
        match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') => match port.parse() {
                Ok(port) => Self::Host { host: host.to_owned(), port: Some(port) },
                Err(_) => Self::Computed(text.to_owned()),
            },
            _ => Self::Host { host: text.to_owned(), port: None },
        }
    }

    /// Whether the address is on the machine itself: a unix socket, `localhost`, 127.0.0.0/8,
    /// `::1`. `None` where it is computed.
    pub fn is_local(&self) -> Option<bool> {
        match self {
            Self::Unix { .. } => Some(true),
            Self::Host { host, .. } => {
                Some(host == "localhost" || host.starts_with("127.") || host == "::1")
            }
            Self::Computed(_) => None,
        }
    }
}

/// One `server` of an upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer<'c> {
    /// Its address; a host without a port means port 80.
    pub address: Address,
    /// Whether it is used only when the others fail.
    pub backup: bool,
    /// Whether it is marked as down.
    pub down: bool,
    /// Where.
    pub directive: &'c Directive,
}

/// An `upstream` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream<'c> {
    /// Its name.
    pub name: &'c str,
    /// Its servers.
    pub peers: Vec<Peer<'c>>,
    /// The block.
    pub directive: &'c Directive,
}

impl<'c> Upstream<'c> {
    pub(super) fn new(directive: &'c Directive) -> Option<Self> {
        let name = directive.arg(0)?;
        let peers = directive
            .children()
            .iter()
            .filter(|child| child.is("server"))
            .filter_map(|child| {
                let has = |word: &str| child.args.iter().any(|arg| arg.value == word);
                Some(Peer {
                    address: Address::parse(child.arg(0)?),
                    backup: has("backup"),
                    down: has("down"),
                    directive: child,
                })
            })
            .collect();
        Some(Self { name, peers, directive })
    }

    /// How many idle connections are kept open, where any are.
    pub fn keepalive(&self) -> Option<u32> {
        let directive = self.directive.children().iter().rfind(|child| child.is("keepalive"))?;
        directive.arg(0)?.parse().ok()
    }
}

/// By which protocol a request is handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PassKind {
    /// `proxy_pass http://…`.
    Http,
    /// `proxy_pass https://…`.
    Https,
    /// `uwsgi_pass`.
    Uwsgi,
    /// `fastcgi_pass`.
    Fastcgi,
    /// `scgi_pass`.
    Scgi,
    /// `grpc_pass`.
    Grpc,
}

/// A directive that hands requests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass<'c> {
    /// The protocol.
    pub kind: PassKind,
    /// What is written between scheme and path, `set` variables resolved where they are plain.
    pub authority: String,
    /// The path that replaces the location's, where one is written (a lone `/` counts).
    pub uri: Option<String>,
    /// The upstream of that name, where there is one.
    pub upstream: Option<Upstream<'c>>,
    /// The addresses it leads to: those of the upstream, or the one written.
    pub addresses: Vec<Address>,
    /// Where.
    pub at: &'c Span,
}

const PASSES: [(&str, PassKind); 5] = [
    ("proxy_pass", PassKind::Http),
    ("uwsgi_pass", PassKind::Uwsgi),
    ("fastcgi_pass", PassKind::Fastcgi),
    ("scgi_pass", PassKind::Scgi),
    ("grpc_pass", PassKind::Grpc),
];

impl<'c> Pass<'c> {
    /// The pass of a level itself (nested locations do not inherit it).
    pub(super) fn of(scope: &Scope<'c>) -> Option<Self> {
        PASSES.iter().find_map(|(name, kind)| {
            let directive = scope.own_named(name).last()?;
            Some(Self::new(scope, directive, *kind))
        })
    }

    fn new(scope: &Scope<'c>, directive: &'c Directive, kind: PassKind) -> Self {
        let written = substitute(scope, directive.arg(0).unwrap_or(""));
        let (kind, rest) = match written.split_once("://") {
            Some(("https", rest)) => (PassKind::Https, rest),
            Some((_, rest)) => (kind, rest),
            None => (kind, written.as_str()),
        };
        let (authority, uri) = split_uri(rest);
        let upstream = scope.config().upstream(authority);
        let addresses = match &upstream {
            Some(upstream) => upstream.peers.iter().map(|peer| peer.address.clone()).collect(),
            None => vec![Address::parse(authority)],
        };
        Self {
            kind,
            authority: authority.to_owned(),
            uri: uri.map(str::to_owned),
            upstream,
            addresses,
            at: &directive.span,
        }
    }
}

/// Splits `host:port/path`, `unix:/sock:/path` and `{{ x/y }}/path` into what is connected to
/// and the path.
fn split_uri(rest: &str) -> (&str, Option<&str>) {
    if let Some(socket) = rest.strip_prefix("unix:") {
        return match socket.find(':') {
            Some(at) => {
                let end = "unix:".len() + at;
                let uri = rest.get(end + 1..).filter(|uri| !uri.is_empty());
                (rest.get(..end).unwrap_or(rest), uri)
            }
            None => (rest, None),
        };
    }
    let skip = rest.find("}}").unwrap_or(0);
    match rest.get(skip..).and_then(|tail| tail.find('/')) {
        Some(at) => (rest.get(..skip + at).unwrap_or(rest), rest.get(skip + at..)),
        None => (rest, None),
    }
}

/// Replaces `$name` and `${name}` by what `set` gives them, where that is certain.
fn substitute(scope: &Scope<'_>, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at).unwrap_or(""));
        let after = rest.get(at + 1..).unwrap_or("");
        let inner = after.strip_prefix('{').unwrap_or(after);
        let length =
            inner.len() - inner.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        let name = inner.get(..length).unwrap_or("");
        let braces = after.len() - inner.len();
        let end = at + 1 + length + 2 * braces;
        match (scope.variable(name), rest.get(end..)) {
            (Some(value), Some(tail)) if !name.is_empty() => {
                out.push_str(value);
                rest = tail;
            }
            _ => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}
