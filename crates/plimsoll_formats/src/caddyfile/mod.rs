//! Caddyfile.
//!
//! Accepted: sites with and without braces, global options, snippets and imports (files too, where
//! a tree is given), quotes, backquotes, heredocs, joined lines. `{$NAME:default}` and other
//! placeholders stay as written. Failure policy: an open block or quote is closed by the end of
//! the file and recorded; an import of something that is not there is recorded.

mod lexer;
mod syntax;

use plimsoll_source::{Problem, RepoPath, SourceText, Span, Tree};

use crate::Spanned;

use syntax::Parser;
pub use syntax::{CaddyDirective, CaddyWord};

/// A Caddyfile with its imports put in place.
#[derive(Clone, Debug)]
pub struct Caddyfile {
    /// The global options.
    pub global: Vec<CaddyDirective>,
    /// The sites in order.
    pub sites: Vec<Site>,
    /// The files it consists of, its own first.
    pub files: Vec<RepoPath>,
    /// What Caddy would refuse, or what was not found.
    pub problems: Vec<Problem>,
}

/// A site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// Its directives.
    pub directives: Vec<CaddyDirective>,
    /// Where it begins.
    pub span: Span,
}

/// An address of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// As written.
    pub written: Spanned<String>,
    /// `http` or `https`, where one is written.
    pub scheme: Option<String>,
    /// The host; empty for every one.
    pub host: String,
    /// The port, where one is written in digits.
    pub port: Option<u16>,
}

/// A `reverse_proxy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReverseProxy<'c> {
    /// For which requests, where not for all of its block.
    pub matcher: Option<&'c CaddyWord>,
    /// Where to: its arguments and those of `to`.
    pub upstreams: Vec<&'c CaddyWord>,
    /// Its `header_up` lines: what is done to the request's headers.
    pub header_up: Vec<HeaderChange<'c>>,
    /// The directive.
    pub directive: &'c CaddyDirective,
}

/// How a header is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderOperation {
    /// `Name value`: set in place of what is there.
    Set,
    /// `+Name value`: added.
    Add,
    /// `-Name`: taken away.
    Delete,
    /// `?Name value`: set where there is none.
    Default,
    /// `Name find replace`, or `>Name value`: changed after the response came back.
    Replace,
}

/// A change of one header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderChange<'c> {
    /// How.
    pub operation: HeaderOperation,
    /// The header's name.
    pub name: &'c str,
    /// The value as written.
    pub value: Option<&'c str>,
    /// For which requests, where not for all of its block.
    pub matcher: Option<&'c CaddyWord>,
    /// Whether it is done when the response is written (`defer`, `>`, or a deletion), so that it
    /// wins over what the application sends.
    pub deferred: bool,
    /// Where.
    pub span: &'c Span,
}

impl Caddyfile {
    /// Reads a Caddyfile; imports of files are looked up in the tree, where one is given.
    pub fn read(text: &SourceText, tree: Option<&dyn Tree>) -> Self {
        let mut parser = Parser::new(tree);
        let mut file =
            Self { global: Vec::new(), sites: Vec::new(), files: Vec::new(), problems: Vec::new() };
        for block in parser.file(text, 0) {
            if block.heads.is_empty() {
                file.global.extend(block.directives);
                continue;
            }
            // A named route (`&(name)`) serves no address of its own.
            if block.heads.iter().any(|head| head.value.starts_with("&(")) {
                continue;
            }
            let addresses = block.heads.iter().map(address).collect();
            file.sites.push(Site { addresses, directives: block.directives, span: block.span });
        }
        file.files = parser.files;
        file.problems = parser.problems;
        file
    }

    /// A global option.
    pub fn option(&self, name: &str) -> Option<&CaddyDirective> {
        self.global.iter().find(|directive| directive.name() == name)
    }

    /// Whether a site is served over TLS with a certificate that Caddy manages: not for `http://`
    /// addresses, port 80, addresses without a host, or `auto_https off`. `None` where an
    /// address is computed.
    pub fn has_automatic_tls(&self, site: &Site) -> Option<bool> {
        let off = self
            .option("auto_https")
            .is_some_and(|option| option.args().first().is_some_and(|arg| arg.value == "off"));
        if site.addresses.iter().any(|address| address.written.value.contains('{')) {
            return None;
        }
        let own = |address: &Address| {
            address.scheme.as_deref() != Some("http")
                && address.port != Some(80)
                && !address.host.is_empty()
        };
        Some(!off && site.addresses.iter().all(own))
    }
}

/// `[scheme://][host][:port]`, a path left out.
fn address(word: &CaddyWord) -> Address {
    let (scheme, rest) = match word.value.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_owned()), rest),
        None => (None, word.value.as_str()),
    };
    // The colon of `{$NAME:default}` divides nothing.
    let from = rest.rfind('}').map_or(0, |at| at + 1);
    let tail = rest.get(from..).unwrap_or("");
    let authority_end = tail.find('/').map_or(rest.len(), |at| from + at);
    let authority = rest.get(..authority_end).unwrap_or(rest);
    let after = authority.get(from..).unwrap_or("");
    let (host, port) = match after.rsplit_once(':') {
        Some((_, port)) if !port.contains(']') => {
            let end = authority.len() - port.len() - 1;
            (authority.get(..end).unwrap_or(""), port.parse().ok())
        }
        _ => (authority, None),
    };
    Address {
        written: Spanned::new(word.value.clone(), word.span.clone()),
        scheme,
        host: host.trim_matches(['[', ']']).to_owned(),
        port,
    }
}

impl Site {
    /// Every directive of the site, those inside `handle`, `handle_path`, `route` and other
    /// blocks too, each with the directives around it, outermost first.
    pub fn walk(&self) -> Vec<(Vec<&CaddyDirective>, &CaddyDirective)> {
        fn visit<'c>(
            directives: &'c [CaddyDirective],
            around: &[&'c CaddyDirective],
            found: &mut Vec<(Vec<&'c CaddyDirective>, &'c CaddyDirective)>,
        ) {
            for directive in directives {
                found.push((around.to_vec(), directive));
                let mut inner = around.to_vec();
                inner.push(directive);
                visit(directive.children(), &inner, found);
            }
        }
        let mut found = Vec::new();
        visit(&self.directives, &[], &mut found);
        found
    }

    /// The directives of this name that handle requests, wherever they stand in the site.
    pub fn all<'s>(&'s self, name: &str) -> Vec<&'s CaddyDirective> {
        const BLOCKS: [&str; 4] = ["handle", "handle_path", "route", "handle_errors"];
        let walked = self.walk().into_iter();
        walked
            .filter(|(around, directive)| {
                directive.name() == name && around.iter().all(|a| BLOCKS.contains(&a.name()))
            })
            .map(|(_, directive)| directive)
            .collect()
    }

    /// Its `reverse_proxy` directives.
    pub fn reverse_proxies(&self) -> Vec<ReverseProxy<'_>> {
        let directives = self.all("reverse_proxy").into_iter();
        directives
            .map(|directive| {
                let named = |name: &'static str| {
                    directive.children().iter().filter(move |child| child.name() == name)
                };
                let to = named("to").flat_map(|to| to.words.iter().skip(1));
                let header_up = named("header_up").filter_map(|line| {
                    let words = line.words.get(1..)?;
                    change(words, None, false, &line.span)
                });
                ReverseProxy {
                    matcher: directive.matcher(),
                    upstreams: directive.args().iter().chain(to).collect(),
                    header_up: header_up.collect(),
                    directive,
                }
            })
            .collect()
    }

    /// The changes of response headers by `header`.
    pub fn headers(&self) -> Vec<HeaderChange<'_>> {
        let mut found = Vec::new();
        for directive in self.all("header") {
            let matcher = directive.matcher();
            let deferred = directive.children().iter().any(|line| line.name() == "defer");
            found.extend(change(directive.args(), matcher, deferred, &directive.span));
            for line in directive.children().iter().filter(|line| line.name() != "defer") {
                found.extend(change(&line.words, matcher, deferred, &line.span));
            }
        }
        found
    }

    /// The largest request body, as written (`10MB`), where `request_body` says it.
    pub fn max_body_sizes(&self) -> Vec<&CaddyWord> {
        let blocks = self.all("request_body").into_iter();
        blocks
            .flat_map(|directive| directive.children())
            .filter(|child| child.name() == "max_size")
            .filter_map(|child| child.words.get(1))
            .collect()
    }
}

fn change<'c>(
    words: &'c [CaddyWord],
    matcher: Option<&'c CaddyWord>,
    deferred: bool,
    span: &'c Span,
) -> Option<HeaderChange<'c>> {
    let written = words.first()?.value.as_str();
    let value = words.get(1).map(|word| word.value.as_str());
    let (operation, name) = match written.chars().next()? {
        '+' => (HeaderOperation::Add, written.get(1..)?),
        '-' => (HeaderOperation::Delete, written.get(1..)?),
        '?' => (HeaderOperation::Default, written.get(1..)?),
        '>' => (HeaderOperation::Replace, written.get(1..)?),
        _ if words.len() > 2 => (HeaderOperation::Replace, written),
        _ => (HeaderOperation::Set, written),
    };
    let late = matches!(
        operation,
        HeaderOperation::Delete | HeaderOperation::Replace | HeaderOperation::Default
    );
    Some(HeaderChange { operation, name, value, matcher, deferred: deferred || late, span })
}
