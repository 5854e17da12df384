//! Names and assignments: what an expression is called, and what a name stands for.

use std::collections::BTreeMap;

use crate::syntax::ast::{self, Expr, Stmt};

/// Statements within statements that are looked into.
const MAX_DEPTH: usize = 40;

/// The dotted name of an expression: `connection.cursor`, calls and subscripts in between left out.
pub(crate) fn dotted(expr: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut at = expr;
    for _ in 0..MAX_DEPTH {
        match at {
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            Expr::Attribute(attribute) => {
                parts.push(attribute.attr.as_str());
                at = &attribute.value;
            }
            Expr::Call(call) => at = &call.func,
            Expr::Subscript(subscript) => at = &subscript.value,
            _ => return None,
        }
    }
    None
}

/// The last part of an expression's name: `cursor` of `connection.cursor()`.
pub(crate) fn last(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Call(call) => last_of_callee(&call.func),
        _ => None,
    }
}

fn last_of_callee(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

/// The text of a string literal.
pub(crate) fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// The last parts of the names in a list, tuple or set; `None` where it is no such thing or holds
/// something without a name.
pub(crate) fn listed(expr: &Expr) -> Option<Vec<String>> {
    let items = match expr {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    items.iter().map(|item| last(item).or_else(|| text(item)).map(str::to_owned)).collect()
}

/// What the names of one function or module were assigned, in order.
#[derive(Default)]
pub(crate) struct Assigned<'a> {
    /// The expressions that a name was assigned.
    pub values: BTreeMap<&'a str, Vec<&'a Expr>>,
    /// Names whose values cannot be followed: parameters, targets of unpacking and `with`.
    pub opaque: Vec<&'a str>,
}

impl<'a> Assigned<'a> {
    /// The assignments of a body, functions and classes within it left out.
    pub(crate) fn of(body: &'a [Stmt]) -> Self {
        let mut assigned = Self::default();
        assigned.body(body, 0);
        assigned
    }

    fn body(&mut self, body: &'a [Stmt], depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for stmt in body {
            self.stmt(stmt, depth);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt, depth: usize) {
        match stmt {
            Stmt::Assign(it) => it.targets.iter().for_each(|target| self.put(target, &it.value)),
            Stmt::AnnAssign(it) => {
                if let Some(value) = &it.value {
                    self.put(&it.target, value);
                }
            }
            Stmt::AugAssign(it) => self.put(&it.target, &it.value),
            Stmt::For(it) => {
                self.looped(&it.target, &it.iter);
                self.body(&it.body, depth + 1);
                self.body(&it.orelse, depth + 1);
            }
            Stmt::While(it) => self.body(&it.body, depth + 1),
            Stmt::If(it) => {
                self.body(&it.body, depth + 1);
                it.elif_else_clauses.iter().for_each(|clause| self.body(&clause.body, depth + 1));
            }
            Stmt::With(it) => {
                for item in &it.items {
                    match item.optional_vars.as_deref() {
                        Some(target @ Expr::Name(_)) => self.put(target, &item.context_expr),
                        Some(target) => self.hide(target),
                        None => {}
                    }
                }
                self.body(&it.body, depth + 1);
            }
            Stmt::Try(it) => {
                self.body(&it.body, depth + 1);
                for handler in &it.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    self.body(&handler.body, depth + 1);
                }
                self.body(&it.orelse, depth + 1);
                self.body(&it.finalbody, depth + 1);
            }
            _ => {}
        }
    }

    fn put(&mut self, target: &'a Expr, value: &'a Expr) {
        match (target, value) {
            (Expr::Name(name), _) => self.values.entry(name.id.as_str()).or_default().push(value),
            (Expr::Tuple(targets), Expr::Tuple(values))
                if targets.elts.len() == values.elts.len() =>
            {
                for (target, value) in targets.elts.iter().zip(&values.elts) {
                    if let Expr::Name(name) = target {
                        self.values.entry(name.id.as_str()).or_default().push(value);
                    }
                }
            }
            _ => self.hide(target),
        }
    }

    /// A loop over a written list gives its target each of the items.
    fn looped(&mut self, target: &'a Expr, iter: &'a Expr) {
        let items = match iter {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) => &tuple.elts,
            _ => return self.each(target, iter),
        };
        for item in items {
            self.put(target, item);
        }
    }

    /// A loop over what the code itself lists: each target is a part of it.
    fn each(&mut self, target: &'a Expr, iter: &'a Expr) {
        let listed = dotted(iter).is_some_and(|name| {
            let root = name.split('.').next().unwrap_or("");
            root.len() > 1
                && root.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        });
        match target {
            Expr::Name(name) if listed => {
                self.values.entry(name.id.as_str()).or_default().push(iter)
            }
            Expr::Tuple(it) if listed => it.elts.iter().for_each(|inner| self.each(inner, iter)),
            _ => self.hide(target),
        }
    }

    fn hide(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => self.opaque.push(name.id.as_str()),
            Expr::Tuple(it) => it.elts.iter().for_each(|inner| {
                if let Expr::Name(name) = inner {
                    self.opaque.push(name.id.as_str());
                }
            }),
            _ => {}
        }
    }
}

/// Whether a dotted name is a database cursor or connection by its words.
pub(crate) fn is_connection(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    matches!(
        end.as_str(),
        "cursor" | "cur" | "c" | "connection" | "conn" | "schema_editor" | "curs" | "crsr"
    ) || end.contains("cursor")
}
