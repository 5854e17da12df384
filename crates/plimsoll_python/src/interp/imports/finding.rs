//! Where modules are: `sys.path`, packages, `importlib.util.find_spec`.

use std::rc::Rc;

use plimsoll_source::RepoPath;

use crate::interp::Interp;
use crate::interp::heap::{Event, Object};
use crate::interp::native::Outcome;
use crate::interp::value::{Kind, Val};
use crate::library;

/// Where a module of the project is.
pub(super) enum Found {
    /// A module or package with its file.
    File { file: RepoPath, folder: Option<RepoPath> },
    /// A folder without `__init__.py`.
    Namespace(RepoPath),
}

impl Interp<'_> {
    pub(in crate::interp) fn fill_sys_path(&mut self) {
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

    pub(super) fn find_top(&self, name: &str) -> Option<Found> {
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

    pub(super) fn find_below(&self, parent: &Val, name: &str) -> Option<Found> {
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
}
