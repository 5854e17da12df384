//! `Env.db_url`, `cache_url`, `email_url`, `search_url`, `channels_url` and the functions behind
//! them.

use plimsoll_formats::dotenv::Version;

use super::database_url::spread;
use super::django_environ::{DISTRIBUTION, Wanted, get_value};
use super::prelude::*;
use super::stdlib_text::Trouble;
use super::support;
use super::urls::{Context, environ, environ_search};
use crate::Value;
use crate::interp::builder::ClassBuilder;

/// A reader of URLs: the URL, an engine or backend, what is installed.
type Reader = fn(&str, Option<&str>, &Context) -> Result<Value, Trouble>;

static DB: Native = method("environ.Env.db_url", db);
static CACHE: Native = method("environ.Env.cache_url", cache);
static EMAIL: Native = method("environ.Env.email_url", email);
static SEARCH: Native = method("environ.Env.search_url", search);
static CHANNELS: Native = method("environ.Env.channels_url", channels);
static DB_CONFIG: Native = class_method("environ.Env.db_url_config", db_config);
static CACHE_CONFIG: Native = class_method("environ.Env.cache_url_config", cache_config);
static EMAIL_CONFIG: Native = class_method("environ.Env.email_url_config", email_config);
static SEARCH_CONFIG: Native = class_method("environ.Env.search_url_config", search_config);
static CHANNELS_CONFIG: Native = class_method("environ.Env.channels_url_config", channels_config);

pub(super) fn fill(class: &mut ClassBuilder<'_, '_>) {
    for (name, native) in [
        ("db", &DB),
        ("db_url", &DB),
        ("cache", &CACHE),
        ("cache_url", &CACHE),
        ("email", &EMAIL),
        ("email_url", &EMAIL),
        ("search_url", &SEARCH),
        ("channels", &CHANNELS),
        ("channels_url", &CHANNELS),
        ("db_url_config", &DB_CONFIG),
        ("cache_url_config", &CACHE_CONFIG),
        ("email_url_config", &EMAIL_CONFIG),
        ("search_url_config", &SEARCH_CONFIG),
        ("channels_url_config", &CHANNELS_CONFIG),
    ] {
        class.method(name, native);
    }
    // Projects add schemes of their own to these; the readers then no longer apply.
    for name in ["DB_SCHEMES", "CACHE_SCHEMES", "EMAIL_SCHEMES", "SEARCH_SCHEMES"] {
        class.value(name, Val::unknown("django-environ's tables of schemes are not modelled"));
    }
}

/// A method of the form `name(var=DEFAULT, default=NOTSET, engine=None)`.
struct Method {
    variable: &'static str,
    kind: &'static str,
    reader: Reader,
    /// Whether the URL is parsed before the reader gets it (all but databases).
    through_url: bool,
}

fn run(interp: &mut Interp<'_>, call: Call, method: &Method) -> Outcome {
    let mut wanted = Wanted::of(interp, &call, 2);
    if call.get(1, "var").is_none() {
        wanted.name = Val::str(method.variable);
    }
    wanted.kind = Some(method.kind);
    if method.through_url {
        // The cast is `urlparse`, which the reader does itself: no cast by the default's type.
        wanted.cast = Some(Val::native(&super::stdlib::functions::SAME));
    }
    let backend = call
        .get(3, "engine")
        .or_else(|| call.keyword("backend"))
        .filter(|value| !value.is_none())
        .cloned();
    let value = get_value(interp, wanted)?;
    interp.each(&value, |interp, value| read(interp, value, backend.as_ref(), method))
}

fn read(interp: &mut Interp<'_>, value: &Val, backend: Option<&Val>, method: &Method) -> Outcome {
    let backend = match backend {
        None => None,
        Some(value) => match value.as_str() {
            Some(text) => Some(text),
            None => return Ok(Val::unknown("an engine or backend that is not known")),
        },
    };
    let Some(text) = value.as_str() else {
        return Ok(match value.is_unknown() {
            true => value.clone(),
            false => Val::unknown("a URL variable that falls to what is no string"),
        });
    };
    let context = support::context(interp, DISTRIBUTION);
    if method.through_url && text.is_empty() {
        return Ok(Val::unknown(
            "an empty URL, which versions of django-environ treat differently",
        ));
    }
    let result = (method.reader)(text, backend, &context);
    let config = support::outcome(interp, result)?;
    Ok(spread(interp, config, value))
}

fn db(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let method = Method {
        variable: "DATABASE_URL",
        kind: "db_url",
        reader: environ::db_url,
        through_url: false,
    };
    run(interp, call, &method)
}

fn cache(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let method = Method {
        variable: "CACHE_URL",
        kind: "cache_url",
        reader: environ::cache_url,
        through_url: true,
    };
    run(interp, call, &method)
}

fn email(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let method = Method {
        variable: "EMAIL_URL",
        kind: "email_url",
        reader: environ::email_url,
        through_url: true,
    };
    run(interp, call, &method)
}

fn search(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let reader = environ_search::search_url;
    let method = Method { variable: "SEARCH_URL", kind: "search_url", reader, through_url: true };
    run(interp, call, &method)
}

fn channels(interp: &mut Interp<'_>, call: Call) -> Outcome {
    if support::version(interp, DISTRIBUTION) < Version(0, 12, 0) {
        return Err(interp.raise("AttributeError", "'Env' object has no attribute 'channels_url'"));
    }
    let reader = environ::channels_url;
    let method =
        Method { variable: "CHANNELS_URL", kind: "channels_url", reader, through_url: true };
    run(interp, call, &method)
}

/// `…_url_config(url, engine)`: the URL itself.
fn config(interp: &mut Interp<'_>, call: &Call, reader: Reader) -> Outcome {
    let url = call.get(1, "url").cloned().unwrap_or(Val::NONE);
    let backend = call
        .get(2, "engine")
        .or_else(|| call.keyword("backend"))
        .filter(|value| !value.is_none())
        .cloned();
    let method = Method { variable: "", kind: "", reader, through_url: true };
    read(interp, &url, backend.as_ref(), &method)
}

fn db_config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    config(interp, &call, environ::db_url)
}

fn cache_config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    config(interp, &call, environ::cache_url)
}

fn email_config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    config(interp, &call, environ::email_url)
}

fn search_config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    config(interp, &call, environ_search::search_url)
}

fn channels_config(interp: &mut Interp<'_>, call: Call) -> Outcome {
    config(interp, &call, environ::channels_url)
}
