//! Redis servers: services of the stack, and redis.conf files by themselves.

use plimsoll_formats::Spanned as Word;
use plimsoll_formats::compose::{Command, Port, Service};
use plimsoll_formats::redis_conf::RedisConf;
use plimsoll_source::{RepoPath, Span, Spanned, Tree};

use super::variables::{Told, Variables};
use super::{ComposeStack, short_name};
use crate::inventory::{Inventory, Role};

/// What declares a Redis server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedisPlace {
    /// A service of the stack.
    Service,
    /// A configuration file that no service of the stack mounts.
    ConfFile,
}

/// A Redis server, or one of its kin (Valkey, KeyDB).
#[derive(Clone, Debug)]
pub struct RedisServer {
    /// The service's name, or the file's path.
    pub name: String,
    /// What declares it.
    pub place: RedisPlace,
    /// Where.
    pub at: Span,
    /// Why its configuration is not wholly known; `None` where it is.
    pub open: Option<String>,
    /// Whether it asks for a password; `None` where that is not known.
    pub password: Option<bool>,
    /// `maxmemory` in bytes, 0 for none; `None` where it is not said.
    pub max_memory: Option<Spanned<u64>>,
    /// `maxmemory-policy`, where it is said.
    pub policy: Option<Spanned<String>>,
    /// Whether it writes its data to disk, where that is said.
    pub persists: Option<Spanned<bool>>,
    /// Whether a volume holds its data. Always true of one on a host.
    pub has_volume: bool,
    /// Its ports on the host: the address they are bound to (`None`: all), and where.
    pub published: Vec<(Option<String>, Span)>,
    /// Whether it shares the host's network.
    pub host_network: bool,
    /// The addresses that its configuration binds it to, with their place.
    pub binds: Vec<Spanned<String>>,
    /// `protected-mode no`.
    pub unprotected: Option<Span>,
}

impl RedisServer {
    /// Whether it may throw keys away that did not expire: the policy and where it is set. `None`
    /// where it keeps all or that is not known.
    pub fn evicts(&self) -> Option<&Spanned<String>> {
        self.policy.as_ref().filter(|policy| !policy.value.eq_ignore_ascii_case("noeviction"))
    }
}

/// Names of images that are such a server.
const IMAGES: [&str; 9] = [
    "redis",
    "valkey",
    "keydb",
    "redis-stack",
    "redis-stack-server",
    "redis-server",
    "dragonfly",
    "redis-alpine",
    "valkey-bundle",
];

pub(super) fn gather(
    tree: &dyn Tree,
    inventory: &Inventory,
    stack: Option<&ComposeStack>,
) -> Vec<RedisServer> {
    let mut found = Vec::new();
    let mut mounted: Vec<RepoPath> = Vec::new();
    if let Some(stack) = stack {
        for service in stack.project.services.values() {
            // Whether its command names the file or not, it is no host's.
            mounted.extend(service.volumes.iter().filter_map(|m| m.value.source_path.clone()));
            if short_name(service).is_some_and(|name| IMAGES.contains(&name.as_str())) {
                found.push(of_service(tree, service, &mut mounted));
            }
        }
    }
    for file in inventory.main(Role::RedisConf).filter(|file| !mounted.contains(&file.path)) {
        let Ok(source) = tree.read(&file.path) else { continue };
        let conf = RedisConf::read(&source);
        // A file that other services or images of the repository take is not a host's.
        if conf.directives.is_empty() {
            continue;
        }
        let at = Span::of_file(file.path.clone());
        let mut server = empty(file.path.to_string(), RedisPlace::ConfFile, at);
        server.has_volume = true;
        server.password = Some(conf.requires_password());
        take_in(&mut server, &conf);
        if let Some(include) = conf.get("include") {
            server.open = Some("it includes another file".to_owned());
            server.password = server.password.filter(|has| *has);
            server.at = include.name.span.clone();
        }
        found.push(server);
    }
    found
}

fn empty(name: String, place: RedisPlace, at: Span) -> RedisServer {
    RedisServer {
        name,
        place,
        at,
        open: None,
        password: None,
        max_memory: None,
        policy: None,
        persists: None,
        has_volume: false,
        published: Vec::new(),
        host_network: false,
        binds: Vec::new(),
        unprotected: None,
    }
}

fn of_service(tree: &dyn Tree, service: &Service, mounted: &mut Vec<RepoPath>) -> RedisServer {
    let at = service.name.span.clone();
    let mut server = empty(service.name.value.clone(), RedisPlace::Service, at);
    let short = short_name(service).unwrap_or_default();
    let variables = Variables::of(tree, service);
    server.published = published(&service.ports, "6379");
    server.host_network =
        service.network_mode.as_ref().is_some_and(|mode| mode.value.text == "host");
    server.has_volume = service.volumes.iter().any(|mount| {
        let target = mount.value.target.trim_end_matches('/');
        matches!(target, "/data" | "/bitnami/redis/data" | "/bitnami" | "/bitnami/redis")
            || target.starts_with("/bitnami/valkey")
            || target.starts_with("/var/lib/redis")
    }) && !service.tmpfs.iter().any(|folder| folder.value.starts_with("/data"));
    let mut asks = false;
    let mut file_unknown = false;
    // The command's words follow the entry point's, which for these images only starts them.
    for command in [&service.entrypoint, &service.command].into_iter().flatten() {
        let words = words(command);
        let Some(start) = words.iter().position(|word| {
            let base = word.value.rsplit('/').next().unwrap_or("");
            matches!(base, "redis-server" | "valkey-server" | "keydb-server")
                || base.ends_with(".conf")
        }) else {
            if words.first().is_some_and(|word| word.value.starts_with("--")) {
                asks |= has_password(&RedisConf::from_arguments(&words), command);
                take_in(&mut server, &RedisConf::from_arguments(&words));
            } else if !words.is_empty() {
                server.open = Some("a script starts it".to_owned());
            }
            continue;
        };
        for word in
            words.get(start..).unwrap_or(&[]).iter().take_while(|w| !w.value.starts_with("--"))
        {
            if !word.value.contains('/') && !word.value.ends_with(".conf") {
                continue;
            }
            if word.value.rsplit('/').next().is_some_and(|base| base.ends_with("-server")) {
                continue;
            }
            match mounted_file(tree, service, &word.value) {
                Some(source) => {
                    mounted.push(source.path().clone());
                    let conf = RedisConf::read(&source);
                    asks |= conf.requires_password();
                    take_in(&mut server, &conf);
                }
                None => file_unknown = true,
            }
        }
        let arguments = RedisConf::from_arguments(words.get(start..).unwrap_or(&[]));
        asks |= has_password(&arguments, command);
        take_in(&mut server, &arguments);
    }
    if file_unknown {
        server.open = Some("its configuration file is not in the repository".to_owned());
    } else if server.open.is_none() && service.build.is_some() {
        server.open = Some("its image is built here".to_owned());
    }
    server.password = if asks {
        Some(true)
    } else {
        match variables.first(&[
            "REDIS_PASSWORD",
            "VALKEY_PASSWORD",
            "REDIS_PASSWORD_FILE",
            "REDIS_ARGS",
            "REDIS_EXTRA_FLAGS",
        ]) {
            // Only bitnami's and Redis Stack's images read these.
            Told::Set(value, _) if is_told_by_variables(service, &short) => Some(
                !value.is_empty() && (!value.starts_with("--") || value.contains("requirepass")),
            ),
            Told::Somehow | Told::Open if is_told_by_variables(service, &short) => None,
            _ if server.open.is_some() => None,
            _ => Some(false),
        }
    };
    if is_told_by_variables(service, &short) && server.open.is_none() {
        server.open = Some("its image is configured by variables".to_owned());
    }
    server
}

fn is_told_by_variables(service: &Service, short: &str) -> bool {
    short.starts_with("redis-stack")
        || service.image.as_ref().is_some_and(|image| image.value.name.contains("bitnami"))
}

/// The words of a command; a shell's script is split into its words.
fn words(command: &Command) -> Vec<Word<String>> {
    let mut found = Vec::new();
    for word in &command.words {
        if word.text.contains(char::is_whitespace) && word.text.contains("-server") {
            for part in word.text.split_whitespace() {
                let part = part.trim_matches(['"', '\'', ';']);
                found.push(Word::new(part.to_owned(), word.span.clone()));
            }
        } else {
            found.push(Word::new(word.text.clone(), word.span.clone()));
        }
    }
    found
}

/// Whether the arguments ask for a password: one whose value comes from a variable that nobody has
/// shown counts.
fn has_password(conf: &RedisConf, command: &Command) -> bool {
    conf.requires_password() || (conf.get("requirepass").is_some() && !command.unknown.is_empty())
}

fn take_in(server: &mut RedisServer, conf: &RedisConf) {
    let own = |word: &Word<String>| Spanned::new(word.value.clone(), word.span.clone());
    if let Some(memory) = conf.max_memory() {
        server.max_memory = Some(Spanned::new(memory.value, memory.span));
    } else if let Some(written) = conf.value("maxmemory") {
        // A variable or a figure of another form: there is a limit, which is not known.
        server.max_memory = Some(Spanned::new(u64::MAX, written.span.clone()));
    }
    if let Some(policy) = conf.max_memory_policy() {
        server.policy = Some(own(policy));
    }
    if let Some(persists) = conf.persists() {
        let place = conf.get("appendonly").or_else(|| conf.get("save"));
        if let Some(directive) = place {
            server.persists = Some(Spanned::new(persists, directive.name.span.clone()));
        }
    }
    let binds = conf.binds();
    if !binds.is_empty() {
        server.binds = binds.iter().map(own).collect();
    }
    if let Some(mode) = conf.value("protected-mode") {
        server.unprotected = mode.value.eq_ignore_ascii_case("no").then(|| mode.span.clone());
    }
}

/// The file of the repository that a service mounts at a path.
fn mounted_file(
    tree: &dyn Tree,
    service: &Service,
    path: &str,
) -> Option<plimsoll_source::SourceText> {
    service.volumes.iter().find_map(|mount| {
        let source = mount.value.source_path.as_ref()?;
        let target = mount.value.target.trim_end_matches('/');
        let rest = path.strip_prefix(target)?;
        let file = match rest.strip_prefix('/') {
            Some(rest) => source.join(rest)?,
            None if rest.is_empty() => source.clone(),
            None => return None,
        };
        tree.read(&file).ok()
    })
}

/// The ports that lead to a port of the container: the address on the host, and where.
pub(super) fn published(ports: &[Spanned<Port>], target: &str) -> Vec<(Option<String>, Span)> {
    let leads = |port: &&Spanned<Port>| {
        port.value.target == target
            || port.value.target.split_once('-').is_some_and(|(from, to)| {
                let number = |text: &str| text.parse::<u32>().ok();
                matches!((number(from), number(to), number(target)), (Some(a), Some(b), Some(t)) if a <= t && t <= b)
            })
    };
    ports.iter().filter(leads).map(|port| (port.value.host_ip.clone(), port.span.clone())).collect()
}
