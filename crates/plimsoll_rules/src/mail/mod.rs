//! Rules about mail.

mod mail_backend_not_delivering;
mod mail_backend_unconfigured;
mod mail_credentials_missing;
mod mail_from_default;
mod mail_server_address_default;
mod mail_setting_unread;
mod mail_timeout_missing;
mod mail_tls_and_ssl;
mod mail_unencrypted;

use plimsoll_facts::{Facts, Reading};

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    mail_backend_not_delivering::RULE,
    mail_backend_unconfigured::RULE,
    mail_unencrypted::RULE,
    mail_tls_and_ssl::RULE,
    mail_timeout_missing::RULE,
    mail_from_default::RULE,
    mail_server_address_default::RULE,
    mail_credentials_missing::RULE,
    mail_setting_unread::RULE,
];

/// Whether mail leaves by SMTP: Django's own backend.
fn uses_smtp(facts: &Facts) -> bool {
    facts
        .certain("EMAIL_BACKEND")
        .and_then(|value| value.text())
        .is_some_and(|backend| backend == "django.core.mail.backends.smtp.EmailBackend")
}

/// Whether mail goes to no server, or to the application's own host, as far as the repository says:
/// `mail-backend-unconfigured` speaks of that, and what the server wants is not known.
fn is_local(facts: &Facts) -> bool {
    let host = match facts.reading("EMAIL_HOST") {
        Reading::Certain(value) | Reading::Assumed { value, .. } => value.text(),
        _ => None,
    };
    host.is_some_and(|host| matches!(host.trim(), "" | "localhost" | "127.0.0.1" | "::1"))
}

/// Addresses that no receiving server takes: a domain without a dot, the reserved names of RFC
/// 2606 and the placeholders of templates.
fn is_example_address(address: &str) -> bool {
    let address = address.rsplit_once('<').map_or(address, |(_, rest)| rest.trim_end_matches('>'));
    let Some((_, domain)) = address.trim().rsplit_once('@') else { return true };
    let domain = domain.to_ascii_lowercase();
    !domain.contains('.')
        || [
            "example.com",
            "example.net",
            "example.org",
            "yourdomain.com",
            "your-domain.com",
            "domain.com",
            "localhost.localdomain",
        ]
        .contains(&domain.as_str())
        || [".invalid", ".test", ".local", ".localhost", ".example"]
            .iter()
            .any(|end| domain.ends_with(end))
}

/// Whether nothing of the project sends mail and no setting of mail is set.
fn sends_none(facts: &plimsoll_facts::Facts) -> bool {
    crate::holds(facts, plimsoll_catalog::FactPredicate::SendsMail) == Some(false)
}
