//! What the text of modules says about settings, without evaluating it: which names a settings
//! module reads itself, the tables it writes out, and how Celery is told to read it.

use std::collections::BTreeSet;

use plimsoll_source::{SourceText, Span};

use crate::evaluate::is_setting;
use crate::syntax::ast::visitor::{self, Visitor};
use crate::syntax::ast::{self, Expr, Stmt};
use crate::syntax::{self, Ranged};

/// What a settings module writes out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsCode {
    /// Upper-case names that it reads, and does not only assign.
    pub reads: BTreeSet<String>,
    /// Assignments of dicts that are written out, at the top of the module or of a class in it.
    pub tables: Vec<Table>,
}

/// A dict that is written out and assigned to one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The name.
    pub name: String,
    /// Where the name stands.
    pub at: Span,
    /// The keys, those of dicts in it as `default.OPTIONS`, with their places.
    pub keys: Vec<(String, Span)>,
    /// Whether all its keys are written out: no `**other`, no key that is computed.
    pub is_whole: bool,
}

/// A call that tells Celery to read Django's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct CeleryConfig {
    /// The prefix of the settings it reads.
    pub namespace: Namespace,
    /// The call.
    pub at: Span,
}

/// The prefix of the settings that Celery reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// None: every name.
    None,
    /// This one, followed by an underscore.
    Named(String),
    /// It is computed.
    Unknown,
}

/// Reads a settings module.
pub fn settings_code(source: &SourceText) -> SettingsCode {
    let module = syntax::parse(source, None);
    let mut code = SettingsCode::default();
    tables(source, &module.body, &mut code.tables);
    let mut reads = Reads { names: BTreeSet::new() };
    for statement in &module.body {
        reads.visit_stmt(statement);
    }
    code.reads = reads.names;
    code
}

/// The calls of `config_from_object` that name Django's settings.
pub fn celery_configs(source: &SourceText) -> Vec<CeleryConfig> {
    if !source.text().contains("config_from_object") {
        return Vec::new();
    }
    let module = syntax::parse(source, None);
    let mut calls = Calls { source, found: Vec::new() };
    for statement in &module.body {
        calls.visit_stmt(statement);
    }
    calls.found
}

/// The settings that a module reads as attributes of `django.conf.settings`, with the first place of
/// each. Left out is what the module asks for first (`hasattr(settings, "X")`, a `try` that
/// catches the error), sets itself, or reads of another object of that name.
pub fn attributes_read(source: &SourceText) -> Vec<(String, Span)> {
    let module = syntax::parse(source, None);
    let mut reads =
        Attributes { source, imported: false, found: Vec::new(), asked: BTreeSet::new() };
    for statement in &module.body {
        reads.visit_stmt(statement);
    }
    let Attributes { imported, mut found, asked, .. } = reads;
    found.retain(|(name, _)| imported && !asked.contains(name));
    found
}

fn tables(source: &SourceText, body: &[Stmt], out: &mut Vec<Table>) {
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
            Stmt::ClassDef(class) => {
                tables(source, &class.body, out);
                continue;
            }
            _ => continue,
        };
        let Expr::Dict(dict) = value else { continue };
        let mut table = Table {
            name: target.id.to_string(),
            at: source.span(range_of(target)),
            keys: Vec::new(),
            is_whole: true,
        };
        keys(source, dict, "", 0, &mut table);
        out.push(table);
    }
}

/// Two levels are as deep as settings whose parts count go.
fn keys(source: &SourceText, dict: &ast::ExprDict, prefix: &str, depth: u8, table: &mut Table) {
    for item in &dict.items {
        let Some(Expr::StringLiteral(key)) = &item.key else {
            table.is_whole = false;
            continue;
        };
        let path = format!("{prefix}{}", key.value.to_str());
        if let Expr::Dict(inner) = &item.value
            && depth < 2
        {
            keys(source, inner, &format!("{path}."), depth + 1, table);
        }
        table.keys.push((path, source.span(range_of(key))));
    }
}

fn range_of(node: &impl Ranged) -> std::ops::Range<usize> {
    node.range().start().to_usize()..node.range().end().to_usize()
}

struct Reads {
    names: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Reads {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && name.ctx.is_load()
        {
            self.names.insert(name.id.to_string());
        }
        if let Expr::Attribute(attribute) = expr {
            self.names.insert(attribute.attr.to_string());
        }
        visitor::walk_expr(self, expr);
    }
}

struct Attributes<'s> {
    source: &'s SourceText,
    /// Whether `settings` is Django's.
    imported: bool,
    found: Vec<(String, Span)>,
    /// Names that the module does not take for granted.
    asked: BTreeSet<String>,
}

impl<'a> Visitor<'a> for Attributes<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::ImportFrom(import)
                if import
                    .module
                    .as_ref()
                    .is_some_and(|module| module.as_str() == "django.conf") =>
            {
                self.imported |= import
                    .names
                    .iter()
                    .any(|name| name.name.as_str() == "settings" && name.asname.is_none());
            }
            // What is tried may fail.
            Stmt::Try(attempt) => {
                let before = self.found.len();
                for inner in &attempt.body {
                    self.visit_stmt(inner);
                }
                let tried = self.found.split_off(before);
                self.asked.extend(tried.into_iter().map(|(name, _)| name));
                for handler in &attempt.handlers {
                    let ast::ExceptHandler::ExceptHandler(handler) = handler;
                    for inner in &handler.body {
                        self.visit_stmt(inner);
                    }
                }
                for inner in attempt.orelse.iter().chain(&attempt.finalbody) {
                    self.visit_stmt(inner);
                }
                return;
            }
            // `if settings.DEBUG:` and the like: what is there depends on another setting.
            Stmt::If(branch) if asks_settings(&branch.test) => {
                self.visit_expr(&branch.test);
                let before = self.found.len();
                for inner in &branch.body {
                    self.visit_stmt(inner);
                }
                self.found.truncate(before);
                for clause in &branch.elif_else_clauses {
                    self.visit_elif_else_clause(clause);
                }
                return;
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Attribute(attribute) if is_name(&attribute.value, "settings") => {
                let name = attribute.attr.to_string();
                if !is_setting(&name) {
                } else if attribute.ctx.is_load() {
                    if !self.found.iter().any(|(other, _)| *other == name) {
                        self.found.push((name, self.source.span(range_of(attribute))));
                    }
                } else {
                    self.asked.insert(name);
                }
            }
            Expr::Call(call) => {
                let asks =
                    ["hasattr", "getattr", "setattr"].iter().any(|it| is_name(&call.func, it));
                if asks && let Some(Expr::StringLiteral(name)) = call.arguments.args.get(1) {
                    self.asked.insert(name.value.to_str().to_owned());
                }
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

/// Whether a condition asks a setting.
fn asks_settings(test: &Expr) -> bool {
    struct Asks(bool);
    impl<'a> Visitor<'a> for Asks {
        fn visit_expr(&mut self, expr: &'a Expr) {
            self.0 |= is_name(expr, "settings");
            visitor::walk_expr(self, expr);
        }
    }
    let mut asks = Asks(false);
    asks.visit_expr(test);
    asks.0
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(it) if it.id.as_str() == name)
}

struct Calls<'s> {
    source: &'s SourceText,
    found: Vec<CeleryConfig>,
}

impl<'a> Visitor<'a> for Calls<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && let Expr::Attribute(function) = &*call.func
            && function.attr.as_str() == "config_from_object"
            && call.arguments.args.first().is_some_and(is_djangos_settings)
        {
            let namespace = call.arguments.keywords.iter().find(|keyword| {
                keyword.arg.as_ref().is_none_or(|name| name.as_str() == "namespace")
            });
            let positional = call.arguments.args.get(3);
            let namespace = match (namespace.map(|keyword| &keyword.value), positional) {
                (None, None) => Namespace::None,
                (Some(value), _) | (None, Some(value)) => match value {
                    Expr::StringLiteral(text) if text.value.to_str().is_empty() => Namespace::None,
                    Expr::StringLiteral(text) => Namespace::Named(text.value.to_str().to_owned()),
                    Expr::NoneLiteral(_) => Namespace::None,
                    _ => Namespace::Unknown,
                },
            };
            let at = self.source.span(range_of(expr));
            self.found.push(CeleryConfig { namespace, at });
        }
        visitor::walk_expr(self, expr);
    }
}

/// `"django.conf:settings"`, `settings`, `django.conf.settings`.
fn is_djangos_settings(argument: &Expr) -> bool {
    match argument {
        Expr::StringLiteral(text) => {
            matches!(text.value.to_str(), "django.conf:settings" | "django.conf.settings")
        }
        Expr::Name(name) => name.id.as_str() == "settings",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "settings",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_source::SourceText;

    use super::{Namespace, attributes_read, celery_configs, settings_code};

    fn source(text: &str) -> SourceText {
        SourceText::new(plimsoll_source::RepoPath::new("app/settings.py").unwrap(), text)
    }

    #[test]
    fn tables_are_read_with_the_keys_of_their_parts() {
        let code = settings_code(&source(
            "DATABASES = {'default': {'ENGINE': 'x', 'OPTIONS': {}}}\nclass Prod:\n    CACHES: dict = {**OTHER, 'a': 1}\n",
        ));
        let keys: Vec<&str> = code.tables[0].keys.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["default.ENGINE", "default.OPTIONS", "default"]);
        assert!(code.tables[0].is_whole);
        assert_eq!(code.tables[1].name, "CACHES");
        assert!(!code.tables[1].is_whole);
        assert!(code.reads.contains("OTHER"));
        assert!(!code.reads.contains("DATABASES"));
    }

    #[test]
    fn attributes_that_are_taken_for_granted_are_read() {
        let names = |text: &str| {
            let text = format!("from django.conf import settings\n{text}");
            attributes_read(&source(&text)).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(
            names("url = f'{settings.FRONTEND_URL}/x'\nsettings.configure()\n"),
            ["FRONTEND_URL"]
        );
        for innocent in [
            "if hasattr(settings, 'A'):\n    x = settings.A\n",
            "try:\n    x = settings.A\nexcept AttributeError:\n    x = 1\n",
            "settings.A = 1\nx = settings.A\n",
            "x = getattr(settings, 'A', None)\n",
            "x = other.A\n",
            "if settings.DEBUG:\n    x = settings.A\n",
        ] {
            assert!(!names(innocent).contains(&"A".to_owned()), "{innocent}");
        }
        assert_eq!(attributes_read(&source("from app import settings\nx = settings.A\n")), []);
    }

    #[test]
    fn the_namespace_of_celery_is_told() {
        let namespaces = |text: &str| {
            celery_configs(&source(text))
                .into_iter()
                .map(|config| config.namespace)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            namespaces("app.config_from_object('django.conf:settings', namespace='CELERY')"),
            [Namespace::Named("CELERY".to_owned())]
        );
        assert_eq!(namespaces("app.config_from_object('django.conf:settings')"), [Namespace::None]);
        assert_eq!(
            namespaces("app.config_from_object(settings, namespace=name())"),
            [Namespace::Unknown]
        );
        assert_eq!(namespaces("app.config_from_object('celeryconfig')"), []);
    }
}
