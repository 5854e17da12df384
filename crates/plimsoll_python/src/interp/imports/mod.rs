//! Imports: the project's modules from the tree, libraries from their models, all else unknown.

mod binding;
mod finding;
mod loading;

use std::rc::Rc;

use plimsoll_source::ProblemKind;

use self::finding::Found;
use super::heap::{Event, Object};
use super::native::{Outcome, Raise};
use super::value::{Kind, Val};
use super::{Flow, Interp};
use crate::library;

impl Interp<'_> {
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

    /// A module of which every name is unknown.
    pub(super) fn open_module(&mut self, name: &str, reason: &str) -> Val {
        let module = self.new_module(name);
        if let Some(namespace) = self.module_namespace(&module)
            && let Some(dict) = self.dict_mut(namespace)
        {
            dict.open = Some(Rc::from(reason));
        }
        module
    }

    /// Notes an optional module that the repository does not have.
    pub(super) fn absent(&mut self, path: &str, at: Event) {
        let message = format!(
            "{path} is imported if present; it is not in the repository, so its values are not known here"
        );
        self.problem(ProblemKind::Missing, at, message);
    }

    /// Whether an installed distribution may have a module below a folder without `__init__.py`,
    /// which several distributions can share: `swh-core` has `swh.core`.
    pub(super) fn may_extend(&self, path: &str) -> bool {
        let top = path.split('.').next().unwrap_or(path);
        let start = format!("{}-", top.replace('_', "-").to_lowercase());
        self.request.installed.distributions.keys().any(|name| name.starts_with(&start))
    }

    pub(super) fn is_distribution(&self, top: &str) -> bool {
        let name = top.replace('_', "-").to_lowercase();
        let distributions = &self.request.installed.distributions;
        distributions.contains_key(&name)
            || distributions.contains_key(&format!("python-{name}"))
            || distributions.contains_key(&format!("django-{name}"))
            || library::distribution_of(top).is_some_and(|name| distributions.contains_key(name))
    }

    pub(super) fn is_installed(&self, distribution: &str) -> bool {
        self.request.installed.distributions.contains_key(distribution)
            || (distribution == "django" && self.request.installed.django.is_some())
    }

    /// A module that is not known to be installed: on one path its import fails, where a `try`
    /// would notice.
    pub(super) fn may_be_missing(&mut self, name: &str, _at: Event) -> Result<(), Raise> {
        let raise = self.raise("ModuleNotFoundError", &format!("No module named '{name}'"));
        if self.is_catchable(&raise) {
            let heap = self.heap.clone();
            self.wait(Flow::Raise(raise), heap);
        }
        Ok(())
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
