//! Statements.

use std::rc::Rc;

use crate::syntax::Ranged;

use super::expressions::parameter_names;
use super::function::{Body, Code, Names};
use super::native::{Call, Raise};
use super::value::{Kind, Val};
use super::{Flow, FrameKind, Interp};
use crate::syntax::ast::{self, Expr, Stmt};

impl Interp<'_> {
    /// Runs statements until one leaves the block.
    pub(crate) fn block(&mut self, body: &[Stmt]) -> Flow {
        if self.depth >= self.request.limits.depth {
            self.exhaust("nested too deeply");
            return Flow::Normal;
        }
        self.depth += 1;
        let flow = self.block_inner(body);
        self.depth -= 1;
        flow
    }

    fn block_inner(&mut self, body: &[Stmt]) -> Flow {
        for statement in body {
            if self.exhausted {
                self.spoil(statement);
                continue;
            }
            let flow = self.statement(statement);
            // Outside of functions a stop is recorded and the evaluation goes on.
            let flow = if self.in_function() { flow } else { self.survive_flow(flow) };
            if !matches!(flow, Flow::Normal) {
                return flow;
            }
        }
        Flow::Normal
    }

    fn in_function(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.kind == FrameKind::Function)
    }

    fn statement(&mut self, statement: &Stmt) -> Flow {
        if !self.step() {
            return Flow::Normal;
        }
        self.here = self.event(statement);
        match self.run(statement) {
            Ok(flow) => flow,
            Err(raise) => {
                self.here = self.event(statement);
                // What the statement would have bound is not known if the process went on.
                if !self.in_function() && self.pending.is_empty() && !self.is_catchable(&raise) {
                    self.spoil(statement);
                }
                Flow::Raise(raise)
            }
        }
    }

    fn run(&mut self, statement: &Stmt) -> Result<Flow, Raise> {
        match statement {
            Stmt::Expr(it) => {
                self.eval(&it.value)?;
            }
            Stmt::Assign(it) => {
                let value = self.eval(&it.value)?;
                for target in &it.targets {
                    self.here = self.event(it);
                    if let Err(flow) = self.assign_at(target, value.clone(), it) {
                        return Ok(flow);
                    }
                }
            }
            Stmt::AugAssign(it) => self.augmented(it)?,
            Stmt::AnnAssign(it) => {
                if let Some(value) = &it.value {
                    let value = self.eval(value)?;
                    self.here = self.event(it);
                    if let Err(flow) = self.assign_at(&it.target, value, it) {
                        return Ok(flow);
                    }
                }
                self.annotate(it);
            }
            Stmt::If(it) => return self.if_statement(it),
            Stmt::For(it) => return self.for_statement(it),
            Stmt::While(it) => return self.while_statement(it),
            Stmt::Try(it) => return Ok(self.try_statement(it)),
            Stmt::With(it) => return self.with_statement(it, 0),
            Stmt::Match(it) => return self.match_statement(it),
            Stmt::Import(it) => self.import_statement(it)?,
            Stmt::ImportFrom(it) => self.import_from_statement(it)?,
            Stmt::FunctionDef(it) => self.define_function(it)?,
            Stmt::ClassDef(it) => self.define_class(it)?,
            Stmt::Return(it) => {
                let value = match &it.value {
                    Some(value) => self.eval(value)?,
                    None => Val::NONE,
                };
                return Ok(Flow::Return(value.with_deps(&self.control)));
            }
            Stmt::Raise(it) => return Err(self.raise_statement(it)?),
            Stmt::Assert(it) => {
                let test = self.eval(&it.test)?;
                if self.decided_truth(&test)? == Some(false) {
                    let raise = self.raise("AssertionError", "");
                    return Err(raise);
                }
            }
            Stmt::Delete(it) => {
                for target in &it.targets {
                    self.delete(target)?;
                }
            }
            Stmt::Global(it) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.globals.extend(it.names.iter().map(|name| Rc::from(name.as_str())));
                }
            }
            Stmt::Nonlocal(it) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.nonlocals.extend(it.names.iter().map(|name| Rc::from(name.as_str())));
                }
            }
            Stmt::Break(_) => return Ok(Flow::Break),
            Stmt::Continue(_) => return Ok(Flow::Continue),
            Stmt::TypeAlias(it) => {
                if let Expr::Name(name) = &*it.name {
                    let event = self.event(it);
                    self.bind(&name.id, Val::unknown("a type alias"), event);
                }
            }
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Ok(Flow::Normal)
    }

    /// The exception of a `raise` statement.
    fn raise_statement(&mut self, it: &ast::StmtRaise) -> Result<Raise, Raise> {
        let cause = self.handling.last().and_then(|raise| raise.variable.clone());
        let Some(exception) = &it.exc else {
            return Ok(match self.handling.last() {
                Some(raise) => raise.clone(),
                None => self.raise("RuntimeError", "No active exception to reraise"),
            });
        };
        let mut value = self.eval(exception)?;
        let at = self.event(it);
        self.here = at;
        if matches!(self.object(&value), Some(super::heap::Object::Class(_))) {
            value = self.call(&value, Call::of(Vec::new(), at))?;
        }
        if matches!(value.kind, Kind::OneOf(_)) {
            value = Val::unknown("which exception depends on an undecided branch");
        }
        let deps = value.deps.clone();
        let mut raise = Raise { exception: value.with_deps(&self.control), variable: cause, at };
        let certain = self.uncertain == 0 && self.pending.is_empty();
        if raise.variable.is_none() && certain {
            raise.variable = self.only_unset(&deps).or_else(|| self.only_unset(&self.control));
        }
        Ok(raise)
    }

    /// The one variable of these that is not set: its absence is why the code raises.
    fn only_unset(&self, names: &super::value::Deps) -> Option<Rc<str>> {
        let is_unset =
            |name: &&Rc<str>| matches!(self.environment_get(name), super::environ::Lookup::Unset);
        let mut unset = names.as_ref()?.iter().filter(is_unset);
        let only = unset.next()?;
        unset.next().is_none().then(|| only.clone())
    }

    /// Those of these variables that are not set.
    pub(super) fn unset_among(&self, names: &super::value::Deps) -> Vec<String> {
        let is_unset =
            |name: &&Rc<str>| matches!(self.environment_get(name), super::environ::Lookup::Unset);
        let names = names.iter().flat_map(|names| names.iter());
        names.filter(is_unset).map(|name| name.to_string()).collect()
    }

    fn if_statement(&mut self, it: &ast::StmtIf) -> Result<Flow, Raise> {
        let clauses: Vec<(Option<&Expr>, &[Stmt])> = std::iter::once((Some(&*it.test), &*it.body))
            .chain(it.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &*clause.body)))
            .collect();
        self.clauses(&clauses)
    }

    fn clauses(&mut self, clauses: &[(Option<&Expr>, &[Stmt])]) -> Result<Flow, Raise> {
        let Some(((test, body), rest)) = clauses.split_first() else { return Ok(Flow::Normal) };
        let Some(test) = test else { return Ok(self.block(body)) };
        if is_type_checking(test) {
            return self.clauses(rest);
        }
        let condition = self.eval(test)?;
        self.decide(&condition);
        match self.decided_truth(&condition)? {
            Some(true) => {
                let others: Vec<&[Stmt]> = rest.iter().map(|(_, body)| *body).collect();
                self.leave_out(&others, &condition.deps);
                Ok(self.with_control(&condition, |interp| interp.block(body)))
            }
            Some(false) => {
                self.leave_out(&[body], &condition.deps);
                self.with_control(&condition, |interp| interp.clauses(rest))
            }
            None => Ok(self.with_control(&condition, |interp| {
                interp.fork_flow(2, |interp, at| {
                    if at == 0 {
                        return interp.block(body);
                    }
                    match interp.clauses(rest) {
                        Ok(flow) => flow,
                        Err(raise) => Flow::Raise(raise),
                    }
                })
            })),
        }
    }

    fn augmented(&mut self, it: &ast::StmtAugAssign) -> Result<(), Raise> {
        let event = self.event(it);
        match &*it.target {
            Expr::Name(name) => {
                let before = self.lookup(&name.id);
                let before = self.survive(before)?;
                let value = self.eval(&it.value)?;
                self.here = event;
                let result = self.in_place(it.op, &before, &value)?;
                self.bind(&name.id, result, event);
            }
            Expr::Attribute(attribute) => {
                let owner = self.eval(&attribute.value)?;
                let before = self.get_attribute(&owner, &attribute.attr);
                let before = self.survive(before)?;
                let value = self.eval(&it.value)?;
                self.here = event;
                let result = self.in_place(it.op, &before, &value)?;
                self.set_attribute(&owner, &attribute.attr, result)?;
            }
            Expr::Subscript(subscript) => {
                let owner = self.eval(&subscript.value)?;
                let index = self.eval(&subscript.slice)?;
                let before = self.get_item(&owner, &index);
                let before = self.survive(before)?;
                let value = self.eval(&it.value)?;
                self.here = event;
                let result = self.in_place(it.op, &before, &value)?;
                self.set_item(&owner, &index, result)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Assigns to a target of a statement.
    fn assign_at(&mut self, target: &Expr, value: Val, statement: impl Ranged) -> Result<(), Flow> {
        if let Expr::Name(name) = target {
            let event = self.event(statement);
            self.bind(&name.id, value, event);
            return Ok(());
        }
        self.assign(target, value)
    }

    /// Assigns to any target.
    pub(crate) fn assign(&mut self, target: &Expr, value: Val) -> Result<(), Flow> {
        match target {
            Expr::Name(name) => {
                let event = self.event(name);
                self.bind(&name.id, value, event);
                Ok(())
            }
            Expr::Attribute(it) => {
                let owner = self.eval(&it.value).map_err(Flow::Raise)?;
                self.set_attribute(&owner, &it.attr, value).map_err(Flow::Raise)?;
                Ok(())
            }
            Expr::Subscript(it) => {
                let owner = self.eval(&it.value).map_err(Flow::Raise)?;
                let index = self.eval(&it.slice).map_err(Flow::Raise)?;
                self.set_item(&owner, &index, value).map_err(Flow::Raise)?;
                Ok(())
            }
            Expr::Starred(it) => self.assign(&it.value, value),
            Expr::Tuple(it) => self.unpack(&it.elts, &value),
            Expr::List(it) => self.unpack(&it.elts, &value),
            _ => Ok(()),
        }
    }

    fn unpack(&mut self, targets: &[Expr], value: &Val) -> Result<(), Flow> {
        let items = self.iterate(value).map_err(Flow::Raise)?;
        let Some(items) = items else {
            let unknown = self.why_unknown(value);
            for target in targets {
                self.assign(target, unknown.clone())?;
            }
            return Ok(());
        };
        let star = targets.iter().position(|target| matches!(target, Expr::Starred(_)));
        let fits = match star {
            Some(_) => items.len() + 1 >= targets.len(),
            None => items.len() == targets.len(),
        };
        if !fits {
            let text = if items.len() < targets.len() {
                format!(
                    "not enough values to unpack (expected {}, got {})",
                    targets.len(),
                    items.len()
                )
            } else {
                format!("too many values to unpack (expected {})", targets.len())
            };
            return Err(Flow::Raise(self.raise("ValueError", &text)));
        }
        let extra = items.len() + 1 - targets.len().min(items.len() + 1);
        let mut rest = items.into_iter().map(|item| item.with_deps(&value.deps));
        for (at, target) in targets.iter().enumerate() {
            if Some(at) == star {
                let taken: Vec<Val> = rest.by_ref().take(extra).collect();
                let list = self.new_list(taken);
                self.assign(target, list)?;
            } else if let Some(item) = rest.next() {
                self.assign(target, item)?;
            }
        }
        Ok(())
    }

    fn delete(&mut self, target: &Expr) -> Result<(), Raise> {
        match target {
            Expr::Name(name) => self.unbind(&name.id),
            Expr::Attribute(it) => {
                let owner = self.eval(&it.value)?;
                self.delete_attribute(&owner, &it.attr).map(|_| ())
            }
            Expr::Subscript(it) => {
                let owner = self.eval(&it.value)?;
                let index = self.eval(&it.slice)?;
                self.delete_item(&owner, &index).map(|_| ())
            }
            Expr::Tuple(it) => it.elts.iter().try_for_each(|target| self.delete(target)),
            Expr::List(it) => it.elts.iter().try_for_each(|target| self.delete(target)),
            _ => Ok(()),
        }
    }

    fn define_function(&mut self, it: &ast::StmtFunctionDef) -> Result<(), Raise> {
        let mut decorators = Vec::with_capacity(it.decorator_list.len());
        for decorator in &it.decorator_list {
            decorators.push(self.eval(&decorator.expression)?);
        }
        let defaults = self.defaults(Some(&it.parameters))?;
        let mut names = Names::of(&it.body);
        parameter_names(Some(&it.parameters), &mut names);
        let bound = names.bound.iter();
        let locals = bound
            .filter(|name| !names.globals.contains(*name) && !names.nonlocals.contains(*name))
            .cloned()
            .collect();
        let code = Code {
            name: Rc::from(it.name.as_str()),
            parameters: Some((*it.parameters).clone()),
            body: Body::Block(it.body.to_vec()),
            locals,
            globals: names.globals,
            nonlocals: names.nonlocals,
            is_generator: names.yields,
            is_async: it.is_async,
            file: self.frames.last().map_or(0, |frame| frame.file),
        };
        let qualname = self.qualified(&it.name);
        let mut value = self.make_function(code, qualname, defaults);
        let at = self.event(&it.name);
        for decorator in decorators.into_iter().rev() {
            value = self.call(&decorator, Call::of(vec![value], at))?;
        }
        self.bind(&it.name, value, at);
        Ok(())
    }

    /// Records an annotated name of a class body, for dataclasses and named tuples.
    fn annotate(&mut self, it: &ast::StmtAnnAssign) {
        let Some(frame) = self.frames.last() else { return };
        if frame.kind != FrameKind::Class {
            return;
        }
        let Expr::Name(name) = &*it.target else { return };
        let scope = frame.scope;
        let is_class_variable =
            self.source_of(&*it.annotation).is_some_and(|text| text.contains("ClassVar"));
        if is_class_variable {
            return;
        }
        let mut names = match self.namespace_get(scope, "__annotated__") {
            Some(Val { kind: Kind::Tuple(names), .. }) => names.to_vec(),
            _ => Vec::new(),
        };
        names.push(Val::str(&name.id));
        self.namespace_set(scope, "__annotated__", Val::tuple(names));
    }

    /// The truth of a value that may be one of several, where all agree.
    pub(crate) fn decided_truth(&mut self, value: &Val) -> Result<Option<bool>, Raise> {
        let has_choice = matches!(value.kind, Kind::OneOf(_))
            || matches!(self.object(value), Some(super::heap::Object::Choice(_)));
        if !has_choice {
            return self.truth(value);
        }
        let truth = self.each(value, |interp, value| {
            Ok(match interp.truth(value)? {
                Some(truth) => Val::bool(truth),
                None => Val::unknown("undecided"),
            })
        })?;
        Ok(match truth.kind {
            Kind::Bool(truth) => Some(truth),
            _ => None,
        })
    }
}

/// `TYPE_CHECKING` and `typing.TYPE_CHECKING` are false at run time.
fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(it) => it.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}
