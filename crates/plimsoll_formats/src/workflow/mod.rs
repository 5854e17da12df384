//! Continuous integration: what jobs run and with which variables.
//!
//! Accepted: GitHub Actions workflows in full shape; of GitLab CI, CircleCI, Bitbucket and Azure
//! pipelines the scripts of their jobs.
//!
//! Failure policy: what has another shape than expected is left out; expressions (`${{ … }}`) stay
//! as written.

use indexmap::IndexMap;
use plimsoll_source::{Problem, SourceText, Span, Spanned};

use crate::yaml::{Node, Yaml};

/// A workflow.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// Its name.
    pub name: Option<Spanned<String>>,
    /// The events that start it (`push`, `schedule`…).
    pub events: Vec<Spanned<String>>,
    /// Variables of every job.
    pub environment: IndexMap<String, Node>,
    /// `permissions:`.
    pub permissions: Option<Node>,
    /// Its jobs.
    pub jobs: Vec<Job>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its key.
    pub name: Spanned<String>,
    /// Variables of its steps.
    pub environment: IndexMap<String, Node>,
    /// Images of its services.
    pub services: IndexMap<String, Spanned<String>>,
    /// The jobs it waits for.
    pub needs: Vec<Spanned<String>>,
    /// `if:`.
    pub condition: Option<Spanned<String>>,
    /// `environment:` (the deployment environment).
    pub deploys_to: Option<Spanned<String>>,
    /// A workflow that it calls.
    pub uses: Option<Spanned<String>>,
    /// Whether its failure is ignored.
    pub continue_on_error: bool,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub name: Option<Spanned<String>>,
    /// The script it runs.
    pub run: Option<Run>,
    /// The action it uses (`actions/checkout@v4`).
    pub uses: Option<Spanned<String>>,
    /// The action's inputs.
    pub with: IndexMap<String, Node>,
    /// Its variables.
    pub environment: IndexMap<String, Node>,
    /// `if:`.
    pub condition: Option<Spanned<String>>,
    /// Whether its failure is ignored.
    pub continue_on_error: bool,
    /// Where it is written.
    pub span: Span,
}

/// A script of a step.
#[derive(Clone, Debug)]
pub struct Run {
    /// The script as a text with the places of the file; `None` where escapes hide it.
    pub text: Option<SourceText>,
    /// `shell:`. By default GitHub runs `bash -e`, with `pipefail` only where `bash` is named.
    pub shell: Option<Spanned<String>>,
    /// `working-directory:`.
    pub folder: Option<Spanned<String>>,
    /// Where it is written.
    pub span: Span,
}

/// Whether a path is a GitHub workflow.
pub fn is_workflow(path: &plimsoll_source::RepoPath) -> bool {
    let in_folder = path.parent().is_some_and(|folder| {
        folder.as_str() == ".github/workflows" || folder.as_str().ends_with("/.github/workflows")
    });
    in_folder && matches!(path.extension(), Some("yml" | "yaml"))
}

impl Workflow {
    /// Reads a GitHub workflow.
    pub fn parse(source: &SourceText) -> Self {
        let yaml = Yaml::parse(source);
        let root = yaml.root();
        let get = |key: &str| root.and_then(|root| root.get(key));
        let defaults = root.and_then(|root| root.at(&["defaults", "run"]));
        let jobs = get("jobs").and_then(Node::as_map).into_iter().flat_map(|jobs| jobs.iter());
        let jobs = jobs.map(|(name, entry)| {
            let name = Spanned::new(name.to_owned(), entry.key.span().clone());
            job(source, name, &entry.value, defaults)
        });
        Self {
            name: get("name").and_then(Node::spanned_text),
            events: get("on").map(events).unwrap_or_default(),
            environment: map(get("env")),
            permissions: get("permissions").cloned(),
            jobs: jobs.collect(),
            problems: yaml.problems.clone(),
        }
    }

    /// The names of secrets that an expression of the file reads (`secrets.NAME`).
    pub fn secrets(source: &SourceText) -> Vec<Spanned<String>> {
        let mut found = Vec::new();
        let text = source.text();
        for (at, _) in text.match_indices("secrets.") {
            let start = at + "secrets.".len();
            let rest = text.get(start..).unwrap_or("");
            let end =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            if let Some(name) = rest.get(..end).filter(|name| !name.is_empty()) {
                found.push(Spanned::new(name.to_owned(), source.span(at..start + end)));
            }
        }
        found
    }
}

fn job(
    source: &SourceText,
    name: Spanned<String>,
    node: &Node,
    workflow_defaults: Option<&Node>,
) -> Job {
    let defaults = node.at(&["defaults", "run"]).or(workflow_defaults);
    let text = |key: &str| node.get(key).and_then(Node::spanned_text);
    let services = map(node.get("services")).into_iter().filter_map(|(name, service)| {
        let image = service.get("image").and_then(Node::spanned_text);
        Some((name, image.or_else(|| service.spanned_text())?))
    });
    let deploys_to = node
        .get("environment")
        .and_then(|environment| environment.get("name").unwrap_or(environment).spanned_text());
    let steps = node.get("steps").and_then(Node::as_list).unwrap_or(&[]);
    Job {
        environment: map(node.get("env")),
        services: services.collect(),
        needs: node.get("needs").map(Node::texts).unwrap_or_default(),
        condition: text("if"),
        deploys_to,
        uses: text("uses"),
        continue_on_error: flag(node, "continue-on-error"),
        steps: steps.iter().map(|item| step(source, item, defaults)).collect(),
        name,
    }
}

fn step(source: &SourceText, node: &Node, defaults: Option<&Node>) -> Step {
    let text = |key: &str| node.get(key).and_then(Node::spanned_text);
    let default = |key: &str| defaults.and_then(|d| d.get(key)).and_then(Node::spanned_text);
    let run = node.get("run").map(|script| Run {
        text: script.fragment(source),
        shell: text("shell").or_else(|| default("shell")),
        folder: text("working-directory").or_else(|| default("working-directory")),
        span: script.span().clone(),
    });
    Step {
        name: text("name"),
        run,
        uses: text("uses"),
        with: map(node.get("with")),
        environment: map(node.get("env")),
        condition: text("if"),
        continue_on_error: flag(node, "continue-on-error"),
        span: node.span().clone(),
    }
}

fn events(node: &Node) -> Vec<Spanned<String>> {
    match node.as_map() {
        Some(map) => map
            .iter()
            .map(|(name, entry)| Spanned::new(name.to_owned(), entry.key.span().clone()))
            .collect(),
        None => node.texts(),
    }
}

fn map(node: Option<&Node>) -> IndexMap<String, Node> {
    let entries = node.and_then(Node::as_map).into_iter().flat_map(|map| map.iter());
    entries.map(|(name, entry)| (name.to_owned(), entry.value.clone())).collect()
}

fn flag(node: &Node, key: &str) -> bool {
    let scalar = node.get(key).and_then(Node::as_scalar);
    scalar.and_then(crate::yaml::Scalar::as_bool).unwrap_or(false)
}

/// A script of any CI file.
#[derive(Clone, Debug)]
pub struct CiScript {
    /// The keys and positions that lead to it, joined by dots.
    pub path: String,
    /// Its text with the places of the file.
    pub text: SourceText,
    /// Where it is.
    pub span: Span,
}

/// The scripts of a CI file of any kind: the texts under `script`, `before_script`,
/// `after_script`, `run`, `command`, `bash` and `inlineScript`.
pub fn scripts(source: &SourceText) -> (Vec<CiScript>, Vec<Problem>) {
    const KEYS: [&str; 7] =
        ["script", "before_script", "after_script", "run", "command", "bash", "inlineScript"];
    let yaml = Yaml::parse(source);
    let mut found = Vec::new();
    // The nesting of a tree is limited by its reader, and each node is met once per alias.
    let mut waiting: Vec<(String, &Node, bool)> =
        yaml.documents.iter().rev().map(|node| (String::new(), node, false)).collect();
    while let Some((path, node, is_script)) = waiting.pop() {
        if let Some(map) = node.as_map() {
            let entries: Vec<_> = map.iter().collect();
            for (name, entry) in entries.into_iter().rev() {
                let inner =
                    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                waiting.push((inner, &entry.value, KEYS.contains(&name)));
            }
        } else if let Some(items) = node.as_list() {
            for (index, item) in items.iter().enumerate().rev() {
                waiting.push((format!("{path}.{index}"), item, is_script));
            }
        } else if is_script
            && node.text().is_some()
            && let Some(text) = node.fragment(source)
        {
            found.push(CiScript { path, text, span: node.span().clone() });
        }
    }
    (found, yaml.problems)
}
