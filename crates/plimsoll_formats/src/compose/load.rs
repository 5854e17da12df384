//! Files to one project: merging, `extends`, `include`.

use std::cell::Cell;
use std::collections::HashMap;

use indexmap::IndexMap;
use plimsoll_source::{Problem, ProblemKind, RepoPath, SourceText, Tree};

use super::fields::Reader;
use super::merge::merge;
use super::{ComposeProject, Service, Variable};
use crate::yaml::{Map, Node, Yaml};

/// What a project is read from.
pub struct Inputs<'a> {
    /// The files, in the order in which they are given to `-f`; relative paths start at the
    /// folder of the first.
    pub files: &'a [SourceText],
    /// What is known of a variable: the `.env` next to the file and whatever the caller was told.
    pub variables: &'a dyn Fn(&str) -> Variable,
    /// The text of another file, for `extends` and `include`.
    pub load: &'a dyn Fn(&RepoPath) -> Option<SourceText>,
}

/// Files that are included in one project, those included twice counted twice.
const MAX_FILES: usize = 100;

/// Levels of `extends` and `include` that are followed.
const MAX_LEVELS: usize = 12;

/// The files that `docker compose` reads in a folder when none is named: the first of the known
/// names, and its override.
pub fn default_files(tree: &dyn Tree, folder: &RepoPath) -> Vec<RepoPath> {
    let existing = |name: String| folder.join(&name).filter(|path| tree.has_file(path));
    let first = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
        .into_iter()
        .find_map(|name| existing(name.to_owned()));
    let Some(first) = first else { return Vec::new() };
    let stem = first.file_name().split('.').next().unwrap_or("").to_owned();
    let over = ["yml", "yaml"].into_iter().find_map(|e| existing(format!("{stem}.override.{e}")));
    std::iter::once(first).chain(over).collect()
}

/// Reads and merges the files of a project.
pub fn read(inputs: &Inputs<'_>) -> ComposeProject {
    let base = inputs.files.first().and_then(|file| file.path().parent());
    let files_left = Cell::new(MAX_FILES);
    read_level(inputs, &base.unwrap_or_else(RepoPath::root), 0, &files_left)
}

fn read_level(
    inputs: &Inputs<'_>,
    base: &RepoPath,
    level: usize,
    files_left: &Cell<usize>,
) -> ComposeProject {
    let mut loader = Loader {
        inputs,
        project: ComposeProject { complete: true, ..ComposeProject::default() },
        parsed: HashMap::new(),
        level,
        files_left,
    };
    for file in inputs.files {
        loader.file(file, base);
    }
    loader.project
}

struct Loader<'a> {
    inputs: &'a Inputs<'a>,
    project: ComposeProject,
    /// Files that `extends` reads, so that each is parsed once.
    parsed: HashMap<RepoPath, Option<(SourceText, Yaml)>>,
    level: usize,
    files_left: &'a Cell<usize>,
}

impl Loader<'_> {
    fn file(&mut self, source: &SourceText, base: &RepoPath) {
        let yaml = Yaml::parse(source);
        self.project.files.push(source.path().clone());
        self.project.complete &= yaml.complete;
        self.project.problems.extend(yaml.problems.iter().cloned());
        let Some(root) = yaml.root().filter(|root| root.as_map().is_some()) else { return };
        if let Some(include) = root.get("include") {
            self.include(include, base);
        }
        self.head(root, source, base);
        let Some(services) = services_of(root) else { return };
        for (name, entry) in services.iter() {
            let mut chain = Vec::new();
            let service = self.service(name, &entry.value, entry, source, base, root, &mut chain);
            let merged = match self.project.services.get(name) {
                Some(known) => merge(known.clone(), service),
                None => service,
            };
            self.project.services.insert(name.to_owned(), merged);
        }
    }

    /// What a file says besides its services.
    fn head(&mut self, root: &Node, source: &SourceText, base: &RepoPath) {
        if self.project.version.is_none() {
            self.project.version = root.get("version").and_then(Node::spanned_text);
        }
        let project = &mut self.project;
        let mut reader = Reader {
            source,
            base: base.clone(),
            lookup: self.inputs.variables,
            problems: &mut project.problems,
            required: &mut project.required,
        };
        if let Some(name) = reader.text_of(root, "name") {
            project.name = Some(name);
        }
        if root.get("services").is_none() {
            return;
        }
        for (key, resources) in [
            ("volumes", &mut project.volumes),
            ("networks", &mut project.networks),
            ("secrets", &mut project.secrets),
            ("configs", &mut project.configs),
        ] {
            for (name, entry) in root.get(key).and_then(Node::as_map).iter().flat_map(|m| m.iter())
            {
                resources.insert(name.to_owned(), reader.resource(entry));
            }
        }
    }

    /// A service with what it extends; `chain` holds what led here.
    #[expect(clippy::too_many_arguments, reason = "one step of a recursion over two files")]
    fn service(
        &mut self,
        name: &str,
        node: &Node,
        entry: &crate::yaml::Entry,
        source: &SourceText,
        base: &RepoPath,
        root: &Node,
        chain: &mut Vec<(RepoPath, String)>,
    ) -> Service {
        let own = Reader {
            source,
            base: base.clone(),
            lookup: self.inputs.variables,
            problems: &mut self.project.problems,
            required: &mut self.project.required,
        }
        .service(name, entry);
        let Some(extends) = node.get("extends") else { return own };
        let here = (source.path().clone(), name.to_owned());
        if chain.contains(&here) || chain.len() >= MAX_LEVELS {
            self.problem(ProblemKind::Limit, extends, "what is extended here extends itself");
            return own;
        }
        chain.push(here);
        let (wanted, file) = match extends.as_map() {
            Some(map) => (map.get("service").and_then(Node::text), map.get("file")),
            None => (extends.text(), None),
        };
        let Some(wanted) = wanted else { return own };
        let parent = match file.and_then(Node::text) {
            None => services_of(root)
                .and_then(|services| services.entry(wanted).cloned())
                .map(|found| self.service(wanted, &found.value, &found, source, base, root, chain)),
            Some(file) => self.extended(wanted, file, base, chain),
        };
        chain.pop();
        match parent {
            Some(mut parent) => {
                // Compose does not carry these over.
                parent.depends_on.clear();
                parent.links.clear();
                parent.name = own.name.clone();
                merge(parent, own)
            }
            None => {
                let message = format!("there is no service `{wanted}` to extend");
                self.problem(ProblemKind::Missing, extends, message);
                own
            }
        }
    }

    /// A service of another file; its paths start at that file's folder.
    fn extended(
        &mut self,
        wanted: &str,
        file: &str,
        base: &RepoPath,
        chain: &mut Vec<(RepoPath, String)>,
    ) -> Option<Service> {
        let path = base.join(file)?;
        if !self.parsed.contains_key(&path) {
            let loaded = (self.inputs.load)(&path).map(|text| {
                let yaml = Yaml::parse(&text);
                self.project.files.push(path.clone());
                self.project.complete &= yaml.complete;
                self.project.problems.extend(yaml.problems.iter().cloned());
                (text, yaml)
            });
            self.parsed.insert(path.clone(), loaded);
        }
        let (text, root) = {
            let (text, yaml) = self.parsed.get(&path)?.as_ref()?;
            (text.clone(), yaml.root()?.clone())
        };
        let services = services_of(&root)?;
        let found = services.entry(wanted)?;
        let folder = path.parent()?;
        Some(self.service(wanted, &found.value, found, &text, &folder, &root, chain))
    }

    /// `include`: whole projects whose services this one may use.
    fn include(&mut self, node: &Node, base: &RepoPath) {
        if self.level >= MAX_LEVELS {
            self.problem(ProblemKind::Limit, node, "included too deep; not followed");
            return;
        }
        for item in node.one_or_many() {
            let paths = match item.get("path") {
                Some(paths) => paths.texts(),
                None => item.texts(),
            };
            let mut files = Vec::new();
            for path in &paths {
                let Some(left) = self.files_left.get().checked_sub(1) else {
                    self.problem(ProblemKind::Limit, item, "too many included files; not followed");
                    return;
                };
                self.files_left.set(left);
                let found = base.join(&path.value).and_then(|path| (self.inputs.load)(&path));
                match found {
                    Some(text) => files.push(text),
                    None => {
                        self.problem(ProblemKind::Missing, item, "there is no such file to include")
                    }
                }
            }
            let folder = match item.get("project_directory").and_then(Node::text) {
                Some(folder) => base.join(folder),
                None => files.first().and_then(|file| file.path().parent()),
            };
            let Some(folder) = folder else { continue };
            let inputs = Inputs { files: &files, ..*self.inputs };
            self.absorb(read_level(&inputs, &folder, self.level + 1, self.files_left));
        }
    }

    fn absorb(&mut self, included: ComposeProject) {
        fn add<T>(own: &mut IndexMap<String, T>, other: IndexMap<String, T>) {
            for (name, value) in other {
                own.entry(name).or_insert(value);
            }
        }
        let project = &mut self.project;
        add(&mut project.services, included.services);
        add(&mut project.volumes, included.volumes);
        add(&mut project.networks, included.networks);
        add(&mut project.secrets, included.secrets);
        add(&mut project.configs, included.configs);
        project.files.extend(included.files);
        project.required.extend(included.required);
        project.problems.extend(included.problems);
        project.complete &= included.complete;
    }

    fn problem(&mut self, kind: ProblemKind, node: &Node, message: impl Into<String>) {
        self.project.problems.push(Problem::new(kind, node.span().clone(), message));
    }
}

/// The services of a file: under `services:`, or, in version 1, everything that looks like one.
fn services_of(root: &Node) -> Option<Map> {
    if let Some(services) = root.get("services") {
        return services.as_map().cloned();
    }
    if root.get("version").is_some() {
        return None;
    }
    let known = ["image", "build", "extends"];
    let services = root.as_map()?.filtered(|entry| {
        known.iter().any(|key| entry.value.get(key).is_some())
            && entry.key.text().is_some_and(|name| !name.starts_with("x-"))
    });
    (!services.is_empty()).then_some(services)
}
