//! What a class statement says.

use super::facts::{Class, Field, Meta};
use super::names::{dotted, last, listed, text};
use super::scan::Scan;
use crate::syntax::ast::visitor::{self, Visitor};
use crate::syntax::ast::{self, Expr, Stmt};

/// The facts of a class, its methods' bodies left to the pass.
pub(crate) fn class<'a>(scan: &Scan<'_, 'a>, it: &'a ast::StmtClassDef) -> Class {
    let bases =
        it.arguments.iter().flat_map(|arguments| &arguments.args).filter_map(dotted).collect();
    let mut class = Class {
        name: it.name.to_string(),
        at: scan.span(&it.name),
        bases,
        decorators: decorators(&it.decorator_list),
        fields: Vec::new(),
        methods: Vec::new(),
        permissions: None,
        authentication: None,
        throttle: None,
        has_history: false,
        is_abstract: false,
        is_unmanaged: false,
        http_methods: None,
        meta: None,
        uses: Vec::new(),
        attributes: Vec::new(),
        indexed: Vec::new(),
    };
    for stmt in &it.body {
        match stmt {
            Stmt::Assign(assign) => {
                if let [Expr::Name(target)] = assign.targets.as_slice() {
                    attribute(scan, &mut class, target, &assign.value, &it.body);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(target), Some(value)) = (&*assign.target, &assign.value) {
                    attribute(scan, &mut class, target, value, &it.body);
                }
            }
            Stmt::FunctionDef(function) => class.methods.push(function.name.to_string()),
            Stmt::ClassDef(meta) if meta.name.as_str() == "Meta" => {
                class.is_unmanaged = is_unmanaged(meta);
                class.meta = of_meta(scan, meta);
                class.indexed = indexed(meta);
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

fn attribute<'a>(
    scan: &Scan<'_, 'a>,
    class: &mut Class,
    target: &ast::ExprName,
    value: &'a Expr,
    body: &'a [Stmt],
) {
    let name = target.id.as_str();
    class.attributes.push(name.to_owned());
    if let Some(used) = class_in(value) {
        class.uses.push((name.to_owned(), used));
    }
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
        let given = call
            .arguments
            .keywords
            .iter()
            .filter_map(|keyword| {
                let name = keyword.arg.as_ref()?;
                let off = matches!(&keyword.value, Expr::BooleanLiteral(it) if !it.value);
                Some(if off { format!("!{name}") } else { name.to_string() })
            })
            .collect();
        let to = call.arguments.find_argument_value("to", 0).and_then(|to| {
            last(to).or_else(|| text(to).and_then(|to| to.rsplit('.').next())).map(str::to_owned)
        });
        let choices = call.arguments.find_keyword("choices");
        let choices =
            choices.map(|keyword| choices_in(scan, &keyword.value, body)).unwrap_or_default();
        class.fields.push(Field {
            choices,
            name: name.to_owned(),
            kind: kind.to_owned(),
            at: scan.span(target),
            given,
            to,
        });
    }
}

/// The words of a field's choices: of a list written there, in the class or in the module, or of a
/// class of choices; the expression itself where that class is not in the module.
fn choices_in<'a>(scan: &Scan<'_, 'a>, value: &'a Expr, body: &'a [Stmt]) -> Vec<String> {
    let assigned = |name: &str| {
        body.iter().find_map(|stmt| match stmt {
            Stmt::Assign(it) if it.targets.iter().any(|to| last(to) == Some(name)) => {
                Some(&*it.value)
            }
            _ => None,
        })
    };
    match value {
        Expr::Name(name) => match assigned(name.id.as_str()) {
            Some(list) => words_in(list),
            None => words_in(scan.resolve(value)),
        },
        Expr::Attribute(it) if it.attr.as_str() == "choices" => {
            let Some(of) = last(&it.value) else { return Vec::new() };
            let class = body.iter().chain(scan.body()).find_map(|stmt| match stmt {
                Stmt::ClassDef(class) if class.name.as_str() == of => Some(class),
                _ => None,
            });
            let Some(class) = class else { return vec![format!("{of}.choices")] };
            let values = class.body.iter().filter_map(|stmt| match stmt {
                Stmt::Assign(it) => Some(&*it.value),
                _ => None,
            });
            values.flat_map(words_in).collect()
        }
        other => words_in(other),
    }
}

/// The texts within an expression, in lower case.
fn words_in(expr: &Expr) -> Vec<String> {
    let mut texts = Texts(Vec::new());
    texts.visit_expr(expr);
    texts.0.iter().map(|text| text.to_lowercase()).collect()
}

/// Gathers texts.
struct Texts(Vec<String>);

impl<'a> Visitor<'a> for Texts {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0.extend(text(expr).map(str::to_owned));
        visitor::walk_expr(self, expr);
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

/// The dotted names of decorators; of `method_decorator(x, name='dispatch')` that of `x`.
pub(crate) fn decorators(list: &[ast::Decorator]) -> Vec<String> {
    let mut names = Vec::new();
    for decorator in list {
        let wrapped = match &decorator.expression {
            Expr::Call(call) if last(&call.func) == Some("method_decorator") => {
                call.arguments.find_argument_value("decorator", 0)
            }
            _ => None,
        };
        match wrapped {
            Some(Expr::List(list)) => names.extend(list.elts.iter().filter_map(dotted)),
            Some(Expr::Tuple(tuple)) => names.extend(tuple.elts.iter().filter_map(dotted)),
            Some(inner) => names.extend(dotted(inner)),
            None => names.extend(dotted(&decorator.expression)),
        }
    }
    names
}

/// The class that an expression is or begins with: `NoteForm`, `Note.objects.filter(…)`.
fn class_in(value: &Expr) -> Option<String> {
    let written = dotted(value)?;
    let part = written.split('.').take_while(|part| *part != "objects").last()?;
    part.starts_with(|c: char| c.is_ascii_uppercase()).then(|| part.to_owned())
}

/// What the `Meta` of a form or serializer says of its model's fields.
fn of_meta(scan: &Scan<'_, '_>, meta: &ast::StmtClassDef) -> Option<Meta> {
    let mut found = Meta {
        at: scan.span(&meta.name),
        model: None,
        fields: None,
        has_fields: false,
        exclude: None,
        read_only: Some(Vec::new()),
    };
    for stmt in &meta.body {
        let Stmt::Assign(assign) = stmt else { continue };
        let [Expr::Name(target)] = assign.targets.as_slice() else { continue };
        match target.id.as_str() {
            "model" => found.model = last(&assign.value).map(str::to_owned),
            "fields" => {
                found.at = scan.span(target);
                found.has_fields = true;
                found.fields = text(&assign.value)
                    .map(|all| vec![all.to_owned()])
                    .or_else(|| names_in(&assign.value));
            }
            "exclude" => {
                found.at = scan.span(target);
                found.exclude = names_in(&assign.value);
                found.has_fields |= found.exclude.is_none();
            }
            "read_only_fields" => found.read_only = names_in(&assign.value),
            // Settings of single fields may make them read-only.
            "extra_kwargs" => {
                let more = read_only_in(&assign.value);
                found.read_only = found.read_only.and_then(|mut known| {
                    known.extend(more?);
                    Some(known)
                });
            }
            _ => {}
        }
    }
    (found.model.is_some() || found.has_fields || found.exclude.is_some()).then_some(found)
}

/// The texts of a list, tuple or set of texts.
fn names_in(value: &Expr) -> Option<Vec<String>> {
    let items = match value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::Set(set) => &set.elts,
        _ => return None,
    };
    items.iter().map(|item| text(item).map(str::to_owned)).collect()
}

/// The fields that `extra_kwargs` makes read-only.
fn read_only_in(value: &Expr) -> Option<Vec<String>> {
    let Expr::Dict(dict) = value else { return None };
    let mut found = Vec::new();
    for item in &dict.items {
        let name = item.key.as_ref().and_then(text)?;
        let Expr::Dict(given) = &item.value else { return None };
        let is_read_only = given.items.iter().any(|given| {
            given.key.as_ref().and_then(text) == Some("read_only")
                && matches!(&given.value, Expr::BooleanLiteral(literal) if literal.value)
        });
        if is_read_only {
            found.push(name.to_owned());
        }
    }
    Some(found)
}

/// The texts in what a `Meta` says of indexes and constraints.
fn indexed(meta: &ast::StmtClassDef) -> Vec<String> {
    let mut texts = Texts(Vec::new());
    for stmt in &meta.body {
        let Stmt::Assign(assign) = stmt else { continue };
        let named = assign.targets.iter().any(|target| {
            matches!(
                last(target),
                Some("indexes" | "unique_together" | "index_together" | "constraints")
            )
        });
        if named {
            texts.visit_expr(&assign.value);
        }
    }
    texts.0
}
