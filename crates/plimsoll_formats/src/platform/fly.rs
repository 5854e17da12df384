//! fly.toml.

use plimsoll_source::{Problem, ProblemKind, Secret, SourceText, Span};
use toml_edit::{Document, Item, TableLike};

use crate::Spanned;

/// A command of `[processes]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlyProcess {
    /// Its name.
    pub name: String,
    /// The command.
    pub command: Spanned<String>,
}

/// A `[http_service]` or `[[services]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlyService {
    /// The port inside the machine.
    pub internal_port: Option<Spanned<i64>>,
    /// Whether plain HTTP is sent to HTTPS.
    pub force_https: Option<Spanned<bool>>,
    /// Its health checks.
    pub checks: Vec<FlyCheck>,
    /// Where it begins.
    pub span: Span,
}

/// A health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlyCheck {
    /// The path that is asked for; `None` for a check of the port alone.
    pub path: Option<Spanned<String>>,
    /// Headers sent with it, by name.
    pub headers: Vec<(String, String)>,
}

/// A fly.toml.
#[derive(Clone, Debug, Default)]
pub struct FlyToml {
    /// The application's name.
    pub app: Option<Spanned<String>>,
    /// Variables of `[env]`.
    pub env: Vec<(String, Spanned<Secret>)>,
    /// Commands of `[processes]`.
    pub processes: Vec<FlyProcess>,
    /// `[deploy] release_command`.
    pub release_command: Option<Spanned<String>>,
    /// Services.
    pub services: Vec<FlyService>,
    /// Paths served without the application: guest path and URL prefix.
    pub statics: Vec<(Spanned<String>, Spanned<String>)>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl FlyToml {
    /// Reads a fly.toml.
    pub fn read(text: &SourceText) -> Self {
        let mut file = Self::default();
        let document = match Document::parse(text.text()) {
            Ok(document) => document,
            Err(error) => {
                let at = text.span(error.span().unwrap_or(0..0));
                file.problems.push(Problem::new(ProblemKind::Syntax, at, "this is not TOML"));
                return file;
            }
        };
        let root = document.as_table();
        file.app = root.get("app").and_then(|item| string(text, item));
        if let Some(env) = root.get("env").and_then(Item::as_table_like) {
            file.env = env.iter().filter_map(|(key, item)| variable(text, key, item)).collect();
        }
        if let Some(processes) = root.get("processes").and_then(Item::as_table_like) {
            let entries = processes.iter();
            file.processes = entries
                .filter_map(|(name, item)| {
                    Some(FlyProcess { name: name.to_owned(), command: string(text, item)? })
                })
                .collect();
        }
        let deploy = root.get("deploy").and_then(Item::as_table_like);
        file.release_command =
            deploy.and_then(|d| d.get("release_command")).and_then(|item| string(text, item));
        let http = root.get("http_service").and_then(Item::as_table_like);
        file.services.extend(http.map(|table| service(text, table, root.get("http_service"))));
        for table in tables(root.get("services")) {
            file.services.push(service(text, table, root.get("services")));
        }
        file.statics = tables(root.get("statics"))
            .into_iter()
            .filter_map(|table| {
                let get = |key| table.get(key).and_then(|item| string(text, item));
                Some((get("guest_path")?, get("url_prefix")?))
            })
            .collect();
        file
    }
}

fn service(text: &SourceText, table: &dyn TableLike, item: Option<&Item>) -> FlyService {
    let internal_port = table
        .get("internal_port")
        .and_then(|item| Some(Spanned::new(item.as_integer()?, span(text, item))));
    let force_https = table
        .get("force_https")
        .or_else(|| {
            let ports = tables(table.get("ports"));
            ports.into_iter().find_map(|port| port.get("force_https"))
        })
        .and_then(|item| Some(Spanned::new(item.as_bool()?, span(text, item))));
    let mut checks = Vec::new();
    for key in ["checks", "http_checks", "tcp_checks"] {
        checks.extend(tables(table.get(key)).into_iter().map(|check| check_of(text, check)));
    }
    let at = internal_port.as_ref().map(|port| port.span.clone());
    let span = at.unwrap_or_else(|| {
        item.map_or_else(|| Span::of_file(text.path().clone()), |item| span(text, item))
    });
    FlyService { internal_port, force_https, checks, span }
}

fn check_of(text: &SourceText, table: &dyn TableLike) -> FlyCheck {
    let headers = table.get("headers").and_then(Item::as_table_like);
    let headers = headers.map_or(Vec::new(), |headers| {
        let pairs = headers.iter();
        pairs.filter_map(|(k, v)| Some((k.to_owned(), v.as_str()?.to_owned()))).collect()
    });
    FlyCheck { path: table.get("path").and_then(|item| string(text, item)), headers }
}

/// The tables of `[[x]]`, of `[x]`, or of an array of inline tables.
fn tables(item: Option<&Item>) -> Vec<&dyn TableLike> {
    match item {
        Some(Item::ArrayOfTables(tables)) => {
            tables.iter().map(|table| table as &dyn TableLike).collect()
        }
        Some(Item::Value(toml_edit::Value::Array(array))) => {
            let inline = array.iter().filter_map(toml_edit::Value::as_inline_table);
            inline.map(|table| table as &dyn TableLike).collect()
        }
        Some(item) => {
            let Some(table) = item.as_table_like() else { return Vec::new() };
            // `[checks.name]`: a table of tables.
            let inner: Vec<_> = table.iter().filter_map(|(_, item)| item.as_table_like()).collect();
            if inner.is_empty() || table.get("internal_port").is_some() {
                vec![table]
            } else {
                inner
            }
        }
        None => Vec::new(),
    }
}

fn span(text: &SourceText, item: &Item) -> Span {
    text.span(item.span().unwrap_or(0..0))
}

fn string(text: &SourceText, item: &Item) -> Option<Spanned<String>> {
    Some(Spanned::new(item.as_str()?.to_owned(), span(text, item)))
}

fn variable(text: &SourceText, key: &str, item: &Item) -> Option<(String, Spanned<Secret>)> {
    let value = match item {
        Item::Value(toml_edit::Value::String(value)) => value.value().clone(),
        Item::Value(toml_edit::Value::Integer(value)) => value.value().to_string(),
        Item::Value(toml_edit::Value::Boolean(value)) => value.value().to_string(),
        _ => return None,
    };
    Some((key.to_owned(), Spanned::new(Secret::new(value), span(text, item))))
}
