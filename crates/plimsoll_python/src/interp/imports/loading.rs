//! Running the code of modules: the project's own, and that of models.

use std::rc::Rc;

use plimsoll_source::{RepoPath, SourceText};

use crate::interp::heap::{Event, Key, Object};
use crate::interp::native::Outcome;
use crate::interp::value::{Id, Val};
use crate::interp::{Flow, Frame, FrameKind, Interp};
use crate::library;
use crate::syntax;

impl Interp<'_> {
    /// Runs a module of the project.
    pub(super) fn load(
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

    /// Runs the code of a model in its module's namespace.
    pub(crate) fn run_model(&mut self, text: &'static str, namespace: Id) {
        let parsed = syntax::parse(&SourceText::new(RepoPath::root(), text), None);
        self.push_module(namespace, crate::interp::MODEL_FILE);
        let here = self.here;
        self.block(&parsed.body);
        self.here = here;
        self.frames.pop();
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
            let mut builder = crate::interp::builder::Builder {
                interp: self,
                module: Rc::from(model.name),
                namespace,
            };
            (model.build)(&mut builder);
        }
        module
    }

    pub(super) fn import_model(&mut self, model: &'static library::Model, at: Event) -> Outcome {
        if let Some(distribution) = model.distribution
            && !self.is_installed(distribution)
        {
            self.may_be_missing(model.name, at)?;
        }
        Ok(self.build_model(model))
    }

    pub(crate) fn new_module(&mut self, name: &str) -> Val {
        let namespace = self.new_namespace();
        self.namespace_set(namespace, "__name__", Val::str(name));
        Val::reference(self.alloc(Object::Module { name: Rc::from(name), namespace }))
    }

    pub(super) fn register(&mut self, name: &str, module: &Val) {
        let modules = self.modules;
        self.namespace_set(modules, name, module.clone());
    }

    pub(super) fn set_package_path(&mut self, module: &Val, folder: &RepoPath) {
        let path = Val::str(self.to_absolute(folder));
        let list = self.new_list(vec![path]);
        if let Some(namespace) = self.module_namespace(module) {
            self.namespace_set(namespace, "__path__", list);
        }
    }
}
