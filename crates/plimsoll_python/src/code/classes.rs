//! What a class statement says.

use super::facts::{Class, Field};
use super::names::{dotted, last, listed, text};
use super::scan::Scan;
use crate::syntax::ast::{self, Expr, Stmt};

/// The facts of a class, its methods' bodies left to the pass.
pub(crate) fn class(scan: &Scan<'_, '_>, it: &ast::StmtClassDef) -> Class {
    let bases =
        it.arguments.iter().flat_map(|arguments| &arguments.args).filter_map(dotted).collect();
    let mut class = Class {
        name: it.name.to_string(),
        at: scan.span(&it.name),
        bases,
        decorators: it.decorator_list.iter().filter_map(|d| decorator(&d.expression)).collect(),
        fields: Vec::new(),
        methods: Vec::new(),
        permissions: None,
        authentication: None,
        throttle: None,
        has_history: false,
        is_abstract: false,
        is_unmanaged: false,
        http_methods: None,
    };
    for stmt in &it.body {
        match stmt {
            Stmt::Assign(assign) => {
                if let [Expr::Name(target)] = assign.targets.as_slice() {
                    attribute(scan, &mut class, target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(target), Some(value)) = (&*assign.target, &assign.value) {
                    attribute(scan, &mut class, target, value);
                }
            }
            Stmt::FunctionDef(function) => class.methods.push(function.name.to_string()),
            Stmt::ClassDef(meta) if meta.name.as_str() == "Meta" => {
                class.is_unmanaged = is_unmanaged(meta);
                class.is_abstract = meta.body.iter().any(|stmt| {
                    matches!(stmt, Stmt::Assign(assign)
                        if assign.targets.iter().any(|target| last(target) == Some("abstract"))
                            && matches!(&*assign.value, Expr::BooleanLiteral(literal) if literal.value))
                });
            }
            _ => {}
        }
    }
    class
}

/// Whether a `Meta` says `managed = …` with anything but `True`, or `proxy = True`.
fn is_unmanaged(meta: &ast::StmtClassDef) -> bool {
    let says = |name: &str, wanted: fn(&Expr) -> bool| {
        meta.body.iter().any(|stmt| {
            matches!(stmt, Stmt::Assign(assign)
                if assign.targets.iter().any(|target| last(target) == Some(name))
                    && wanted(&assign.value))
        })
    };
    says("managed", |value| !matches!(value, Expr::BooleanLiteral(it) if it.value))
        || says("proxy", |value| matches!(value, Expr::BooleanLiteral(it) if it.value))
}

fn attribute(scan: &Scan<'_, '_>, class: &mut Class, target: &ast::ExprName, value: &Expr) {
    let name = target.id.as_str();
    match name {
        "permission_classes" => {
            class.permissions = listed(value).map(|names| (names, scan.span(target)));
        }
        "authentication_classes" => class.authentication = listed(value),
        "throttle_classes" | "throttle_scope" => class.throttle = Some(scan.span(target)),
        "http_method_names" => class.http_methods = texts(value),
        _ => {}
    }
    let Expr::Call(call) = value else { return };
    let Some(kind) = last(&call.func) else { return };
    if kind == "HistoricalRecords" {
        class.has_history = true;
    } else if kind.ends_with("Field")
        || matches!(kind, "ForeignKey" | "encrypt" | "EncryptedTextField")
    {
        class.fields.push(Field {
            name: name.to_owned(),
            kind: kind.to_owned(),
            at: scan.span(target),
        });
    }
}

fn texts(value: &Expr) -> Option<Vec<String>> {
    let items = match value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    items.iter().map(|item| text(item).map(str::to_ascii_lowercase)).collect()
}

/// The name of a decorator; of `method_decorator(x, name='dispatch')` the name of `x`.
fn decorator(expr: &Expr) -> Option<String> {
    if let Expr::Call(call) = expr
        && last(&call.func) == Some("method_decorator")
        && let Some(inner) = call.arguments.args.first()
    {
        return match inner {
            Expr::List(list) => list.elts.first().and_then(dotted),
            inner => dotted(inner),
        };
    }
    dotted(expr)
}
