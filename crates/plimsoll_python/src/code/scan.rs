//! The pass over a module.

use std::cell::RefCell;

use plimsoll_source::{SourceText, Span};

use super::build::{Builder, Use};
use super::dealings::Step;
use super::facts::{Branch, Function, Limit, ModuleFacts, SafeUse};
use super::names::{Assigned, dotted, last};
use super::{classes, deals, decorators, flow, handlers, imports, judge, limits, routes, taken};
use crate::syntax::ast::visitor::{self, Visitor};
use crate::syntax::ast::{self, Expr, Stmt};
use crate::syntax::{Ranged, TextRange};

/// Functions within functions and classes within classes that are looked into.
const MAX_DEPTH: usize = 30;

/// A pass over one module.
pub(crate) struct Scan<'s, 'a> {
    pub source: &'s SourceText,
    pub facts: ModuleFacts,
    /// Assignments, the module's first.
    scopes: Vec<Assigned<'a>>,
    /// The classes around the current place, with their bases.
    pub classes: Vec<(&'a str, Vec<String>)>,
    /// Indices of the functions around the current place, and where they stand.
    functions: Vec<(usize, TextRange)>,
    /// The parameters of those functions.
    parameters: Vec<&'a ast::Parameters>,
    /// Whether the module runs the password validators.
    pub validates: bool,
    /// What the functions around the current place have counted and not saved yet.
    pub counted: Vec<Step>,
    /// The branches around the current place, within its function.
    pub branches: Vec<Branch>,
    /// How many statements with branches were met.
    forks: usize,
    /// How many `try` around the current place catch errors, within its function.
    pub tries: usize,
    /// How many blocks of a transaction are around the current place, within its function.
    pub transactions: usize,
    body: &'a [Stmt],
}

impl<'s, 'a> Scan<'s, 'a> {
    pub(crate) fn new(source: &'s SourceText, body: &'a [Stmt]) -> Self {
        let validates = ["validate_password", "password_validation", "validate_new_password"]
            .iter()
            .any(|name| source.text().contains(name));
        Self {
            source,
            facts: ModuleFacts { validates_passwords: validates, ..ModuleFacts::default() },
            scopes: vec![Assigned::of(body)],
            classes: Vec::new(),
            functions: Vec::new(),
            parameters: Vec::new(),
            validates,
            counted: Vec::new(),
            branches: Vec::new(),
            forks: 0,
            tries: 0,
            transactions: 0,
            body,
        }
    }

    pub(crate) fn run(mut self) -> ModuleFacts {
        self.facts.dealings.locks = self.source.text().contains("select_for_update");
        self.facts.imports = imports::find(self.body);
        let body = self.body;
        routes::find(&mut self, body);
        for stmt in self.body {
            self.visit_stmt(stmt);
        }
        self.facts
    }

    pub(crate) fn span(&self, node: &impl Ranged) -> Span {
        let range = node.range();
        self.source.span(range.start().to_usize()..range.end().to_usize())
    }

    pub(super) fn builder(&self, usage: Use) -> Builder<'_, 'a> {
        Builder {
            source: self.source,
            usage,
            scopes: self.scopes.iter().rev().collect(),
            following: RefCell::new(Vec::new()),
        }
    }

    /// What a name stands for, where one assignment in reach decides it.
    pub(crate) fn resolve(&self, expr: &'a Expr) -> &'a Expr {
        let mut at = expr;
        for _ in 0..6 {
            let Expr::Name(name) = at else { return at };
            let found = self.scopes.iter().rev().find_map(|scope| {
                scope.values.get(name.id.as_str()).and_then(|values| values.last().copied())
            });
            match found {
                Some(value) => at = value,
                None => return at,
            }
        }
        at
    }

    /// The default of a parameter of the innermost function that has one of this name.
    pub(crate) fn parameter_default(&self, name: &str) -> Option<&'a Expr> {
        let found = self.parameters.iter().rev().find_map(|parameters| {
            parameters.iter_non_variadic_params().find(|it| it.name().as_str() == name)
        });
        found.and_then(|parameter| parameter.default.as_deref())
    }

    /// The statements of the module.
    pub(crate) fn body(&self) -> &'a [Stmt] {
        self.body
    }

    /// Every value that a name is assigned in the innermost scope that assigns it.
    pub(crate) fn assigned(&self, expr: &Expr) -> &[&'a Expr] {
        let Expr::Name(name) = expr else { return &[] };
        let mut scopes = self.scopes.iter().rev();
        scopes.find_map(|scope| scope.values.get(name.id.as_str())).map_or(&[], Vec::as_slice)
    }

    /// Whether a name is assigned in the function around the current place.
    pub(crate) fn is_local(&self, expr: &Expr) -> bool {
        let Expr::Name(name) = expr else { return false };
        self.scopes.len() > 1
            && self.scopes.last().is_some_and(|scope| scope.values.contains_key(name.id.as_str()))
    }

    /// An expression as it stands in the source.
    pub(crate) fn written(&self, node: &impl Ranged) -> &'s str {
        let range = node.range();
        self.source.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }

    /// The source of the outermost function around the current place; of all the module where
    /// there is none.
    pub(crate) fn text_of_function(&self) -> &'s str {
        let text = self.source.text();
        self.functions.first().map_or(text, |(_, range)| {
            text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or(text)
        })
    }

    pub(crate) fn in_function(&self) -> bool {
        !self.functions.is_empty()
    }

    /// The function around the current place.
    pub(crate) fn current(&mut self) -> Option<&mut Function> {
        let (index, _) = *self.functions.last()?;
        self.facts.functions.get_mut(index)
    }

    /// The place of the function around the current place in the module's list.
    pub(crate) fn place(&self) -> Option<usize> {
        self.functions.last().map(|(index, _)| *index)
    }

    fn function(&mut self, it: &'a ast::StmtFunctionDef) {
        let parameters: Vec<&'a str> =
            it.parameters.iter().map(|parameter| parameter.name().as_str()).collect();
        let mut assigned = Assigned::of(&it.body);
        assigned.opaque.extend(
            parameters
                .iter()
                .filter(|name| !assigned.values.contains_key(*name))
                .copied()
                .collect::<Vec<_>>(),
        );
        let outer = self.functions.first().and_then(|(index, _)| self.facts.functions.get(*index));
        let outer = outer.map(|function| function.name.clone());
        self.facts.functions.push(Function {
            name: it.name.to_string(),
            outer,
            class: self.classes.last().map(|(name, _)| (*name).to_owned()),
            at: self.span(&it.name),
            decorators: classes::decorators(&it.decorator_list),
            parameters: parameters
                .iter()
                .filter(|name| **name != "self")
                .map(|name| (*name).to_owned())
                .collect(),
            uses_session: false,
            writes: false,
            checks_method: false,
            logs_out: None,
            verifies: false,
            sets_user: false,
            denies: false,
            asks_login: false,
            refuses: false,
            reads_form: false,
            hands_request_to: Vec::new(),
            methods: decorators::methods(&it.decorator_list),
            permissions: decorators::permissions(&it.decorator_list),
            changes: Vec::new(),
            removes: Vec::new(),
            takes: Vec::new(),
            lookups: Vec::new(),
            row_calls: Vec::new(),
            makes: Vec::new(),
            own_calls: Vec::new(),
            mentions: Vec::new(),
        });
        for decorator in &it.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        let atomic = it.decorator_list.iter().any(|by| last(&by.expression) == Some("atomic"));
        // A function within another runs when it is called.
        let around = (self.tries, self.transactions);
        (self.tries, self.transactions) = (0, usize::from(atomic));
        self.limit(&it.name, &it.decorator_list);
        let branches = std::mem::take(&mut self.branches);
        self.functions.push((self.facts.functions.len() - 1, it.range));
        self.scopes.push(assigned);
        self.parameters.push(&it.parameters);
        for stmt in &it.body {
            self.visit_stmt(stmt);
        }
        self.parameters.pop();
        self.scopes.pop();
        self.functions.pop();
        (self.tries, self.transactions) = around;
        self.branches = branches;
        if self.functions.is_empty() {
            self.counted.clear();
        }
    }

    fn class(&mut self, it: &'a ast::StmtClassDef) {
        let class = classes::class(self, it);
        if class.has_history {
            self.facts.audited.push(class.name.clone());
        }
        let bases = class.bases.clone();
        let throttle = class.throttle.clone();
        self.facts.classes.push(class);
        self.limit(&it.name, &it.decorator_list);
        self.facts.limits.extend(throttle.map(|at| Limit {
            at,
            name: "throttle_classes".to_owned(),
            around: Some(it.name.to_string()),
        }));
        for decorator in &it.decorator_list {
            if dotted(&decorator.expression)
                .is_some_and(|name| name.starts_with("auditlog.register"))
            {
                self.facts.audited.push(it.name.to_string());
            }
        }
        self.classes.push((it.name.as_str(), bases));
        for stmt in &it.body {
            self.visit_stmt(stmt);
        }
        self.classes.pop();
    }

    fn call(&mut self, call: &'a ast::ExprCall, whole: &'a Expr) {
        let Some(name) = last(&call.func) else { return };
        let receiver = match &*call.func {
            Expr::Attribute(attribute) => Some(&*attribute.value),
            _ => None,
        };
        match name {
            "execute" | "executemany" | "raw" | "extra" | "RawSQL" => {
                self.sql(call, whole, name, receiver);
            }
            "mark_safe" | "SafeString" | "SafeText" | "format_html" | "Markup" => {
                if let (Some(first), false) = (call.arguments.args.first(), self.is_marked(whole)) {
                    let text = self.builder(Use::Html).of(first);
                    let safe = SafeUse { at: self.span(whole), call: name.to_owned(), text };
                    self.facts.safe.push(safe);
                }
            }
            "set_password" | "make_password" | "create_user" | "create_superuser" => {
                judge::password(self, call, whole, name, receiver);
            }
            "Fernet" => self.key(call, whole),
            "register" => {
                let audits =
                    receiver.and_then(dotted).is_some_and(|name| name.ends_with("auditlog"));
                if let (true, Some(model)) = (audits, call.arguments.args.first().and_then(last)) {
                    self.facts.audited.push(model.to_owned());
                }
            }
            "update" | "bulk_create" | "bulk_update" => self.bulk(call, whole, name, receiver),
            "init" if dotted(&call.func).is_some_and(|name| name == "sentry_sdk.init") => {
                self.tracker(call, whole);
            }
            _ => {}
        }
        // A throttle that is defined limits nothing yet, and a decorator is told with what it decorates.
        if self.in_function()
            && let Some(full) = dotted(&call.func).filter(|full| limits::is_limiter(full))
        {
            let at = self.span(whole);
            self.limits_here(full, at);
        }
        self.guard(call, name);
        self.mark(call, whole, name, receiver);
        flow::call(self, call, whole, name, receiver);
        judge::logging(self, call, name, receiver);
        taken::by_call(self, call, whole, name);
    }

    /// `login_required(X.as_view())`: whatever takes a view and is no route guards or changes it.
    fn guard(&mut self, call: &ast::ExprCall, name: &str) {
        if matches!(name, "path" | "re_path" | "url" | "as_view") {
            return;
        }
        for argument in &call.arguments.args {
            if let Expr::Call(view) = argument
                && let Expr::Attribute(method) = &*view.func
                && method.attr.as_str() == "as_view"
                && let Some(class) = last(&method.value)
            {
                self.facts.guarded.push(class.to_owned());
            }
        }
    }

    /// What a call says of the function around it.
    fn mark(
        &mut self,
        call: &'a ast::ExprCall,
        whole: &'a Expr,
        name: &str,
        receiver: Option<&Expr>,
    ) {
        let at = self.span(whole);
        let request = |expr: &Expr| dotted(expr).is_some_and(|name| name.ends_with("request"));
        let ends_session = matches!(name, "logout" | "auth_logout" | "django_logout")
            && call.arguments.args.len() == 1
            && call.arguments.args.first().is_some_and(request)
            && receiver.is_none_or(|of| dotted(of).is_some_and(|of| of.ends_with("auth")));
        let Some(function) = self.current() else { return };
        match name {
            "save" | "delete" | "create" | "get_or_create" | "update_or_create" | "bulk_create"
            | "update"
                if receiver.is_some() =>
            {
                function.writes = true;
            }
            "authenticate" | "login" | "get_user" | "force_login" => function.uses_session = true,
            "compare_digest"
            | "verify"
            | "construct_event"
            | "constant_time_compare"
            | "verify_signature"
            | "check_signature"
            | "check_webhook_signature"
            | "unsign" => {
                function.verifies = true;
            }
            _ if name.contains("verify") || name.contains("signature") => function.verifies = true,
            _ if ends_session => function.logs_out = Some(at),
            _ => {}
        }
    }

    /// A name or text in a function.
    fn word(&mut self, word: &str) {
        if let Some(function) = self.current() {
            function.denies = function.denies || flow::denies(word);
            function.asks_login |= matches!(word, "is_authenticated" | "is_anonymous");
            function.refuses = function.refuses || flow::refuses(word);
            function.mentions.extend(flow::mentioned(word));
        }
    }

    /// A `try`: its handlers are looked at with what was changed within it.
    fn attempt(&mut self, it: &'a ast::StmtTry) {
        let before = self.current().map_or(0, |function| function.changes.len());
        self.forks += 1;
        let of = self.forks;
        self.tries += usize::from(!it.handlers.is_empty());
        self.branch(of, 0, &it.body);
        self.tries -= usize::from(!it.handlers.is_empty());
        let made = self.current().map(|function| function.changes.iter().skip(before));
        let changes = made.into_iter().flatten().map(|change| change.kind).collect();
        handlers::handlers(self, it, changes);
        for (place, handler) in it.handlers.iter().enumerate() {
            let ast::ExceptHandler::ExceptHandler(inner) = handler;
            let branch = Branch { of, clause: place + 1, ends: ends(&inner.body) };
            self.branches.push(branch);
            self.visit_except_handler(handler);
            self.branches.pop();
        }
        self.branch(of, 0, &it.orelse);
        self.visit_body(&it.finalbody);
    }

    /// The statements of one branch.
    fn branch(&mut self, of: usize, clause: usize, body: &'a [Stmt]) {
        self.branches.push(Branch { of, clause, ends: ends(body) });
        self.visit_body(body);
        self.branches.pop();
    }

    /// An `if` with its clauses.
    fn fork(&mut self, it: &'a ast::StmtIf) {
        self.forks += 1;
        let of = self.forks;
        self.visit_expr(&it.test);
        self.branch(of, 0, &it.body);
        for (place, clause) in it.elif_else_clauses.iter().enumerate() {
            if let Some(test) = &clause.test {
                self.visit_expr(test);
            }
            self.branch(of, place + 1, &clause.body);
        }
    }

    /// What hooks return that name the address to go to.
    fn returned(&mut self, value: &'a Expr) {
        let hook = self.current().is_some_and(|function| {
            function.class.is_some()
                && matches!(
                    function.name.as_str(),
                    "get_success_url"
                        | "get_redirect_url"
                        | "get_login_redirect_url"
                        | "get_next_url"
                )
        });
        if hook {
            flow::address(self, value, value);
        }
    }

    /// Whether the author has marked the place for a security linter as looked at:
    /// `# nosec`, `# noqa: S308`.
    pub(crate) fn is_marked(&self, node: &impl Ranged) -> bool {
        let text = self.source.text();
        let range = node.range();
        let from =
            text.get(..range.start().to_usize()).and_then(|before| before.rfind('\n')).unwrap_or(0);
        let end = range.end().to_usize();
        let to =
            text.get(end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| end + at);
        let lines = text.get(from..to).unwrap_or("");
        lines.contains("# nosec") || lines.contains("noqa: S")
    }
}

impl<'a> Visitor<'a> for Scan<'_, 'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.scopes.len() + self.classes.len() > MAX_DEPTH {
            return;
        }
        deals::statement(self, stmt);
        match stmt {
            Stmt::With(it)
                if it.items.iter().any(|item| last(&item.context_expr) == Some("atomic")) =>
            {
                self.transactions += 1;
                visitor::walk_stmt(self, stmt);
                self.transactions -= 1;
            }
            Stmt::If(it) => self.fork(it),
            Stmt::FunctionDef(it) => self.function(it),
            Stmt::ClassDef(it) => self.class(it),
            Stmt::Try(it) => self.attempt(it),
            Stmt::For(it) => {
                handlers::rows_loop(self, it);
                taken::by_loop(self, it);
                visitor::walk_stmt(self, stmt);
            }
            Stmt::Assign(it) => {
                taken::by_assignment(self, it);
                visitor::walk_stmt(self, stmt);
            }
            Stmt::Return(it) => {
                if let Some(value) = &it.value {
                    self.returned(value);
                }
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call, expr),
            Expr::Attribute(it) => {
                let of_request = || dotted(&it.value).is_some_and(|name| name.ends_with("request"));
                let session = matches!(it.attr.as_str(), "user" | "session") && of_request();
                let assigned = session && !it.ctx.is_load();
                let method = it.attr.as_str() == "method" && of_request();
                let form = method
                    || matches!(it.attr.as_str(), "is_valid" | "htmx" | "is_ajax")
                    || matches!(it.attr.as_str(), "POST" | "FILES" | "body" | "data")
                        && flow::is_request(&it.value);
                self.word(it.attr.as_str());
                if let Some(function) = self.current() {
                    function.reads_form |= form;
                    // A view that says itself who the user is does not take it from the session.
                    function.sets_user |= assigned;
                    function.uses_session |= session;
                    function.checks_method |= method;
                }
            }
            Expr::Subscript(it) => self.forwarded(it, expr),
            // It runs when it is called: `on_commit(lambda: task.delay(pk))`.
            Expr::Lambda(_) => {
                let around = std::mem::take(&mut self.transactions);
                visitor::walk_expr(self, expr);
                self.transactions = around;
                return;
            }
            Expr::Name(it) => self.word(it.id.as_str()),
            Expr::StringLiteral(it) => self.word(it.value.to_str()),
            Expr::NumberLiteral(it) => {
                let denied = matches!(&it.value, ast::Number::Int(value)
                    if matches!(value.as_u64(), Some(401 | 403)));
                if let Some(function) = self.current().filter(|_| denied) {
                    function.denies = true;
                    function.refuses = true;
                }
            }
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_keyword(&mut self, keyword: &'a ast::Keyword) {
        if let Some(name) = &keyword.arg {
            self.word(name.as_str());
            if name.as_str() == "throttle_classes" {
                let at = self.span(keyword);
                self.limits_here(name.to_string(), at);
            }
        }
        visitor::walk_keyword(self, keyword);
    }
}

/// Whether a body ends by leaving the function or the turn of a loop.
fn ends(body: &[Stmt]) -> bool {
    matches!(
        body.last(),
        Some(Stmt::Return(_) | Stmt::Raise(_) | Stmt::Continue(_) | Stmt::Break(_))
    )
}
