//! What a compose project holds.

use indexmap::IndexMap;
use plimsoll_source::{Problem, RepoPath, Secret, Span, Spanned};

use super::Interpolated;
use crate::words::Word;
use crate::yaml::Node;

/// Services and what they share, merged from one or several files.
#[derive(Clone, Debug, Default)]
pub struct ComposeProject {
    /// The project's `name:`.
    pub name: Option<Spanned<Interpolated>>,
    /// The obsolete `version:` of the first file that has one.
    pub version: Option<Spanned<String>>,
    /// Services by name. Those behind profiles are here too: see [`Service::profiles`].
    pub services: IndexMap<String, Service>,
    /// Named volumes.
    pub volumes: IndexMap<String, Resource>,
    /// Named networks.
    pub networks: IndexMap<String, Resource>,
    /// Named secrets.
    pub secrets: IndexMap<String, Resource>,
    /// Named configs.
    pub configs: IndexMap<String, Resource>,
    /// Every file that was read, in order: those asked for, then what they extend or include.
    pub files: Vec<RepoPath>,
    /// Variables that must be set for compose to start (`${X:?}`) and that nobody gave.
    pub required: Vec<Spanned<String>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// Whether every file was read to its end.
    pub complete: bool,
}

/// A named volume, network, secret or config.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Where its name is written.
    pub span: Span,
    /// Whether it is made elsewhere.
    pub external: bool,
    /// `internal: true` of a network: no way out.
    pub internal: bool,
    /// The file it is read from, as written.
    pub file: Option<Spanned<Interpolated>>,
    /// The variable it is read from.
    pub environment: Option<Spanned<String>>,
    /// Everything written of it.
    pub node: Node,
}

/// One service. Every field carries the place it was last written at.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name and where that is written last.
    pub name: Spanned<String>,
    /// The image it runs, or the name its build gets.
    pub image: Option<Spanned<Image>>,
    /// How its image is built.
    pub build: Option<Spanned<Build>>,
    /// What is run, instead of the image's own.
    pub command: Option<Command>,
    /// What runs the command, instead of the image's own.
    pub entrypoint: Option<Command>,
    /// Variables of the process; they win over those of `env_file`.
    pub environment: IndexMap<String, Spanned<EnvValue>>,
    /// Files with variables, later ones win.
    pub env_files: Vec<Spanned<EnvFile>>,
    /// Ports published on the host.
    pub ports: Vec<Spanned<Port>>,
    /// Ports opened to other services only.
    pub expose: Vec<Spanned<Interpolated>>,
    /// Volumes and bind mounts.
    pub volumes: Vec<Spanned<Mount>>,
    /// Services that start before it.
    pub depends_on: Vec<Spanned<Dependency>>,
    /// How its health is told.
    pub healthcheck: Option<Spanned<Healthcheck>>,
    /// `no`, `always`, `on-failure[:n]`, `unless-stopped`.
    pub restart: Option<Spanned<Interpolated>>,
    /// `deploy:`.
    pub deploy: Option<Spanned<Deploy>>,
    /// The user it runs as.
    pub user: Option<Spanned<Interpolated>>,
    /// Where its output goes.
    pub logging: Option<Spanned<Logging>>,
    /// Networks it is in; empty means the default one.
    pub networks: Vec<Spanned<String>>,
    /// `host`, `none`, `bridge`, `service:…`.
    pub network_mode: Option<Spanned<Interpolated>>,
    /// Secrets it is given.
    pub secrets: Vec<Spanned<FileReference>>,
    /// Configs it is given.
    pub configs: Vec<Spanned<FileReference>>,
    /// Profiles one of which must be chosen for it to run; empty: it always runs.
    pub profiles: Vec<Spanned<String>>,
    /// `privileged: true`.
    pub privileged: Option<Spanned<bool>>,
    /// `read_only: true`: the root file system cannot be written.
    pub read_only: Option<Spanned<bool>>,
    /// `init: true`.
    pub init: Option<Spanned<bool>>,
    /// Capabilities added.
    pub cap_add: Vec<Spanned<String>>,
    /// Capabilities taken away.
    pub cap_drop: Vec<Spanned<String>>,
    /// `no-new-privileges:true` and such.
    pub security_opt: Vec<Spanned<String>>,
    /// Folders in memory.
    pub tmpfs: Vec<Spanned<String>>,
    /// Names given to addresses, as written.
    pub extra_hosts: Vec<Spanned<String>>,
    /// `links:`, with the service's name only.
    pub links: Vec<Spanned<String>>,
    /// The working folder.
    pub working_dir: Option<Spanned<Interpolated>>,
    /// Its container's name.
    pub container_name: Option<Spanned<Interpolated>>,
    /// The host name inside.
    pub hostname: Option<Spanned<Interpolated>>,
    /// Time between the stop signal and the kill.
    pub stop_grace_period: Option<Spanned<Interpolated>>,
    /// `mem_limit:`.
    pub mem_limit: Option<Spanned<Interpolated>>,
    /// `cpus:`.
    pub cpus: Option<Spanned<Interpolated>>,
    /// `scale:`.
    pub scale: Option<Spanned<Interpolated>>,
    /// Labels.
    pub labels: IndexMap<String, Spanned<Interpolated>>,
    /// `develop:` (file watching), which only development needs.
    pub develop: Option<Span>,
    /// Everything written of it, one node per file, for fields not modelled.
    pub nodes: Vec<Node>,
}

/// An image's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// As written, interpolated.
    pub reference: Interpolated,
    /// Registry and name without tag and digest.
    pub name: String,
    /// The tag; `None` means `latest` where there is no digest either.
    pub tag: Option<String>,
    /// `sha256:…`.
    pub digest: Option<String>,
}

/// `build:`.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// The folder sent to the builder, as written.
    pub context: Option<Spanned<Interpolated>>,
    /// That folder in the repository; `None` where it is outside, remote or unknown.
    pub context_path: Option<RepoPath>,
    /// The Dockerfile, as written.
    pub dockerfile: Option<Spanned<Interpolated>>,
    /// The Dockerfile in the repository (`Dockerfile` in the context by default).
    pub dockerfile_path: Option<RepoPath>,
    /// Where a Dockerfile is written in the compose file itself.
    pub dockerfile_inline: Option<Span>,
    /// The stage that is built.
    pub target: Option<Spanned<Interpolated>>,
    /// Build arguments.
    pub args: IndexMap<String, Spanned<EnvValue>>,
}

/// The value of a variable that a service is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvValue {
    /// A value in the file.
    Given {
        /// The value, with variables nobody gave taken as unset.
        value: Secret,
        /// The variables of which nothing is known and on which it depends.
        unknown: Vec<String>,
        /// Whether the file names any variable in it: the value is not a literal.
        interpolated: bool,
    },
    /// A key without a value: taken from the environment of compose itself.
    PassedThrough,
}

/// A file of variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvFile {
    /// As written.
    pub text: Interpolated,
    /// In the repository; `None` where it is outside or unknown.
    pub path: Option<RepoPath>,
    /// Whether compose refuses to start without it.
    pub required: bool,
    /// `raw`: values as they stand.
    pub format: Option<String>,
}

/// A published port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// As written, short forms only.
    pub text: Option<Interpolated>,
    /// The host's address it is bound to; `None`: all of them.
    pub host_ip: Option<String>,
    /// The port or range on the host; `None`: any free one.
    pub published: Option<String>,
    /// The port or range in the container.
    pub target: String,
    /// `tcp` or `udp`.
    pub protocol: String,
    /// `host` or `ingress`, long form.
    pub mode: Option<String>,
    /// Variables of which nothing is known and that decide it.
    pub unknown: Vec<String>,
}

/// What a mount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// A path of the host.
    Bind,
    /// A named volume.
    Volume,
    /// A volume without a name.
    Anonymous,
    /// Memory.
    Tmpfs,
    /// Anything else (`npipe`, `cluster`, `image`).
    Other,
}

/// A mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What it is.
    pub kind: MountKind,
    /// The volume's name or the host's path, as written.
    pub source: Option<String>,
    /// The host's path in the repository.
    pub source_path: Option<RepoPath>,
    /// The path in the container.
    pub target: String,
    /// Whether it cannot be written.
    pub read_only: bool,
    /// Variables of which nothing is known and that decide it.
    pub unknown: Vec<String>,
}

/// When a service that another waits for counts as there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Its container was started.
    Started,
    /// Its health check passes.
    Healthy,
    /// It ended without an error.
    Completed,
}

/// A service that starts before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// When it counts as there.
    pub condition: Condition,
    /// Whether it must be there at all.
    pub required: bool,
    /// Whether the waiting one is restarted with it.
    pub restart: bool,
}

/// `healthcheck:`.
#[derive(Clone, Debug, Default)]
pub struct Healthcheck {
    /// Whether the image's check is switched off.
    pub disabled: bool,
    /// The command.
    pub test: Option<Command>,
    /// Time between checks.
    pub interval: Option<Spanned<Interpolated>>,
    /// Time a check may take.
    pub timeout: Option<Spanned<Interpolated>>,
    /// Failures until it counts as unhealthy.
    pub retries: Option<Spanned<Interpolated>>,
    /// Time in which failures do not count.
    pub start_period: Option<Spanned<Interpolated>>,
}

/// How a command is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandForm {
    /// One string, split into words without a shell.
    Text,
    /// A list of words.
    List,
    /// Run by a shell (`CMD-SHELL`).
    Shell,
}

/// A command line.
#[derive(Clone, Debug)]
pub struct Command {
    /// How it is written.
    pub form: CommandForm,
    /// Its words, interpolated; empty resets the image's own. For [`CommandForm::Shell`] one
    /// word: the whole line.
    pub words: Vec<Word>,
    /// Variables of which nothing is known and that decide it.
    pub unknown: Vec<String>,
    /// Where it is written.
    pub span: Span,
}

/// `deploy:`.
#[derive(Clone, Debug, Default)]
pub struct Deploy {
    /// How many of it run.
    pub replicas: Option<Spanned<Interpolated>>,
    /// `resources.limits.memory`.
    pub memory_limit: Option<Spanned<Interpolated>>,
    /// `resources.limits.cpus`.
    pub cpu_limit: Option<Spanned<Interpolated>>,
    /// `resources.reservations.memory`.
    pub memory_reservation: Option<Spanned<Interpolated>>,
    /// `restart_policy.condition`.
    pub restart_condition: Option<Spanned<Interpolated>>,
    /// `update_config.order`.
    pub update_order: Option<Spanned<Interpolated>>,
}

/// `logging:`.
#[derive(Clone, Debug, Default)]
pub struct Logging {
    /// The driver; `None`: the daemon's own.
    pub driver: Option<Spanned<Interpolated>>,
    /// Its options.
    pub options: IndexMap<String, Spanned<Interpolated>>,
}

/// A secret or config that a service is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReference {
    /// Its name in the project.
    pub source: String,
    /// Where it appears in the container, long form.
    pub target: Option<String>,
}

impl ComposeProject {
    /// The services that run when these profiles are chosen.
    pub fn active<'p>(&'p self, profiles: &'p [&str]) -> impl Iterator<Item = &'p Service> {
        self.services.values().filter(move |service| service.runs_with(profiles))
    }
}

impl Service {
    /// Whether it runs when these profiles are chosen.
    pub fn runs_with(&self, profiles: &[&str]) -> bool {
        self.profiles.is_empty()
            || self.profiles.iter().any(|own| profiles.contains(&own.value.as_str()))
    }
}

impl Image {
    /// Splits a reference: the tag follows the last colon after the last slash.
    pub fn parse(reference: Interpolated) -> Self {
        let text = reference.text.clone();
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (text.as_str(), None),
        };
        let slash = rest.rfind('/').map_or(0, |at| at + 1);
        let tag_at = rest.get(slash..).and_then(|last| last.find(':')).map(|at| at + slash);
        let (name, tag) = match tag_at {
            Some(at) => (rest.get(..at), rest.get(at + 1..).map(str::to_owned)),
            None => (Some(rest), None),
        };
        Self { name: name.unwrap_or(rest).to_owned(), tag, digest, reference }
    }
}

impl Command {
    /// The words as texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.text.as_str())
    }
}
