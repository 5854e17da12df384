//! django-environ's `search_url_config` (haystack), from 0.11 on.

use plimsoll_formats::dotenv::Version;

use super::super::stdlib_text::url::{self, parse_qs, unquote_plus};
use super::super::stdlib_text::{Trouble, literal};
use super::{Context, Pairs, text};
use crate::Value;

/// `search_url_config(url, engine)`.
///
/// # Errors
/// `ImproperlyConfigured` for an unknown scheme; unknown for versions before 0.11.
pub(crate) fn search_url(
    source: &str,
    engine: Option<&str>,
    context: &Context,
) -> Result<Value, Trouble> {
    if context.version < Version(0, 11, 0) {
        return Err(Trouble::Unknown("search_url of django-environ before 0.11 is not modelled"));
    }
    let url = url::parse(source)?;
    let path = url.path_tail();
    let path = unquote_plus(path.split('?').next().unwrap_or_default());
    let elastic = url.scheme.starts_with("elasticsearch");
    let secure = elastic && url.scheme.ends_with('s');
    let scheme = if secure { url.scheme.trim_end_matches('s') } else { &url.scheme };
    let Some(known) = engine_of(scheme) else {
        return Err(Trouble::Raise(
            "ImproperlyConfigured",
            "the scheme of the search URL has no engine",
        ));
    };
    let mut config = Pairs::default();
    config.set("ENGINE", text(known));
    let query = parse_qs(&url.query);
    let first = |name: &str| {
        let (_, values) = query.iter().find(|(key, _)| key == name)?;
        values.first().map(String::as_str)
    };
    common(&first, &mut config)?;
    if url.scheme == "simple" {
        return Ok(config.value());
    }
    let path = path.strip_suffix('/').unwrap_or(&path);
    if elastic || url.scheme == "solr" {
        server(&url, path, elastic, secure, &first, &mut config)?;
        return Ok(config.value());
    }
    config.set("PATH", text(format!("/{path}")));
    match url.scheme.as_str() {
        "whoosh" => {
            if let Some(storage) = first("STORAGE") {
                config.set("STORAGE", text(storage));
            }
            if let Some(limit) = first("POST_LIMIT") {
                config.set("POST_LIMIT", Value::Int(literal::int(limit)?));
            }
        }
        "xapian" => {
            if let Some(flags) = first("FLAGS") {
                config.set("FLAGS", text(flags));
            }
        }
        _ => {}
    }
    if let Some(engine) = engine.filter(|engine| !engine.is_empty()) {
        config.set("ENGINE", text(engine));
    }
    Ok(config.value())
}

fn engine_of(scheme: &str) -> Option<&'static str> {
    Some(match scheme {
        "elasticsearch" => "haystack.backends.elasticsearch_backend.ElasticsearchSearchEngine",
        "elasticsearch2" => "haystack.backends.elasticsearch2_backend.Elasticsearch2SearchEngine",
        "elasticsearch5" => "haystack.backends.elasticsearch5_backend.Elasticsearch5SearchEngine",
        "elasticsearch7" => "haystack.backends.elasticsearch7_backend.Elasticsearch7SearchEngine",
        "solr" => "haystack.backends.solr_backend.SolrEngine",
        "whoosh" => "haystack.backends.whoosh_backend.WhooshEngine",
        "xapian" => "haystack.backends.xapian_backend.XapianEngine",
        "simple" => "haystack.backends.simple_backend.SimpleEngine",
        _ => return None,
    })
}

fn common<'a>(first: &impl Fn(&str) -> Option<&'a str>, config: &mut Pairs) -> Result<(), Trouble> {
    if let Some(indexes) = first("EXCLUDED_INDEXES") {
        config.set("EXCLUDED_INDEXES", Value::List(indexes.split(',').map(text).collect()));
    }
    if let Some(spelling) = first("INCLUDE_SPELLING") {
        config.set("INCLUDE_SPELLING", Value::Bool(truth(spelling)?));
    }
    if let Some(size) = first("BATCH_SIZE") {
        config.set("BATCH_SIZE", Value::Int(literal::int(size)?));
    }
    Ok(())
}

/// The cast to `bool` of django-environ (0.11 and later): a number, else one of the true words.
///
/// # Errors
/// Unknown for digits that are not ASCII.
pub(crate) fn truth(value: &str) -> Result<bool, Trouble> {
    match literal::int(value) {
        Ok(number) => Ok(number != num_bigint::BigInt::ZERO),
        Err(Trouble::Raise(..)) => {
            let word = value.to_lowercase();
            let word = word.trim_matches(super::super::stdlib_text::is_space);
            Ok(matches!(word, "true" | "on" | "ok" | "y" | "yes" | "1"))
        }
        Err(Trouble::Unknown(_)) if !value.chars().any(char::is_numeric) => Ok(false),
        Err(unknown) => Err(unknown),
    }
}

/// Elasticsearch and Solr: a URL with the scheme of HTTP; Elasticsearch's last part is the index.
fn server<'a>(
    url: &url::Url,
    path: &str,
    elastic: bool,
    secure: bool,
    first: &impl Fn(&str) -> Option<&'a str>,
    config: &mut Pairs,
) -> Result<(), Trouble> {
    let (path, index) =
        if elastic { path.rsplit_once('/').unwrap_or(("", path)) } else { (path, "") };
    let whole = url::Url {
        scheme: if secure { "https" } else { "http" }.into(),
        netloc: url.netloc.clone(),
        path: path.to_owned(),
        params: String::new(),
        query: String::new(),
        fragment: String::new(),
    };
    config.set("URL", text(whole.unparse(true)));
    if let Some(timeout) = first("TIMEOUT") {
        config.set("TIMEOUT", Value::Int(literal::int(timeout)?));
    }
    if let Some(arguments) = first("KWARGS") {
        config.set("KWARGS", text(arguments));
    }
    if elastic {
        config.set("INDEX_NAME", text(index));
    }
    Ok(())
}
