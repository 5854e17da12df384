//! What the project's own scripts and templates do, as far as rules ask.

pub(crate) mod accounts;
pub(crate) mod chores;
mod clear;
pub(crate) mod health;
mod insecure;
pub(crate) mod mail;
pub(crate) mod modules;
pub(crate) mod named;
mod processes;
mod routes;
pub(crate) mod swallowed;
pub(crate) mod upkeep;
pub(crate) mod uploads;

pub use chores::Chores;
pub use clear::{ClearPlace, ClearSecret, ClearSecrets};
pub use health::{Health, HealthView, Route};
pub use insecure::PlainHttp;
use memchr::memmem;
pub use modules::Module;
pub use named::{Named, NamedAt};
use plimsoll_python::code::{Class, Function};
use plimsoll_source::{RepoPath, SourceText, Span};
pub use processes::Processes;
pub use routes::{Access, Address, Gate, Routes, SkippedGuard, View, is_guard_mixin, is_view};
pub use upkeep::{EnvFileIgnored, Rotation, Upkeep};

use crate::inventory::Role;

/// Facts of application code.
#[derive(Clone, Debug, Default)]
pub struct CodeFacts {
    /// Places where a script or template reads the CSRF cookie.
    pub csrf_cookie_readers: Vec<Span>,
    /// Places where a template prints without escaping.
    pub unescaped: Vec<Unescaped>,
    /// How many templates were read.
    pub templates: usize,
    /// What templates and scripts load over plain HTTP.
    pub plain_http: Vec<PlainHttp>,
    /// File and image fields of the project's models.
    pub file_fields: Vec<Span>,
    /// Those that do not look like pictures for everybody: the first of each file.
    pub private_files: Vec<Span>,
    /// Links in templates that log out by GET.
    pub logout_links: Vec<Span>,
    /// The Python modules of the system that have facts to tell.
    pub modules: Vec<Module>,
    /// How many Python modules the system has.
    pub module_count: usize,
    /// What has to run again and again.
    pub chores: Chores,
    /// Where code sends mail: the first place of each module.
    pub sends_mail: Vec<Span>,
    /// Fixtures and SQL that hold accounts with usable password hashes.
    pub stored_accounts: Vec<Span>,
    /// Words that tell what code and scripts do.
    pub named: Named,
    /// Where modules about money, audit and backups catch every error and do nothing.
    pub swallowed: Vec<Span>,
    /// Routes and views for health checks.
    pub health: Health,
    /// What start commands tell of processes.
    pub processes: Processes,
    /// Log rotation, folders, ignored env files.
    pub upkeep: Upkeep,
    /// Secrets in clear in compose files, units and images.
    pub clear: ClearSecrets,
    /// The addresses with their views, and what each asks of the caller.
    pub routes: Routes,
}

/// A place in a template that prints without escaping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unescaped {
    /// Where.
    pub at: Span,
    /// How.
    pub how: Escape,
    /// What is printed, as it stands in the template.
    pub expression: String,
}

/// How a template switches escaping off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// `{{ value|safe }}`
    SafeFilter,
    /// `{% autoescape off %}`
    AutoescapeOff,
}

/// A bundle longer than this is built, not written; what it holds stands in the source too.
const BUNDLE: usize = 300_000;

impl CodeFacts {
    /// Takes what a script or template tells.
    pub(crate) fn add(&mut self, page: Page) {
        self.templates += usize::from(page.is_template);
        self.unescaped.extend(page.unescaped);
        self.logout_links.extend(page.logout_links);
        self.plain_http.extend(page.plain_http);
        self.csrf_cookie_readers.extend(page.csrf_cookie_reader);
    }

    /// Adds what further files tell.
    pub(crate) fn join(&mut self, other: Self) {
        // Each field by name, so that none is forgotten; the last are not told file by file.
        let Self {
            csrf_cookie_readers,
            unescaped,
            templates,
            plain_http,
            file_fields,
            private_files,
            logout_links,
            modules,
            module_count,
            chores,
            sends_mail,
            stored_accounts,
            named,
            swallowed,
            health,
            upkeep: Upkeep { made, rotated: _, rotations: _, env_files: _ },
            processes: _,
            clear: _,
            routes: _,
        } = other;
        self.csrf_cookie_readers.extend(csrf_cookie_readers);
        self.unescaped.extend(unescaped);
        self.templates += templates;
        self.plain_http.extend(plain_http);
        self.file_fields.extend(file_fields);
        self.private_files.extend(private_files);
        self.logout_links.extend(logout_links);
        self.modules.extend(modules);
        self.module_count += module_count;
        self.chores.extend(chores);
        self.sends_mail.extend(sends_mail);
        self.stored_accounts.extend(stored_accounts);
        self.named.join(named);
        self.swallowed.extend(swallowed);
        self.health.extend(health);
        self.upkeep.made.extend(made);
    }

    /// Every class of the system with its module.
    pub fn classes(&self) -> impl Iterator<Item = (&Module, &Class)> {
        self.modules
            .iter()
            .flat_map(|module| module.facts.classes.iter().map(move |class| (module, class)))
    }

    /// Every function of the system with its module.
    pub fn functions(&self) -> impl Iterator<Item = (&Module, &Function)> {
        self.modules.iter().flat_map(|module| {
            module.facts.functions.iter().map(move |function| (module, function))
        })
    }

    /// What was looked at, for evidence.
    pub fn looked_at(&self) -> String {
        format!("{} Python modules were read", self.module_count)
    }
}

/// What one script or template tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    is_template: bool,
    unescaped: Vec<Unescaped>,
    logout_links: Vec<Span>,
    plain_http: Vec<PlainHttp>,
    csrf_cookie_reader: Option<Span>,
}

/// Reads a script or template; `None` where it tells nothing.
pub(crate) fn page(source: &SourceText, role: Role) -> Option<Page> {
    let mut page = Page::default();
    // A template without any element makes text for a mail, where nothing is to be escaped.
    if role == Role::Template && has_element(source.text()) {
        page.is_template = true;
        page.unescaped = unescaped(source);
        page.logout_links = logout_links(source);
    }
    if source.text().len() <= BUNDLE {
        page.csrf_cookie_reader = csrf_cookie_reader(source);
        page.plain_http = insecure::plain_http(source, role);
    }
    (page.is_template || page.csrf_cookie_reader.is_some() || !page.plain_http.is_empty())
        .then_some(page)
}

/// Whether a Python file holds models by its place: `models.py`, `models/…`.
pub(crate) fn is_models(path: &RepoPath) -> bool {
    path.file_name() == "models.py"
        || path.parent().is_some_and(|parent| parent.file_name() == "models")
}

/// The ways in which Django's documentation and common libraries take the token from the cookie.
fn csrf_cookie_reader(source: &SourceText) -> Option<Span> {
    let text = source.text();
    if !holds(text, "csrftoken") && !holds(text, "xsrfCookieName") {
        return None;
    }
    let at = [
        "getCookie('csrftoken')",
        "getCookie(\"csrftoken\")",
        "Cookies.get('csrftoken')",
        "Cookies.get(\"csrftoken\")",
        "xsrfCookieName",
    ]
    .iter()
    .find_map(|call| text.find(call))
    .or_else(|| {
        let cookie = text.find("document.cookie")?;
        text.contains("csrftoken").then_some(cookie)
    })?;
    Some(source.span(at..at + 1))
}

/// Whether a text holds a word; several times as fast as `str::contains` on most texts.
fn holds(text: &str, word: &str) -> bool {
    memmem::find(text.as_bytes(), word.as_bytes()).is_some()
}

/// Whether a text holds an HTML tag.
fn has_element(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        text.as_bytes()
            .get(at + 1)
            .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!'))
    })
}

/// Links to the view that logs out: `<a href="{% url 'logout' %}">`. A library's page that asks
/// first is left out.
fn logout_links(source: &SourceText) -> Vec<Span> {
    let text = source.text();
    let mut found = Vec::new();
    if !holds(text, "logout") {
        return found;
    }
    for name in ["logout", "admin:logout", "auth_logout", "accounts:logout", "users:logout"] {
        for quote in ['\'', '"'] {
            let call = format!("{{% url {quote}{name}{quote}");
            for (at, _) in text.match_indices(&call) {
                let before = text.get(..at).unwrap_or("");
                let tag = before.rfind('<').and_then(|open| before.get(open..)).unwrap_or("");
                let is_link = tag.to_ascii_lowercase().starts_with("<a")
                    && tag.trim_end().ends_with(['"', '\''])
                    && tag.contains("href");
                if is_link && !tag.contains("hx-post") && !tag.contains("data-method") {
                    found.push(source.span(at..at + call.len()));
                }
            }
        }
    }
    found
}

/// Uses of the safe filter on something that is no literal, and blocks with escaping off.
fn unescaped(source: &SourceText) -> Vec<Unescaped> {
    let text = source.text();
    let mut found = Vec::new();
    for (open, close, word) in [("{{", "}}", "safe"), ("{%", "%}", "autoescape")] {
        if !holds(text, word) {
            continue;
        }
        let mut from = 0;
        while let Some(start) = text
            .get(from..)
            .and_then(|rest| memmem::find(rest.as_bytes(), open.as_bytes()))
            .map(|at| from + at)
        {
            let Some(end) =
                text.get(start..).and_then(|rest| rest.find(close)).map(|at| start + at)
            else {
                break;
            };
            from = end + close.len();
            let Some(inner) = text.get(start + open.len()..end).map(str::trim) else { continue };
            let how = if open == "{{" && is_safe_filter(inner) {
                Escape::SafeFilter
            } else if open == "{%" && inner.split_whitespace().eq(["autoescape", "off"]) {
                Escape::AutoescapeOff
            } else {
                continue;
            };
            found.push(Unescaped {
                at: source.span(start..from),
                how,
                expression: inner.chars().take(80).collect(),
            });
        }
    }
    found
}

/// Whether an expression ends up marked safe and is no literal: `page.body|safe`. Filters that
/// escape or only make numbers and JSON before it are let through.
fn is_safe_filter(expression: &str) -> bool {
    let mut parts = expression.split('|').map(str::trim);
    let Some(subject) = parts.next() else { return false };
    let filters: Vec<&str> =
        parts.map(|filter| filter.split(':').next().unwrap_or(filter).trim()).collect();
    let literal = subject.starts_with(['"', '\''])
        || subject.parse::<f64>().is_ok()
        || subject.starts_with("_(");
    let guarded = [
        "escape",
        "force_escape",
        "escapejs",
        "json_script",
        "striptags",
        "linebreaks",
        "urlize",
        "bleach",
        "sanitize",
        "length",
        "floatformat",
        "intcomma",
        "date",
    ];
    filters.contains(&"safe")
        && !literal
        && !filters.iter().any(|filter| guarded.iter().any(|guard| filter.contains(guard)))
}
