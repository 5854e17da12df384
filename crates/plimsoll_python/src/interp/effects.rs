//! What unknown code may have done.

use std::collections::HashSet;
use std::rc::Rc;

use crate::syntax::Ranged;

use super::Interp;
use super::function::Names;
use super::heap::{Key, Object};
use super::partial::Lost;
use super::value::{Id, Kind, Val};
use crate::syntax::ast::{self, Expr, Stmt};

impl Interp<'_> {
    /// Unknown code had its hands on a value: whatever can be changed through it is unknown.
    pub(crate) fn havoc(&mut self, value: &Val, reason: &str) {
        let mut seen = HashSet::new();
        self.havoc_within(value, &Rc::from(reason), &mut seen);
    }

    fn havoc_within(&mut self, value: &Val, reason: &Rc<str>, seen: &mut HashSet<Id>) {
        match &value.kind {
            Kind::Tuple(items) | Kind::OneOf(items) => {
                items.iter().for_each(|item| self.havoc_within(item, reason, seen));
            }
            Kind::Bound(bound) => {
                let this = bound.0.clone();
                self.havoc_within(&this, reason, seen);
            }
            Kind::Path(path) => {
                let path = path.clone();
                self.note_write(Some(&path));
            }
            Kind::Str(text) if text.starts_with('/') => {
                let path = text.clone();
                self.note_write(Some(&path));
            }
            Kind::Ref(id) if seen.insert(*id) && self.spend(1) => {
                self.havoc_object(*id, reason, seen);
            }
            _ => {}
        }
    }

    fn havoc_object(&mut self, id: Id, reason: &Rc<str>, seen: &mut HashSet<Id>) {
        let (parts, replacement) = match self.heap.object(id) {
            Some(Object::List(items)) => {
                (items.clone(), Some(Object::Havoc(Lost::of(reason.clone()))))
            }
            Some(Object::Set { items, frozen: false }) => {
                (items.values().cloned().collect(), Some(Object::Havoc(Lost::of(reason.clone()))))
            }
            Some(Object::Iterator(items, _)) => {
                (items.clone(), Some(Object::Havoc(Lost::of(reason.clone()))))
            }
            Some(Object::Dict(dict)) => {
                let parts = dict.entries.values().map(|entry| entry.value.clone()).collect();
                if dict.namespace {
                    self.open_namespace(id, reason);
                    (parts, None)
                } else {
                    (parts, Some(Object::Havoc(Lost::of(reason.clone()))))
                }
            }
            Some(Object::Instance { attributes, inner, .. }) => {
                let attributes = *attributes;
                let mut parts: Vec<Val> = inner.iter().cloned().collect();
                parts.push(Val::reference(attributes));
                (parts, None)
            }
            Some(Object::Choice(choices)) => {
                let lists = choices.iter().filter_map(|choice| match &**choice {
                    Object::List(items) => Some(items.clone()),
                    Object::Dict(dict) => {
                        Some(dict.entries.values().map(|entry| entry.value.clone()).collect())
                    }
                    _ => None,
                });
                (lists.flatten().collect(), Some(Object::Havoc(Lost::of(reason.clone()))))
            }
            Some(Object::Havoc(lost)) if lost.is_list() || lost.unordered.is_some() => {
                (lost.known().cloned().collect(), Some(Object::Havoc(Lost::of(reason.clone()))))
            }
            // A module, class or function given away is not assumed to be rewritten.
            _ => (Vec::new(), None),
        };
        for part in parts {
            self.havoc_within(&part, reason, seen);
        }
        if let Some(object) = replacement {
            self.replace(id, object);
        }
    }

    /// Unknown names may have been set in a namespace: plain values there are unknown; modules,
    /// functions and classes are taken to be what they were.
    pub(crate) fn open_namespace(&mut self, id: Id, reason: &str) {
        let Some(dict) = self.dict(id) else { return };
        let keys: Vec<Key> = dict
            .entries
            .iter()
            .filter(|(key, entry)| {
                let is_private = matches!(key, Key::Str(name) if name.starts_with("__"));
                !is_private && !self.is_code(&entry.value)
            })
            .map(|(key, _)| key.clone())
            .collect();
        if let Some(dict) = self.dict_mut(id) {
            for key in keys {
                if let Some(entry) = dict.entries.get_mut(&key) {
                    entry.value = Val::unknown(reason);
                }
            }
            dict.open.get_or_insert_with(|| Rc::from(reason));
        }
    }

    pub(crate) fn is_code(&self, value: &Val) -> bool {
        match &value.kind {
            Kind::Native(_) | Kind::Bound(_) | Kind::Method(_) => true,
            Kind::Ref(id) => matches!(
                self.heap.object(*id),
                Some(Object::Module { .. } | Object::Function(_) | Object::Class(_))
            ),
            _ => false,
        }
    }

    /// Unknown code that is given `__name__` may write into that module (dynaconf does).
    pub(crate) fn havoc_named_module(&mut self, value: &Val, reason: &str) {
        let Some(name) = value.as_str() else { return };
        let is_running = self.frames.iter().any(|frame| {
            self.namespace_get(frame.module, "__name__")
                .is_some_and(|own| own.as_str() == Some(name))
        });
        if is_running
            && let Some(module) = self.namespace_get(self.modules, name)
            && let Some(namespace) = self.module_namespace(&module)
        {
            self.open_namespace(
                namespace,
                &format!("unknown code was given this module ({reason})"),
            );
        }
    }

    /// A statement that was not run, or not to its end: what it would bind or change is unknown.
    pub(crate) fn spoil(&mut self, statement: &Stmt) {
        let reason = if self.exhausted {
            "the limit of the evaluation was reached before this"
        } else {
            "the statement that sets it stops the process"
        };
        self.spoil_for(statement, reason);
    }

    pub(crate) fn spoil_block(&mut self, body: &[Stmt]) {
        body.iter().for_each(|statement| self.spoil(statement));
    }

    pub(crate) fn spoil_for(&mut self, statement: &Stmt, reason: &str) {
        let names = Names::of(std::slice::from_ref(statement));
        let event = self.event_at(statement.range());
        for name in names.bound {
            self.bind(&name, Val::unknown(reason), event);
        }
        let mut roots = Roots::default();
        ast::visitor::Visitor::visit_stmt(&mut roots, statement);
        for name in roots.names {
            let value = self.frames.last().and_then(|frame| {
                self.namespace_get(frame.scope, &name)
                    .or_else(|| self.namespace_get(frame.module, &name))
            });
            if let Some(value) = value
                && !self.is_code(&value)
            {
                self.havoc(&value, reason);
            }
        }
        let brings_names = matches!(statement, Stmt::ImportFrom(it)
            if it.names.iter().any(|alias| alias.name.as_str() == "*"));
        if (brings_names || roots.is_dynamic)
            && let Some(scope) = self.frames.last().map(|frame| frame.scope)
        {
            self.open_namespace(scope, reason);
        }
    }
}

/// Names whose objects a statement changes in place: `X[…] = …`, `X.y = …`, `X.append(…)`, `f(X)`.
#[derive(Default)]
struct Roots {
    names: HashSet<String>,
    /// Whether names may be bound by other means: `globals()`, `setattr`, `exec`.
    is_dynamic: bool,
}

impl Roots {
    fn root(&mut self, expression: &Expr) {
        match expression {
            Expr::Name(name) => {
                self.names.insert(name.id.to_string());
            }
            Expr::Attribute(it) => self.root(&it.value),
            Expr::Subscript(it) => self.root(&it.value),
            Expr::Starred(it) => self.root(&it.value),
            _ => {}
        }
    }
}

impl<'a> ast::visitor::Visitor<'a> for Roots {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(it) => it.targets.iter().for_each(|target| self.root(target)),
            Stmt::AugAssign(it) => self.root(&it.target),
            Stmt::Delete(it) => it.targets.iter().for_each(|target| self.root(target)),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            _ => {}
        }
        ast::visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            if let Expr::Name(name) = &*call.func {
                let name = name.id.as_str();
                self.is_dynamic |=
                    matches!(name, "globals" | "locals" | "vars" | "setattr" | "exec" | "eval");
            }
            if let Expr::Attribute(attribute) = &*call.func {
                self.root(&attribute.value);
            }
            call.arguments.args.iter().for_each(|argument| self.root(argument));
            call.arguments.keywords.iter().for_each(|keyword| self.root(&keyword.value));
        }
        ast::visitor::walk_expr(self, expression);
    }
}
