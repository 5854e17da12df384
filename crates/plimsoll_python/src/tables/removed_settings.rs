//! The settings that Django removed or deprecated.
//!
//! Source: the release notes of the versions named, and `django/conf/__init__.py` of those versions.
//! A test holds the removals against the table of defaults.

/// A setting that Django no longer reads, or will stop reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovedSetting {
    /// Its name.
    pub name: &'static str,
    /// The version that deprecated it; `None` where it went without notice.
    pub deprecated_in: Option<&'static str>,
    /// The first version in which it has no effect; `None` while it still has.
    pub removed_in: Option<&'static str>,
    /// What to use instead.
    pub instead: &'static str,
}

/// All of them, those of the oldest versions first.
pub fn removed_settings() -> &'static [RemovedSetting] {
    ROWS
}

/// The removed or deprecated setting of that name.
pub fn removed_setting(name: &str) -> Option<&'static RemovedSetting> {
    ROWS.iter().find(|setting| setting.name == name)
}

const ROWS: &[RemovedSetting] = &[
    row(
        "ALLOWED_INCLUDE_ROOTS",
        Some("1.8"),
        Some("1.10"),
        "The ssi template tag that read it is gone; use include",
    ),
    row(
        "TEMPLATE_CONTEXT_PROCESSORS",
        Some("1.8"),
        Some("1.10"),
        "TEMPLATES, OPTIONS context_processors",
    ),
    row("TEMPLATE_DEBUG", Some("1.8"), Some("1.10"), "TEMPLATES, OPTIONS debug"),
    row("TEMPLATE_DIRS", Some("1.8"), Some("1.10"), "TEMPLATES, DIRS"),
    row("TEMPLATE_LOADERS", Some("1.8"), Some("1.10"), "TEMPLATES, OPTIONS loaders"),
    row(
        "TEMPLATE_STRING_IF_INVALID",
        Some("1.8"),
        Some("1.10"),
        "TEMPLATES, OPTIONS string_if_invalid",
    ),
    row(
        "LOGOUT_URL",
        None,
        Some("1.10"),
        "LOGOUT_REDIRECT_URL, which says where to go after a logout",
    ),
    row("MIDDLEWARE_CLASSES", Some("1.10"), Some("2.0"), "MIDDLEWARE"),
    row("USE_ETAGS", Some("1.11"), Some("2.1"), "django.middleware.http.ConditionalGetMiddleware"),
    row("DEFAULT_CONTENT_TYPE", Some("2.0"), Some("3.0"), "The content_type of the response"),
    row("FILE_CHARSET", Some("2.2"), Some("3.1"), "Files on disk encoded as UTF-8"),
    row(
        "PASSWORD_RESET_TIMEOUT_DAYS",
        Some("3.1"),
        Some("4.0"),
        "PASSWORD_RESET_TIMEOUT, in seconds",
    ),
    row(
        "DEFAULT_HASHING_ALGORITHM",
        Some("3.1"),
        Some("4.0"),
        "Nothing: it was for the time of the change to SHA-256",
    ),
    row(
        "SECURE_BROWSER_XSS_FILTER",
        None,
        Some("4.0"),
        "A Content-Security-Policy; browsers no longer heed X-XSS-Protection",
    ),
    row("USE_L10N", Some("4.0"), Some("5.0"), "Nothing: formats are always localised"),
    row("USE_DEPRECATED_PYTZ", Some("4.0"), Some("5.0"), "zoneinfo"),
    row(
        "CSRF_COOKIE_MASKED",
        Some("4.1"),
        Some("5.0"),
        "Nothing: it was for the time of the change",
    ),
    row("DEFAULT_FILE_STORAGE", Some("4.2"), Some("5.1"), "STORAGES, alias default"),
    row("STATICFILES_STORAGE", Some("4.2"), Some("5.1"), "STORAGES, alias staticfiles"),
    row(
        "FORMS_URLFIELD_ASSUME_HTTPS",
        Some("5.0"),
        Some("6.0"),
        "Nothing: forms.URLField assumes https",
    ),
    row("URLIZE_ASSUME_HTTPS", Some("6.0"), None, "True, which will be the only way"),
    row("EMAIL_BACKEND", Some("6.1"), None, "MAILERS"),
    row("EMAIL_FILE_PATH", Some("6.1"), None, "MAILERS"),
    row("EMAIL_HOST", Some("6.1"), None, "MAILERS"),
    row("EMAIL_HOST_PASSWORD", Some("6.1"), None, "MAILERS"),
    row("EMAIL_HOST_USER", Some("6.1"), None, "MAILERS"),
    row("EMAIL_PORT", Some("6.1"), None, "MAILERS"),
    row("EMAIL_SSL_CERTFILE", Some("6.1"), None, "MAILERS"),
    row("EMAIL_SSL_KEYFILE", Some("6.1"), None, "MAILERS"),
    row("EMAIL_TIMEOUT", Some("6.1"), None, "MAILERS"),
    row("EMAIL_USE_SSL", Some("6.1"), None, "MAILERS"),
    row("EMAIL_USE_TLS", Some("6.1"), None, "MAILERS"),
    row(
        "SIGNED_COOKIE_LEGACY_SALT_FALLBACK",
        Some("6.1"),
        None,
        "Nothing, once the old signed cookies have expired",
    ),
    row(
        "USE_BLANK_CHOICE_DASH",
        Some("6.1"),
        None,
        "django.db.models.fields.BLANK_CHOICE_LABEL in an app's ready()",
    ),
];

const fn row(
    name: &'static str,
    deprecated_in: Option<&'static str>,
    removed_in: Option<&'static str>,
    instead: &'static str,
) -> RemovedSetting {
    RemovedSetting { name, deprecated_in, removed_in, instead }
}

#[cfg(test)]
mod tests {
    use super::{removed_setting, removed_settings};
    use crate::defaults;

    #[test]
    fn removals_agree_with_the_defaults_of_each_version() {
        const MINORS: &[&str] = &[
            "1.11", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2", "4.0", "4.1", "4.2", "5.0", "5.1",
            "5.2", "6.0", "6.1",
        ];
        for pair in MINORS.windows(2) {
            let (before, after) = (defaults(Some(pair[0])), defaults(Some(pair[1])));
            for (name, _) in before.iter().filter(|(name, _)| after.get(name).is_none()) {
                let row = removed_setting(name).unwrap_or_else(|| panic!("{name} went"));
                assert_eq!(row.removed_in, Some(pair[1]), "{name}");
            }
        }
        for row in removed_settings() {
            let Some(removed_in) = row.removed_in else { continue };
            assert_eq!(defaults(Some(removed_in)).get(row.name), None, "{}", row.name);
        }
    }
}
