//! `dj_email_url.parse` (1.0).

use super::super::stdlib_text::{Trouble, literal, url};
use super::{Pairs, text};
use crate::Value;

const SCHEMES: &[(&str, &str)] = &[
    ("smtp", "django.core.mail.backends.smtp.EmailBackend"),
    ("submission", "django.core.mail.backends.smtp.EmailBackend"),
    ("submit", "django.core.mail.backends.smtp.EmailBackend"),
    ("smtps", "django.core.mail.backends.smtp.EmailBackend"),
    ("console", "django.core.mail.backends.console.EmailBackend"),
    ("file", "django.core.mail.backends.filebased.EmailBackend"),
    ("memory", "django.core.mail.backends.locmem.EmailBackend"),
    ("dummy", "django.core.mail.backends.dummy.EmailBackend"),
];

const TRUTHY: &[&str] =
    &["1", "y", "Y", "yes", "Yes", "YES", "t", "T", "true", "True", "TRUE", "on", "On", "ON"];

/// `parse(url)`.
///
/// # Errors
/// `ValueError` for a port or timeout that is no number.
pub(crate) fn parse(source: &str) -> Result<Value, Trouble> {
    let url = url::parse(source)?;
    let query = url::parse_qs(&url.query);
    let first = |name: &str| {
        let (_, values) = query.iter().find(|(key, _)| key == name)?;
        values.first().map(String::as_str)
    };
    let (user, password) = url.user_info();
    let decoded = |part: Option<&str>| part.map_or(Value::None, |part| text(url::unquote(part)));
    let mut config = Pairs::default();
    config.set("EMAIL_FILE_PATH", text(url.path_tail()));
    config.set("EMAIL_HOST_USER", decoded(user));
    config.set("EMAIL_HOST_PASSWORD", decoded(password));
    config.set("EMAIL_HOST", url.hostname().map_or(Value::None, text));
    let port = url.port()?;
    config.set("EMAIL_PORT", port.map_or(Value::None, |port| Value::Int(port.into())));
    let (mut ssl, mut tls) = (false, false);
    config.set("EMAIL_USE_SSL", Value::Bool(false));
    config.set("EMAIL_USE_TLS", Value::Bool(false));
    config.set("EMAIL_TIMEOUT", Value::None);
    if let Some((_, backend)) = SCHEMES.iter().find(|(scheme, _)| *scheme == url.scheme) {
        config.set("EMAIL_BACKEND", text(*backend));
    }
    let without_port = port.is_none_or(|port| port == 0);
    match url.scheme.as_str() {
        "smtp" => {
            if url.hostname().is_none() {
                config.set("EMAIL_HOST", text("localhost"));
            }
            if without_port {
                config.set("EMAIL_PORT", Value::Int(25.into()));
            }
        }
        "smtps" => tls = true,
        "submission" | "submit" => {
            tls = true;
            if without_port {
                config.set("EMAIL_PORT", Value::Int(587.into()));
            }
        }
        _ => {}
    }
    if let Some(value) = first("ssl") {
        if TRUTHY.contains(&value) {
            (ssl, tls) = (true, false);
        }
    } else if first("tls").is_some_and(|value| TRUTHY.contains(&value)) {
        (ssl, tls) = (false, true);
    }
    config.set("EMAIL_USE_SSL", Value::Bool(ssl));
    config.set("EMAIL_USE_TLS", Value::Bool(tls));
    if let Some(timeout) = first("timeout") {
        config.set("EMAIL_TIMEOUT", Value::Int(literal::int(timeout)?));
    }
    if let Some(sender) = first("_server_email") {
        config.set("SERVER_EMAIL", text(sender));
    }
    if let Some(sender) = first("_default_from_email") {
        config.set("DEFAULT_FROM_EMAIL", text(sender));
    }
    Ok(config.value())
}
