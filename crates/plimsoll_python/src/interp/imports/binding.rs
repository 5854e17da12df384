//! What import statements bind: names of modules, of their parts, and all of them.

use std::rc::Rc;

use plimsoll_source::ProblemKind;

use crate::interp::Interp;
use crate::interp::heap::{Dict, Event, Key};
use crate::interp::native::{Outcome, Raise};
use crate::interp::value::{Id, Kind, Val};
use crate::library;
use crate::syntax::ast;

impl Interp<'_> {
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
            .and_then(|dict| dict.entries.get(&crate::interp::heap::StrKey(name)))
            .and_then(|entry| entry.events.clone());
        if let Some(events) = events
            && let Some(dict) = self.dict_mut(scope)
            && let Some(entry) = dict.entries.get_mut(&crate::interp::heap::StrKey(target))
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
                        .get(&crate::interp::heap::StrKey(&name))
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
    fn copy_name(
        &mut self,
        scope: Id,
        name: &str,
        value: Val,
        events: crate::interp::heap::Events,
    ) {
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
                crate::interp::value::join(&crate::interp::value::one_of(rest), &before)
                    .with_deps(&value.deps)
            }
            (Kind::Unbound, _) => return,
            _ => value,
        };
        if let Some(dict) = self.dict_mut(scope) {
            dict.set(Key::Str(key.clone()), Val::new(Kind::Str(key)), value, None);
            if let Some(entry) = dict.entries.get_mut(&crate::interp::heap::StrKey(name)) {
                for event in events.iter().flat_map(|events| events.iter()) {
                    crate::interp::heap::add_event(&mut entry.events, *event);
                }
            }
        }
    }
}
