//! Rules about logging.

mod admins_empty;
mod error_mail_unfiltered;
mod error_report_unfiltered;
mod failed_write_hidden;
mod log_address_forgeable;
mod log_directory_unprepared;
mod log_level_debug;
mod log_level_too_high;
mod log_record_undated;
mod log_rotated_twice;
mod log_rotator_shared;
mod log_unrotated;
mod loggers_disabled;
mod logging_handler_undefined;
mod logging_missing;
mod logrotate_without_reopen;
mod security_log_missing;
mod security_logger_silenced;
mod sensitive_value_logged;
mod sql_logged;
mod traceback_dropped;
mod tracker_sends_personal_data;

use crate::Rule;
use plimsoll_python::Value;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    logging_missing::RULE,
    logging_handler_undefined::RULE,
    loggers_disabled::RULE,
    log_record_undated::RULE,
    admins_empty::RULE,
    error_report_unfiltered::RULE,
    error_mail_unfiltered::RULE,
    sql_logged::RULE,
    security_logger_silenced::RULE,
    security_log_missing::RULE,
    log_level_debug::RULE,
    log_level_too_high::RULE,
    log_address_forgeable::RULE,
    log_directory_unprepared::RULE,
    log_rotated_twice::RULE,
    log_rotator_shared::RULE,
    log_unrotated::RULE,
    logrotate_without_reopen::RULE,
    sensitive_value_logged::RULE,
    tracker_sends_personal_data::RULE,
    traceback_dropped::RULE,
    failed_write_hidden::RULE,
];

/// The entries of a section of LOGGING by name.
fn section<'v>(logging: &'v Value, name: &str) -> Vec<(&'v str, &'v Value)> {
    match logging.get(name) {
        Some(Value::Dict(pairs)) => {
            pairs.iter().filter_map(|(key, value)| Some((key.text()?, value))).collect()
        }
        _ => Vec::new(),
    }
}

/// The loggers of LOGGING with the root: it may stand beside them or among them.
fn logger_configs(logging: &Value) -> Vec<(&str, &Value)> {
    let root = logging.get("root").map(|config| ("root", config));
    section(logging, "loggers").into_iter().chain(root).collect()
}

/// The handlers that a logger names.
fn handler_names(config: &Value) -> Vec<&str> {
    config
        .get("handlers")
        .and_then(Value::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::text)
        .collect()
}

/// Whether a section is known to hold no such entry.
fn is_undefined(logging: &Value, kind: &str, name: &str) -> bool {
    let known = match logging.get(kind) {
        Some(Value::Dict(pairs)) => pairs.iter().all(|(key, _)| key.is_known()),
        Some(_) => false,
        None => {
            matches!(logging, Value::Dict(pairs) if pairs.iter().all(|(key, _)| key.is_known()))
        }
    };
    // A configuration that adds to an earlier one may name what stands there.
    let incremental = logging.get("incremental").and_then(Value::truth) == Some(true);
    known && !incremental && section(logging, kind).iter().all(|(key, _)| *key != name)
}

/// Whether a handler writes lines while DEBUG is off: no null or mail handler, no filter that asks
/// for DEBUG.
fn writes_in_production(logging: &Value, handler: &str) -> bool {
    let handlers = section(logging, "handlers");
    let Some((_, config)) = handlers.iter().find(|(name, _)| *name == handler) else {
        return false;
    };
    let class =
        config.get("class").or_else(|| config.get("()")).and_then(Value::text).unwrap_or("");
    let debug_only = config
        .get("filters")
        .and_then(Value::items)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::text)
        .any(|filter| {
            section(logging, "filters").iter().any(|(name, config)| {
                *name == filter
                    && config.get("()").and_then(Value::text)
                        == Some("django.utils.log.RequireDebugTrue")
            })
        });
    !debug_only && !class.ends_with("NullHandler") && !class.ends_with("AdminEmailHandler")
}

/// Whether a handler writes to a file.
fn is_file_handler(config: &Value) -> bool {
    let class = config.get("class").and_then(Value::text).unwrap_or("");
    class.starts_with("logging.") && class.ends_with("FileHandler")
}

/// A file that a handler of LOGGING writes to.
struct FileLog<'v> {
    handler: &'v str,
    /// Its path, where that is known.
    path: Option<&'v str>,
    /// Whether the handler turns it over by itself.
    rotates: bool,
}

/// The files that handlers in use write to.
fn file_logs(logging: &Value) -> Vec<FileLog<'_>> {
    let used: Vec<&str> =
        logger_configs(logging).into_iter().flat_map(|(_, config)| handler_names(config)).collect();
    section(logging, "handlers")
        .into_iter()
        .filter(|(name, config)| used.contains(name) && is_file_handler(config))
        .filter(|(name, _)| writes_in_production(logging, name))
        .map(|(handler, config)| {
            let class = config.get("class").and_then(Value::text).unwrap_or("");
            let path = config.get("filename").and_then(Value::text);
            FileLog { handler, path, rotates: class.contains("Rotating") }
        })
        // Streams of the process have paths too.
        .filter(|file| {
            !file.path.is_some_and(|path| path.starts_with("/dev/") || path.starts_with("/proc/"))
        })
        .collect()
}

/// Whether a pattern of logrotate covers a path: `*` within one folder.
fn covers(pattern: &str, path: &str) -> bool {
    let pattern = pattern.trim_matches('"');
    let (mut parts, mut others) = (pattern.split('/'), path.split('/'));
    loop {
        match (parts.next(), others.next()) {
            (None, None) => return true,
            (Some(part), Some(other)) => {
                let fits = match part.split_once('*') {
                    None => part == other,
                    Some((before, after)) => {
                        let after = after.rsplit('*').next().unwrap_or(after);
                        other.len() >= before.len() + after.len()
                            && other.starts_with(before)
                            && other.ends_with(after)
                    }
                };
                if !fits {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// The format of a formatter; `None` where it is a class of its own or not known.
fn format_of<'v>(logging: &'v Value, formatter: &str) -> Option<&'v str> {
    let formatters = section(logging, "formatters");
    let (_, config) = formatters.iter().find(|(name, _)| *name == formatter)?;
    if config.get("()").is_some() || config.get("class").is_some() {
        return None;
    }
    match config.get("format") {
        None => Some(""),
        Some(format) => format.text(),
    }
}

/// A level as Python's logging counts it.
fn level(value: &Value) -> Option<i64> {
    match value.text() {
        Some(text) => match text.to_ascii_uppercase().as_str() {
            "NOTSET" => Some(0),
            "DEBUG" => Some(10),
            "INFO" => Some(20),
            "WARNING" | "WARN" => Some(30),
            "ERROR" => Some(40),
            "CRITICAL" | "FATAL" => Some(50),
            _ => None,
        },
        None => value.integer(),
    }
}

/// Whether a logger's own handlers write DEBUG records: one of them is known to have no higher
/// level and writes in production. A logger without handlers hands its records to the root's.
fn lets_debug_through(logging: &Value, logger: &Value) -> bool {
    let named = handler_names(logger);
    let handlers = section(logging, "handlers");
    let writes = |name: &&str| {
        let Some((_, config)) = handlers.iter().find(|(key, _)| key == name) else { return true };
        let low =
            config.get("level").is_none_or(|value| level(value).is_some_and(|level| level <= 10));
        low && writes_in_production(logging, name)
    };
    named.is_empty() || named.iter().any(writes)
}
