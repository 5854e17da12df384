//! Platforms that are described in YAML: Render, Heroku, App Engine, Kamal, Kubernetes.
//!
//! All come out as [`Process`]es: what runs, from which image, with which variables. Only what
//! the file itself says is here.
//!
//! Failure policy: what has another shape than expected is left out; a template's values stay as
//! written and [`Platform::is_template`] tells it.

mod kubernetes;

use indexmap::IndexMap;
use plimsoll_source::{Problem, RepoPath, Secret, SourceText, Span, Spanned};

use crate::yaml::{Dialect, Meaning, Node, Yaml};

/// Which platform a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformKind {
    /// `render.yaml`
    Render,
    /// `heroku.yml`
    Heroku,
    /// `app.yaml` of Google App Engine.
    AppEngine,
    /// `config/deploy.yml` of Kamal.
    Kamal,
    /// Manifests of Kubernetes.
    Kubernetes,
}

/// What a platform file says.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Which platform.
    pub kind: PlatformKind,
    /// What it runs.
    pub processes: Vec<Process>,
    /// Whether the file is a template.
    pub is_template: bool,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Something that runs.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its name.
    pub name: Spanned<String>,
    /// Its type, as the platform calls it (`web`, `worker`, `Deployment`).
    pub role: Option<Spanned<String>>,
    /// Its image.
    pub image: Option<Spanned<String>>,
    /// What is run.
    pub commands: Vec<Spanned<String>>,
    /// Commands that run before a release (build, migrate).
    pub release_commands: Vec<Spanned<String>>,
    /// The path at which its health is asked.
    pub health_path: Option<Spanned<String>>,
    /// The HTTP probes of a Kubernetes container.
    pub probes: Vec<HttpProbe>,
    /// How many of it run.
    pub replicas: Option<Spanned<String>>,
    /// Its variables.
    pub environment: IndexMap<String, Spanned<PlatformValue>>,
}

/// An `httpGet` probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpProbe {
    /// The path that is asked for.
    pub path: Spanned<String>,
    /// `HTTP` or `HTTPS`.
    pub scheme: String,
    /// Headers sent with it.
    pub headers: Vec<(String, String)>,
}

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformValue {
    /// Written in the file.
    Given(Secret),
    /// Made or kept by the platform (a secret, a generated value, another service's address).
    Elsewhere,
}

/// What a file is, by its name; Kubernetes manifests are told by their content.
pub fn kind_of(source: &SourceText) -> Option<PlatformKind> {
    let path: &RepoPath = source.path();
    let name = path.file_name();
    match name {
        "render.yaml" | "render.yml" => Some(PlatformKind::Render),
        "heroku.yml" => Some(PlatformKind::Heroku),
        "app.yaml" | "app.yml" if has_line(source, "runtime:") => Some(PlatformKind::AppEngine),
        "deploy.yml" | "deploy.yaml"
            if has_line(source, "service:") && has_line(source, "image:") =>
        {
            Some(PlatformKind::Kamal)
        }
        _ => {
            let yaml = matches!(path.extension(), Some("yml" | "yaml"));
            let manifest = yaml && has_line(source, "apiVersion:") && has_line(source, "kind:");
            manifest.then_some(PlatformKind::Kubernetes)
        }
    }
}

fn has_line(source: &SourceText, start: &str) -> bool {
    source.text().lines().any(|line| line.starts_with(start))
}

/// Reads a file of a kind.
pub fn read(source: &SourceText, kind: PlatformKind) -> Platform {
    let yaml = Yaml::parse(source);
    let processes = match (kind, yaml.root()) {
        (_, None) => Vec::new(),
        (PlatformKind::Kubernetes, _) => kubernetes::processes(&yaml.documents),
        (PlatformKind::Render, Some(root)) => render(root),
        (PlatformKind::Heroku, Some(root)) => heroku(root),
        (PlatformKind::AppEngine, Some(root)) => vec![app_engine(root)],
        (PlatformKind::Kamal, Some(root)) => kamal(root),
    };
    Platform { kind, processes, is_template: yaml.template.is_some(), problems: yaml.problems }
}

fn empty(name: Spanned<String>) -> Process {
    Process {
        name,
        role: None,
        image: None,
        commands: Vec::new(),
        release_commands: Vec::new(),
        health_path: None,
        probes: Vec::new(),
        replicas: None,
        environment: IndexMap::new(),
    }
}

fn text(node: &Node, key: &str) -> Option<Spanned<String>> {
    node.get(key)?.spanned_text()
}

fn given(node: &Node) -> Option<Spanned<PlatformValue>> {
    let scalar = node.as_scalar()?;
    let value = match scalar.meaning(Dialect::Go) {
        Meaning::Null => return None,
        Meaning::Bool(value) => value.to_string(),
        Meaning::Int(value) => value.to_string(),
        _ => scalar.text().to_owned(),
    };
    Some(Spanned::new(PlatformValue::Given(Secret::new(value)), node.span().clone()))
}

fn elsewhere(span: &Span) -> Spanned<PlatformValue> {
    Spanned::new(PlatformValue::Elsewhere, span.clone())
}

fn given_map(node: Option<&Node>) -> IndexMap<String, Spanned<PlatformValue>> {
    let entries = node.and_then(Node::as_map).into_iter().flat_map(|map| map.iter());
    entries.filter_map(|(name, e)| Some((name.to_owned(), given(&e.value)?))).collect()
}

/// `services` with `envVars` of `key` and `value`, and the groups that `fromGroup` names.
fn render(root: &Node) -> Vec<Process> {
    let groups = root.get("envVarGroups").and_then(Node::as_list).unwrap_or(&[]);
    let variables = |node: &Node| {
        let mut found = IndexMap::new();
        for item in node.get("envVars").and_then(Node::as_list).unwrap_or(&[]) {
            if let Some(group) = item.get("fromGroup").and_then(Node::text) {
                let named = |g: &&Node| g.get("name").and_then(Node::text) == Some(group);
                let items = groups.iter().find(named).and_then(|g| g.get("envVars"));
                for item in items.and_then(Node::as_list).unwrap_or(&[]) {
                    found.extend(render_variable(item));
                }
            }
            found.extend(render_variable(item));
        }
        found
    };
    let services = root.get("services").and_then(Node::as_list).unwrap_or(&[]).iter();
    services
        .filter_map(|node| {
            let mut process = empty(text(node, "name")?);
            process.role = text(node, "type");
            process.image = node.at(&["image", "url"]).and_then(Node::spanned_text);
            process.commands = ["startCommand", "dockerCommand"]
                .iter()
                .filter_map(|key| text(node, key))
                .collect();
            process.release_commands = ["buildCommand", "preDeployCommand"]
                .iter()
                .filter_map(|key| text(node, key))
                .collect();
            process.health_path = text(node, "healthCheckPath");
            process.replicas = text(node, "numInstances");
            process.environment = variables(node);
            Some(process)
        })
        .collect()
}

fn render_variable(item: &Node) -> Option<(String, Spanned<PlatformValue>)> {
    let key = item.get("key")?;
    let value = item.get("value").and_then(given).unwrap_or_else(|| elsewhere(key.span()));
    Some((key.text()?.to_owned(), value))
}

fn heroku(root: &Node) -> Vec<Process> {
    let config = given_map(root.at(&["setup", "config"]));
    let release: Vec<_> = root.at(&["release", "command"]).map(Node::texts).unwrap_or_default();
    let run = root.get("run").and_then(Node::as_map).into_iter().flat_map(|map| map.iter());
    run.map(|(name, entry)| {
        let mut process = empty(Spanned::new(name.to_owned(), entry.key.span().clone()));
        let command = entry.value.get("command").unwrap_or(&entry.value);
        process.commands = command.texts();
        process.release_commands.clone_from(&release);
        process.environment.clone_from(&config);
        process
    })
    .collect()
}

fn app_engine(root: &Node) -> Process {
    let name = text(root, "service")
        .unwrap_or_else(|| Spanned::new("default".to_owned(), root.span().clone()));
    let mut process = empty(name);
    process.role = text(root, "runtime");
    process.commands = text(root, "entrypoint").into_iter().collect();
    process.environment = given_map(root.get("env_variables"));
    process
}

/// Roles under `servers`, which share `image` and `env`.
fn kamal(root: &Node) -> Vec<Process> {
    let variables = |node: Option<&Node>| {
        let mut found = match node.and_then(|env| env.get("clear")) {
            Some(clear) => given_map(Some(clear)),
            None => given_map(node),
        };
        for name in node.and_then(|env| env.get("secret")).map(Node::texts).unwrap_or_default() {
            // `NAME:OTHER` takes the secret OTHER.
            let own = name.value.split(':').next().unwrap_or("").to_owned();
            found.insert(own, elsewhere(&name.span));
        }
        found
    };
    let shared = variables(root.get("env"));
    let servers = root.get("servers");
    let roles: Vec<(Spanned<String>, Option<&Node>)> = match servers.and_then(Node::as_map) {
        Some(map) => map
            .iter()
            .map(|(n, e)| (Spanned::new(n.to_owned(), e.key.span().clone()), Some(&e.value)))
            .collect(),
        None => servers
            .map(|list| vec![(Spanned::new("web".to_owned(), list.span().clone()), None)])
            .unwrap_or_default(),
    };
    roles
        .into_iter()
        .map(|(name, node)| {
            let mut process = empty(name);
            process.image = text(root, "image");
            process.commands = node.and_then(|node| text(node, "cmd")).into_iter().collect();
            process.health_path =
                root.at(&["proxy", "healthcheck", "path"]).and_then(Node::spanned_text);
            process.environment.clone_from(&shared);
            process.environment.extend(variables(node.and_then(|node| node.get("env"))));
            process
        })
        .collect()
}
