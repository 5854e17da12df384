//! The containers that the system runs in: what is copied and mounted into them, what they collect
//! while they are built, how their health is asked.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use plimsoll_formats::compose::{ComposeProject, EnvValue, MountKind, Service};
use plimsoll_formats::dockerfile::{Command, Dockerfile, Effective, Instruction};
use plimsoll_formats::platform_yaml::{self, PlatformKind};
use plimsoll_source::{RepoPath, Span, Tree};

use crate::containers::started::{self, Start};
use crate::health::{self, HealthCheck};
use crate::inventory::{Inventory, Role};
use crate::processes::{Declaration, Process, ProcessKind, copies};

/// A container of the system.
#[derive(Clone, Debug)]
pub struct Interior {
    /// The service's name, or the Dockerfile's path.
    pub name: String,
    /// Where it is declared.
    pub at: Span,
    /// What declares it: a compose service or an image that nothing here runs.
    pub declared: Declaration,
    /// What of Django's it runs.
    pub kinds: Vec<ProcessKind>,
    /// The Dockerfile that its image is built from, where it was read.
    pub dockerfile: Option<RepoPath>,
    /// What of the repository is in it: a path there and the path here, later ones over earlier
    /// ones.
    pub holds: Vec<(String, RepoPath)>,
    /// What is mounted into it.
    pub mounts: Vec<Mounted>,
    /// Paths that the image declares as volumes.
    pub volumes: Vec<(String, Span)>,
    /// Where the image runs `collectstatic` while it is built.
    pub collects_at_build: Option<Span>,
    /// How its health is asked over HTTP.
    pub health: Option<HealthCheck>,
    /// What starts its command, and with what.
    pub start: Option<Start>,
}

/// A volume or folder in a container.
#[derive(Clone, Debug)]
pub struct Mounted {
    /// The path in the container, without a slash at the end.
    pub target: String,
    /// What it is.
    pub kind: MountKind,
    /// The volume's name or the host's path, as written.
    pub source: Option<String>,
    /// Where.
    pub at: Span,
}

impl Interior {
    /// Where a file of the repository is in the container; `None` where it is not known to be
    /// there, or in more than one place.
    pub fn path_of(&self, file: &RepoPath) -> Option<String> {
        let mut places: BTreeSet<String> = self
            .holds
            .iter()
            .filter_map(|(there, here)| {
                let rest: &str = file.strip_prefix(here)?;
                let there = there.trim_end_matches('/');
                Some(if rest.is_empty() { there.to_owned() } else { format!("{there}/{rest}") })
            })
            .collect();
        let one = places.pop_first()?;
        places.is_empty().then_some(one)
    }

    /// The mount that a path of the container lies in: the innermost.
    pub fn mount_over(&self, path: &str) -> Option<&Mounted> {
        let over = self.mounts.iter().filter(|mount| is_below(path, &mount.target));
        over.max_by_key(|mount| mount.target.len())
    }

    /// Whether it serves requests.
    pub fn serves(&self) -> bool {
        self.kinds.contains(&ProcessKind::Web)
    }
}

/// Whether a path is a folder or lies in it.
fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The containers of the compose project, and the images that no service builds.
pub(crate) fn gather(
    tree: &dyn Tree,
    inventory: &Inventory,
    compose: Option<&ComposeProject>,
    processes: &[Process],
) -> Vec<Interior> {
    let mut found = Vec::new();
    for service in compose.iter().flat_map(|project| project.services.values()) {
        let kinds: Vec<ProcessKind> = processes
            .iter()
            .filter(|process| {
                process.declared == Declaration::Compose && process.name == service.name.value
            })
            .map(|process| process.kind)
            .collect();
        found.push(of_service(tree, inventory, service, kinds));
    }
    for file in inventory.main(Role::Dockerfile) {
        let kinds: Vec<ProcessKind> = processes
            .iter()
            .filter(|process| {
                process.declared == Declaration::Image && process.name == file.path.as_str()
            })
            .map(|process| process.kind)
            .collect();
        let Ok(source) = tree.read(&file.path) else { continue };
        if kinds.is_empty() {
            continue;
        }
        let parsed = Dockerfile::parse(&source);
        let Some(image) = parsed.effective(None, &IndexMap::new()) else { continue };
        let at = Span::of_file(file.path.clone());
        let mut container = empty(file.path.to_string(), at, Declaration::Image, kinds);
        let contexts: Vec<RepoPath> =
            [file.path.parent(), Some(RepoPath::root())].into_iter().flatten().collect();
        take_image(&mut container, &file.path, &image, &contexts);
        container.start = started::of_image(tree, inventory, &image, &container.holds);
        found.push(container);
    }
    found
}

/// Where the configuration of Docker's daemon sets a driver that bounds logs, or a size.
pub(crate) fn log_limit(tree: &dyn Tree, inventory: &Inventory) -> Option<Span> {
    let bounds = |text: &str| {
        text.contains("max-size") || text.contains("log-driver") && !text.contains("json-file")
    };
    let files = inventory.main(Role::OtherText).filter(|f| f.path.file_name() == "daemon.json");
    let scripts = inventory.main(Role::Shell);
    files.chain(scripts).find_map(|file| {
        let source = tree.read(&file.path).ok()?;
        let text = source.text();
        let names = file.role == Role::OtherText || text.contains("docker/daemon.json");
        if !names || !bounds(text) {
            return None;
        }
        let at = text.find("max-size").or_else(|| text.find("log-driver"))?;
        Some(source.span(at..at + 8))
    })
}

/// The HTTP probes of Kubernetes of containers that serve requests.
pub(crate) fn probes(
    tree: &dyn Tree,
    inventory: &Inventory,
    processes: &[Process],
) -> Vec<HealthCheck> {
    let mut files: Vec<&RepoPath> = processes
        .iter()
        .filter(|p| p.declared == Declaration::Platform && p.kind == ProcessKind::Web)
        .map(|process| &process.at.file)
        .collect();
    files.dedup();
    let mut found = Vec::new();
    for path in files.into_iter().filter(|path| inventory.has(path)) {
        let Ok(source) = tree.read(path) else { continue };
        if platform_yaml::kind_of(&source) != Some(PlatformKind::Kubernetes) {
            continue;
        }
        for container in platform_yaml::read(&source, PlatformKind::Kubernetes).processes {
            let serves = processes.iter().any(|p| {
                p.kind == ProcessKind::Web && p.at.file == *path && p.name == container.name.value
            });
            if serves {
                found.extend(container.probes.iter().filter_map(HealthCheck::of_probe));
            }
        }
    }
    found.dedup();
    found
}

fn empty(name: String, at: Span, declared: Declaration, kinds: Vec<ProcessKind>) -> Interior {
    Interior {
        name,
        at,
        declared,
        kinds,
        dockerfile: None,
        holds: Vec::new(),
        mounts: Vec::new(),
        volumes: Vec::new(),
        collects_at_build: None,
        health: None,
        start: None,
    }
}

fn of_service(
    tree: &dyn Tree,
    inventory: &Inventory,
    service: &Service,
    kinds: Vec<ProcessKind>,
) -> Interior {
    let name = service.name.value.clone();
    let mut container = empty(name, service.name.span.clone(), Declaration::Compose, kinds);
    let build = service.build.as_ref().map(|build| &build.value);
    let path = build.and_then(|build| build.dockerfile_path.clone());
    if let Some(path) = path
        && let Ok(source) = tree.read(&path)
    {
        let parsed = Dockerfile::parse(&source);
        let args: IndexMap<String, String> = build
            .iter()
            .flat_map(|build| &build.args)
            .filter_map(|(name, value)| match &value.value {
                EnvValue::Given { value, unknown, .. } if unknown.is_empty() => {
                    Some((name.clone(), value.expose().to_owned()))
                }
                _ => None,
            })
            .collect();
        let target = build.and_then(|build| build.target.as_ref()?.value.known());
        let contexts: Vec<RepoPath> =
            build.and_then(|build| build.context_path.clone()).into_iter().collect();
        if let Some(image) = parsed.effective(target, &args) {
            take_image(&mut container, &path, &image, &contexts);
            let holds = [container.holds.clone(), mounted(service)].concat();
            container.start = started::of_service(tree, inventory, service, Some(&image), &holds);
        }
    } else if service.entrypoint.is_some() {
        container.start = started::of_service(tree, inventory, service, None, &mounted(service));
    }
    for mount in &service.volumes {
        let target = mount.value.target.trim_end_matches('/').to_owned();
        if let Some(source) = &mount.value.source_path {
            container.holds.push((target.clone(), source.clone()));
        }
        container.mounts.push(Mounted {
            target,
            kind: mount.value.kind,
            source: mount.value.source.clone(),
            at: mount.span.clone(),
        });
    }
    if let Some(check) = &service.healthcheck {
        // The service's own check stands in place of the image's.
        container.health = health::of_compose(&check.value);
    }
    container
}

/// Files and folders of the repository that are mounted into a service.
fn mounted(service: &Service) -> Vec<(String, RepoPath)> {
    let mounts = service.volumes.iter().filter_map(|mount| {
        let source = mount.value.source_path.clone()?;
        Some((mount.value.target.trim_end_matches('/').to_owned(), source))
    });
    mounts.collect()
}

fn take_image(
    container: &mut Interior,
    path: &RepoPath,
    image: &Effective<'_>,
    contexts: &[RepoPath],
) {
    container.dockerfile = Some(path.clone());
    container.holds = copies(image, contexts);
    container.volumes = image
        .volumes
        .iter()
        .filter_map(|volume| {
            let path = volume.value.as_ref()?.trim_end_matches('/').to_owned();
            Some((path, volume.span.clone()))
        })
        .collect();
    container.collects_at_build = image
        .stages
        .iter()
        .flat_map(|stage| &stage.instructions)
        .find(|instruction| match &instruction.value {
            Instruction::Run { command, .. } => match command {
                Command::Shell(text) => text.text().contains("collectstatic"),
                Command::Exec(words) => words.iter().any(|word| word.text == "collectstatic"),
            },
            _ => false,
        })
        .map(|instruction| instruction.span.clone());
    if let Some((Some(command), at)) = image.healthcheck {
        container.health = health::of_image(command, at);
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{MemoryTree, RepoPath};

    use crate::{Given, survey};

    const MANAGE: &str = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')";
    const DOCKERFILE: &str = "FROM python:3.12\nWORKDIR /app\nCOPY . /app\nRUN python manage.py collectstatic --noinput\nHEALTHCHECK CMD curl -f http://localhost:8000/up\nCMD gunicorn wsgi\n";

    #[test]
    fn a_service_tells_what_is_in_it_and_over_it() {
        let compose = "services:\n  web:\n    build: .\n    volumes:\n      - media:/app/media\nvolumes:\n  media:\n";
        let tree = MemoryTree::new([
            ("manage.py", MANAGE),
            ("settings.py", ""),
            ("wsgi.py", ""),
            ("Dockerfile", DOCKERFILE),
            ("docker-compose.yml", compose),
        ]);
        let facts = survey(&tree, &Given::default()).unwrap();
        let [web] = facts.interiors.as_slice() else { panic!("{:?}", facts.interiors) };
        assert!(web.serves() && web.collects_at_build.is_some());
        assert_eq!(web.health.as_ref().unwrap().url, "http://localhost:8000/up");
        assert_eq!(
            web.path_of(&RepoPath::new("shop/x.py").unwrap()).as_deref(),
            Some("/app/shop/x.py")
        );
        assert!(web.mount_over("/app/media/a").is_some());
        assert!(web.mount_over("/app/mediation").is_none());
    }

    #[test]
    fn an_image_that_no_service_builds_is_a_container() {
        let tree = MemoryTree::new([
            ("manage.py", MANAGE),
            ("settings.py", ""),
            ("wsgi.py", ""),
            ("Dockerfile", DOCKERFILE),
        ]);
        let facts = survey(&tree, &Given::default()).unwrap();
        assert_eq!(facts.interiors.len(), 1);
        assert!(facts.interiors.iter().all(|container| container.serves()));
    }
}
