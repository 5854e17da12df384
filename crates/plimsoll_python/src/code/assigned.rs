//! What a module assigns at its top level, for configuration files that are Python
//! (`gunicorn.conf.py`): literals are read, everything else is written out.

use std::collections::BTreeMap;

use plimsoll_source::{SourceText, Span};

use crate::syntax::ast::{Expr, Number, Stmt, UnaryOp};
use crate::syntax::{self, Ranged};

/// Statements within statements that are looked into.
const MAX_DEPTH: usize = 40;

/// A value that a module gives to a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `True` or `False`.
    Boolean(bool),
    /// `None`.
    Nothing,
    /// A list or tuple of texts.
    Texts(Vec<String>),
    /// Worked out when the module runs: what is written.
    Computed(String),
}

/// The names that a module assigns at its top level, each with its last value and place. A name
/// that is assigned inside a branch, a loop or by `+=` as well counts as computed.
pub fn assignments(source: &SourceText) -> BTreeMap<String, (Assigned, Span)> {
    let module = syntax::parse(source, None);
    let mut found = BTreeMap::new();
    for statement in &module.body {
        match statement {
            Stmt::Assign(it) => {
                for target in &it.targets {
                    put(source, target, Some(&it.value), &mut found);
                }
            }
            Stmt::AnnAssign(it) => {
                if let Some(value) = &it.value {
                    put(source, &it.target, Some(value), &mut found);
                }
            }
            Stmt::AugAssign(it) => put(source, &it.target, None, &mut found),
            Stmt::FunctionDef(it) => {
                let at = span(source, statement);
                found
                    .insert(it.name.to_string(), (Assigned::Computed("a function".to_owned()), at));
            }
            other => inside(source, other, &mut found, 0),
        }
    }
    found
}

fn span(source: &SourceText, node: &impl Ranged) -> Span {
    source.span(node.range().start().to_usize()..node.range().end().to_usize())
}

fn put(
    source: &SourceText,
    target: &Expr,
    value: Option<&Expr>,
    found: &mut BTreeMap<String, (Assigned, Span)>,
) {
    let Expr::Name(name) = target else { return };
    let range = value.map_or(target.range(), Ranged::range);
    let range = range.start().to_usize()..range.end().to_usize();
    let written = || Assigned::Computed(source.text().get(range.clone()).unwrap_or("").to_owned());
    let read = value.map_or_else(written, |value| literal(value).unwrap_or_else(written));
    let at = source.span(target.range().start().to_usize()..range.end);
    found.insert(name.id.to_string(), (read, at));
}

/// Names that a branch or loop assigns.
fn inside(
    source: &SourceText,
    statement: &Stmt,
    found: &mut BTreeMap<String, (Assigned, Span)>,
    depth: usize,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let mut blocks: Vec<&[Stmt]> = Vec::new();
    match statement {
        Stmt::Assign(it) => {
            for target in &it.targets {
                put(source, target, None, found);
            }
        }
        Stmt::AugAssign(it) => put(source, &it.target, None, found),
        Stmt::If(it) => {
            blocks.push(&it.body);
            blocks.extend(it.elif_else_clauses.iter().map(|clause| clause.body.as_slice()));
        }
        Stmt::For(it) => blocks.extend([it.body.as_slice(), it.orelse.as_slice()]),
        Stmt::While(it) => blocks.extend([it.body.as_slice(), it.orelse.as_slice()]),
        Stmt::With(it) => blocks.push(&it.body),
        Stmt::Try(it) => {
            blocks.extend([it.body.as_slice(), it.orelse.as_slice(), it.finalbody.as_slice()]);
            for handler in &it.handlers {
                let syntax::ast::ExceptHandler::ExceptHandler(handler) = handler;
                blocks.push(&handler.body);
            }
        }
        _ => {}
    }
    for inner in blocks.into_iter().flatten() {
        inside(source, inner, found, depth + 1);
    }
}

fn literal(value: &Expr) -> Option<Assigned> {
    Some(match value {
        Expr::StringLiteral(text) => Assigned::Text(text.value.to_str().to_owned()),
        Expr::NumberLiteral(number) => match &number.value {
            Number::Int(int) => Assigned::Integer(int.as_i64()?),
            _ => return None,
        },
        Expr::UnaryOp(unary) if unary.op == UnaryOp::USub => match literal(&unary.operand)? {
            Assigned::Integer(number) => Assigned::Integer(number.checked_neg()?),
            _ => return None,
        },
        Expr::BooleanLiteral(truth) => Assigned::Boolean(truth.value),
        Expr::NoneLiteral(_) => Assigned::Nothing,
        Expr::List(list) => Assigned::Texts(texts(&list.elts)?),
        Expr::Tuple(tuple) => Assigned::Texts(texts(&tuple.elts)?),
        _ => return None,
    })
}

fn texts(items: &[Expr]) -> Option<Vec<String>> {
    let text = |item: &Expr| match item {
        Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
        _ => None,
    };
    items.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_source::{RepoPath, SourceText};

    use super::{Assigned, assignments};

    #[test]
    fn literals_are_read_and_the_rest_is_written_out() {
        let text = "import os\nbind = '0.0.0.0:8000'\nworkers = os.cpu_count() * 2\ntimeout: int = 120\nreload = False\nraw_env = ['A=1']\nkeepalive = 2\nif os.environ.get('X'):\n    keepalive = 5\ndef on_exit(server):\n    pass\n";
        let source = SourceText::new(RepoPath::new("gunicorn.conf.py").unwrap(), text);
        let found = assignments(&source);
        let value = |name: &str| found.get(name).map(|(value, _)| value.clone());
        assert_eq!(value("bind"), Some(Assigned::Text("0.0.0.0:8000".to_owned())));
        assert_eq!(value("workers"), Some(Assigned::Computed("os.cpu_count() * 2".to_owned())));
        assert_eq!(value("timeout"), Some(Assigned::Integer(120)));
        assert_eq!(value("reload"), Some(Assigned::Boolean(false)));
        assert_eq!(value("raw_env"), Some(Assigned::Texts(vec!["A=1".to_owned()])));
        assert!(matches!(value("keepalive"), Some(Assigned::Computed(_))));
        assert!(matches!(value("on_exit"), Some(Assigned::Computed(_))));
        assert_eq!(value("threads"), None);
    }
}
