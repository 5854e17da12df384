//! URL patterns of a module: which view or include each leads to, as written.

use plimsoll_source::Span;

use super::build::shown;
use super::names::{dotted, last, text};
use super::scan::Scan;
use crate::syntax::ast::{self, Expr, Operator, Stmt};

/// A list of URL patterns that a module names: `urlpatterns`, or one that it includes.
#[derive(Clone, Debug, PartialEq)]
pub struct Patterns {
    /// The list's name.
    pub name: String,
    /// What it holds, in order.
    pub entries: Vec<Entry>,
}

/// One entry of a list of URL patterns.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where.
    pub at: Span,
    /// Its part of the address as written; `None` where it is no literal or the entry has none.
    pub route: Option<String>,
    /// The names of the functions around the view or include, the outermost first.
    pub wrappers: Vec<String>,
    /// Where it leads.
    pub leads: Leads,
    /// The condition as written under which the entry is there, and whether it must hold.
    pub switch: Option<(String, bool)>,
}

/// Where an entry leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Leads {
    /// To a view.
    View(ViewUse),
    /// To the patterns of a module, by its dotted name.
    Module(String),
    /// To what a dotted name stands for: a list, a module, `router.urls`.
    List(String),
    /// To these.
    Entries(Vec<Entry>),
    /// To something that is not understood: the expression as written.
    Unknown(String),
}

/// A view in a URL pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewUse {
    /// Its dotted name as written.
    pub name: String,
    /// Whether it is made by `as_view()`.
    pub is_class: bool,
    /// What `as_view` is given: the names, and the last parts of the names in a list.
    pub given: Vec<(String, Option<Vec<String>>)>,
    /// The methods that `as_view({'get': 'list'})` maps.
    pub methods: Option<Vec<String>>,
}

/// A name that a module gives to a view: `index = login_required(IndexView.as_view())`.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// The names of the functions around the view, the outermost first.
    pub wrappers: Vec<String>,
    /// The view.
    pub view: ViewUse,
}

/// A view that is registered with a router.
#[derive(Clone, Debug, PartialEq)]
pub struct Registered {
    /// Where.
    pub at: Span,
    /// The router's name as written.
    pub router: String,
    /// The prefix, where it is a literal.
    pub prefix: Option<String>,
    /// The view's dotted name as written.
    pub view: String,
}

/// Statements within statements, lists within lists that are looked into.
const MAX_DEPTH: usize = 12;

/// Takes in the lists of patterns among the statements of a module.
pub(crate) fn find(scan: &mut Scan<'_, '_>, body: &[Stmt]) {
    let mut finder = Finder {
        scan,
        lists: Vec::new(),
        aliases: Vec::new(),
        registered: Vec::new(),
        switch: None,
    };
    finder.body(body, 0);
    let Finder { mut lists, aliases, registered, .. } = finder;
    lists.retain(|list| !list.entries.is_empty());
    scan.facts.patterns = lists;
    scan.facts.aliases = aliases;
    scan.facts.registered = registered;
}

struct Finder<'f, 's, 'a> {
    scan: &'f Scan<'s, 'a>,
    lists: Vec<Patterns>,
    aliases: Vec<Alias>,
    registered: Vec<Registered>,
    switch: Option<(String, bool)>,
}

impl Finder<'_, '_, '_> {
    fn body(&mut self, body: &[Stmt], depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for stmt in body {
            self.stmt(stmt, depth);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, depth: usize) {
        match stmt {
            Stmt::Assign(it) => {
                if let [Expr::Name(target)] = it.targets.as_slice() {
                    self.assign(target.id.as_str(), &it.value, false);
                }
            }
            Stmt::AnnAssign(it) => {
                if let (Expr::Name(target), Some(value)) = (&*it.target, &it.value) {
                    self.assign(target.id.as_str(), value, false);
                }
            }
            Stmt::AugAssign(it) => {
                if let Expr::Name(target) = &*it.target {
                    self.assign(target.id.as_str(), &it.value, true);
                }
            }
            Stmt::Expr(it) => {
                if let Expr::Call(call) = &*it.value {
                    self.call(call);
                }
            }
            Stmt::If(it) => self.branches(it, depth),
            Stmt::Try(it) => {
                self.body(&it.body, depth + 1);
                self.body(&it.orelse, depth + 1);
            }
            Stmt::For(it) => self.body(&it.body, depth + 1),
            _ => {}
        }
    }

    fn branches(&mut self, it: &ast::StmtIf, depth: usize) {
        let outer = self.switch.clone();
        let test = shown(self.scan.source, &it.test);
        // Of conditions within conditions, the outer one decides whether anything is there.
        self.switch = outer.clone().or_else(|| Some((test.clone(), true)));
        self.body(&it.body, depth + 1);
        for clause in &it.elif_else_clauses {
            self.switch = outer.clone().or_else(|| Some((test.clone(), false)));
            self.body(&clause.body, depth + 1);
        }
        self.switch = outer;
    }

    fn assign(&mut self, name: &str, value: &Expr, extends: bool) {
        // `urlpatterns = format_suffix_patterns(urlpatterns)` keeps what it holds.
        let wraps_itself = matches!(value, Expr::Call(call)
            if call.arguments.args.first().and_then(last) == Some(name)
                && matches!(last(&call.func), Some("format_suffix_patterns" | "list" | "tuple")));
        if wraps_itself {
            return;
        }
        if let Expr::Call(call) = value
            && !is_route(call)
            && let (wrappers, Leads::View(view)) = self.target(value, 0)
            && (last(&call.func) == Some("as_view") || !wrappers.is_empty())
        {
            self.aliases.push(Alias { name: name.to_owned(), wrappers, view });
            return;
        }
        let mut entries = Vec::new();
        self.list(value, &mut entries, 0);
        let is_list = name == "urlpatterns" || entries.iter().any(is_pattern);
        if entries.is_empty() || !is_list {
            return;
        }
        let known = self.lists.iter_mut().find(|list| list.name == name);
        match known {
            Some(list) if extends || mentions(value, name) => list.entries.extend(entries),
            // A second assignment in another branch: both can hold.
            Some(list) if self.switch.is_some() => list.entries.extend(entries),
            Some(list) => list.entries = entries,
            None => self.lists.push(Patterns { name: name.to_owned(), entries }),
        }
    }

    fn call(&mut self, call: &ast::ExprCall) {
        let Expr::Attribute(method) = &*call.func else { return };
        let Some(of) = dotted(&method.value) else { return };
        let arguments = &call.arguments;
        match method.attr.as_str() {
            "append" | "insert" | "extend" => {
                let Some(value) = arguments.args.last() else { return };
                let mut entries = Vec::new();
                if method.attr.as_str() == "extend" {
                    if let Some(router) = of.strip_suffix(".registry") {
                        self.join_routers(router, value);
                        return;
                    }
                    self.list(value, &mut entries, 0);
                } else {
                    entries.extend(self.entry(value, 0));
                }
                if let Some(list) = self.lists.iter_mut().find(|list| list.name == of) {
                    list.entries.extend(entries);
                }
            }
            "register" => {
                let view = arguments
                    .args
                    .get(1)
                    .or_else(|| arguments.find_keyword("viewset").map(|keyword| &keyword.value));
                let prefix = arguments
                    .args
                    .first()
                    .or_else(|| arguments.find_keyword("prefix").map(|keyword| &keyword.value))
                    .and_then(text);
                if let Some(view) = view.and_then(dotted) {
                    self.registered.push(Registered {
                        at: self.scan.span(call),
                        router: of,
                        prefix: prefix.map(str::to_owned),
                        view,
                    });
                }
            }
            _ => {}
        }
    }

    /// `router.registry.extend(other.registry)`
    fn join_routers(&mut self, router: &str, value: &Expr) {
        let Some(other) = dotted(value) else { return };
        let Some(other) = other.strip_suffix(".registry") else { return };
        let at = self.scan.span(value);
        self.registered.push(Registered {
            at,
            router: router.to_owned(),
            prefix: None,
            view: format!("{other}.registry"),
        });
    }

    /// The entries of an expression that gives a list.
    fn list(&self, expr: &Expr, entries: &mut Vec<Entry>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match expr {
            Expr::List(it) => entries.extend(it.elts.iter().flat_map(|e| self.entry(e, depth + 1))),
            Expr::Tuple(it) => {
                entries.extend(it.elts.iter().flat_map(|e| self.entry(e, depth + 1)))
            }
            Expr::BinOp(it) if it.op == Operator::Add => {
                self.list(&it.left, entries, depth + 1);
                self.list(&it.right, entries, depth + 1);
            }
            Expr::ListComp(it) => entries.extend(self.entry(&it.elt, depth + 1)),
            Expr::If(it) => {
                self.list(&it.body, entries, depth + 1);
                self.list(&it.orelse, entries, depth + 1);
            }
            Expr::Name(_) | Expr::Attribute(_) => {
                if let Some(name) = dotted(expr) {
                    entries.push(self.made(expr, None, Vec::new(), Leads::List(name)));
                }
            }
            Expr::Call(call) => match last(&call.func) {
                Some("i18n_patterns" | "patterns") => {
                    entries
                        .extend(call.arguments.args.iter().flat_map(|e| self.entry(e, depth + 1)));
                }
                Some("format_suffix_patterns" | "list" | "tuple") => {
                    if let Some(first) = call.arguments.args.first() {
                        self.list(first, entries, depth + 1);
                    }
                }
                // Django serves files only while DEBUG is on.
                Some("static" | "staticfiles_urlpatterns") => {}
                _ => {
                    let leads = Leads::Unknown(shown(self.scan.source, expr));
                    entries.push(self.made(expr, None, Vec::new(), leads));
                }
            },
            _ => {}
        }
    }

    /// One element of a list; several where it is spread into it.
    fn entry(&self, expr: &Expr, depth: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        match expr {
            Expr::Starred(it) => self.list(&it.value, &mut entries, depth + 1),
            Expr::Call(call) if is_route(call) => {
                let arguments = &call.arguments;
                let route = arguments
                    .find_argument_value("route", 0)
                    .or_else(|| arguments.find_keyword("regex").map(|keyword| &keyword.value));
                let target = arguments.find_argument_value("view", 1);
                let Some(target) = target else { return entries };
                let (wrappers, leads) = self.target(target, depth + 1);
                entries.push(self.made(expr, route.and_then(literal), wrappers, leads));
            }
            Expr::Call(call) if last(&call.func) == Some("include") => {
                let (wrappers, leads) = self.target(expr, depth + 1);
                entries.push(self.made(expr, None, wrappers, leads));
            }
            // `(r'^…$', 'view')` of old.
            Expr::Call(_) => {
                let leads = Leads::Unknown(shown(self.scan.source, expr));
                entries.push(self.made(expr, None, Vec::new(), leads));
            }
            Expr::Name(_) | Expr::Attribute(_) => self.list(expr, &mut entries, depth + 1),
            _ => {}
        }
        entries
    }

    fn made(
        &self,
        expr: &Expr,
        route: Option<String>,
        wrappers: Vec<String>,
        leads: Leads,
    ) -> Entry {
        Entry { at: self.scan.span(expr), route, wrappers, leads, switch: self.switch.clone() }
    }

    /// What stands in a pattern's second place, with the names of what is wrapped around it.
    fn target(&self, expr: &Expr, depth: usize) -> (Vec<String>, Leads) {
        let unknown = || (Vec::new(), Leads::Unknown(shown(self.scan.source, expr)));
        if depth > MAX_DEPTH {
            return unknown();
        }
        match expr {
            Expr::StringLiteral(it) => (Vec::new(), Leads::View(view(it.value.to_str(), false))),
            Expr::Name(_) | Expr::Attribute(_) => match dotted(expr) {
                Some(name) if name.ends_with(".urls") || name.ends_with(".urlpatterns") => {
                    (Vec::new(), Leads::List(name))
                }
                Some(name) => (Vec::new(), Leads::View(view(&name, false))),
                None => unknown(),
            },
            Expr::List(_) => {
                let mut entries = Vec::new();
                self.list(expr, &mut entries, depth + 1);
                (Vec::new(), Leads::Entries(entries))
            }
            Expr::Call(call) => self.called(expr, call, depth),
            _ => unknown(),
        }
    }

    fn called(&self, expr: &Expr, call: &ast::ExprCall, depth: usize) -> (Vec<String>, Leads) {
        let name = last(&call.func).unwrap_or("");
        if name == "include" {
            let Some(first) = call.arguments.args.first() else {
                return (Vec::new(), Leads::Unknown(shown(self.scan.source, expr)));
            };
            return (Vec::new(), self.included(first, depth + 1));
        }
        if let (Expr::Attribute(method), "as_view") = (&*call.func, name)
            && let Some(class) = dotted(&method.value)
        {
            return (Vec::new(), Leads::View(self.as_view(&class, call)));
        }
        // An object of a class that answers itself: `LatestNews()`.
        let is_object = name.starts_with(|c: char| c.is_ascii_uppercase())
            && call.arguments.args.iter().all(|argument| !matches!(argument, Expr::Call(_)));
        if is_object && let Some(class) = dotted(&call.func) {
            return (Vec::new(), Leads::View(view(&class, true)));
        }
        // A function around it: `login_required(view)`, `cache_page(60)(view)`.
        let Some(wrapper) = dotted(&call.func) else {
            return (Vec::new(), Leads::Unknown(shown(self.scan.source, expr)));
        };
        for argument in &call.arguments.args {
            let (inner, leads) = match argument {
                Expr::StringLiteral(it) if wrapper.contains("include") => {
                    (Vec::new(), Leads::Module(it.value.to_str().to_owned()))
                }
                Expr::Call(_) => self.target(argument, depth + 1),
                Expr::Name(_) | Expr::Attribute(_)
                    if call.arguments.args.len() == 1 || matches!(&*call.func, Expr::Call(_)) =>
                {
                    self.target(argument, depth + 1)
                }
                _ => continue,
            };
            if matches!(leads, Leads::Unknown(_)) {
                continue;
            }
            let mut wrappers = vec![wrapper];
            wrappers.extend(inner);
            return (wrappers, leads);
        }
        (Vec::new(), Leads::Unknown(shown(self.scan.source, expr)))
    }

    /// What `include` is given: a module, a list, or either in a tuple with its namespace.
    fn included(&self, expr: &Expr, depth: usize) -> Leads {
        let unknown = || Leads::Unknown(shown(self.scan.source, expr));
        if depth > MAX_DEPTH {
            return unknown();
        }
        match expr {
            Expr::StringLiteral(it) => Leads::Module(it.value.to_str().to_owned()),
            Expr::Name(_) | Expr::Attribute(_) => dotted(expr).map_or_else(unknown, Leads::List),
            Expr::Tuple(it) => match it.elts.first() {
                Some(Expr::Call(_)) | None => {
                    let mut entries = Vec::new();
                    self.list(expr, &mut entries, depth + 1);
                    if entries.is_empty() { unknown() } else { Leads::Entries(entries) }
                }
                Some(first) => self.included(first, depth + 1),
            },
            Expr::List(_) | Expr::BinOp(_) => {
                let mut entries = Vec::new();
                self.list(expr, &mut entries, depth + 1);
                Leads::Entries(entries)
            }
            _ => unknown(),
        }
    }

    fn as_view(&self, class: &str, call: &ast::ExprCall) -> ViewUse {
        let given = call
            .arguments
            .keywords
            .iter()
            .filter_map(|keyword| {
                let name = keyword.arg.as_ref()?;
                Some((name.to_string(), super::names::listed(&keyword.value)))
            })
            .collect();
        let map = call
            .arguments
            .args
            .first()
            .or_else(|| call.arguments.find_keyword("actions").map(|keyword| &keyword.value));
        let methods = map.and_then(|map| match map {
            Expr::Dict(dict) => dict
                .items
                .iter()
                .map(|item| item.key.as_ref().and_then(text).map(str::to_ascii_lowercase))
                .collect(),
            _ => None,
        });
        ViewUse { name: class.to_owned(), is_class: true, given, methods }
    }
}

fn view(name: &str, is_class: bool) -> ViewUse {
    ViewUse { name: name.to_owned(), is_class, given: Vec::new(), methods: None }
}

fn is_route(call: &ast::ExprCall) -> bool {
    matches!(last(&call.func), Some("path" | "re_path" | "url" | "urlpath" | "django_path"))
        && !matches!(&*call.func, Expr::Call(_))
        && call.arguments.args.len() + call.arguments.keywords.len() >= 2
}

/// Whether an entry is a pattern by itself, so that the list that holds it is one of patterns.
fn is_pattern(entry: &Entry) -> bool {
    !matches!(entry.leads, Leads::List(_) | Leads::Unknown(_)) || entry.route.is_some()
}

/// A text, also one that is handed to a translation.
fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Call(call) => call.arguments.args.first().and_then(text).map(str::to_owned),
        expr => text(expr).map(str::to_owned),
    }
}

/// Whether a sum names the list itself: `urlpatterns = x + urlpatterns`.
fn mentions(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Name(it) => it.id.as_str() == name,
        Expr::BinOp(it) => mentions(&it.left, name) || mentions(&it.right, name),
        _ => false,
    }
}
