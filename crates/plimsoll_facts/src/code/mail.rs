//! Whether the project sends mail at all.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_source::{SourceText, Span};

use crate::words;

/// Words by which code sends mail, itself or through the views and handlers of Django.
const SENDS: [&str; 11] = [
    "send_mail",
    "send_mass_mail",
    "EmailMessage",
    "EmailMultiAlternatives",
    "mail_admins",
    "mail_managers",
    "email_user(",
    "PasswordReset",
    "contrib.auth.urls",
    "AdminEmailHandler",
    "smtplib",
];

/// The first place of a module that sends mail.
pub(crate) fn of_file(source: &SourceText) -> Option<Span> {
    static ANY: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let any = ANY.get_or_init(|| words::matcher(SENDS)).as_ref()?;
    let found = any.find(source.text())?;
    Some(source.span(found.range()))
}
