//! Imports: the project's modules from the tree, libraries from their models, all else unknown.

// tidy: long because finding, loading and binding modules share one state.

use std::rc::Rc;

use plimsoll_source::{ProblemKind, RepoPath, SourceText};

use super::heap::{Dict, Event, Key, Object};
use super::native::{Outcome, Raise};
use super::value::{Id, Kind, Val};
use super::{Flow, Frame, FrameKind, Interp};
use crate::library;
use crate::syntax::{self, ast};

/// Where a module of the project is.
enum Found {
    /// A module or package with its file.
    File { file: RepoPath, folder: Option<RepoPath> },
    /// A folder without `__init__.py`.
    Namespace(RepoPath),
}

impl Interp<'_> {
    pub(super) fn fill_sys_path(&mut self) {
        let mut folders = vec![self.to_absolute(&self.request.root)];
        for folder in &self.request.search {
            folders.push(self.to_absolute(folder));
        }
        let items: Vec<Val> = folders.iter().map(Val::str).collect();
        let id = self.sys_path;
        self.replace(id, Object::List(items));
    }

    /// The folders of the repository on `sys.path`, in order.
    fn search_path(&self) -> Vec<RepoPath> {
        let mut folders = Vec::new();
        let mut add = |folder: RepoPath| {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        };
        match self.heap.object(self.sys_path) {
            Some(Object::List(items)) => {
                for item in items {
                    let text = match &item.kind {
                        Kind::Str(text) | Kind::Path(text) => text.clone(),
                        _ => continue,
                    };
                    if let Some(folder) = self.to_repo(&crate::library::paths::normalize(&text)) {
                        add(folder);
                    }
                }
            }
            _ => {
                add(self.request.root.clone());
                self.request.search.iter().cloned().for_each(add);
            }
        }
        folders
    }

    fn find_in(&self, folder: &RepoPath, name: &str) -> Option<Found> {
        let package = folder.join(name)?;
        let init = package.join("__init__.py")?;
        if self.request.tree.has_file(&init) {
            return Some(Found::File { file: init, folder: Some(package) });
        }
        let file = folder.join(&format!("{name}.py"))?;
        if self.request.tree.has_file(&file) {
            return Some(Found::File { file, folder: None });
        }
        self.request.tree.has_folder(&package).then_some(Found::Namespace(package))
    }

    /// Imports a dotted name and everything above it; the module itself.
    ///
    /// # Errors
    /// `ModuleNotFoundError` where there is certainly no such module, and what its code raises.
    pub(crate) fn import(&mut self, name: &str, at: Event) -> Outcome {
        let mut module = Val::NONE;
        let mut parent: Option<Val> = None;
        let mut path = String::new();
        for part in name.split('.') {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
            module = self.import_one(&path, part, parent.as_ref(), at)?;
            if module.is_unknown() {
                return Ok(module);
            }
            parent = Some(module.clone());
        }
        Ok(module)
    }

    fn import_one(&mut self, path: &str, part: &str, parent: Option<&Val>, at: Event) -> Outcome {
        if let Some(module) = self.namespace_get(self.modules, path) {
            match &module.kind {
                Kind::OneOf(_) => {
                    // Imported on one of the paths only: its code has no further effect here.
                    let rest = self.bound(module, path)?;
                    return Ok(rest);
                }
                Kind::Unbound => {}
                _ => return Ok(module),
            }
        }
        let found = match parent {
            None => self.find_top(part),
            Some(parent) => self.find_below(parent, part),
        };
        let module = match found {
            Some(Found::File { file, folder }) => {
                self.load(path, &file, folder.as_ref(), parent, part, at)?
            }
            Some(Found::Namespace(folder)) if library::find(path).is_none() => {
                let module = self.new_module(path);
                self.set_package_path(&module, &folder);
                self.register(path, &module);
                module
            }
            _ => match library::find(path) {
                Some(model) => self.import_model(model, at)?,
                None => self.import_foreign(path, parent, at)?,
            },
        };
        if let Some(parent) = parent
            && let Some(namespace) = self.module_namespace(parent)
        {
            self.namespace_set(namespace, part, module.clone());
        }
        Ok(module)
    }

    fn find_top(&self, name: &str) -> Option<Found> {
        // A module of the standard library is found before a folder of the project without code.
        let mut namespace = None;
        for folder in self.search_path() {
            match self.find_in(&folder, name) {
                Some(Found::Namespace(folder)) => {
                    namespace.get_or_insert(folder);
                }
                Some(found) => return Some(found),
                None => {}
            }
        }
        namespace.map(Found::Namespace)
    }

    fn find_below(&self, parent: &Val, name: &str) -> Option<Found> {
        let namespace = self.module_namespace(parent)?;
        let folders = self.namespace_get(namespace, "__path__")?;
        let items = match self.object(&folders) {
            Some(Object::List(items)) => items.clone(),
            // `__path__ = extend_path(__path__, __name__)`: its own folder and others.
            _ => {
                let file = self.namespace_get(namespace, "__file__")?;
                vec![Val::str(file.as_str()?.rsplit_once('/')?.0)]
            }
        };
        items.iter().find_map(|item| self.find_in(&self.to_repo(item.as_str()?)?, name))
    }

    /// `importlib.util.find_spec` of an absolute name: what lies above it is imported.
    ///
    /// # Errors
    /// What importing the packages above it raises.
    pub(crate) fn find_spec(&mut self, name: &str, at: Event) -> Outcome {
        let (parent, part) = match name.rsplit_once('.') {
            Some((above, part)) => (Some(self.import(above, at)?), part),
            None => (None, name),
        };
        let found = match &parent {
            None => self.find_top(part),
            Some(parent) => self.find_below(parent, part),
        };
        if let Some(Found::File { file, .. }) = found {
            let origin = self.to_absolute(&file);
            return Ok(self.spec(name, Some(&origin)));
        }
        let top = name.split('.').next().unwrap_or(name);
        let installed = parent.is_none()
            && match library::find(top).map(|model| model.distribution) {
                Some(Some(distribution)) => self.is_installed(distribution),
                Some(None) => true,
                None => library::standard::is_standard(top) || self.is_distribution(top),
            };
        if installed {
            return Ok(self.spec(name, None));
        }
        // As for imports: of what is not installed nothing is found.
        if parent.is_none() && found.is_none() && self.request.installed.complete {
            return Ok(Val::NONE);
        }
        Ok(Val::unknown(format!("whether {name} is installed")))
    }

    /// A module's spec; of a library only that there is one is known.
    fn spec(&mut self, name: &str, origin: Option<&str>) -> Val {
        let class = self.native_class("importlib.machinery", "ModuleSpec", &[], None);
        let spec = self.new_instance(&class);
        let attributes = match self.object(&spec) {
            Some(Object::Instance { attributes, .. }) => *attributes,
            _ => return spec,
        };
        self.namespace_set(attributes, "name", Val::str(name));
        if let Some(origin) = origin {
            self.namespace_set(attributes, "origin", Val::str(origin));
        }
        if let Some(dict) = self.dict_mut(attributes) {
            dict.open = Some(Rc::from("this part of a module's spec"));
        }
        spec
    }

    pub(crate) fn new_module(&mut self, name: &str) -> Val {
        let namespace = self.new_namespace();
        self.namespace_set(namespace, "__name__", Val::str(name));
        Val::reference(self.alloc(Object::Module { name: Rc::from(name), namespace }))
    }

    fn register(&mut self, name: &str, module: &Val) {
        let modules = self.modules;
        self.namespace_set(modules, name, module.clone());
    }

    fn set_package_path(&mut self, module: &Val, folder: &RepoPath) {
        let path = Val::str(self.to_absolute(folder));
        let list = self.new_list(vec![path]);
        if let Some(namespace) = self.module_namespace(module) {
            self.namespace_set(namespace, "__path__", list);
        }
    }

    /// Runs a module of the project.
    fn load(
        &mut self,
        name: &str,
        file: &RepoPath,
        folder: Option<&RepoPath>,
        parent: Option<&Val>,
        part: &str,
        at: Event,
    ) -> Outcome {
        let source = match self.request.tree.read(file) {
            Ok(source) => source,
            Err(problem) => {
                let reason = format!("{file} could not be read: {}", problem.message);
                self.problem(problem.kind, at, reason.clone());
                let module = self.open_module(name, &reason);
                self.register(name, &module);
                return Ok(module);
            }
        };
        let module = self.new_module(name);
        let Some(namespace) = self.module_namespace(&module) else { return Ok(module) };
        self.namespace_set(namespace, "__file__", Val::str(self.to_absolute(file)));
        self.namespace_set(namespace, "__doc__", Val::NONE);
        let package = match folder {
            Some(folder) => {
                self.set_package_path(&module, folder);
                name.to_owned()
            }
            None => name.rsplit_once('.').map(|(parent, _)| parent.to_owned()).unwrap_or_default(),
        };
        self.namespace_set(namespace, "__package__", Val::str(package));
        self.namespace_set(namespace, "__spec__", Val::unknown("a module's __spec__"));
        self.namespace_set(namespace, "__builtins__", Val::unknown("a module's __builtins__"));
        self.register(name, &module);
        if self.frames.len() >= self.request.limits.calls {
            self.exhaust("imports within imports too deep");
            return Ok(module);
        }
        let here = self.here;
        let flow = self.execute(&source, namespace, name);
        self.here = here;
        match flow {
            Flow::Raise(raise) => {
                // As CPython: a module that failed is not in `sys.modules`.
                let modules = self.modules;
                if let Some(dict) = self.dict_mut(modules) {
                    dict.entries.shift_remove(&Key::Str(Rc::from(name)));
                }
                let _ = (parent, part);
                Err(raise)
            }
            _ => {
                // The code may have replaced itself in `sys.modules`.
                Ok(self.namespace_get(self.modules, name).unwrap_or(module))
            }
        }
    }

    /// Runs the code of a model in its module's namespace.
    pub(crate) fn run_model(&mut self, text: &'static str, namespace: Id) {
        let parsed = syntax::parse(&SourceText::new(RepoPath::root(), text), None);
        self.push_module(namespace, super::MODEL_FILE);
        let here = self.here;
        self.block(&parsed.body);
        self.here = here;
        self.frames.pop();
    }

    fn push_module(&mut self, namespace: Id, file: u32) {
        self.frames.push(Frame {
            scope: namespace,
            chain: Rc::from([]),
            module: namespace,
            file,
            kind: FrameKind::Module,
            globals: Default::default(),
            nonlocals: Default::default(),
            locals: None,
            class: None,
            this: None,
            yielded: None,
            deps: None,
            qualname: Rc::from(""),
        });
    }

    /// Runs a file's code in a namespace.
    pub(crate) fn execute(&mut self, source: &SourceText, namespace: Id, qualified: &str) -> Flow {
        self.taking(|interp| interp.run_file(source, namespace, qualified))
    }

    fn run_file(&mut self, source: &SourceText, namespace: Id, qualified: &str) -> Flow {
        let file = self.file_number(source);
        if !self.files_read.contains(source.path()) {
            self.files_read.push(source.path().clone());
        }
        let parsed = match self.parsed.get(source.path()) {
            Some(parsed) => parsed.clone(),
            None => {
                let parsed = Rc::new(syntax::parse(source, self.request.installed.python));
                self.parsed.insert(source.path().clone(), parsed.clone());
                for problem in &parsed.problems {
                    if self.seen.insert((problem.kind, problem.at.clone())) {
                        self.problems.push(problem.clone());
                    }
                }
                parsed
            }
        };
        let _ = qualified;
        self.push_module(namespace, file);
        let from = self.pending.len();
        let control = self.control.clone();
        let flow = self.run_module(&parsed);
        self.control = control;
        self.frames.pop();
        // Paths on which the process ends are no concern of those that go on.
        if self.catching.is_empty() {
            self.take_pending(from, |flow| matches!(flow, Flow::Raise(_)));
        }
        flow
    }

    /// A module's statements; around syntax errors nothing is known.
    fn run_module(&mut self, parsed: &syntax::Module) -> Flow {
        if parsed.errors.is_empty() {
            return self.block(&parsed.body);
        }
        use crate::syntax::Ranged;
        let flow = self.block(&parsed.body);
        for statement in &parsed.body {
            let range = statement.range();
            let is_broken = parsed.errors.iter().any(|at| {
                (range.start().to_usize().saturating_sub(1)..=range.end().to_usize() + 1)
                    .contains(at)
            });
            if is_broken {
                self.spoil_for(statement, "the statement that sets it has a syntax error");
            }
        }
        // The process would not start: what else the broken text would set is not known.
        if let Some(scope) = self.frames.last().map(|frame| frame.scope)
            && let Some(dict) = self.dict_mut(scope)
        {
            dict.open.get_or_insert_with(|| Rc::from("the file has a syntax error"));
        }
        flow
    }

    /// The module of a library model, built on first use.
    pub(crate) fn model_module(&mut self, name: &str) -> Option<Val> {
        if let Some(module) = self.namespace_get(self.modules, name)
            && matches!(self.object(&module), Some(Object::Module { .. }))
        {
            return Some(module);
        }
        let model = library::find(name)?;
        Some(self.build_model(model))
    }

    fn build_model(&mut self, model: &'static library::Model) -> Val {
        let module = self.new_module(model.name);
        self.register(model.name, &module);
        if let Some(namespace) = self.module_namespace(&module) {
            let path = self.new_list(Vec::new());
            self.namespace_set(namespace, "__path__", path);
            let mut builder =
                super::builder::Builder { interp: self, module: Rc::from(model.name), namespace };
            (model.build)(&mut builder);
        }
        module
    }

    fn import_model(&mut self, model: &'static library::Model, at: Event) -> Outcome {
        if let Some(distribution) = model.distribution
            && !self.is_installed(distribution)
        {
            self.may_be_missing(model.name, at)?;
        }
        Ok(self.build_model(model))
    }

    fn is_installed(&self, distribution: &str) -> bool {
        self.request.installed.distributions.contains_key(distribution)
            || (distribution == "django" && self.request.installed.django.is_some())
    }

    /// A module that is not known to be installed: on one path its import fails, where a `try`
    /// would notice.
    fn may_be_missing(&mut self, name: &str, _at: Event) -> Result<(), Raise> {
        let raise = self.raise("ModuleNotFoundError", &format!("No module named '{name}'"));
        if self.is_catchable(&raise) {
            let heap = self.heap.clone();
            self.wait(Flow::Raise(raise), heap);
        }
        Ok(())
    }

    /// A module of which every name is unknown.
    fn open_module(&mut self, name: &str, reason: &str) -> Val {
        let module = self.new_module(name);
        if let Some(namespace) = self.module_namespace(&module)
            && let Some(dict) = self.dict_mut(namespace)
        {
            dict.open = Some(Rc::from(reason));
        }
        module
    }

    /// A module that is neither of the project nor modelled.
    fn import_foreign(&mut self, path: &str, parent: Option<&Val>, at: Event) -> Outcome {
        let top = path.split('.').next().unwrap_or(path);
        if let Some(parent) = parent {
            // Below a package of the project: it certainly does not exist.
            let namespace = self.module_namespace(parent);
            let own_path = namespace.and_then(|id| self.namespace_get(id, "__path__"));
            let own = match own_path.as_ref().map(|path| self.object(path)) {
                Some(Some(Object::List(items))) => !items.is_empty(),
                _ => false,
            };
            let is_shared = own
                && namespace.is_some_and(|id| self.namespace_get(id, "__file__").is_none())
                && self.may_extend(path);
            let own = own && !is_shared;
            let modelled = library::find(top).is_some() || library::has_below(top);
            let has_path = own_path.is_some() || modelled;
            if is_shared && !self.is_installed(&path.replace(['.', '_'], "-").to_lowercase()) {
                self.may_be_missing(path, at)?;
            } else if own
                || (!has_path && namespace.and_then(|id| self.dict(id)?.open.clone()).is_none())
            {
                let last = path.rsplit('.').next().unwrap_or(path).to_owned();
                if let Some(value) = namespace.and_then(|id| self.namespace_get(id, &last))
                    && matches!(self.object(&value), Some(Object::Module { .. }))
                {
                    return Ok(value);
                }
                let raise = self.raise("ModuleNotFoundError", &format!("No module named '{path}'"));
                if own && self.is_catchable(&raise) {
                    self.absent(path, at);
                }
                return Err(raise);
            }
        }
        let is_standard = library::standard::is_standard(top);
        if parent.is_none() && !is_standard && !library::has_below(top) {
            let known = self.is_distribution(top);
            if !known {
                let raise = self.raise("ModuleNotFoundError", &format!("No module named '{path}'"));
                if self.is_catchable(&raise) {
                    if looks_local(top) || self.request.installed.complete {
                        self.absent(path, at);
                        return Err(raise);
                    }
                    let heap = self.heap.clone();
                    self.wait(Flow::Raise(raise), heap);
                }
            }
        }
        let reason = format!("the module {path} is not part of the repository and not modelled");
        let module = self.open_module(path, &reason);
        if library::has_below(path)
            && let Some(namespace) = self.module_namespace(&module)
        {
            let list = self.new_list(Vec::new());
            self.namespace_set(namespace, "__path__", list);
        }
        self.register(path, &module);
        Ok(module)
    }

    /// Notes an optional module that the repository does not have.
    fn absent(&mut self, path: &str, at: Event) {
        let message = format!(
            "{path} is imported if present; it is not in the repository, so its values are not known here"
        );
        self.problem(ProblemKind::Missing, at, message);
    }

    /// Whether an installed distribution may have a module below a folder without `__init__.py`,
    /// which several distributions can share: `swh-core` has `swh.core`.
    fn may_extend(&self, path: &str) -> bool {
        let top = path.split('.').next().unwrap_or(path);
        let start = format!("{}-", top.replace('_', "-").to_lowercase());
        self.request.installed.distributions.keys().any(|name| name.starts_with(&start))
    }

    fn is_distribution(&self, top: &str) -> bool {
        let name = top.replace('_', "-").to_lowercase();
        let distributions = &self.request.installed.distributions;
        distributions.contains_key(&name)
            || distributions.contains_key(&format!("python-{name}"))
            || distributions.contains_key(&format!("django-{name}"))
            || library::distribution_of(top).is_some_and(|name| distributions.contains_key(name))
    }

    /// Turns `from ..a import b` into an absolute name.
    fn absolute_name(&mut self, level: u32, module: Option<&str>) -> Result<String, Raise> {
        if level == 0 {
            return Ok(module.unwrap_or_default().to_owned());
        }
        let namespace = self.frames.last().map(|frame| frame.module);
        let package = namespace
            .and_then(|id| self.namespace_get(id, "__package__"))
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default();
        let mut parts: Vec<&str> = package.split('.').filter(|part| !part.is_empty()).collect();
        let up = usize::try_from(level - 1).unwrap_or(0);
        if parts.is_empty() || up >= parts.len() {
            return Err(
                self.raise("ImportError", "attempted relative import beyond top-level package")
            );
        }
        parts.truncate(parts.len() - up);
        let mut name = parts.join(".");
        if let Some(module) = module {
            name.push('.');
            name.push_str(module);
        }
        Ok(name)
    }

    pub(crate) fn import_statement(&mut self, it: &ast::StmtImport) -> Result<(), Raise> {
        for alias in &it.names {
            let event = self.event(alias);
            self.here = event;
            let module = self.import(&alias.name, event);
            let module = self.survive(module)?;
            let event = self.event(alias);
            match &alias.asname {
                Some(name) => self.bind(name, module, event),
                None => {
                    let top = alias.name.split('.').next().unwrap_or_default();
                    let value = self.namespace_get(self.modules, top).unwrap_or(module);
                    self.bind(top, value, event);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn import_from_statement(&mut self, it: &ast::StmtImportFrom) -> Result<(), Raise> {
        let event = self.event(it);
        self.here = event;
        let name = self.absolute_name(it.level, it.module.as_deref())?;
        if name == "__future__" {
            return Ok(());
        }
        let module = self.import(&name, event)?;
        for alias in &it.names {
            self.here = self.event(alias);
            if alias.name.as_str() == "*" {
                self.star_import(&module, &name, event)?;
                continue;
            }
            let value = self.import_name(&module, &name, &alias.name);
            let value = self.survive(value)?;
            let event = self.event(alias);
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            self.bind(target, value, event);
            self.inherit_events(&module, &alias.name, target);
        }
        Ok(())
    }

    /// A name of a module: its attribute, else its submodule.
    fn import_name(&mut self, module: &Val, path: &str, name: &str) -> Outcome {
        if module.is_unknown() {
            return Ok(module.clone());
        }
        let full = format!("{path}.{name}");
        let namespace = self.module_namespace(module);
        let own = namespace.and_then(|id| self.namespace_get(id, name));
        if own.is_none() {
            let is_package = namespace.and_then(|id| self.namespace_get(id, "__path__")).is_some();
            let has_file = self.find_below(module, name).is_some();
            if is_package && (has_file || library::find(&full).is_some()) {
                return self.import(&full, self.here);
            }
        }
        match self.get_attribute(module, name) {
            Err(raise) => {
                let class = self.raised_class(&raise).and_then(|class| self.class_name(class));
                if class.as_deref() != Some("AttributeError") {
                    return Err(raise);
                }
                if self.exhausted {
                    return Ok(self.exhausted_value());
                }
                let is_own = namespace.and_then(|id| self.namespace_get(id, "__file__")).is_some();
                let text = format!("cannot import name '{name}' from '{path}'");
                let raise = self.raise("ImportError", &text);
                if is_own && self.is_catchable(&raise) {
                    self.absent(&full, self.here);
                }
                Err(raise)
            }
            other => other,
        }
    }

    /// Keeps where an imported setting was assigned.
    fn inherit_events(&mut self, module: &Val, name: &str, target: &str) {
        let Some(from) = self.module_namespace(module) else { return };
        let Some(scope) = self.frames.last().map(|frame| frame.scope) else { return };
        let events = self
            .dict(from)
            .and_then(|dict| dict.entries.get(&super::heap::StrKey(name)))
            .and_then(|entry| entry.events.clone());
        if let Some(events) = events
            && let Some(dict) = self.dict_mut(scope)
            && let Some(entry) = dict.entries.get_mut(&super::heap::StrKey(target))
        {
            entry.events = Some(events);
        }
    }

    /// `from module import *`.
    fn star_import(&mut self, module: &Val, path: &str, at: Event) -> Result<(), Raise> {
        let Some(scope) = self.frames.last().map(|frame| frame.scope) else { return Ok(()) };
        if matches!(module.kind, Kind::OneOf(_)) || module.is_unknown() {
            self.open_namespace(
                scope,
                &format!("all names of {path} are imported, which is not known"),
            );
            return Ok(());
        }
        let Some(from) = self.module_namespace(module) else { return Ok(()) };
        let Some(source) = self.dict(from).cloned() else {
            self.open_namespace(
                scope,
                &format!("all names of {path} are imported, which is not known"),
            );
            return Ok(());
        };
        let names = match source.get("__all__") {
            Some(list) => {
                let list = list.clone();
                let items = self.iterate(&list)?;
                match items.and_then(|items| {
                    items
                        .iter()
                        .map(|item| item.as_str().map(str::to_owned))
                        .collect::<Option<Vec<_>>>()
                }) {
                    Some(names) => Some(names),
                    None => {
                        self.open_namespace(scope, &format!("{path}.__all__ is not known"));
                        return Ok(());
                    }
                }
            }
            None => None,
        };
        if let Some(reason) = &source.open {
            let reason = format!("all names of {path} are imported: {reason}");
            self.open_namespace(scope, &reason);
            self.problem(
                ProblemKind::Unsupported,
                at,
                format!("{reason}; settings that it sets are not known"),
            );
        }
        match names {
            Some(names) => {
                for name in names {
                    let value = self.import_name(module, path, &name)?;
                    let events = source
                        .entries
                        .get(&super::heap::StrKey(&name))
                        .and_then(|entry| entry.events.clone());
                    self.copy_name(scope, &name, value, events);
                }
            }
            None => self.copy_names(scope, &source),
        }
        Ok(())
    }

    fn copy_names(&mut self, scope: Id, source: &Dict) {
        for (key, entry) in &source.entries {
            let Key::Str(name) = key else { continue };
            if !name.starts_with('_') {
                self.copy_name(scope, name, entry.value.clone(), entry.events.clone());
            }
        }
    }

    /// Binds a name as it is bound elsewhere, its history included.
    fn copy_name(&mut self, scope: Id, name: &str, value: Val, events: super::heap::Events) {
        let key: Rc<str> = Rc::from(name);
        let value = value.with_deps(&self.control);
        let before = self.namespace_get(scope, name);
        let value = match (&value.kind, before) {
            // Bound there on one path only: on the other, what is here stays.
            (Kind::OneOf(candidates), Some(before))
                if candidates.iter().any(|v| matches!(v.kind, Kind::Unbound)) =>
            {
                let rest: Vec<Val> = candidates
                    .iter()
                    .filter(|v| !matches!(v.kind, Kind::Unbound))
                    .cloned()
                    .collect();
                super::value::join(&super::value::one_of(rest), &before).with_deps(&value.deps)
            }
            (Kind::Unbound, _) => return,
            _ => value,
        };
        if let Some(dict) = self.dict_mut(scope) {
            dict.set(Key::Str(key.clone()), Val::new(Kind::Str(key)), value, None);
            if let Some(entry) = dict.entries.get_mut(&super::heap::StrKey(name)) {
                for event in events.iter().flat_map(|events| events.iter()) {
                    super::heap::add_event(&mut entry.events, *event);
                }
            }
        }
    }
}

/// Names by which projects call the settings file that is kept out of the repository.
fn looks_local(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "local",
        "localsettings",
        "secret",
        "secrets",
        "private",
        "override",
        "overrides",
        "custom",
    ];
    name.to_lowercase().split('_').any(|word| WORDS.contains(&word))
}
