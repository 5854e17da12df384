//! Functions of the project.

use std::collections::HashSet;
use std::rc::Rc;

use super::value::{Id, Val};
use crate::syntax::ast::{self, Expr, Parameters, Stmt};

/// The code of a function, shared by all its closures.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) name: Rc<str>,
    pub(crate) parameters: Option<Parameters>,
    pub(crate) body: Body,
    /// Names bound in the body, parameters included.
    pub(crate) locals: HashSet<Rc<str>>,
    pub(crate) globals: HashSet<Rc<str>>,
    pub(crate) nonlocals: HashSet<Rc<str>>,
    pub(crate) is_generator: bool,
    pub(crate) is_async: bool,
    /// Index of its file.
    pub(crate) file: u32,
}

/// A function's body.
#[derive(Debug)]
pub(crate) enum Body {
    Block(Vec<Stmt>),
    Lambda(Expr),
}

/// A function object.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) code: Rc<Code>,
    pub(crate) qualname: Rc<str>,
    /// The namespace of its module.
    pub(crate) module: Id,
    /// Enclosing function scopes, innermost first.
    pub(crate) chain: Rc<[Id]>,
    pub(crate) defaults: Rc<[(Rc<str>, Val)]>,
    /// The class whose body defined it.
    pub(crate) class: Option<Id>,
    /// Attributes set on it.
    pub(crate) attributes: Option<Id>,
}

/// Names that a body binds, declares global or nonlocal, and whether it yields.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) bound: HashSet<Rc<str>>,
    pub(crate) globals: HashSet<Rc<str>>,
    pub(crate) nonlocals: HashSet<Rc<str>>,
    pub(crate) yields: bool,
}

impl Names {
    pub(crate) fn of(body: &[Stmt]) -> Self {
        let mut names = Self::default();
        body.iter().for_each(|statement| names.statement(statement));
        names
    }

    fn bind(&mut self, name: &str) {
        self.bound.insert(Rc::from(name));
    }

    fn block(&mut self, body: &[Stmt]) {
        body.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(def) => self.bind(&def.name),
            Stmt::ClassDef(def) => self.bind(&def.name),
            Stmt::Return(it) => self.maybe(it.value.as_deref()),
            Stmt::Delete(it) => it.targets.iter().for_each(|target| self.target(target)),
            Stmt::Assign(it) => {
                it.targets.iter().for_each(|target| self.target(target));
                self.expression(&it.value);
            }
            Stmt::AugAssign(it) => {
                self.target(&it.target);
                self.expression(&it.value);
            }
            Stmt::AnnAssign(it) => {
                self.target(&it.target);
                self.maybe(it.value.as_deref());
            }
            Stmt::For(it) => {
                self.target(&it.target);
                self.expression(&it.iter);
                self.block(&it.body);
                self.block(&it.orelse);
            }
            Stmt::While(it) => {
                self.expression(&it.test);
                self.block(&it.body);
                self.block(&it.orelse);
            }
            Stmt::If(it) => {
                self.expression(&it.test);
                self.block(&it.body);
                for clause in &it.elif_else_clauses {
                    self.maybe(clause.test.as_ref());
                    self.block(&clause.body);
                }
            }
            Stmt::With(it) => {
                for item in &it.items {
                    self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.target(target);
                    }
                }
                self.block(&it.body);
            }
            Stmt::Match(it) => {
                self.expression(&it.subject);
                for case in &it.cases {
                    self.pattern(&case.pattern);
                    self.maybe(case.guard.as_deref());
                    self.block(&case.body);
                }
            }
            Stmt::Try(it) => {
                self.block(&it.body);
                for ast::ExceptHandler::ExceptHandler(handler) in &it.handlers {
                    if let Some(name) = &handler.name {
                        self.bind(name);
                    }
                    self.block(&handler.body);
                }
                self.block(&it.orelse);
                self.block(&it.finalbody);
            }
            Stmt::Import(it) => {
                for alias in &it.names {
                    let name = match &alias.asname {
                        Some(name) => name.as_str(),
                        None => alias.name.split('.').next().unwrap_or_default(),
                    };
                    self.bind(name);
                }
            }
            Stmt::ImportFrom(it) => {
                for alias in &it.names {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name));
                }
            }
            Stmt::Global(it) => self.globals.extend(it.names.iter().map(|n| Rc::from(n.as_str()))),
            Stmt::Nonlocal(it) => {
                self.nonlocals.extend(it.names.iter().map(|n| Rc::from(n.as_str())));
            }
            Stmt::TypeAlias(it) => self.target(&it.name),
            Stmt::Expr(it) => self.expression(&it.value),
            Stmt::Raise(it) => self.maybe(it.exc.as_deref()),
            Stmt::Assert(it) => self.expression(&it.test),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => self.bind(&name.id),
            Expr::Tuple(it) => it.elts.iter().for_each(|target| self.target(target)),
            Expr::List(it) => it.elts.iter().for_each(|target| self.target(target)),
            Expr::Starred(it) => self.target(&it.value),
            other => self.expression(other),
        }
    }

    fn pattern(&mut self, pattern: &ast::Pattern) {
        use ast::Pattern;
        match pattern {
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(it) => it.patterns.iter().for_each(|p| self.pattern(p)),
            Pattern::MatchMapping(it) => {
                it.patterns.iter().for_each(|p| self.pattern(p));
                if let Some(name) = &it.rest {
                    self.bind(name);
                }
            }
            Pattern::MatchClass(it) => {
                it.arguments.patterns.iter().for_each(|p| self.pattern(p));
                it.arguments.keywords.iter().for_each(|k| self.pattern(&k.pattern));
            }
            Pattern::MatchStar(it) => {
                if let Some(name) = &it.name {
                    self.bind(name);
                }
            }
            Pattern::MatchAs(it) => {
                if let Some(name) = &it.name {
                    self.bind(name);
                }
                if let Some(pattern) = &it.pattern {
                    self.pattern(pattern);
                }
            }
            Pattern::MatchOr(it) => it.patterns.iter().for_each(|p| self.pattern(p)),
        }
    }

    fn maybe(&mut self, expression: Option<&Expr>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    /// Walrus targets and `yield`, wherever they stand.
    fn expression(&mut self, expression: &Expr) {
        use ast::visitor::Visitor;
        let mut finder = Finder { names: self };
        finder.visit_expr(expression);
    }
}

struct Finder<'a> {
    names: &'a mut Names,
}

impl<'a> ast::visitor::Visitor<'a> for Finder<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Named(it) => {
                if let Expr::Name(name) = &*it.target {
                    self.names.bind(&name.id);
                }
                self.visit_expr(&it.value);
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.names.yields = true;
                ast::visitor::walk_expr(self, expression);
            }
            Expr::Lambda(_) => {}
            _ => ast::visitor::walk_expr(self, expression),
        }
    }
}
