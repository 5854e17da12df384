//! What production runs in containers: the services of the compose files that are run together,
//! the images that are built, and the databases and caches among them.

mod image;
mod redis;
mod server;
pub(crate) mod started;
mod variables;

use plimsoll_formats::compose::{ComposeProject, Service};
use plimsoll_source::{RepoPath, Span, Tree};

use crate::inventory::Inventory;
use crate::processes::Process;
pub use image::{ImageFacts, ImageOrigin, ImageUser};
pub use redis::{RedisPlace, RedisServer};
pub use server::{DatabaseKind, DatabaseServer, Pooler};
pub use started::Start;

/// The containers of production.
#[derive(Clone, Debug, Default)]
pub struct Containers {
    /// The services that are run together, where production most likely runs compose files.
    pub stack: Option<ComposeStack>,
    /// The images that are built for processes of the system.
    pub images: Vec<ImageFacts>,
    /// The Redis servers: services of the stack and configuration files.
    pub redis: Vec<RedisServer>,
    /// The database servers among the services of the stack.
    pub databases: Vec<DatabaseServer>,
    /// The connection poolers among the services of the stack.
    pub poolers: Vec<Pooler>,
}

/// Compose files that are run together, merged.
#[derive(Clone, Debug)]
pub struct ComposeStack {
    /// The services and what they share.
    pub project: ComposeProject,
    /// The files, in the order in which they are laid over each other.
    pub files: Vec<RepoPath>,
    /// Where something of the repository calls compose with these files.
    pub called_at: Option<Span>,
    /// Where a deployment of the repository starts them.
    pub deployed_at: Option<Span>,
    /// Whether a service of it serves the site.
    pub serves: bool,
    /// Whether a file's name says that it is for production.
    pub named_for_production: bool,
    /// What speaks for a developer's machine: reloading on changes, DEBUG switched on.
    pub develops: Option<Span>,
}

impl Containers {
    pub(crate) fn gather(
        tree: &dyn Tree,
        inventory: &Inventory,
        stack: Option<ComposeStack>,
        processes: &[Process],
    ) -> Self {
        let mut found = Self {
            images: image::gather(tree, inventory, stack.as_ref(), processes),
            redis: redis::gather(tree, inventory, stack.as_ref()),
            ..Self::default()
        };
        if let Some(stack) = &stack {
            found.databases = server::databases(tree, stack);
            found.poolers = server::poolers(tree, stack);
        }
        found.stack = stack;
        found
    }

    /// The stack, where it is production's as far as can be told: it serves the site or is named
    /// for production, and nothing of it speaks for a developer's machine, or a deployment of the
    /// repository starts it.
    pub fn production_stack(&self) -> Option<&ComposeStack> {
        self.stack.as_ref().filter(|stack| stack.is_production())
    }
}

impl ComposeStack {
    /// Whether production runs it, as far as can be told.
    pub fn is_production(&self) -> bool {
        let deployed = self.deployed_at.is_some();
        self.named_for_production || (self.serves && (deployed || self.develops.is_none()))
    }

    /// The services that run by themselves: those behind a profile left out.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.project.services.values().filter(|service| service.profiles.is_empty())
    }

    /// The service that answers to a host name within the stack: by its own name, its container's,
    /// its host name or an alias.
    pub fn answering(&self, host: &str) -> Option<&Service> {
        let text = |text: &Option<
            plimsoll_source::Spanned<plimsoll_formats::compose::Interpolated>,
        >| { text.as_ref().is_some_and(|text| text.value.text == host) };
        self.project.services.values().find(|service| {
            service.name.value == host
                || text(&service.container_name)
                || text(&service.hostname)
                || aliases(service).any(|alias| alias == host)
        })
    }

    /// Whether a host name may lead somewhere that the stack does not show: an alias of a link, an
    /// extra host, a network that is made elsewhere.
    pub fn may_know_other_hosts(&self) -> bool {
        self.project.networks.values().any(|network| network.external)
            || !self.project.complete
            || self.project.services.values().any(|service| {
                !service.extra_hosts.is_empty()
                    || !service.links.is_empty()
                    || service.network_mode.is_some()
            })
    }

    /// Whether a file is one of its own, or one that they include or extend.
    pub fn has_file(&self, file: &RepoPath) -> bool {
        self.files.contains(file) || self.project.files.contains(file)
    }

    /// Its files as a sentence names them.
    pub fn name(&self) -> String {
        let files: Vec<&str> = self.files.iter().map(RepoPath::as_str).collect();
        files.join(" and ")
    }
}

/// The aliases of a service in its networks.
fn aliases(service: &Service) -> impl Iterator<Item = String> {
    let networks = service.nodes.iter().filter_map(|node| node.get("networks")?.as_map());
    networks
        .flat_map(|networks| networks.iter())
        .filter_map(|(_, entry)| entry.value.get("aliases"))
        .flat_map(|aliases| aliases.texts())
        .map(|alias| alias.value)
}

/// The last part of an image's name, without registry and owner: `redis` of `docker.io/redis`.
fn short_name(service: &Service) -> Option<String> {
    let name = &service.image.as_ref()?.value.name;
    Some(name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase())
}
