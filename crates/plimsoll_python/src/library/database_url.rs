//! `dj_database_url`, `dj_email_url` and `django_cache_url`.

use super::prelude::*;
use super::support;
use super::urls::{dj_database_url, dj_email_url, django_cache_url};
use crate::Value;

const DATABASE: &str = "dj-database-url";
const EMAIL: &str = "dj-email-url";
const CACHE: &str = "django-cache-url";

pub(super) const MODELS: &[Model] = &[
    Model { name: "dj_database_url", distribution: Some(DATABASE), build: build_database },
    Model { name: "dj_email_url", distribution: Some(EMAIL), build: build_email },
    Model { name: "django_cache_url", distribution: Some(CACHE), build: build_cache },
];

static CONFIG: Native = function("dj_database_url.config", config);
static PARSE: Native = function("dj_database_url.parse", parse);
static EMAIL_CONFIG: Native = function("dj_email_url.config", email_config);
static EMAIL_PARSE: Native = function("dj_email_url.parse", email_parse);

fn build_database(module: &mut Builder<'_, '_>) {
    module.function("config", &CONFIG);
    module.function("parse", &PARSE);
    module.str("DEFAULT_ENV", "DATABASE_URL");
    module.exception("ParseError", "ValueError");
    module.exception("UnknownSchemeError", "ValueError");
    module.unknown("this part of dj-database-url is not modelled");
}

fn build_email(module: &mut Builder<'_, '_>) {
    module.function("config", &EMAIL_CONFIG);
    module.function("parse", &EMAIL_PARSE);
    module.str("DEFAULT_ENV", "EMAIL_URL");
    module.unknown("this part of dj-email-url is not modelled");
}

static CACHE_CONFIG: Native = function("django_cache_url.config", cache_config);
static CACHE_PARSE: Native = function("django_cache_url.parse", cache_parse);

fn build_cache(module: &mut Builder<'_, '_>) {
    module.function("config", &CACHE_CONFIG);
    module.function("parse", &CACHE_PARSE);
    module.str("DEFAULT_ENV", "CACHE_URL");
    module.unknown("this part of django-cache-url is not modelled");
}

fn cache_config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let mut call = call;
    if call.get(1, "default").is_none() {
        call.named.push(("default".into(), Val::str("locmem://")));
    }
    let value = match variable(interp, &call, "CACHE_URL", "cache_url", CACHE) {
        Ok(value) => value,
        Err(unknown) => return Ok(unknown),
    };
    interp.each(&value, |interp, value| match interp.truth(value)? {
        Some(false) => Ok(interp.new_dict([]).with_deps(&value.deps)),
        _ => one_cache(interp, value),
    })
}

fn cache_parse(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let url = call.get(0, "url").cloned().unwrap_or(Val::NONE);
    one_cache(interp, &url)
}

fn one_cache(interp: &mut Interp<'_>, url: &Val) -> Outcome {
    let Some(text) = url.as_str() else { return Ok(interp.why_unknown(url)) };
    let context = support::context(interp, CACHE);
    let result = django_cache_url::parse(text, &context);
    Ok(support::outcome(interp, result)?.with_deps(&url.deps))
}

/// A variable with a fallback: its value, or `None` where neither is there.
fn variable(
    interp: &mut Interp<'_>,
    call: &Call,
    default_name: &str,
    cast: &str,
    reader: &'static str,
) -> Result<Val, Val> {
    let name = match call.get(0, "env") {
        None => default_name.to_owned(),
        Some(value) => match value.as_str() {
            Some(name) => name.to_owned(),
            None => return Err(Val::unknown("a variable whose name is not known")),
        },
    };
    let default = call.get(1, "default").cloned().unwrap_or(Val::NONE);
    interp.record_use(&name, call.at, Some(&default), Some(cast), reader);
    match interp.environment_get(&name) {
        Lookup::Set(value) => Ok(value),
        Lookup::Unknown(value) => Err(value),
        Lookup::Unset => Ok(default.depending_on(&name)),
    }
}

/// The options after the first argument or two; their order changed in 1.1 and 2.2.
fn arguments(
    interp: &mut Interp<'_>,
    call: &Call,
    first: usize,
) -> Result<Result<dj_database_url::Arguments, Val>, Raise> {
    use plimsoll_formats::dotenv::Version;
    let version = support::version(interp, DATABASE);
    let names: &[&str] = if version >= Version(2, 2, 0) {
        &[
            "engine",
            "conn_max_age",
            "conn_health_checks",
            "disable_server_side_cursors",
            "ssl_require",
            "test_options",
        ]
    } else if version >= Version(1, 1, 0) {
        &["engine", "conn_max_age", "conn_health_checks", "ssl_require", "test_options"]
    } else {
        &["engine", "conn_max_age", "ssl_require"]
    };
    let mut found = dj_database_url::Arguments::default();
    let allowed = |name: &str| names.contains(&name) || matches!(name, "env" | "default" | "url");
    if let Some((name, _)) = call.named.iter().find(|(name, _)| !allowed(name)) {
        let text = format!("got an unexpected keyword argument '{name}'");
        return Err(interp.raise("TypeError", &text));
    }
    for (at, name) in names.iter().enumerate() {
        let Some(value) = call.get(first + at, name) else { continue };
        match *name {
            "engine" => match &value.kind {
                Kind::None => {}
                Kind::Str(engine) => found.engine = Some(engine.to_string()),
                _ => return Ok(Err(Val::unknown("a database engine that is not known"))),
            },
            "conn_max_age" => found.conn_max_age = Some(interp.export(value)),
            "conn_health_checks" => found.conn_health_checks = Some(interp.export(value)),
            "disable_server_side_cursors" => {
                found.disable_server_side_cursors = Some(interp.export(value));
            }
            "ssl_require" => match interp.truth(value)? {
                Some(flag) => found.ssl_require = flag,
                None => return Ok(Err(Val::unknown("ssl_require of a database is not known"))),
            },
            _ => match interp.truth(value)? {
                Some(true) => found.test_options = Some(interp.export(value)),
                Some(false) => {}
                None => return Ok(Err(Val::unknown("test_options of a database are not known"))),
            },
        }
    }
    Ok(Ok(found))
}

fn config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = match variable(interp, &call, "DATABASE_URL", "db_url", DATABASE) {
        Ok(value) => value,
        Err(unknown) => return Ok(unknown),
    };
    let options = match arguments(interp, &call, 2)? {
        Ok(options) => options,
        Err(unknown) => return Ok(unknown),
    };
    interp.each(&value, |interp, value| match interp.truth(value)? {
        Some(false) => Ok(interp.new_dict([]).with_deps(&value.deps)),
        _ => parse_one(interp, value, &options),
    })
}

fn parse(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let Some(url) = call.get(0, "url").cloned() else {
        return Err(
            interp.raise("TypeError", "parse() missing 1 required positional argument: 'url'")
        );
    };
    match arguments(interp, &call, 1)? {
        Ok(options) => parse_one(interp, &url, &options),
        Err(unknown) => Ok(unknown),
    }
}

fn parse_one(interp: &mut Interp<'_>, url: &Val, options: &dj_database_url::Arguments) -> Outcome {
    let Some(text) = url.as_str() else {
        return Ok(if url.is_unknown() {
            url.clone()
        } else {
            Val::unknown("a database URL that is no string")
        });
    };
    let context = support::context(interp, DATABASE);
    let result = dj_database_url::parse(text, options, &context);
    let value = support::outcome(interp, result)?;
    Ok(spread(interp, value, url))
}

/// Every value of the dict depends on what the URL depends on.
pub(super) fn spread(interp: &mut Interp<'_>, value: Val, url: &Val) -> Val {
    if let Some(id) = value.as_id()
        && let Some(dict) = interp.dict_mut(id)
    {
        for entry in dict.entries.values_mut() {
            entry.value = entry.value.clone().with_deps(&url.deps);
        }
    }
    value.with_deps(&url.deps)
}

fn email_config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = match variable(interp, &call, "EMAIL_URL", "email_url", EMAIL) {
        Ok(value) => value,
        Err(unknown) => return Ok(unknown),
    };
    interp.each(&value, |interp, value| match interp.truth(value)? {
        Some(false) => Ok(interp.new_dict([]).with_deps(&value.deps)),
        _ => email_one(interp, value),
    })
}

fn email_parse(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let [url] = call.bind(interp, "parse", ["url"], 1)?;
    email_one(interp, &url.unwrap_or(Val::NONE))
}

fn email_one(interp: &mut Interp<'_>, url: &Val) -> Outcome {
    let Some(text) = url.as_str() else {
        return Ok(if url.is_unknown() {
            url.clone()
        } else {
            Val::unknown("an e-mail URL that is no string")
        });
    };
    let result: Result<Value, _> = dj_email_url::parse(text);
    let value = support::outcome(interp, result)?;
    Ok(spread(interp, value, url))
}
