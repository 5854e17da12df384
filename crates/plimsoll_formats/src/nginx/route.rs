//! Which server and which location a request reaches.

use regex::RegexBuilder;

use super::config::Config;
use super::server::{Location, Modifier, Server};

/// What handles a request for a path.
#[derive(Clone, Debug)]
pub enum Route<'c> {
    /// This location.
    Location(Box<Location<'c>>),
    /// No location: the server's own level.
    Server,
    /// A location that would be asked before the answer is certain has an expression that is not
    /// understood (PCRE's look-around or back-references, or a placeholder).
    Unknown {
        /// That location.
        because_of: Box<Location<'c>>,
    },
}

impl<'c> Route<'c> {
    /// The location, where it is known and is one.
    pub fn location(self) -> Option<Location<'c>> {
        match self {
            Self::Location(location) => Some(*location),
            Self::Server | Self::Unknown { .. } => None,
        }
    }
}

impl Location<'_> {
    /// Whether it is a prefix that another program fills in, so that it may match the path.
    fn may_match_when_filled(&self, path: &str) -> bool {
        let prefix =
            matches!(self.modifier, Modifier::Prefix | Modifier::PrefixOnly | Modifier::Exact);
        let fixed = self.pattern().split(['$', '{', '<', '@']).next().unwrap_or("");
        prefix && self.path.is_placeholder() && path.starts_with(fixed)
    }
}

impl<'c> Server<'c> {
    /// The location that handles a request for `path` (decoded, without query), by nginx's rules:
    /// an exact one; else the longest prefix, and below it its nested locations; a regular
    /// expression, in order of appearance, overrules a prefix without `^~`. Rewrites and the
    /// redirect that adds a missing last slash are not followed. Where the server has includes
    /// that could not be read ([`super::Scope::has_unread_includes`]), these may hold a better one.
    pub fn location_for(&self, path: &str) -> Route<'c> {
        match find(self.locations(), path) {
            Found::Done(location) | Found::Open(location) => Route::Location(Box::new(location)),
            Found::Nothing => Route::Server,
            Found::Unknown(location) => Route::Unknown { because_of: Box::new(location) },
        }
    }

    /// Whether `host` (lower case, without port) is one of the server's names, and how well: an
    /// exact name before `*.x`, before `x.*`, before an expression, as nginx ranks them.
    pub fn name_match(&self, host: &str) -> Option<NameMatch> {
        self.names().iter().filter_map(|name| match_name(&name.value, host)).min()
    }
}

/// How a server's name matched; the better one is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameMatch {
    /// The name itself.
    Exact,
    /// `*.example.com` or `.example.com`; the number is smaller for longer ones.
    Leading(usize),
    /// `www.*`; the number is smaller for longer ones.
    Trailing(usize),
    /// A regular expression.
    Regex,
}

impl Config {
    /// The server that answers for `host` on `port`: the best match of names among the servers
    /// that listen there, else the default server there, else the first. Addresses are not told
    /// apart.
    pub fn server_for(&self, host: &str, port: u16) -> Option<Server<'_>> {
        let host = host.to_ascii_lowercase();
        let there = |server: &Server<'_>| server.listens().iter().any(|l| l.port == Some(port));
        let servers: Vec<_> = self.servers().into_iter().filter(there).collect();
        let named = servers
            .iter()
            .filter_map(|server| Some((server.name_match(&host)?, server)))
            .min_by_key(|(rank, _)| *rank);
        if let Some((_, server)) = named {
            return Some(server.clone());
        }
        self.default_server(port).or_else(|| servers.into_iter().next())
    }

    /// The server marked `default_server` on this port; `None` where none is, so that the first
    /// one answers for unknown names.
    pub fn default_server(&self, port: u16) -> Option<Server<'_>> {
        self.servers().into_iter().find(|server| {
            server.listens().iter().any(|l| l.port == Some(port) && l.default_server)
        })
    }
}

fn match_name(name: &str, host: &str) -> Option<NameMatch> {
    let name_lower = name.to_ascii_lowercase();
    if name_lower == host {
        return Some(NameMatch::Exact);
    }
    if let Some(expression) = name.strip_prefix('~') {
        return regex(expression, true)?.is_match(host).then_some(NameMatch::Regex);
    }
    if let Some(rest) = name_lower.strip_prefix("*.") {
        let matches = host.strip_suffix(rest).is_some_and(|front| front.ends_with('.'));
        return matches.then_some(NameMatch::Leading(usize::MAX - rest.len()));
    }
    if let Some(rest) = name_lower.strip_prefix('.') {
        if host == rest {
            return Some(NameMatch::Exact);
        }
        let matches = host.strip_suffix(rest).is_some_and(|front| front.ends_with('.'));
        return matches.then_some(NameMatch::Leading(usize::MAX - rest.len()));
    }
    if let Some(rest) = name_lower.strip_suffix(".*") {
        let matches = host.strip_prefix(rest).is_some_and(|back| back.starts_with('.'));
        return matches.then_some(NameMatch::Trailing(usize::MAX - rest.len()));
    }
    None
}

enum Found<'c> {
    /// Settled: nothing overrules it.
    Done(Location<'c>),
    /// The longest prefix, which an expression of a level around may overrule.
    Open(Location<'c>),
    Nothing,
    Unknown(Location<'c>),
}

/// `ngx_http_core_find_location` for one level; recursion follows the nesting of blocks, which
/// the parser bounds.
fn find<'c>(locations: Vec<Location<'c>>, path: &str) -> Found<'c> {
    let mut best: Option<&Location<'c>> = None;
    for location in &locations {
        let pattern = location.pattern();
        match location.modifier {
            Modifier::Exact if pattern == path => return Found::Done(location.clone()),
            Modifier::Prefix | Modifier::PrefixOnly
                if path.starts_with(pattern)
                    && best.is_none_or(|b| b.pattern().len() < pattern.len()) =>
            {
                best = Some(location);
            }
            _ => {}
        }
    }
    if let Some(location) = locations.iter().find(|l| l.may_match_when_filled(path)) {
        return Found::Unknown(location.clone());
    }
    let mut no_regex = false;
    let mut open = Found::Nothing;
    if let Some(location) = best {
        no_regex = location.modifier == Modifier::PrefixOnly;
        match find(location.locations(), path) {
            Found::Nothing => open = Found::Open(location.clone()),
            Found::Open(inner) => open = Found::Open(inner),
            settled => return settled,
        }
    }
    if no_regex {
        return match open {
            // nginx still asks the expressions of the level around the one with `^~`.
            Found::Open(location) => Found::Open(location),
            other => other,
        };
    }
    for location in &locations {
        let ignore_case = match location.modifier {
            Modifier::Regex => false,
            Modifier::RegexIgnoreCase => true,
            _ => continue,
        };
        let expression = (!location.path.is_placeholder_template())
            .then(|| regex(location.pattern(), ignore_case))
            .flatten();
        match expression {
            None => return Found::Unknown(location.clone()),
            Some(expression) if expression.is_match(path) => {
                return match find(location.locations(), path) {
                    Found::Nothing => Found::Done(location.clone()),
                    Found::Open(inner) => Found::Done(inner),
                    settled => settled,
                };
            }
            Some(_) => {}
        }
    }
    open
}

/// A PCRE expression as far as it means the same here; `None` where it does not compile.
fn regex(expression: &str, ignore_case: bool) -> Option<regex::Regex> {
    RegexBuilder::new(expression)
        .case_insensitive(ignore_case)
        .size_limit(1 << 20)
        .nest_limit(100)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::{NameMatch, match_name};

    #[test]
    fn names_match_as_nginx_ranks_them() {
        let rank = |name, host| match_name(name, host);
        assert_eq!(rank("Example.com", "example.com"), Some(NameMatch::Exact));
        assert!(matches!(rank("*.example.com", "a.b.example.com"), Some(NameMatch::Leading(_))));
        assert_eq!(rank("*.example.com", "example.com"), None);
        assert_eq!(rank(".example.com", "example.com"), Some(NameMatch::Exact));
        assert_eq!(rank("*.example.com", "badexample.com"), None);
        assert!(matches!(rank("www.*", "www.example.com"), Some(NameMatch::Trailing(_))));
        assert_eq!(rank(r"~^(www\.)?x\.org$", "www.x.org"), Some(NameMatch::Regex));
        assert_eq!(rank("_", "example.com"), None);
        assert!(
            rank("*.b.example.com", "a.b.example.com") < rank("*.example.com", "a.b.example.com")
        );
    }
}
