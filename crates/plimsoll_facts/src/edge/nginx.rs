//! nginx.

use plimsoll_formats::embedded::BlockKind;
use plimsoll_formats::nginx::{self, AddedHeader, Config, Location, Resolver, Server};
use plimsoll_source::{RepoPath, Tree};

use super::{Edge, EdgeHeader, NginxConfig, Proxied, Served};
use crate::blocks::{Block, Blocks};
use crate::inventory::{Inventory, Role};

/// Takes in the configurations of files and of what scripts write; those of a guide where there
/// are no others.
pub(super) fn gather(
    tree: &dyn Tree,
    inventory: &Inventory,
    blocks: &Blocks,
    mounts: &[(String, RepoPath)],
    edge: &mut Edge,
) {
    let mut resolver = Resolver::new(tree);
    for (target, source) in mounts {
        resolver = resolver.with_mount(target.as_str(), source.clone());
    }
    let files: Vec<RepoPath> = inventory.main(Role::Nginx).map(|file| file.path.clone()).collect();
    let mut configs: Vec<NginxConfig> = nginx::read_all(tree, &resolver, &files)
        .into_iter()
        .map(|config| NginxConfig { config, is_shown: false, expands: false })
        .collect();
    let (written, shown): (Vec<_>, Vec<_>) =
        blocks.production(BlockKind::Nginx).partition(|block| block.embedded.is_written);
    let of_block = |block: &&Block| NginxConfig {
        config: Config::read(&block.embedded.text, &resolver),
        is_shown: !block.embedded.is_written,
        expands: block.embedded.expands,
    };
    configs.extend(written.iter().map(of_block));
    if configs.is_empty() {
        configs.extend(shown.iter().map(of_block));
    }
    edge.present |= !configs.is_empty();
    for config in &configs {
        take_in(edge, &config.config);
    }
    edge.nginx = configs;
}

fn take_in(edge: &mut Edge, config: &Config) {
    for server in config.servers().into_iter().chain(config.implicit_server()) {
        let Some(at) = server.at().cloned() else { continue };
        let proxies = proxying(&server);
        for location in server.all_locations() {
            if location.root().is_some() && location.pass().is_none() {
                let pattern = location.pattern().to_owned();
                edge.served.push(Served {
                    folder: location.file_of(&pattern),
                    pattern,
                    at: location.at().clone(),
                    internal: location.is_internal(),
                });
            }
        }
        if !server.is_tls() && !server.rejects_handshakes() {
            match server.answers_all() {
                Some(answer) if answer.is_https_redirect() => edge.redirects.push(at),
                Some(_) => {}
                None if redirects_at_root(&server) => edge.redirects.push(at),
                None if proxies.is_empty() => {}
                None => edge.plain_servers.push(at),
            }
        }
        if server
            .scope()
            .value("access_log")
            .directive()
            .is_some_and(|log| log.arg(0) == Some("off"))
        {
            edge.access_log_off.extend(server.at().cloned());
        }
        edge.added.extend(server.scope().added_headers().iter().map(edge_header));
        for location in server.all_locations() {
            edge.added.extend(location.scope().added_headers().iter().map(edge_header));
            for dropped in location.scope().dropped_headers() {
                edge.dropped.push((edge_header(&dropped), location.at().clone()));
            }
        }
        for location in &proxies {
            let passed = location.scope().passed_headers();
            edge.locations.push(Proxied {
                at: location.at().clone(),
                pattern: location.pattern().to_owned(),
                tls: server.is_tls(),
                plain: speaks_plain(&server),
                passed: passed
                    .iter()
                    .filter_map(|header| {
                        Some((header.name.to_owned(), header.value.to_owned(), header.at?.clone()))
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

fn edge_header(header: &AddedHeader<'_>) -> EdgeHeader {
    EdgeHeader {
        name: header.name.to_owned(),
        value: header.value.to_owned(),
        always: header.always,
        at: header.directive.span.clone(),
    }
}

/// Whether a server listens for plain HTTP, as one without any `listen` does.
fn speaks_plain(server: &Server<'_>) -> bool {
    let listens = server.listens();
    let old_style = server.is_tls() && !listens.iter().any(|listen| listen.ssl);
    !old_style && (listens.is_empty() || listens.iter().any(|listen| !listen.ssl))
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
