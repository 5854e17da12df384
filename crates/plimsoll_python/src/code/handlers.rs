//! Handlers of exceptions that lose what happened, and loops that ask the database in each turn.

use super::build::shown;
use super::dealings::{Answer, AnswerHow};
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
        if !silent
            && scan.in_function()
            && let Some(how) = answer(it, handler)
        {
            let at = scan.span(handler);
            let at = scan.source.line_span(at.start.line);
            scan.facts.dealings.answers.push(Answer { at, how });
        }
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

/// How a handler answers for what it caught; `None` where it does not answer, raises again, or
/// takes what it caught for the visitor's mistake.
fn answer(around: &ast::StmtTry, handler: &ast::ExceptHandlerExceptHandler) -> Option<AnswerHow> {
    let mut search = Answers {
        name: handler.name.as_ref().map(|name| name.as_str()),
        answers: false,
        shows: false,
        prints: false,
        keeps: false,
        raises: false,
        blames: is_conversion(&around.body),
    };
    for stmt in &handler.body {
        search.visit_stmt(stmt);
    }
    match search {
        Answers { raises: true, .. } => None,
        Answers { shows: true, keeps: true, .. } => Some(AnswerHow::Shown),
        Answers { shows: true, .. } => Some(AnswerHow::ShownOnly),
        Answers { keeps: true, .. } => None,
        Answers { answers: true, blames: true, .. } => None,
        Answers { prints: true, .. } => Some(AnswerHow::Printed),
        Answers { answers: true, .. } => Some(AnswerHow::Lost),
        _ => None,
    }
}

/// What the body of a handler does with the exception.
struct Answers<'e> {
    name: Option<&'e str>,
    answers: bool,
    shows: bool,
    prints: bool,
    keeps: bool,
    raises: bool,
    /// Whether it takes the visitor to be at fault: a status from 400 to 499, a `try` around nothing
    /// but a conversion or a lookup.
    blames: bool,
}

impl<'a> Visitor<'a> for Answers<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.raises |= matches!(stmt, Stmt::Raise(_));
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::NumberLiteral(it) => {
                self.blames |= matches!(&it.value, ast::Number::Int(value)
                    if value.as_u16().is_some_and(|status| (400..500).contains(&status)));
            }
            Expr::Attribute(it) => self.blames |= it.attr.starts_with("HTTP_4"),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

impl Answers<'_> {
    fn call(&mut self, call: &ast::ExprCall) {
        let Some(name) = last(&call.func) else { return };
        let full = dotted(&call.func).unwrap_or_default().to_ascii_lowercase();
        let of_messages = full.starts_with("messages.") || name == "add_message";
        let answers = of_messages
            || matches!(
                name,
                "render" | "Response" | "JsonResponse" | "TemplateResponse" | "render_to_response"
            )
            || name.starts_with("HttpResponse");
        self.blames |= matches!(
            name,
            "HttpResponseBadRequest" | "HttpResponseNotFound" | "HttpResponseForbidden"
        );
        let has = |value: &Expr| self.name.is_some_and(|name| holds(value, name, 0));
        let shown = arguments(call).any(has);
        if answers {
            self.answers = true;
            // A model's `full_clean` and services tell what is wrong by exceptions of their own.
            self.shows |= shown;
        } else if name == "print" {
            self.prints |= shown;
        } else if matches!(name, "print_exc" | "format_exc" | "exc_info" | "capture_exception")
            || ["log", "capture", "notify", "report", "audit", "sentry"]
                .iter()
                .any(|word| full.contains(word))
        {
            self.keeps = true;
        } else {
            let converts = matches!(
                name,
                "str"
                    | "repr"
                    | "type"
                    | "format"
                    | "isinstance"
                    | "getattr"
                    | "hasattr"
                    | "dict"
                    | "render_to_string"
                    | "redirect"
                    | "_"
                    | "gettext"
                    | "len"
            );
            // What is handed the exception may keep it.
            self.keeps |= !converts
                && arguments(call).any(
                    |value| matches!(value, Expr::Name(it) if Some(it.id.as_str()) == self.name),
                );
        }
    }
}

/// Whether a `try` is around nothing but one conversion or lookup, of which the visitor's input
/// decides whether it works.
fn is_conversion(body: &[Stmt]) -> bool {
    let value = match body {
        [Stmt::Assign(it)] => &*it.value,
        [Stmt::Return(it)] => match &it.value {
            Some(value) => value,
            None => return false,
        },
        [Stmt::Expr(it)] => &*it.value,
        _ => return false,
    };
    let called = match value {
        Expr::Call(call) => last(&call.func),
        Expr::Attribute(_) | Expr::Subscript(_) => return true,
        _ => None,
    };
    matches!(
        called,
        Some(
            "int"
                | "float"
                | "Decimal"
                | "UUID"
                | "strptime"
                | "fromisoformat"
                | "loads"
                | "get"
                | "get_object_or_404"
                | "get_object"
                | "parse"
                | "date"
                | "first"
        )
    )
}

/// Whether an expression holds the text of the exception of this name.
fn holds(expr: &Expr, name: &str, depth: usize) -> bool {
    if depth > 8 {
        return false;
    }
    let inner = |expr: &Expr| holds(expr, name, depth + 1);
    match expr {
        Expr::Name(it) => it.id.as_str() == name,
        Expr::Dict(it) => it.items.iter().any(|item| inner(&item.value)),
        Expr::List(it) => it.elts.iter().any(inner),
        Expr::Tuple(it) => it.elts.iter().any(inner),
        Expr::BinOp(it) => inner(&it.left) || inner(&it.right),
        Expr::FString(it) => it.value.elements().any(|element| match element {
            ast::InterpolatedStringElement::Interpolation(part) => inner(&part.expression),
            ast::InterpolatedStringElement::Literal(_) => false,
        }),
        Expr::Call(call) => {
            matches!(
                last(&call.func),
                Some("str" | "repr" | "format" | "_" | "gettext" | "dict" | "dumps")
            ) && arguments(call).any(inner)
        }
        _ => false,
    }
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
