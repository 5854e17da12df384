//! What a migration says of itself: what it follows, what it does, whether that can be undone.

use plimsoll_source::{SourceText, Span};

use super::names::{dotted, last, text};
use crate::syntax::Ranged;
use crate::syntax::ast::{Expr, ExprCall, Stmt, StmtClassDef};

/// A migration of an app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Migration {
    /// The migrations it follows, as (app, name); `None` where they are not all written out.
    pub dependencies: Option<Vec<(String, String)>>,
    /// The migrations that it stands in for, as (app, name).
    pub replaces: Vec<(String, String)>,
    /// `initial = True`.
    pub initial: bool,
    /// `atomic = False`.
    pub not_atomic: bool,
    /// The day it was generated on, as its header says: `2024-05-03`.
    pub generated: Option<String>,
    /// What it does, in order; those inside `SeparateDatabaseAndState` included.
    pub operations: Vec<Operation>,
    /// Whether more operations may be added in a way that is not followed.
    pub open: bool,
}

/// What of an operation takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Database and Django's idea of it.
    Both,
    /// Django's idea only.
    State,
    /// The database only.
    Database,
}

/// One operation of a migration.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Its class: `AddField`, `RunPython`.
    pub kind: String,
    /// Where.
    pub at: Span,
    /// What of it takes place.
    pub reach: Reach,
    /// The model, in lower case.
    pub model: Option<String>,
    /// The field or index; the old name where it is renamed.
    pub name: Option<String>,
    /// Of `RunPython` and `RunSQL`, whether it can be undone; `None` where that cannot be told.
    pub reversible: Option<bool>,
    /// The SQL of `RunSQL`, where it is written out.
    pub sql: Option<String>,
    /// The class of the field, constraint or index that it adds or changes: `CharField`.
    pub adds: Option<String>,
    /// The keywords of that which are `True`: `null`, `unique`, `db_index`.
    pub switched_on: Vec<String>,
    /// Whether that has a default: `default`, `db_default`.
    pub has_default: bool,
}

/// Reads the migration of a module; `None` where it has none.
pub(super) fn read(source: &SourceText, body: &[Stmt]) -> Option<Migration> {
    let class = body.iter().find_map(|stmt| match stmt {
        Stmt::ClassDef(class) if class.name.as_str() == "Migration" => Some(class),
        _ => None,
    })?;
    let bases = class.arguments.iter().flat_map(|arguments| &arguments.args);
    // A base of the project's own may bring anything.
    if !bases.into_iter().any(|base| last(base) == Some("Migration")) {
        return None;
    }
    let mut found = Migration { generated: generated(source.text()), ..Migration::default() };
    of_class(source, class, &mut found);
    Some(found)
}

fn of_class(source: &SourceText, class: &StmtClassDef, found: &mut Migration) {
    found.dependencies = Some(Vec::new());
    for stmt in &class.body {
        let (target, value, adds) = match stmt {
            Stmt::Assign(it) => match it.targets.as_slice() {
                [target] => (last(target), &*it.value, false),
                _ => continue,
            },
            Stmt::AnnAssign(it) => match &it.value {
                Some(value) => (last(&it.target), &**value, false),
                None => continue,
            },
            Stmt::AugAssign(it) => (last(&it.target), &*it.value, true),
            _ => continue,
        };
        match target {
            Some("dependencies") => found.dependencies = if adds { None } else { nodes(value) },
            Some("replaces") => found.replaces = nodes(value).unwrap_or_default(),
            Some("initial") => found.initial = is_true(value),
            Some("atomic") => {
                found.not_atomic = matches!(value, Expr::BooleanLiteral(it) if !it.value);
            }
            Some("operations") => operations(source, value, Reach::Both, found, 0),
            _ => {}
        }
    }
}

/// Pairs of app and name; a swappable dependency names none. `None` where one is not written out.
fn nodes(value: &Expr) -> Option<Vec<(String, String)>> {
    let items = match value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    let mut found = Vec::new();
    for item in items {
        match item {
            Expr::Tuple(pair) => match pair.elts.as_slice() {
                [app, name] => found.push((text(app)?.to_owned(), text(name)?.to_owned())),
                _ => return None,
            },
            Expr::Call(call) if last(&call.func) == Some("swappable_dependency") => {}
            _ => return None,
        }
    }
    Some(found)
}

/// `SeparateDatabaseAndState` within itself is followed this deep.
const DEEPEST: usize = 3;

fn operations(
    source: &SourceText,
    value: &Expr,
    reach: Reach,
    found: &mut Migration,
    depth: usize,
) {
    let items = match value {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => {
            found.open = true;
            return;
        }
    };
    for item in items {
        let Expr::Call(call) = item else {
            found.open = true;
            continue;
        };
        let Some(kind) = last(&call.func) else {
            found.open = true;
            continue;
        };
        if kind == "SeparateDatabaseAndState" && depth < DEEPEST {
            for (name, place, inner) in
                [("database_operations", 0, Reach::Database), ("state_operations", 1, Reach::State)]
            {
                if let Some(list) = call.arguments.find_argument_value(name, place) {
                    let inner = if reach == Reach::Both { inner } else { reach };
                    operations(source, list, inner, found, depth + 1);
                }
            }
            continue;
        }
        found.operations.push(operation(source, call, kind, reach));
    }
}

fn operation(source: &SourceText, call: &ExprCall, kind: &str, reach: Reach) -> Operation {
    let argument = |name: &str, place: usize| call.arguments.find_argument_value(name, place);
    let worded = |name: &str, place: usize| argument(name, place).and_then(text);
    let (model, name) = match kind {
        "CreateModel" | "DeleteModel" | "AlterModelTable" | "AlterModelOptions" => {
            (worded("name", 0), None)
        }
        "RenameModel" => (worded("old_name", 0), None),
        "RunPython" | "RunSQL" => (None, None),
        "RenameField" => (worded("model_name", 0), worded("old_name", 1)),
        _ => (worded("model_name", 0), worded("name", 1)),
    };
    let added = ["field", "constraint", "index"].iter().find_map(|keyword| {
        let place = if *keyword == "field" { 2 } else { 1 };
        match argument(keyword, place) {
            Some(Expr::Call(added)) => Some(added),
            _ => None,
        }
    });
    let switched_on = added.map_or(Vec::new(), |added| {
        let on = added.arguments.keywords.iter().filter(|keyword| is_true(&keyword.value));
        on.filter_map(|keyword| Some(keyword.arg.as_ref()?.to_string())).collect()
    });
    let has = |added: &ExprCall, name: &str| added.arguments.find_keyword(name).is_some();
    let range = call.range();
    Operation {
        kind: kind.to_owned(),
        at: source.span(range.start().to_usize()..call.func.range().end().to_usize()),
        reach,
        model: model.map(str::to_ascii_lowercase),
        name: name.map(str::to_owned),
        reversible: match kind {
            "RunPython" => reversible(call, "reverse_code"),
            "RunSQL" => reversible_sql(call),
            _ => None,
        },
        sql: (kind == "RunSQL").then(|| argument("sql", 0).and_then(sql)).flatten(),
        adds: added.and_then(|added| last(&added.func)).map(str::to_owned),
        switched_on,
        has_default: added.is_some_and(|added| has(added, "default") || has(added, "db_default")),
    }
}

/// Whether the second argument says how to undo the first; `None` where arguments are spread.
fn reversible(call: &ExprCall, name: &str) -> Option<bool> {
    let spread = call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none())
        || call.arguments.args.iter().any(Expr::is_starred_expr);
    if spread {
        return None;
    }
    let value = call.arguments.find_argument_value(name, 1);
    Some(value.is_some_and(|value| !value.is_none_literal_expr()))
}

/// SQL that does nothing needs no way back.
fn reversible_sql(call: &ExprCall) -> Option<bool> {
    let sql = call.arguments.find_argument_value("sql", 0);
    if sql.and_then(dotted).is_some_and(|name| name.ends_with("noop")) {
        return Some(true);
    }
    reversible(call, "reverse_sql")
}

/// The text of an SQL argument: one string, or a list of them.
fn sql(value: &Expr) -> Option<String> {
    match value {
        Expr::StringLiteral(_) => text(value).map(str::to_owned),
        Expr::List(list) => {
            let parts: Vec<&str> = list.elts.iter().filter_map(text).collect();
            (!parts.is_empty()).then(|| parts.join(";\n"))
        }
        _ => None,
    }
}

fn is_true(value: &Expr) -> bool {
    matches!(value, Expr::BooleanLiteral(it) if it.value)
}

/// The day in `# Generated by Django 4.2.1 on 2023-05-03 10:11`.
fn generated(text: &str) -> Option<String> {
    let line = text.lines().take(5).find(|line| line.starts_with("# Generated by Django"))?;
    let day = line.split(" on ").nth(1)?.split_whitespace().next()?;
    let is_day = day.len() == 10
        && day.chars().enumerate().all(|(at, c)| match at {
            4 | 7 => c == '-',
            _ => c.is_ascii_digit(),
        });
    is_day.then(|| day.to_owned())
}
