//! app.json of Heroku and its like. Places are those of the keys' first occurrence in quotes.

use plimsoll_source::{Problem, ProblemKind, Secret, SourceText, Span};
use serde_json::Value;

use crate::Spanned;

/// A variable of `env`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppJsonVariable {
    /// Its name.
    pub name: String,
    /// Its value, where one is given.
    pub value: Option<Secret>,
    /// Whether the platform makes one up (`"generator": "secret"`).
    pub generated: bool,
    /// Whether it has to be set; true unless `"required": false`.
    pub required: bool,
    /// The name in the file.
    pub span: Span,
}

/// An app.json.
#[derive(Clone, Debug, Default)]
pub struct AppJson {
    /// The variables.
    pub env: Vec<AppJsonVariable>,
    /// Add-ons such as `heroku-postgresql:mini`.
    pub addons: Vec<String>,
    /// The script after the first deployment.
    pub postdeploy: Option<Spanned<String>>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

impl AppJson {
    /// Reads an app.json.
    pub fn read(text: &SourceText) -> Self {
        let mut file = Self::default();
        let value: Value = match serde_json::from_str(text.text()) {
            Ok(value) => value,
            Err(error) => {
                let line = u32::try_from(error.line()).unwrap_or(1).clamp(1, text.line_count());
                let at = text.line_span(line);
                file.problems.push(Problem::new(ProblemKind::Syntax, at, "this is not JSON"));
                return file;
            }
        };
        if let Some(env) = value.get("env").and_then(Value::as_object) {
            file.env = env.iter().map(|(name, value)| variable(text, name, value)).collect();
        }
        let addons = value.get("addons").and_then(Value::as_array);
        file.addons = addons
            .into_iter()
            .flatten()
            .filter_map(|addon| addon.as_str().or_else(|| addon.get("plan")?.as_str()))
            .map(str::to_owned)
            .collect();
        let script = value.get("scripts").and_then(|scripts| scripts.get("postdeploy"));
        let script = script.and_then(|s| s.as_str().or_else(|| s.get("command")?.as_str()));
        file.postdeploy =
            script.map(|script| Spanned::new(script.to_owned(), key_span(text, "postdeploy")));
        file
    }
}

fn variable(text: &SourceText, name: &str, value: &Value) -> AppJsonVariable {
    let inner = value.get("value").unwrap_or(value);
    let known = match inner {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    AppJsonVariable {
        name: name.to_owned(),
        value: known.map(Secret::new),
        generated: value.get("generator").is_some(),
        required: value.get("required").and_then(Value::as_bool).unwrap_or(true),
        span: key_span(text, name),
    }
}

fn key_span(text: &SourceText, key: &str) -> Span {
    let quoted = format!("\"{key}\"");
    match text.text().find(&quoted) {
        Some(at) => text.span(at..at + quoted.len()),
        None => Span::of_file(text.path().clone()),
    }
}
