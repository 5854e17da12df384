//! Names: where they are bound and found.

use std::rc::Rc;

use super::heap::{Event, Key};
use super::native::Outcome;
use super::value::{Id, Kind, Val, union};
use super::{Flow, FrameKind, Interp};

impl Interp<'_> {
    /// The value of a name in the current scope.
    pub(crate) fn lookup(&mut self, name: &str) -> Outcome {
        if name.is_empty() {
            // What the parser puts where a name is missing.
            return Ok(Val::unknown("the statement has a syntax error"));
        }
        match self.find_name(name) {
            Some(value) => self.bound(value, name),
            None => Err(self.raise("NameError", &format!("name '{name}' is not defined"))),
        }
    }

    fn find_name(&self, name: &str) -> Option<Val> {
        let frame = self.frames.last()?;
        let mut scopes: Vec<Id> = Vec::with_capacity(4);
        if !frame.globals.contains(name) {
            if !frame.nonlocals.contains(name) {
                scopes.push(frame.scope);
            }
            scopes.extend(frame.chain.iter().copied());
        }
        scopes.push(frame.module);
        let is_local = frame.locals.as_ref().is_some_and(|code| code.locals.contains(name))
            && !frame.globals.contains(name)
            && !frame.nonlocals.contains(name);
        for (at, scope) in scopes.iter().enumerate() {
            let Some(dict) = self.dict(*scope) else {
                return Some(Val::unknown("names here were changed in a way that is not known"));
            };
            if let Some(value) = dict.get(name)
                && !matches!(value.kind, Kind::Unbound)
            {
                return Some(value.clone());
            }
            if at == 0 && is_local && dict.open.is_none() {
                return None;
            }
        }
        if let Some(value) = self.namespace_get(self.builtins, name) {
            return Some(value);
        }
        let open = scopes.iter().find_map(|scope| self.dict(*scope)?.open.clone())?;
        Some(Val::unknown(format!("{name} may come from elsewhere: {open}")))
    }

    /// A value read from a namespace: on a path where the name is not bound, `NameError`.
    pub(crate) fn bound(&mut self, value: Val, name: &str) -> Outcome {
        self.bound_or(value, "NameError", &format!("name '{name}' is not defined"))
    }

    /// As [`Self::bound`] with another exception.
    pub(crate) fn bound_or(&mut self, value: Val, class: &str, message: &str) -> Outcome {
        let Kind::OneOf(candidates) = &value.kind else { return Ok(value) };
        if !candidates.iter().any(|candidate| matches!(candidate.kind, Kind::Unbound)) {
            return Ok(value);
        }
        let raise = self.raise(class, message);
        if self.is_catchable(&raise) {
            let heap = self.heap.clone();
            self.wait(Flow::Raise(raise), heap);
        }
        let rest: Vec<Val> =
            candidates.iter().filter(|v| !matches!(v.kind, Kind::Unbound)).cloned().collect();
        Ok(super::value::one_of(rest).with_deps(&value.deps))
    }

    /// Binds a name in the current scope, as an assignment at `event`.
    pub(crate) fn bind(&mut self, name: &str, value: Val, event: Event) {
        let Some(frame) = self.frames.last() else { return };
        let scope = if frame.globals.contains(name) {
            frame.module
        } else if frame.nonlocals.contains(name) {
            let chain = frame.chain.clone();
            chain
                .iter()
                .copied()
                .find(|scope| self.dict(*scope).is_some_and(|dict| dict.get(name).is_some()))
                .unwrap_or(frame.scope)
        } else {
            frame.scope
        };
        self.bind_in(scope, name, value, event);
    }

    /// Binds a walrus target: in a comprehension, the enclosing function's.
    pub(crate) fn bind_outer(&mut self, name: &str, value: Val, event: Event) {
        let outer = self.frames.iter().rev().find(|frame| frame.kind != FrameKind::Comprehension);
        match outer {
            Some(frame) if frame.globals.contains(name) => {
                let scope = frame.module;
                self.bind_in(scope, name, value, event);
            }
            Some(frame) => {
                let scope = frame.scope;
                self.bind_in(scope, name, value, event);
            }
            None => {}
        }
    }

    /// Binds a name in a namespace.
    pub(crate) fn bind_in(&mut self, scope: Id, name: &str, value: Val, event: Event) {
        let value = value.with_deps(&self.control);
        let key: Rc<str> = Rc::from(name);
        if let Some(dict) = self.dict_mut(scope) {
            dict.set(Key::Str(key.clone()), Val::new(Kind::Str(key)), value, Some(event));
        }
    }

    /// `del name`.
    pub(crate) fn unbind(&mut self, name: &str) -> Result<(), super::native::Raise> {
        let Some(frame) = self.frames.last() else { return Ok(()) };
        let scope = if frame.globals.contains(name) { frame.module } else { frame.scope };
        let key = Key::Str(Rc::from(name));
        let removed = self
            .dict_mut(scope)
            .map(|dict| (dict.entries.shift_remove(&key).is_some(), dict.open.is_some()));
        match removed {
            Some((true, _) | (_, true)) | None => Ok(()),
            Some((false, false)) => {
                Err(self.raise("NameError", &format!("name '{name}' is not defined")))
            }
        }
    }

    /// Notes that a condition depending on these variables decides the way of the function.
    pub(crate) fn decide(&mut self, condition: &Val) {
        if condition.deps.is_some()
            && let Some(frame) = self.frames.last_mut()
        {
            frame.deps = union(&frame.deps, &condition.deps);
        }
    }
}
