//! What a branch that is not taken would have changed.
//!
//! `if environ.get('TLS'): SECURE_SSL_REDIRECT = True` leaves the name alone where the variable is
//! not set; its value, or Django's default, still depends on the variable.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::heap::Key;
use super::value::{Deps, Kind, Val, union};
use super::{FrameKind, Interp};
use crate::syntax::ast::{self, Expr, Stmt};

/// Branches nested deeper are not looked into.
const MAX_DEPTH: usize = 32;
/// More files that are not there are not noted.
const MAX_READS: usize = 64;

/// The names that statements would change.
#[derive(Default)]
struct Changes {
    names: BTreeSet<Rc<str>>,
    /// Whether some module's names are imported with a star: any name then.
    all: bool,
}

impl Interp<'_> {
    /// Notes that these statements of a module are left out because of a condition's variables.
    pub(super) fn leave_out(&mut self, bodies: &[&[Stmt]], deps: &Deps) {
        self.leave_out_of(bodies, deps, false);
    }

    /// The same; `whole` where what a name is bound to comes from elsewhere as a whole, with all
    /// its parts.
    fn leave_out_of(&mut self, bodies: &[&[Stmt]], deps: &Deps, whole: bool) {
        let Some(frame) = self.frames.last() else { return };
        if deps.is_none() || frame.kind != FrameKind::Module {
            return;
        }
        let scope = frame.scope;
        let mut changes = Changes::default();
        bodies.iter().for_each(|body| changes.block(body, 0));
        if changes.all {
            self.untaken_all = union(&self.untaken_all, deps);
        }
        for name in &changes.names {
            let known = self.untaken.entry(name.clone()).or_default();
            *known = union(known, deps);
        }
        let Some(dict) = self.dict_mut(scope) else { return };
        let mut objects = Vec::new();
        for (key, entry) in &mut dict.entries {
            let Key::Str(name) = key else { continue };
            let among_all = changes.all && crate::evaluate::is_setting(name);
            if !among_all && !changes.names.contains(name) {
                continue;
            }
            match &entry.value.kind {
                Kind::Ref(id) if !whole => objects.push(*id),
                _ => entry.value = std::mem::replace(&mut entry.value, Val::NONE).with_deps(deps),
            }
        }
        for id in objects {
            if let Some(slot) = self.heap.slot_mut(id) {
                slot.deps = union(&slot.deps, deps);
            }
        }
    }

    /// Notes that a file was opened which the repository does not have.
    pub(crate) fn note_absent_read(&mut self, path: &str) {
        let name = self.to_repo(path).map_or_else(|| path.to_owned(), |path| path.to_string());
        // A file in the root is told from a variable by its folder.
        let name = if name.contains('/') { name } else { format!("./{name}") };
        if self.absent_reads.len() < MAX_READS {
            self.absent_reads.push(Rc::from(name));
        }
    }

    /// Notes what a `try` statement would have set had the files been there that it opened: those
    /// from a place on in the list.
    pub(super) fn leave_out_reads(&mut self, it: &ast::StmtTry, from: usize) {
        let Some(files) = self.absent_reads.get(from..).filter(|files| !files.is_empty()) else {
            return;
        };
        let deps: Deps = Some(Rc::new(files.iter().cloned().collect()));
        let handlers = it.handlers.iter().map(|handler| {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            handler.body.as_slice()
        });
        let bodies: Vec<&[Stmt]> =
            [it.body.as_slice(), it.orelse.as_slice()].into_iter().chain(handlers).collect();
        self.leave_out_of(&bodies, &deps, true);
    }

    /// The variables by which a name that is not bound may be bound after all.
    pub(crate) fn untaken_of(&self, name: &str) -> Vec<String> {
        let own = self.untaken.get(name).cloned().unwrap_or_default();
        let all = union(&own, &self.untaken_all);
        all.iter().flat_map(|names| names.iter()).map(|name| name.to_string()).collect()
    }
}

/// Methods that change a list, set or dict in place.
const ADDS: [&str; 6] = ["append", "extend", "insert", "add", "update", "setdefault"];

/// Whether a list stays what it is to whoever asks for one entry of it when more are added: what is
/// installed stays installed. Of hosts and origines the whole counts.
fn keeps(target: &Expr) -> bool {
    matches!(target, Expr::Name(name) if matches!(name.id.as_str(), "INSTALLED_APPS" | "MIDDLEWARE" | "MIDDLEWARE_CLASSES" | "AUTHENTICATION_BACKENDS"))
}

impl Changes {
    fn block(&mut self, body: &[Stmt], depth: usize) {
        if depth < MAX_DEPTH {
            body.iter().for_each(|stmt| self.statement(stmt, depth + 1));
        }
    }

    fn statement(&mut self, stmt: &Stmt, depth: usize) {
        match stmt {
            Stmt::Assign(it) => it.targets.iter().for_each(|target| self.target(target, depth)),
            Stmt::AnnAssign(it) => self.target(&it.target, depth),
            Stmt::AugAssign(it) if it.op != ast::Operator::Add || !keeps(&it.target) => {
                self.target(&it.target, depth);
            }
            Stmt::Expr(it) => {
                if let Expr::Call(call) = &*it.value
                    && let Expr::Attribute(method) = &*call.func
                    && ADDS.contains(&method.attr.as_str())
                    && !keeps(&method.value)
                {
                    self.target(&method.value, depth);
                }
            }
            Stmt::Delete(it) => it.targets.iter().for_each(|target| self.target(target, depth)),
            Stmt::If(it) => {
                self.block(&it.body, depth);
                it.elif_else_clauses.iter().for_each(|clause| self.block(&clause.body, depth));
            }
            Stmt::For(it) => self.block(&it.body, depth),
            Stmt::While(it) => self.block(&it.body, depth),
            Stmt::With(it) => self.block(&it.body, depth),
            Stmt::Try(it) => {
                self.block(&it.body, depth);
                for ast::ExceptHandler::ExceptHandler(handler) in &it.handlers {
                    self.block(&handler.body, depth);
                }
                self.block(&it.orelse, depth);
                self.block(&it.finalbody, depth);
            }
            Stmt::Match(it) => it.cases.iter().for_each(|case| self.block(&case.body, depth)),
            Stmt::ImportFrom(it) => {
                for alias in &it.names {
                    if alias.name.as_str() == "*" {
                        self.all = true;
                    } else {
                        self.name(alias.asname.as_ref().unwrap_or(&alias.name));
                    }
                }
            }
            _ => {}
        }
    }

    fn target(&mut self, target: &Expr, depth: usize) {
        if depth >= MAX_DEPTH {
            return;
        }
        match target {
            Expr::Name(name) => self.name(&name.id),
            Expr::Subscript(it) => self.target(&it.value, depth + 1),
            Expr::Attribute(it) => self.target(&it.value, depth + 1),
            Expr::Starred(it) => self.target(&it.value, depth + 1),
            Expr::Tuple(it) => it.elts.iter().for_each(|item| self.target(item, depth + 1)),
            Expr::List(it) => it.elts.iter().for_each(|item| self.target(item, depth + 1)),
            _ => {}
        }
    }

    fn name(&mut self, name: &str) {
        if crate::evaluate::is_setting(name) {
            self.names.insert(Rc::from(name));
        }
    }
}
