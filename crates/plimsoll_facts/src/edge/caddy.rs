//! Caddy.
//!
//! Caddy does by itself what nginx has to be told: it redirects plain HTTP of sites with a
//! certificate of its own, and sets `X-Forwarded-For`, `-Proto` and `-Host` to what it saw, whatever
//! the client sent, unless the client is a trusted proxy
//! (<https://caddyserver.com/docs/automatic-https>,
//! <https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#defaults>). Values are given in
//! nginx's words, so that rules need to know one language only.

use std::collections::BTreeSet;

use plimsoll_formats::caddyfile::{
    CaddyDirective, Caddyfile, HeaderChange, HeaderOperation, ReverseProxy, Site,
};
use plimsoll_formats::embedded::BlockKind;
use plimsoll_source::{RepoPath, SourceText, Span, Tree};

use super::{Edge, EdgeHeader, Proxied, Served};
use crate::blocks::Blocks;
use crate::inventory::{Inventory, Role};

/// Takes in the Caddyfiles of the repository and those that scripts write.
pub(super) fn gather(tree: &dyn Tree, inventory: &Inventory, blocks: &Blocks, edge: &mut Edge) {
    let mut texts: Vec<SourceText> =
        inventory.main(Role::Caddyfile).filter_map(|file| tree.read(&file.path).ok()).collect();
    let written = blocks
        .production(BlockKind::Caddyfile)
        .filter(|block| block.embedded.is_written || texts.is_empty());
    let written: Vec<SourceText> = written.map(|block| block.embedded.text.clone()).collect();
    texts.extend(written);
    let files: Vec<Caddyfile> =
        texts.iter().map(|text| Caddyfile::read(text, Some(tree))).collect();
    let imported: BTreeSet<RepoPath> =
        files.iter().flat_map(|file| file.files.iter().skip(1).cloned()).collect();
    for (text, file) in texts.iter().zip(files) {
        if imported.contains(text.path()) || file.sites.is_empty() {
            continue;
        }
        edge.present = true;
        for site in &file.sites {
            take_in(edge, &file, site);
        }
        edge.caddy.push(file);
    }
}

fn take_in(edge: &mut Edge, file: &Caddyfile, site: &Site) {
    let automatic = file.has_automatic_tls(site);
    let explicit = site.directives.iter().any(|directive| directive.name() == "tls");
    let by_scheme = site.addresses.iter().any(|a| a.scheme.as_deref() == Some("https"));
    let tls = automatic == Some(true) || explicit || by_scheme;
    let proxies = site.reverse_proxies();
    let redirects_off = file.option("auto_https").is_some_and(|option| {
        option.args().iter().any(|arg| matches!(arg.value.as_str(), "off" | "disable_redirects"))
    });
    let plain = !tls && automatic == Some(false);
    if tls && !redirects_off && automatic.is_some() {
        edge.redirects.push(site.span.clone());
    } else if plain {
        match https_redirect(site) {
            Some(at) => edge.redirects.push(at),
            None if proxies.is_empty() => {}
            None => edge.plain_servers.push(site.span.clone()),
        }
    }
    let headers = site.headers();
    edge.added.extend(headers.iter().filter_map(edge_header));
    let open = trusts_proxies(file) || site.addresses.is_empty();
    for (around, directive) in site.walk() {
        match directive.name() {
            "reverse_proxy" => {
                let Some(proxy) = proxies.iter().find(|p| p.directive.span == directive.span)
                else {
                    continue;
                };
                edge.locations.push(Proxied {
                    at: directive.span.clone(),
                    pattern: pattern(site, &around, directive).unwrap_or_else(|| "/".to_owned()),
                    tls,
                    plain: !tls,
                    passed: passed(proxy, trusts_proxies(file)),
                    headers: around_headers(site, &around, &headers),
                    open,
                });
            }
            "file_server" => edge.served.extend(served(site, &around, directive)),
            _ => {}
        }
    }
}

/// Whether the headers of some clients are believed, so that what is handed on is theirs.
fn trusts_proxies(file: &Caddyfile) -> bool {
    let servers = file.global.iter().filter(|option| option.name() == "servers");
    servers.flat_map(CaddyDirective::children).any(|child| child.name() == "trusted_proxies")
}

/// A redirect of every request to HTTPS.
fn https_redirect(site: &Site) -> Option<Span> {
    let found = site.all("redir").into_iter().find(|redirect| {
        let unlimited = redirect.matcher().is_none_or(|matcher| matcher.value == "*");
        let target = redirect.args().first();
        unlimited && target.is_some_and(|target| target.value.starts_with("https://"))
    })?;
    Some(found.span.clone())
}

/// The request headers that reach the application: Caddy's own, then what the block changes.
fn passed(proxy: &ReverseProxy<'_>, trusts: bool) -> Vec<(String, String, Span)> {
    let at = &proxy.directive.span;
    let mut found: Vec<(String, String, Span)> = Vec::new();
    let own = [
        ("Host", "$host"),
        ("X-Forwarded-For", "$remote_addr"),
        ("X-Forwarded-Proto", "$scheme"),
        ("X-Forwarded-Host", "$host"),
    ];
    for (name, value) in own {
        // What a trusted proxy sent is handed on, so that the value is not known.
        if !trusts || name == "Host" {
            found.push((name.to_owned(), value.to_owned(), at.clone()));
        }
    }
    for change in &proxy.header_up {
        let value = match (change.operation, change.value) {
            (HeaderOperation::Delete, _) => String::new(),
            (_, Some(value)) => in_nginx_words(value),
            (_, None) => continue,
        };
        found.retain(|(name, ..)| !name.eq_ignore_ascii_case(change.name));
        found.push((change.name.to_owned(), value, change.span.clone()));
    }
    found
}

/// Caddy's placeholders by the names of nginx's variables.
fn in_nginx_words(value: &str) -> String {
    let inner = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    match inner {
        Some("scheme" | "http.request.scheme") => "$scheme".to_owned(),
        Some("host" | "http.request.host") => "$host".to_owned(),
        Some("hostport" | "http.request.hostport") => "$http_host".to_owned(),
        Some("remote_host" | "http.request.remote.host" | "remote") => "$remote_addr".to_owned(),
        Some(name) => {
            let header =
                name.strip_prefix("header.").or_else(|| name.strip_prefix("http.request.header."));
            header.map_or_else(
                || value.to_owned(),
                |header| format!("$http_{}", header.to_ascii_lowercase().replace('-', "_")),
            )
        }
        None => value.to_owned(),
    }
}

fn edge_header(change: &HeaderChange<'_>) -> Option<EdgeHeader> {
    let sets = matches!(
        change.operation,
        HeaderOperation::Set | HeaderOperation::Add | HeaderOperation::Default
    );
    Some(EdgeHeader {
        name: change.name.to_owned(),
        value: change.value.filter(|_| sets)?.to_owned(),
        always: true,
        at: change.span.clone(),
    })
}

/// The headers of the blocks around a directive that hold for all requests.
fn around_headers(
    site: &Site,
    around: &[&CaddyDirective],
    headers: &[HeaderChange<'_>],
) -> Vec<EdgeHeader> {
    let mut lines: Vec<&Span> = Vec::new();
    let levels = std::iter::once(site.directives.as_slice())
        .chain(around.iter().map(|directive| directive.children()));
    for directive in levels.flatten().filter(|directive| directive.name() == "header") {
        lines.push(&directive.span);
        lines.extend(directive.children().iter().map(|child| &child.span));
    }
    let all = |change: &&HeaderChange<'_>| {
        change.matcher.is_none_or(|matcher| matches!(matcher.value.as_str(), "*" | "/*"))
            && lines.contains(&change.span)
    };
    headers.iter().filter(all).filter_map(edge_header).collect()
}

/// The paths that a directive is for, by its matcher or that of the nearest block around it.
fn patterns(site: &Site, around: &[&CaddyDirective], directive: &CaddyDirective) -> Vec<String> {
    let matchers = std::iter::once(directive).chain(around.iter().rev().copied());
    let Some(matcher) = matchers.filter_map(CaddyDirective::matcher).next() else {
        return Vec::new();
    };
    let bare = |path: &str| path.trim_end_matches('*').to_owned();
    if !matcher.value.starts_with('@') {
        return vec![bare(&matcher.value)];
    }
    let mut found = Vec::new();
    let named = site.walk().into_iter().map(|(_, d)| d).filter(|d| d.name() == matcher.value);
    for definition in named {
        let lines = std::iter::once(definition.words.get(1..).unwrap_or(&[]))
            .chain(definition.children().iter().map(|child| child.words.as_slice()));
        for words in lines {
            if words.first().is_some_and(|word| word.value == "path") {
                found.extend(words.iter().skip(1).map(|word| bare(&word.value)));
            }
        }
    }
    found
}

fn pattern(site: &Site, around: &[&CaddyDirective], directive: &CaddyDirective) -> Option<String> {
    patterns(site, around, directive).into_iter().next()
}

/// What a `file_server` serves: the folder of the nearest `root`, from which `handle_path` takes
/// the pattern away.
fn served(site: &Site, around: &[&CaddyDirective], directive: &CaddyDirective) -> Vec<Served> {
    let levels = around
        .iter()
        .rev()
        .map(|directive| directive.children())
        .chain(std::iter::once(site.directives.as_slice()));
    let root = levels
        .flatten()
        .find(|directive| directive.name() == "root")
        .and_then(|root| root.args().first())
        .filter(|word| !word.is_computed());
    let strips = around.iter().any(|directive| directive.name() == "handle_path");
    let mut wanted = patterns(site, around, directive);
    if wanted.is_empty() {
        wanted.push("/".to_owned());
    }
    wanted
        .into_iter()
        .map(|pattern| {
            let folder = root.map(|root| {
                let root = root.value.trim_end_matches('/');
                if strips { format!("{root}/") } else { format!("{root}{pattern}") }
            });
            Served { folder, pattern, at: directive.span.clone(), internal: false }
        })
        .collect()
}
