//! Servers and locations.

use std::time::Duration;

use plimsoll_source::Span;

use super::config::Config;
use super::scope::{Effective, Scope};
use super::syntax::{Directive, Word};
use super::upstream::Pass;
use super::values;

/// A `listen` of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen<'c> {
    /// The address, `*` for all IPv4 ones, `[::]` and the like as written, the path of a unix
    /// socket with `unix:`.
    pub address: String,
    /// The port; `None` for a unix socket or where it is computed.
    pub port: Option<u16>,
    /// Whether connections are TLS (`ssl`, or `quic`).
    pub ssl: bool,
    /// Whether `http2` stands here (deprecated since nginx 1.25.1 for `http2 on`).
    pub http2: bool,
    /// Whether it is HTTP/3's.
    pub quic: bool,
    /// Whether this server answers requests for unknown names here.
    pub default_server: bool,
    /// Whether the PROXY protocol is expected.
    pub proxy_protocol: bool,
    /// Where; `None` where no `listen` is written and nginx's `*:80` holds.
    pub directive: Option<&'c Directive>,
}

impl<'c> Listen<'c> {
    fn implicit() -> Self {
        Self {
            address: "*".to_owned(),
            port: Some(80),
            ssl: false,
            http2: false,
            quic: false,
            default_server: false,
            proxy_protocol: false,
            directive: None,
        }
    }

    fn new(directive: &'c Directive) -> Option<Self> {
        let written = directive.arg(0)?;
        let has = |word: &str| directive.args.iter().skip(1).any(|arg| arg.value == word);
        let (address, port) = listen_address(written);
        let quic = has("quic");
        Some(Self {
            address,
            port,
            ssl: has("ssl") || quic,
            http2: has("http2"),
            quic,
            default_server: has("default_server") || has("default"),
            proxy_protocol: has("proxy_protocol"),
            directive: Some(directive),
        })
    }
}

/// Address and port of a `listen`: a bare number is a port, a bare address has port 80.
fn listen_address(written: &str) -> (String, Option<u16>) {
    if written.starts_with("unix:") {
        return (written.to_owned(), None);
    }
    if written.bytes().all(|byte| byte.is_ascii_digit()) {
        return ("*".to_owned(), written.parse().ok());
    }
    if written.contains(['$', '{', '<']) {
        let port = written.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        return (written.to_owned(), port);
    }
    match written.rsplit_once(':') {
        // The colons of a bracketed address are its own.
        Some((address, port)) if !port.contains(']') => (address.to_owned(), port.parse().ok()),
        _ => (written.to_owned(), Some(80)),
    }
}

/// A `server` block with what holds in it.
#[derive(Clone, Debug)]
pub struct Server<'c> {
    scope: Scope<'c>,
}

impl<'c> Server<'c> {
    pub(super) fn new(http: &Scope<'c>, block: &'c Directive) -> Self {
        Self { scope: http.enter(block) }
    }

    pub(super) fn implicit(config: &'c Config) -> Self {
        Self { scope: Scope::fragment(config) }
    }

    /// The level of the server, for effective values.
    pub fn scope(&self) -> &Scope<'c> {
        &self.scope
    }

    /// The head of the block; `None` for the implicit server of a fragment.
    pub fn at(&self) -> Option<&'c Span> {
        self.scope.opened_by().map(|directive| &directive.span)
    }

    /// What it listens on; nginx's `*:80` where nothing is written.
    pub fn listens(&self) -> Vec<Listen<'c>> {
        let found: Vec<_> = self.scope.own_named("listen").filter_map(Listen::new).collect();
        let unknown = self.at().is_none();
        if found.is_empty() && !unknown { vec![Listen::implicit()] } else { found }
    }

    /// Its names as written; empty where none are, so that it answers only as a default server.
    pub fn names(&self) -> Vec<&'c Word> {
        self.scope.own_named("server_name").flat_map(|directive| &directive.args).collect()
    }

    /// Whether any of its listens is TLS, by `listen … ssl` or the old `ssl on`.
    pub fn is_tls(&self) -> bool {
        self.listens().iter().any(|listen| listen.ssl)
            || self.scope.switch("ssl", false) == Some(true)
    }

    /// Whether it refuses TLS handshakes, as a catch-all server does.
    pub fn rejects_handshakes(&self) -> bool {
        self.scope.switch("ssl_reject_handshake", false) == Some(true)
    }

    /// Its locations in the order in which they are written.
    pub fn locations(&self) -> Vec<Location<'c>> {
        Location::of(&self.scope)
    }

    /// Its locations with the nested ones, each after the one around it.
    pub fn all_locations(&self) -> Vec<Location<'c>> {
        let mut all = Vec::new();
        let mut waiting: Vec<Location<'c>> = self.locations();
        waiting.reverse();
        while let Some(location) = waiting.pop() {
            let mut inner = location.locations();
            inner.reverse();
            waiting.extend(inner);
            all.push(location);
        }
        all
    }

    /// What answers a request for this path before any location is looked at: `return` or a
    /// redirecting `rewrite` at the server's own level, those inside `if` with their condition.
    pub fn redirects(&self) -> Vec<Answer<'c>> {
        answers(&self.scope)
    }

    /// Whether every request is answered by an unconditional `return` of the server itself.
    pub fn answers_all(&self) -> Option<Answer<'c>> {
        self.redirects().into_iter().find(|answer| answer.condition.is_none() && answer.is_return)
    }
}

/// How a location matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Modifier {
    /// None: the longest prefix, which a regular expression can overrule.
    Prefix,
    /// `^~`: a prefix that no regular expression overrules.
    PrefixOnly,
    /// `=`: this path only.
    Exact,
    /// `~`: a regular expression.
    Regex,
    /// `~*`: a regular expression, case ignored.
    RegexIgnoreCase,
    /// `@name`: for internal redirects only.
    Named,
}

/// A `location` block with what holds in it.
#[derive(Clone, Debug)]
pub struct Location<'c> {
    scope: Scope<'c>,
    directive: &'c Directive,
    /// How it matches.
    pub modifier: Modifier,
    /// The path, expression or name (with `@`).
    pub path: &'c Word,
}

/// Where files are looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root<'c> {
    /// The folder (or file) as written.
    pub path: &'c str,
    /// Whether it is an `alias`, which replaces the location's path instead of preceding it.
    pub alias: bool,
    /// Where.
    pub directive: &'c Directive,
}

impl<'c> Location<'c> {
    pub(super) fn of(scope: &Scope<'c>) -> Vec<Self> {
        let blocks = scope.own_named("location").filter(|child| child.block.is_some());
        blocks.filter_map(|block| Self::new(scope, block)).collect()
    }

    /// nginx accepts `location = /x`, `location =/x` and `location ~* x`, `location ~*x`.
    fn new(scope: &Scope<'c>, directive: &'c Directive) -> Option<Self> {
        let first = directive.args.first()?;
        let (modifier, path) = match (first.value.as_str(), directive.args.get(1)) {
            ("=", Some(path)) => (Modifier::Exact, path),
            ("^~", Some(path)) => (Modifier::PrefixOnly, path),
            ("~", Some(path)) => (Modifier::Regex, path),
            ("~*", Some(path)) => (Modifier::RegexIgnoreCase, path),
            (name, None) if name.starts_with('@') => (Modifier::Named, first),
            (name, None) if name.starts_with('=') => (Modifier::Exact, first),
            (name, None) if name.starts_with("^~") => (Modifier::PrefixOnly, first),
            (name, None) if name.starts_with("~*") => (Modifier::RegexIgnoreCase, first),
            (name, None) if name.starts_with('~') => (Modifier::Regex, first),
            (_, None) => (Modifier::Prefix, first),
            // Two words without a modifier: nginx refuses it.
            (_, Some(_)) => return None,
        };
        Some(Self { scope: scope.enter(directive), directive, modifier, path })
    }

    /// The path or expression without a modifier that is written onto it.
    pub fn pattern(&self) -> &'c str {
        let value = self.path.value.as_str();
        let glued = self.directive.args.len() == 1;
        let marks = match self.modifier {
            Modifier::Exact if glued => "=",
            Modifier::PrefixOnly if glued => "^~",
            Modifier::RegexIgnoreCase if glued => "~*",
            Modifier::Regex if glued => "~",
            _ => "",
        };
        value.strip_prefix(marks).unwrap_or(value)
    }

    /// The level of the location, for effective values.
    pub fn scope(&self) -> &Scope<'c> {
        &self.scope
    }

    /// The head of the block.
    pub fn at(&self) -> &'c Span {
        &self.directive.span
    }

    /// The block itself.
    pub fn directive(&self) -> &'c Directive {
        self.directive
    }

    /// The locations directly inside.
    pub fn locations(&self) -> Vec<Location<'c>> {
        Self::of(&self.scope)
    }

    /// The levels of the `if` and `limit_except` blocks directly inside.
    pub fn branches(&self) -> Vec<Scope<'c>> {
        let blocks =
            self.scope.own().iter().filter(|child| {
                (child.is("if") || child.is("limit_except")) && child.block.is_some()
            });
        blocks.map(|block| self.scope.enter(block)).collect()
    }

    /// Where its requests are handed on to.
    pub fn pass(&self) -> Option<Pass<'c>> {
        Pass::of(&self.scope)
    }

    /// Its passes, those inside `if` included.
    pub fn passes(&self) -> Vec<Pass<'c>> {
        let inner = self.branches();
        std::iter::once(&self.scope).chain(&inner).filter_map(Pass::of).collect()
    }

    /// The folder it serves files from, its own or inherited.
    pub fn root(&self) -> Option<Root<'c>> {
        root(&self.scope)
    }

    /// The file a request path is looked up as: the alias with the rest of the path, or the root
    /// with all of it. `None` where there is no root, or it is computed, or a regular expression
    /// with an alias.
    pub fn file_of(&self, path: &str) -> Option<String> {
        let root = self.root()?;
        if root.path.contains('$') {
            return None;
        }
        if !root.alias {
            return Some(format!("{}{path}", root.path.trim_end_matches('/')));
        }
        if matches!(self.modifier, Modifier::Regex | Modifier::RegexIgnoreCase | Modifier::Named) {
            return None;
        }
        Some(format!("{}{}", root.path, path.strip_prefix(self.pattern())?))
    }

    /// The words of its `try_files` (not inherited).
    pub fn try_files(&self) -> Vec<&'c Word> {
        self.scope.own_named("try_files").last().map_or(Vec::new(), |d| d.args.iter().collect())
    }

    /// Whether only internal redirects reach it (as `X-Accel-Redirect` needs).
    pub fn is_internal(&self) -> bool {
        self.modifier == Modifier::Named || self.scope.own_named("internal").next().is_some()
    }

    /// Its `return` and redirecting `rewrite` directives, those inside `if` with their condition.
    pub fn redirects(&self) -> Vec<Answer<'c>> {
        answers(&self.scope)
    }
}

fn root<'c>(scope: &Scope<'c>) -> Option<Root<'c>> {
    let roots = scope.inherited_any(&["root", "alias"]);
    let directive = roots.last()?;
    Some(Root { path: directive.arg(0)?, alias: directive.is("alias"), directive })
}

/// A response that nginx makes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'c> {
    /// The status.
    pub status: u16,
    /// Where a redirect leads, or the text of another response; variables kept.
    pub target: Option<&'c str>,
    /// The condition of the `if` around it, without its parentheses.
    pub condition: Option<String>,
    /// Whether it is a `return`; else a `rewrite`, which holds only for paths that match.
    pub is_return: bool,
    /// Where.
    pub directive: &'c Directive,
}

impl Answer<'_> {
    /// Whether it sends the client to https: the same host by variable, or any https URL.
    pub fn is_https_redirect(&self) -> bool {
        (300..400).contains(&self.status)
            && self.target.is_some_and(|target| target.starts_with("https://"))
    }
}

fn answers<'c>(scope: &Scope<'c>) -> Vec<Answer<'c>> {
    let mut found: Vec<Answer<'c>> =
        scope.own().iter().filter_map(|directive| answer(directive, None)).collect();
    for block in scope.own().iter().filter(|child| child.is("if")) {
        let condition = block.text();
        let inner = condition.trim();
        let inner = inner.strip_prefix('(').unwrap_or(inner);
        let inner = inner.strip_suffix(')').unwrap_or(inner).trim();
        found.extend(block.children().iter().filter_map(|d| answer(d, Some(inner.to_owned()))));
    }
    found
}

/// `return 301 URL`, `return URL` (302), `return 444`, `rewrite REGEX URL permanent|redirect`.
fn answer(directive: &Directive, condition: Option<String>) -> Option<Answer<'_>> {
    if directive.is("return") {
        let first = directive.arg(0)?;
        let (status, target) = match first.parse() {
            Ok(status) => (status, directive.arg(1)),
            Err(_) => (302, Some(first)),
        };
        return Some(Answer { status, target, condition, is_return: true, directive });
    }
    if !directive.is("rewrite") {
        return None;
    }
    let target = directive.arg(1)?;
    let absolute = target.starts_with("http://")
        || target.starts_with("https://")
        || target.starts_with("$scheme");
    let status = match directive.arg(2) {
        Some("permanent") => 301,
        Some("redirect") => 302,
        _ if absolute => 302,
        _ => return None,
    };
    Some(Answer { status, target: Some(target), condition, is_return: false, directive })
}

impl<'c> Scope<'c> {
    /// The largest request body in bytes; 0 is no limit. nginx's default is 1 MiB. `None` where
    /// it is unknown.
    pub fn client_max_body_size(&self) -> Option<u64> {
        match self.value("client_max_body_size") {
            Effective::Default => Some(1 << 20),
            Effective::Unknown => None,
            Effective::Set(directive) => values::size(directive.arg(0)?),
        }
    }

    /// A timeout; `default` is nginx's (60 s for `proxy_read_timeout`, `proxy_send_timeout`,
    /// `proxy_connect_timeout`, `uwsgi_read_timeout`, `client_body_timeout`, `send_timeout`; 75 s
    /// for `keepalive_timeout`). `None` where it is unknown.
    pub fn timeout(&self, name: &str, default: Duration) -> Option<Duration> {
        match self.value(name) {
            Effective::Default => Some(default),
            Effective::Unknown => None,
            Effective::Set(directive) => values::time(directive.arg(0)?),
        }
    }

    /// The protocols of `ssl_protocols` that hold here.
    pub fn ssl_protocols(&self) -> Effective<'c> {
        self.value("ssl_protocols")
    }
}
