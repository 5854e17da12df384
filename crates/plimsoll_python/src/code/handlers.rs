//! Handlers of exceptions that lose what happened, and loops that ask the database in each turn.

use super::build::shown;
use super::facts::{ChangeKind, QueryLoop, Swallowed, SwallowedHow};
use super::names::{dotted, last};
use super::scan::Scan;
use crate::syntax::ast::visitor::{self, Visitor};
use crate::syntax::ast::{self, Expr, Stmt};

/// Takes in the handlers of a `try` within which these changes were made.
pub(crate) fn handlers(scan: &mut Scan<'_, '_>, it: &ast::StmtTry, changes: Vec<ChangeKind>) {
    for handler in &it.handlers {
        let ast::ExceptHandler::ExceptHandler(handler) = handler;
        if !catches_all(handler.type_.as_deref()) {
            continue;
        }
        let silent = handler.body.iter().all(|stmt| match stmt {
            Stmt::Pass(_) | Stmt::Continue(_) => true,
            Stmt::Expr(it) => {
                matches!(&*it.value, Expr::EllipsisLiteral(_) | Expr::StringLiteral(_))
            }
            _ => false,
        });
        let how = if silent {
            SwallowedHow::Silent
        } else if logs_untraced(&handler.body) {
            SwallowedHow::Untraced
        } else {
            continue;
        };
        let at = scan.span(handler);
        // Who says why has thought of it.
        let mut lines = (at.start.line..=at.end.line).filter_map(|line| scan.source.line(line));
        if silent && lines.any(|line| line.contains('#')) {
            continue;
        }
        let at = scan.source.line_span(at.start.line);
        scan.facts.swallowed.push(Swallowed { at, how, changes: changes.clone() });
    }
}

/// `except:`, `except Exception:`
fn catches_all(kind: Option<&Expr>) -> bool {
    match kind {
        None => true,
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(|kind| catches_all(Some(kind))),
        Some(kind) => matches!(last(kind), Some("Exception" | "BaseException")),
    }
}

/// Whether the handler logs an error, and neither a traceback nor anything else keeps the exception.
fn logs_untraced(body: &[Stmt]) -> bool {
    struct Search {
        logs: bool,
        keeps: bool,
    }
    impl<'a> Visitor<'a> for Search {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            self.keeps |= matches!(stmt, Stmt::Raise(_));
            visitor::walk_stmt(self, stmt);
        }

        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Call(call) = expr
                && let Expr::Attribute(method) = &*call.func
            {
                let of = dotted(&method.value).unwrap_or_default().to_ascii_lowercase();
                let is_log = of
                    .rsplit('.')
                    .next()
                    .is_some_and(|end| end.ends_with("logger") || matches!(end, "log" | "logging"));
                let traced = call.arguments.find_keyword("exc_info").is_some()
                    || call.arguments.find_keyword("stack_info").is_some();
                match method.attr.as_str() {
                    "error" | "critical" if is_log && !traced => self.logs = true,
                    "exception" | "format_exc" | "print_exc" | "capture_exception" => {
                        self.keeps = true;
                    }
                    _ => self.keeps |= is_log && traced,
                }
            }
            if let Expr::Call(call) = expr
                && matches!(
                    last(&call.func),
                    Some("format_exc" | "print_exc" | "capture_exception" | "exc_info")
                )
            {
                self.keeps = true;
            }
            visitor::walk_expr(self, expr);
        }
    }
    let mut search = Search { logs: false, keeps: false };
    for stmt in body {
        search.visit_stmt(stmt);
    }
    search.logs && !search.keeps
}

/// Takes in a loop over the rows of a model.
pub(crate) fn rows_loop<'a>(scan: &mut Scan<'_, 'a>, it: &'a ast::StmtFor) {
    let Expr::Name(target) = &*it.target else { return };
    let iter = scan.resolve(&it.iter);
    let written = dotted(iter).unwrap_or_default();
    // Only a query that is asked here: a slice or a page of it has few rows.
    if !written.split('.').any(|part| part == "objects") || matches!(iter, Expr::Subscript(_)) {
        return;
    }
    let few =
        ["values", "values_list", "aggregate", "dates", "create", "bulk_create", "get", "raw"];
    if written.split('.').any(|part| few.contains(&part)) {
        return;
    }
    let joined = written
        .split('.')
        .any(|part| matches!(part, "select_related" | "prefetch_related" | "only" | "defer"));
    let model = written
        .split('.')
        .take_while(|part| *part != "objects")
        .last()
        .filter(|part| part.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(str::to_owned);
    let mut search = Inner { row: target.id.as_str(), query: None, follows: Vec::new() };
    for stmt in &it.body {
        search.visit_stmt(stmt);
    }
    let Inner { query, mut follows, .. } = search;
    follows.sort();
    follows.dedup();
    if query.is_none() && follows.is_empty() {
        return;
    }
    let at = query.map_or_else(|| scan.span(&*it.iter), |query| scan.span(query));
    let query = query.map(|query| shown(scan.source, query));
    scan.facts.loops.push(QueryLoop { at, model, query, follows, joined });
}

/// What the body of a loop does with its row.
struct Inner<'a> {
    row: &'a str,
    query: Option<&'a Expr>,
    follows: Vec<String>,
}

impl<'a> Visitor<'a> for Inner<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && self.query.is_none()
            && is_query(call)
            && arguments(call).any(|argument| names(argument, self.row, 0))
        {
            self.query = Some(expr);
        }
        // `row.customer.name`
        if let Expr::Attribute(outer) = expr
            && let Expr::Attribute(inner) = &*outer.value
            && matches!(&*inner.value, Expr::Name(name) if name.id.as_str() == self.row)
        {
            self.follows.push(inner.attr.to_string());
        }
        visitor::walk_expr(self, expr);
    }
}

fn arguments(call: &ast::ExprCall) -> impl Iterator<Item = &Expr> {
    call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
}

/// A query that is sent at once: `Note.objects.get(…)`, `.filter(…).count()`.
fn is_query(call: &ast::ExprCall) -> bool {
    let Expr::Attribute(method) = &*call.func else {
        return last(&call.func) == Some("get_object_or_404");
    };
    let reads = matches!(method.attr.as_str(), "get" | "filter");
    reads
        && dotted(&method.value)
            .is_some_and(|of| of.ends_with(".objects") && of.starts_with(char::is_uppercase))
}

fn names(expr: &Expr, row: &str, depth: usize) -> bool {
    if depth > 6 {
        return false;
    }
    match expr {
        Expr::Name(name) => name.id.as_str() == row,
        Expr::Attribute(it) => names(&it.value, row, depth + 1),
        Expr::Subscript(it) => names(&it.value, row, depth + 1),
        Expr::Call(call) => arguments(call).any(|argument| names(argument, row, depth + 1)),
        _ => false,
    }
}
