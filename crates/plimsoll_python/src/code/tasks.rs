//! Celery in a module: applications, tasks, schedules, and where results are waited for.

use plimsoll_source::{SourceText, Span};

use super::names::{dotted, last, text};
use crate::syntax::Ranged;
use crate::syntax::ast::visitor::{self, Visitor};
use crate::syntax::ast::{Expr, ExprCall, Stmt, StmtFunctionDef};

/// What a module says of tasks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskFacts {
    /// Tasks that it defines.
    pub tasks: Vec<Task>,
    /// Celery applications that it makes.
    pub apps: Vec<CeleryApp>,
    /// Names of tasks in schedules that are written out in code, with their place.
    pub scheduled: Vec<(String, Span)>,
    /// Where it adds to the schedule in a way that names no task: `add_periodic_task`.
    pub adds_periodic: Option<Span>,
    /// Keys of Celery's configuration that it sets in code, in lower case: `broker_url`.
    pub configures: Vec<(String, Span)>,
    /// What it has Celery take its configuration from (`django.conf:settings`; `None` where that is
    /// not written out), with the namespace.
    pub configured_from: Vec<(Option<String>, Option<String>)>,
    /// Where it waits for or asks after a result, and by what.
    pub awaits: Vec<(Span, &'static str)>,
    /// Texts that its configuration in code holds, by key in lower case: `task_default_queue`.
    pub texts: Vec<(String, String, Span)>,
    /// Routes that are written out in code: the task's name or pattern, the queue, the place.
    pub routes: Vec<(String, String, Span)>,
    /// Queues that calls name for what they send: `apply_async(queue='mail')`.
    pub sent_to: Vec<(String, Span)>,
    /// What is sent without naming a queue, by the last name before `.delay` or `.apply_async`.
    pub sent: Vec<String>,
}

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The function's or class's name.
    pub function: String,
    /// Its own name, where it is given one.
    pub name: Option<String>,
    /// Whether its name is given and not written out.
    pub name_open: bool,
    /// Where.
    pub at: Span,
    /// The dotted name of what makes it a task: `shared_task`, `app.task`, `db_task`.
    pub by: String,
    /// Whether it runs by a schedule of its own: `periodic_task`, huey's `db_periodic_task`.
    pub periodic: bool,
    /// The queue that its decorator names.
    pub queue: Option<String>,
    /// Whether its decorator names a queue that is not written out.
    pub queue_open: bool,
}

/// A Celery application.
#[derive(Clone, Debug, PartialEq)]
pub struct CeleryApp {
    /// Where it is made.
    pub at: Span,
    /// Whether it is given a broker there.
    pub broker: bool,
    /// Whether it is given a result backend there.
    pub backend: bool,
}

impl TaskFacts {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads what a module says of tasks.
pub(super) fn read(source: &SourceText, body: &[Stmt]) -> TaskFacts {
    let mut pass = Pass { source, facts: TaskFacts::default() };
    for stmt in body {
        pass.visit_stmt(stmt);
    }
    pass.facts
}

struct Pass<'s> {
    source: &'s SourceText,
    facts: TaskFacts,
}

impl Pass<'_> {
    fn span(&self, node: &impl Ranged) -> Span {
        let range = node.range();
        self.source.span(range.start().to_usize()..range.end().to_usize())
    }

    fn function(&mut self, it: &StmtFunctionDef) {
        for decorator in &it.decorator_list {
            let Some(by) = dotted(&decorator.expression) else { continue };
            let end = by.rsplit('.').next().unwrap_or(&by);
            let periodic = matches!(end, "periodic_task" | "db_periodic_task");
            let task =
                matches!(end, "shared_task" | "task" | "db_task" | "actor" | "job") || periodic;
            // `@task` of Celery 3 and of other libraries; `@fixture.task` is nobody's.
            if !task || (end == "job" && !by.contains("rq")) {
                continue;
            }
            let keyword = |name: &str| match &decorator.expression {
                Expr::Call(call) => call.arguments.find_keyword(name).map(|k| &k.value),
                _ => None,
            };
            let given = keyword("name");
            let name = given.and_then(text).map(str::to_owned);
            let routed = keyword("queue");
            let queue = routed.and_then(text).map(str::to_owned);
            self.facts.tasks.push(Task {
                function: it.name.to_string(),
                name_open: given.is_some() && name.is_none(),
                name,
                at: self.span(&it.name),
                by,
                periodic,
                queue_open: keyword("options").is_some() || (routed.is_some() && queue.is_none()),
                queue,
            });
            break;
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let Some(name) = last(&call.func) else { return };
        let given = |name: &str| call.arguments.find_keyword(name);
        match name {
            "Celery" => {
                let spread = call.arguments.keywords.iter().any(|k| k.arg.is_none());
                self.facts.apps.push(CeleryApp {
                    at: self.span(call),
                    broker: spread || given("broker").is_some(),
                    backend: spread || given("backend").is_some(),
                });
            }
            "config_from_object" => {
                let object = call
                    .arguments
                    .find_argument_value("obj", 0)
                    .and_then(|value| text(value).map(str::to_owned).or_else(|| dotted(value)));
                let namespace =
                    call.arguments.find_keyword("namespace").and_then(|k| text(&k.value));
                self.facts.configured_from.push((object, namespace.map(str::to_owned)));
            }
            "add_periodic_task" => {
                let at = self.span(call);
                self.facts.adds_periodic.get_or_insert(at);
            }
            // `app.conf.update(beat_schedule={…})`
            "update" if dotted(&call.func).is_some_and(|name| name.ends_with("conf.update")) => {
                for keyword in &call.arguments.keywords {
                    if let Some(key) = &keyword.arg {
                        self.configured(key.as_str(), &keyword.value);
                    }
                }
                for argument in &call.arguments.args {
                    let Expr::Dict(dict) = argument else { continue };
                    for item in &dict.items {
                        if let Some(key) = item.key.as_ref().and_then(text) {
                            self.configured(key, &item.value);
                        }
                    }
                }
            }
            "delay" | "apply_async" | "send_task" => {
                let named = given("queue").map(|k| &k.value);
                match named.and_then(text) {
                    Some(queue) => {
                        let at = self.span(call);
                        self.facts.sent_to.push((queue.to_owned(), at));
                    }
                    // `**options`, and a router's choice, can name one too.
                    None if named.is_none()
                        && given("routing_key").is_none()
                        && call.arguments.keywords.iter().all(|k| k.arg.is_some()) =>
                    {
                        if let Expr::Attribute(method) = &*call.func
                            && name != "send_task"
                            && let Some(sent) = last(&method.value)
                        {
                            self.facts.sent.push(sent.to_owned());
                        }
                    }
                    None => {}
                }
            }
            "AsyncResult" | "GroupResult" => {
                let at = self.span(&*call.func);
                self.facts.awaits.push((at, "AsyncResult"));
            }
            "chord" if matches!(&*call.func, Expr::Name(_)) => {
                let at = self.span(&*call.func);
                self.facts.awaits.push((at, "chord"));
            }
            "get" => {
                if let Expr::Attribute(method) = &*call.func
                    && let Expr::Call(inner) = &*method.value
                    && let Expr::Attribute(sent) = &*inner.func
                    && matches!(sent.attr.as_str(), "delay" | "apply_async")
                {
                    let at = self.span(call);
                    self.facts.awaits.push((at, "get"));
                }
            }
            _ => {}
        }
    }

    /// `app.conf.beat_schedule = {…}`.
    fn assigned(&mut self, target: &Expr, value: &Expr) {
        let Some(name) = dotted(target) else { return };
        if let Some((before, key)) = name.rsplit_once('.')
            && (before == "conf" || before.ends_with(".conf"))
        {
            self.configured(key, value);
        }
    }

    fn configured(&mut self, key: &str, value: &Expr) {
        let key = key.to_ascii_lowercase();
        if matches!(key.as_str(), "beat_schedule" | "celerybeat_schedule")
            && let Expr::Dict(dict) = value
        {
            for item in &dict.items {
                let Expr::Dict(entry) = &item.value else { continue };
                for field in &entry.items {
                    if field.key.as_ref().and_then(text) == Some("task")
                        && let Some(task) = text(&field.value)
                    {
                        let at = self.span(&field.value);
                        self.facts.scheduled.push((task.to_owned(), at));
                    }
                }
            }
        }
        let at = self.span(value);
        if let Some(value) = text(value) {
            self.facts.texts.push((key.clone(), value.to_owned(), at.clone()));
        }
        if let ("task_routes", Expr::Dict(dict)) = (key.as_str(), value) {
            for item in &dict.items {
                let (Some(pattern), Some((queue, at))) =
                    (item.key.as_ref().and_then(text), self.queue_of(&item.value))
                else {
                    continue;
                };
                self.facts.routes.push((pattern.to_owned(), queue, at));
            }
        }
        self.facts.configures.push((key, at));
    }

    /// `'mail'` or `{'queue': 'mail'}`.
    fn queue_of(&self, route: &Expr) -> Option<(String, Span)> {
        let named = match route {
            Expr::Dict(dict) => {
                let of = |item: &&crate::syntax::ast::DictItem| {
                    item.key.as_ref().and_then(text) == Some("queue")
                };
                &dict.items.iter().find(of)?.value
            }
            other => other,
        };
        Some((text(named)?.to_owned(), self.span(named)))
    }
}

impl<'a> Visitor<'a> for Pass<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(it) => self.function(it),
            Stmt::Assign(it) => {
                for target in &it.targets {
                    self.assigned(target, &it.value);
                }
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr {
            self.call(call);
        }
        visitor::walk_expr(self, expr);
    }
}
