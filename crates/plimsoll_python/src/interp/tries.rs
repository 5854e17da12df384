//! `try` and `with`.

use super::heap::{Heap, Object};
use super::native::{Call, Raise};
use super::value::{Id, Kind, Val};
use super::{Catches, Flow, Interp};
use crate::syntax::ast::{self, ExceptHandler, Expr, Stmt};

impl Interp<'_> {
    pub(crate) fn try_statement(&mut self, it: &ast::StmtTry) -> Flow {
        self.taking(|interp| interp.run_try(it))
    }

    fn run_try(&mut self, it: &ast::StmtTry) -> Flow {
        let (from, reads) = (self.pending.len(), self.absent_reads.len());
        let catches = self.catches(&it.handlers);
        // `return` in a `finally` ends any exception, those of the handlers too.
        let swallows = leaves(&it.finalbody);
        if swallows {
            self.catching.push(Catches::Everything);
        }
        let has_handlers = !it.handlers.is_empty();
        if has_handlers {
            self.catching.push(catches);
        }
        let flow = self.block(&it.body);
        if has_handlers {
            self.catching.pop();
        }
        let mut raised: Vec<(Raise, Heap)> = self
            .take_pending(from, |flow| matches!(flow, Flow::Raise(_)))
            .into_iter()
            .filter_map(|pending| match pending.flow {
                Flow::Raise(raise) => Some((raise, pending.heap)),
                _ => None,
            })
            .collect();
        let flow = match flow {
            Flow::Raise(raise) => {
                raised.push((raise, std::mem::take(&mut self.heap)));
                None
            }
            Flow::Normal if !it.orelse.is_empty() => {
                if !raised.is_empty() {
                    self.uncertain += 1;
                }
                let flow = self.block(&it.orelse);
                if !raised.is_empty() {
                    self.uncertain -= 1;
                }
                Some(flow)
            }
            other => Some(other),
        };
        let raised = self.merge_unknown(raised);
        let flow = self.handle(it, flow, raised);
        self.leave_out_reads(it, reads);
        if swallows {
            self.catching.pop();
        }
        if it.finalbody.is_empty() {
            return flow;
        }
        self.finally(from, flow, &it.finalbody)
    }

    /// Exceptions that may be any are handled once, on the join of their heaps.
    fn merge_unknown(&mut self, raised: Vec<(Raise, Heap)>) -> Vec<(Raise, Heap)> {
        let mut merged: Vec<(Raise, Heap)> = Vec::new();
        for (raise, heap) in raised {
            let twin = merged.iter().position(|(known, _)| {
                known.exception.is_unknown() && raise.exception.is_unknown()
            });
            match twin.and_then(|at| merged.get(at)).map(|(_, heap)| heap.clone()) {
                Some(other) => {
                    let joined = self.join_heaps(&other, &heap);
                    if let Some(place) = twin.and_then(|at| merged.get_mut(at)) {
                        place.1 = joined;
                    }
                }
                None => merged.push((raise, heap)),
            }
        }
        merged
    }

    /// Runs the handlers for each exception; `flow` is how the body went otherwise.
    fn handle(
        &mut self,
        it: &ast::StmtTry,
        flow: Option<Flow>,
        raised: Vec<(Raise, Heap)>,
    ) -> Flow {
        let mut done: Vec<(Flow, Heap)> = Vec::new();
        let several = raised.len() + usize::from(flow.is_some()) > 1;
        // Nothing outside takes an exception: what a handler does that ends with one is no concern
        // of the paths that go on.
        let is_outermost = several && self.catching.is_empty();
        if let Some(flow) = flow {
            done.push((flow, std::mem::take(&mut self.heap)));
        }
        for (raise, heap) in raised {
            self.heap = heap;
            if several {
                self.uncertain += 1;
            }
            let flow = self.handle_one(&it.handlers, raise, is_outermost);
            if several {
                self.uncertain -= 1;
            }
            done.push((flow, std::mem::take(&mut self.heap)));
        }
        self.merge_flows(done)
    }

    /// One flow for several paths: those that go on are joined, others wait.
    pub(crate) fn merge_flows(&mut self, done: Vec<(Flow, Heap)>) -> Flow {
        let (normal, mut left): (Vec<_>, Vec<_>) =
            done.into_iter().partition(|(flow, _)| matches!(flow, Flow::Normal));
        let mut normal = normal.into_iter();
        if let Some((_, first)) = normal.next() {
            let mut joined = first;
            for (_, heap) in normal {
                joined = self.join_heaps(&joined, &heap);
            }
            for (flow, heap) in left {
                self.wait(flow, heap);
            }
            self.heap = joined;
            return Flow::Normal;
        }
        match left.pop() {
            Some((flow, heap)) => {
                for (flow, heap) in left {
                    self.wait(flow, heap);
                }
                self.heap = heap;
                flow
            }
            None => Flow::Normal,
        }
    }

    /// Runs the handler that takes an exception. With `is_outermost`, one that is certain to end
    /// with an exception is not run.
    fn handle_one(&mut self, handlers: &[ExceptHandler], raise: Raise, is_outermost: bool) -> Flow {
        let Some((ExceptHandler::ExceptHandler(handler), rest)) = handlers.split_first() else {
            return Flow::Raise(raise);
        };
        let matches = match &handler.type_ {
            None => Some(true),
            Some(type_) => match self.eval(type_) {
                Ok(classes) => self.matches_exception(&raise, &classes),
                Err(raise) => return Flow::Raise(raise),
            },
        };
        match matches {
            Some(true) if is_outermost && raises(&handler.body) => Flow::Raise(raise),
            Some(true) => self.run_handler(handler, raise),
            Some(false) => self.handle_one(rest, raise, is_outermost),
            None => self.fork_flow(2, |interp, at| {
                if at > 0 {
                    interp.handle_one(rest, raise.clone(), is_outermost)
                } else if is_outermost && raises(&handler.body) {
                    Flow::Raise(raise.clone())
                } else {
                    interp.run_handler(handler, raise.clone())
                }
            }),
        }
    }

    fn run_handler(&mut self, handler: &ast::ExceptHandlerExceptHandler, raise: Raise) -> Flow {
        if let Some(name) = &handler.name {
            let event = self.event(name);
            self.bind(name, raise.exception.clone(), event);
        }
        let deps = raise.exception.clone();
        self.decide(&deps);
        self.handling.push(raise);
        let flow = self.with_control(&deps, |interp| interp.block(&handler.body));
        self.handling.pop();
        if let Some(name) = &handler.name {
            let _ = self.unbind(name);
        }
        flow
    }

    /// Whether an exception is of a handler's classes; `None` where that is not known.
    fn matches_exception(&self, raise: &Raise, classes: &Val) -> Option<bool> {
        let listed: Vec<Val> = match &classes.kind {
            Kind::Tuple(items) => items.to_vec(),
            _ => vec![classes.clone()],
        };
        let raised = self.raised_class(raise);
        let mut undecided = false;
        for class in listed {
            let (Some(parent), Some(raised)) = (class.as_id(), raised) else {
                // `except Exception` catches whatever an unknown call raises.
                let is_general = class.as_id().and_then(|id| self.class_name(id));
                if matches!(is_general.as_deref(), Some("Exception" | "BaseException")) {
                    return Some(true);
                }
                undecided = true;
                continue;
            };
            match self.is_subclass(raised, parent) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => undecided = true,
            }
        }
        if undecided { None } else { Some(false) }
    }

    /// What handlers catch, as far as their classes are plain names.
    fn catches(&mut self, handlers: &[ExceptHandler]) -> Catches {
        self.taking(|interp| interp.caught(handlers))
    }

    fn caught(&mut self, handlers: &[ExceptHandler]) -> Catches {
        let mut classes = Vec::new();
        for ExceptHandler::ExceptHandler(handler) in handlers {
            let Some(type_) = &handler.type_ else { return Catches::Everything };
            let listed: Vec<&Expr> = match &**type_ {
                Expr::Tuple(tuple) => tuple.elts.iter().collect(),
                other => vec![other],
            };
            for class in listed {
                let is_plain = matches!(class, Expr::Name(_) | Expr::Attribute(_));
                self.catching.push(Catches::Everything);
                let from = self.pending.len();
                let value = if is_plain { self.eval(class).ok() } else { None };
                self.pending.truncate(from);
                self.catching.pop();
                match value.as_ref().and_then(Val::as_id) {
                    Some(id) => classes.push(id),
                    None => return Catches::Everything,
                }
            }
        }
        Catches::Classes(classes)
    }

    /// Runs a `finally` block on every path out of the `try`.
    fn finally(&mut self, from: usize, flow: Flow, body: &[Stmt]) -> Flow {
        let waiting = self.take_pending(from, |_| true);
        let mut left = vec![(flow, std::mem::take(&mut self.heap))];
        left.extend(waiting.into_iter().map(|pending| (pending.flow, pending.heap)));
        let several = left.len() > 1;
        let mut done = Vec::new();
        for (flow, heap) in left {
            self.heap = heap;
            self.uncertain += u32::from(several);
            let after = self.block(body);
            self.uncertain -= u32::from(several);
            let flow = if matches!(after, Flow::Normal) { flow } else { after };
            done.push((flow, std::mem::take(&mut self.heap)));
        }
        self.merge_flows(done)
    }

    pub(crate) fn with_statement(&mut self, it: &ast::StmtWith, at: usize) -> Result<Flow, Raise> {
        self.taking(|interp| interp.run_with(it, at))
    }

    fn run_with(&mut self, it: &ast::StmtWith, at: usize) -> Result<Flow, Raise> {
        let Some(item) = it.items.get(at) else { return Ok(self.block(&it.body)) };
        let manager = self.eval(&item.context_expr)?;
        if let Some(classes) = self.suppressed(&manager) {
            self.catching.push(Catches::Classes(classes.clone()));
            let from = self.pending.len();
            let flow = match self.with_statement(it, at + 1) {
                Ok(flow) => flow,
                Err(raise) => Flow::Raise(raise),
            };
            self.catching.pop();
            let mut done = vec![(flow, std::mem::take(&mut self.heap))];
            for pending in self.take_pending(from, |flow| matches!(flow, Flow::Raise(_))) {
                done.push((pending.flow, pending.heap));
            }
            let done = done
                .into_iter()
                .map(|(flow, heap)| match flow {
                    Flow::Raise(raise) => {
                        let class = self.raised_class(&raise);
                        let caught = class.is_none_or(|class| {
                            classes
                                .iter()
                                .any(|parent| self.is_subclass(class, *parent) != Some(false))
                        });
                        (if caught { Flow::Normal } else { Flow::Raise(raise) }, heap)
                    }
                    other => (other, heap),
                })
                .collect();
            return Ok(self.merge_flows(done));
        }
        let here = self.here;
        let entered = match self.find_attribute(&manager, "__enter__")? {
            Some(enter) => self.call(&enter, Call::of(Vec::new(), here))?,
            None => Val::unknown("what a context manager that is not known gives"),
        };
        if let Some(target) = &item.optional_vars
            && let Err(flow) = self.assign(target, entered)
        {
            return Ok(flow);
        }
        let flow = match self.with_statement(it, at + 1) {
            Ok(flow) => flow,
            Err(raise) => Flow::Raise(raise),
        };
        if matches!(flow, Flow::Normal)
            && let Some(exit) = self.find_attribute(&manager, "__exit__")?
        {
            self.call(&exit, Call::of(vec![Val::NONE, Val::NONE, Val::NONE], here))?;
        }
        Ok(flow)
    }

    /// The classes of a `contextlib.suppress`.
    fn suppressed(&self, manager: &Val) -> Option<Vec<Id>> {
        let Object::Instance { attributes, .. } = self.object(manager)? else { return None };
        match self.namespace_get(*attributes, "_suppressed")?.kind {
            Kind::Tuple(items) => items.iter().map(Val::as_id).collect(),
            _ => None,
        }
    }
}

/// Whether a block is certain to end with an exception.
fn raises(body: &[Stmt]) -> bool {
    matches!(body.last(), Some(Stmt::Raise(_))) && !leaves(body)
}

/// Whether a statement of a block, at any depth, leaves it.
fn leaves(body: &[Stmt]) -> bool {
    struct Finder(bool);
    impl<'a> ast::visitor::Visitor<'a> for Finder {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::Return(_) | Stmt::Break(_) | Stmt::Continue(_) => self.0 = true,
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => ast::visitor::walk_stmt(self, statement),
            }
        }
    }
    let mut finder = Finder(false);
    ast::visitor::Visitor::visit_body(&mut finder, body);
    finder.0
}
