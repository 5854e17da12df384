//! Rules about containers: images, the services of compose, what is kept, logged and asked in them.

mod compose_database_superuser;
mod compose_dependency_unready;
mod compose_localhost_url;
mod compose_port_published;
mod compose_restart_missing;
mod compose_source_mounted;
mod compose_version_obsolete;
mod container_log_unbounded;
mod health_path_redirected;
mod image_base_unpinned;
mod image_context_unfiltered;
mod image_healthcheck_missing;
mod image_runs_as_root;
mod image_static_missing;

use plimsoll_catalog::Severity;
use plimsoll_facts::{ComposeStack, Declaration, Facts, ImageFacts, Process, ProcessKind};
use plimsoll_formats::compose::Service;

use crate::{Fault, Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    health_path_redirected::RULE,
    container_log_unbounded::RULE,
    compose_port_published::RULE,
    image_runs_as_root::RULE,
    image_context_unfiltered::RULE,
    image_base_unpinned::RULE,
    image_healthcheck_missing::RULE,
    image_static_missing::RULE,
    compose_source_mounted::RULE,
    compose_restart_missing::RULE,
    compose_dependency_unready::RULE,
    compose_database_superuser::RULE,
    compose_localhost_url::RULE,
    compose_version_obsolete::RULE,
];

/// What is wrong, with its words.
pub(crate) fn fault(
    severity: Severity,
    message: impl Into<String>,
    consequence: impl Into<String>,
    fix: impl Into<String>,
) -> Fault {
    Fault { severity, message: message.into(), consequence: consequence.into(), fix: fix.into() }
}

/// The stack that production runs. Where there are compose files and none of them can be taken for
/// production's, that is said.
pub(crate) fn stack<'f>(look: &mut Look<'f>) -> Option<&'f ComposeStack> {
    let facts = look.facts;
    let found = facts.containers.production_stack();
    if found.is_none() && (facts.containers.stack.is_some() || has_compose(facts)) {
        look.undetermined(
            "no compose file of the repository can be told to be production's: none serves the site without the marks of a developer's machine",
            "name production's file so (compose.prod.yml), or check the files on the host",
            facts.containers.stack.as_ref().and_then(|stack| stack.develops.clone()),
        );
    }
    found
}

fn has_compose(facts: &Facts) -> bool {
    facts.inventory.main(plimsoll_facts::inventory::Role::Compose).next().is_some()
}

/// The processes of a service of the stack.
pub(crate) fn processes_of<'f>(
    facts: &'f Facts,
    stack: &'f ComposeStack,
    service: &'f str,
) -> impl Iterator<Item = &'f Process> {
    facts.processes.iter().filter(move |process| {
        process.declared == Declaration::Compose
            && process.name == service
            && stack.has_file(&process.at.file)
    })
}

/// Whether a service runs the project's code for as long as it is up.
pub(crate) fn runs_project(facts: &Facts, stack: &ComposeStack, service: &Service) -> bool {
    processes_of(facts, stack, &service.name.value).any(|process| {
        matches!(
            process.kind,
            ProcessKind::Web | ProcessKind::Worker | ProcessKind::Scheduler | ProcessKind::Monitor
        )
    })
}

/// The images of the system: those that services of its stack run, and those whose server loads a
/// module that it has, or whose command names none.
pub(crate) fn images(facts: &Facts) -> impl Iterator<Item = &ImageFacts> {
    facts.containers.images.iter().filter(|image| {
        !image.services.is_empty()
            || facts
                .processes
                .iter()
                .filter(|process| process.name == image.dockerfile.as_str())
                .any(|process| {
                    let module = process.application_module();
                    module.is_none_or(|module| facts.is_own_package(&module))
                })
    })
}

/// The last part of the name of a service's image.
pub(crate) fn image_name(service: &Service) -> Option<String> {
    let name = &service.image.as_ref()?.value.name;
    Some(name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase())
}

/// Whether a service is a reverse proxy, by its image or its name.
pub(crate) fn is_proxy(service: &Service) -> bool {
    const PROXIES: [&str; 12] = [
        "nginx",
        "caddy",
        "traefik",
        "haproxy",
        "httpd",
        "apache",
        "openresty",
        "envoy",
        "swag",
        "nginx-proxy",
        "nginx-unprivileged",
        "cloudflared",
    ];
    let by_image = image_name(service).is_some_and(|name| {
        PROXIES.iter().any(|proxy| name == *proxy || name.starts_with(&format!("{proxy}-")))
            && !name.contains("exporter")
    });
    by_image || (service.build.is_some() && PROXIES.contains(&service.name.value.as_str()))
}

/// Whether an address of the host can be reached from other machines; `None` is all addresses.
pub(crate) fn is_public(address: Option<&str>) -> bool {
    match address {
        None => true,
        Some(address) => {
            let bare = address.trim_matches(['[', ']']);
            !(bare.starts_with("127.") || bare == "localhost" || bare == "::1" || is_private(bare))
        }
    }
}

/// Whether an address belongs to a private network.
pub(crate) fn is_private(address: &str) -> bool {
    let Some([first, second, ..]) = octets(address) else { return false };
    match first {
        10 => true,
        172 => (16..32).contains(&second),
        192 => second == 168,
        100 => (64..128).contains(&second),
        _ => false,
    }
}

/// The four numbers of an IPv4 address; `None` for anything else.
pub(crate) fn octets(address: &str) -> Option<[u8; 4]> {
    let mut parts = address.split('.').map(str::parse::<u8>);
    let found =
        [parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?];
    parts.next().is_none().then_some(found)
}
