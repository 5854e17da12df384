//! Changes of Python modules.

use std::ops::Range;

use plimsoll_python::syntax::ast::visitor::{self, Visitor};
use plimsoll_python::syntax::ast::{Expr, ExprCall, ExprName, Stmt};
use plimsoll_python::syntax::{self, Ranged};
use plimsoll_source::{SourceText, Span};

use crate::Obstacle;
use crate::apply::{Edit, whole_lines};

/// Another value for an assignment.
pub(crate) fn set(
    source: &SourceText,
    at: &Span,
    name: &str,
    value: &str,
) -> Result<Edit, Obstacle> {
    let body = parse(source)?;
    let found = find(source, &body, at, name)?;
    if !is_literal(found.value) {
        return Err(Obstacle::Computed(at.start.line));
    }
    Ok((range(found.value), value.to_owned()))
}

/// Another name for what is assigned.
pub(crate) fn rename(
    source: &SourceText,
    at: &Span,
    name: &str,
    to: &str,
) -> Result<Edit, Obstacle> {
    let body = parse(source)?;
    let found = find(source, &body, at, name)?;
    Ok((range(found.target), to.to_owned()))
}

/// An assignment taken out with its lines.
pub(crate) fn remove(source: &SourceText, at: &Span, name: &str) -> Result<Edit, Obstacle> {
    let body = parse(source)?;
    let found = find(source, &body, at, name)?;
    let lines = source.span(range(found.statement));
    let whole = whole_lines(source, lines.start.line, lines.end.line);
    let around = |part: Range<usize>| source.text().get(part).unwrap_or_default().trim().to_owned();
    let before = around(whole.start..range(found.statement).start);
    let after = around(range(found.statement).end..whole.end);
    let is_alone = before.is_empty() && (after.is_empty() || after.starts_with('#'));
    if !is_alone || found.is_only {
        return Err(Obstacle::Entangled(at.start.line));
    }
    Ok((whole, String::new()))
}

/// Another default for a call that reads a variable.
pub(crate) fn set_default(source: &SourceText, at: &Span, value: &str) -> Result<Edit, Obstacle> {
    let body = parse(source)?;
    let mut calls = Calls { source, at, found: None };
    for statement in &body {
        calls.visit_stmt(statement);
    }
    let elsewhere = Obstacle::Elsewhere(at.start.line);
    let arguments = &calls.found.ok_or(elsewhere.clone())?.arguments;
    let keyword = arguments
        .keywords
        .iter()
        .find(|keyword| keyword.arg.as_ref().is_some_and(|name| name.as_str() == "default"));
    let default = keyword.map(|keyword| &keyword.value).or_else(|| arguments.args.get(1));
    match default {
        // What was a text is compared with texts.
        Some(Expr::StringLiteral(text)) => {
            let quote = source.text().get(range(text)).filter(|it| it.starts_with('"'));
            let quote = if quote.is_some() { '"' } else { '\'' };
            Ok((range(text), format!("{quote}{value}{quote}")))
        }
        Some(default) if is_literal(default) => Ok((range(default), value.to_owned())),
        Some(_) => Err(Obstacle::Computed(at.start.line)),
        None => Err(elsewhere),
    }
}

/// That a module does not bind a name at all.
pub(crate) fn is_free(source: &SourceText, name: &str) -> Result<(), Obstacle> {
    let body = parse(source)?;
    let mut names = Names { name, is_bound: false };
    for statement in &body {
        names.visit_stmt(statement);
    }
    if names.is_bound { Err(Obstacle::AssignedAlready(name.to_owned())) } else { Ok(()) }
}

/// An assignment of one name.
struct Found<'b> {
    statement: &'b Stmt,
    target: &'b ExprName,
    value: &'b Expr,
    /// Whether its block has no other statement.
    is_only: bool,
}

fn parse(source: &SourceText) -> Result<Vec<Stmt>, Obstacle> {
    let module = syntax::parse(source, None);
    if module.errors.is_empty() { Ok(module.body) } else { Err(Obstacle::Unparsable) }
}

fn find<'b>(
    source: &SourceText,
    body: &'b [Stmt],
    at: &Span,
    name: &str,
) -> Result<Found<'b>, Obstacle> {
    let mut assignments = Assignments { source, at, name, found: None };
    assignments.block(body);
    assignments.found.ok_or(Obstacle::Elsewhere(at.start.line))
}

fn range(node: &impl Ranged) -> Range<usize> {
    node.range().start().to_usize()..node.range().end().to_usize()
}

/// Whether an expression is written out: it can be overwritten without losing a thought.
fn is_literal(value: &Expr) -> bool {
    match value {
        Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_) => true,
        Expr::List(list) => list.elts.iter().all(is_literal),
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_literal),
        Expr::UnaryOp(unary) => matches!(&*unary.operand, Expr::NumberLiteral(_)),
        _ => false,
    }
}

struct Assignments<'s, 'b> {
    source: &'s SourceText,
    at: &'s Span,
    name: &'s str,
    found: Option<Found<'b>>,
}

impl<'b> Assignments<'_, 'b> {
    fn block(&mut self, body: &'b [Stmt]) {
        for statement in body {
            let (target, value) = match statement {
                Stmt::Assign(assign) => match assign.targets.as_slice() {
                    [Expr::Name(name)] => (name, &*assign.value),
                    _ => continue,
                },
                Stmt::AnnAssign(assign) => match (&*assign.target, &assign.value) {
                    (Expr::Name(name), Some(value)) => (name, &**value),
                    _ => continue,
                },
                Stmt::If(branch) => {
                    self.block(&branch.body);
                    for clause in &branch.elif_else_clauses {
                        self.block(&clause.body);
                    }
                    continue;
                }
                Stmt::Try(attempt) => {
                    self.block(&attempt.body);
                    self.block(&attempt.orelse);
                    self.block(&attempt.finalbody);
                    continue;
                }
                Stmt::With(with) => {
                    self.block(&with.body);
                    continue;
                }
                Stmt::ClassDef(class) => {
                    self.block(&class.body);
                    continue;
                }
                _ => continue,
            };
            let line = self.source.span(range(statement)).start.line;
            if target.id.as_str() == self.name && line == self.at.start.line {
                let is_only = body.len() == 1;
                self.found = Some(Found { statement, target, value, is_only });
            }
        }
    }
}

struct Calls<'s, 'b> {
    source: &'s SourceText,
    at: &'s Span,
    found: Option<&'b ExprCall>,
}

impl<'b> Visitor<'b> for Calls<'_, 'b> {
    fn visit_expr(&mut self, expr: &'b Expr) {
        if let Expr::Call(call) = expr
            && self.source.span(range(call)).start == self.at.start
        {
            // A chain of calls begins at one place: the innermost reads the variable.
            self.found = Some(call);
        }
        visitor::walk_expr(self, expr);
    }
}

struct Names<'s> {
    name: &'s str,
    is_bound: bool,
}

impl<'b> Visitor<'b> for Names<'_> {
    fn visit_expr(&mut self, expr: &'b Expr) {
        if let Expr::Name(name) = expr
            && name.id.as_str() == self.name
            && !name.ctx.is_load()
        {
            self.is_bound = true;
        }
        visitor::walk_expr(self, expr);
    }
}
