//! Facts of application code: one pass over one module, without running or importing it.
//!
//! What is gathered is what rules ask of code: how SQL and HTML are put together, where passwords
//! are set and logged, which views switch protections off, which models hold what. Everything is
//! told from the module alone: names are followed to assignments in the same function or module
//! and no further, and what cannot be followed says so.

mod accounts;
mod assigned;
mod build;
mod classes;
mod dealings;
mod deals;
mod decorators;
mod facts;
mod flow;
mod handlers;
mod imports;
mod judge;
mod limits;
mod migration;
mod names;
mod places;
mod routes;
mod scan;
mod statements;
mod taken;
mod tasks;

#[cfg(test)]
mod deals_tests;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
pub use assigned::{Assigned, assignments};
pub use dealings::{Answer, AnswerHow, Dealings, FoundOrMade, Sent, Step, Turned, Wait};
pub use facts::{
    Account, Branch, BulkWrite, Change, ChangeKind, Class, Executed, Field, Function, Import,
    KeySource, KeyUse, Limit, Logged, Lookup, Meta, ModuleFacts, Password, PasswordFrom,
    PasswordSource, QueryLoop, Redirect, SafeUse, SqlUse, Swallowed, SwallowedHow, Taken, Text,
    Tracker,
};
use memchr::memmem;
pub use migration::{Migration, Operation, Reach};
use plimsoll_source::SourceText;
pub use routes::{Alias, Entry, Leads, Patterns, Registered, ViewUse};
pub use tasks::{CeleryApp, Task, TaskFacts};

use crate::syntax;

/// Words of which at least one stands in every module that has a fact to tell.
const WORDS: [&str; 74] = [
    "csrf_exempt",
    "requests.",
    "urlopen(",
    "select_for_update",
    "_or_create(",
    "migrations.Migration",
    "elery",
    "huey",
    "dramatiq",
    "django_rq",
    ".delay(",
    "xframe_options_exempt",
    ".raw(",
    ".extra(",
    ".execute(",
    ".executemany(",
    "RawSQL",
    "mark_safe",
    "SafeString",
    "SafeText",
    "format_html",
    "set_password",
    "make_password",
    "create_user",
    "create_superuser",
    "Fernet",
    "HistoricalRecords",
    "auditlog",
    "X_FORWARDED_FOR",
    "sentry_sdk",
    "permission_classes",
    "hrottl",
    "atelimit",
    "rate_limit",
    "TokenBucket",
    "APIView",
    "ViewSet",
    "logout(",
    "models.Model",
    "Field(",
    "X-Forwarded-For",
    "x-forwarded-for",
    ".as_view()",
    "bulk_update",
    "bulk_create",
    ").update(",
    "DeleteView",
    "UpdateView",
    "CreateView",
    "urlpatterns",
    "outer.register(",
    "ModelForm",
    "ModelSerializer",
    "get_object_or_404",
    "edirect(request.",
    "request.GET",
    "'next'",
    "\"next\"",
    "pickle",
    "yaml.load",
    "shell=True",
    "os.system(",
    "def authenticate(",
    "check_password(",
    "except Exception",
    "except:",
    "RequiredMixin",
    "UserPassesTestMixin",
    "BasePermission",
    "request.data",
    "request.POST",
    "def delete_",
    "def remove_",
    "def destroy_",
];
/// Words that matter where something is logged or printed as well.
const LOGGED: [&str; 8] = [
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
    "request.POST",
    "request.body",
    "request.data",
];

/// Whether a module can have a fact to tell: looks at its text only.
pub fn is_worth_scanning(text: &str) -> bool {
    static ANY: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    static SENSITIVE: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let any = ANY.get_or_init(|| matcher(&WORDS));
    let sensitive = SENSITIVE.get_or_init(|| matcher(&LOGGED));
    let has = |words: &Option<AhoCorasick>| words.as_ref().is_none_or(|words| words.is_match(text));
    let holds = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    has(any) || ((holds("log") || holds("print(")) && has(sensitive))
}

/// Leftmost matches let the matcher skip through a text by vector instructions. What is left to
/// the automaton is worth one that is built slowly: the others cost a sixth of a check.
fn matcher(words: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words).ok()
}

/// Reads one module. A module that does not parse gives what could be parsed of it.
pub fn scan(source: &SourceText) -> ModuleFacts {
    let module = syntax::parse(source, None);
    let mut facts = scan::Scan::new(source, &module.body).run();
    let text = source.text();
    if text.contains("Migration") {
        facts.migration = migration::read(source, &module.body);
    }
    if ["elery", "huey", "dramatiq", "django_rq", ".delay("].iter().any(|word| text.contains(word))
    {
        facts.tasks = tasks::read(source, &module.body);
    }
    facts
}
