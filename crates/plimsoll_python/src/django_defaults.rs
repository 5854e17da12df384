//! Django's default settings by version, as facts.
//!
//! The table is `data/django_defaults.json`, written by `tools/django_defaults.py` from Django's
//! releases on PyPI. It is parsed once, when first asked for.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::Value;
use crate::tables::versions::{RawSpan, Span, Version, at, spans};

/// Django's defaults in one version.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The release of the table whose defaults these are: the newest where the project's version is
    /// not known, the oldest or newest where it lies outside the table.
    pub version: &'static str,
    /// Whether that is the version that was asked for.
    pub is_exact: bool,
    wanted: Version,
}

/// The defaults of a version such as `4.2.11`, `5.2` (its newest patch release) or `6.0rc1`; of the
/// newest one for `None` or a text that is no version.
pub fn defaults(version: Option<&str>) -> Defaults {
    let table = table();
    let newest = table.versions.last().copied().unwrap_or("0");
    let oldest = table.versions.first().copied().unwrap_or("0");
    let Some(wanted) = version.and_then(Version::parse) else {
        return Defaults { version: newest, is_exact: false, wanted: Version::NEWEST };
    };
    if let Some(first) = Version::parse_first(oldest).filter(|first| wanted < *first) {
        return Defaults { version: oldest, is_exact: false, wanted: first };
    }
    if Version::parse_first(newest).is_some_and(|last| (wanted.0, wanted.1) > (last.0, last.1)) {
        return Defaults { version: newest, is_exact: false, wanted: Version::NEWEST };
    }
    let at_or_before = |name: &&&str| Version::parse_first(name).is_some_and(|read| read <= wanted);
    let version = table.versions.iter().rev().find(at_or_before).copied().unwrap_or(oldest);
    Defaults { version, is_exact: true, wanted }
}

/// The series of Django in the table from one to another, both included; the first alone where
/// there is none between them.
pub fn series_between(oldest: (u32, u32), newest: (u32, u32)) -> Vec<(u32, u32)> {
    let mut found: Vec<(u32, u32)> = table()
        .versions
        .iter()
        .filter_map(|version| Version::parse_first(version))
        .map(|version| (version.0, version.1))
        .filter(|series| (oldest..=newest).contains(series))
        .collect();
    found.push(oldest);
    found.sort_unstable();
    found.dedup();
    found
}

/// The newest series of Django in the table.
pub fn newest_series() -> Option<(u32, u32)> {
    let version = Version::parse_first(table().versions.last()?)?;
    Some((version.0, version.1))
}

impl Defaults {
    /// Every setting that Django defines in this version, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static Value)> + use<> {
        let wanted = self.wanted;
        let rows = table().settings.iter();
        rows.filter_map(move |(name, spans)| Some((*name, at(spans, wanted)?)))
    }

    /// One setting's default.
    pub fn get(&self, name: &str) -> Option<&'static Value> {
        at(table().settings.get(name)?, self.wanted)
    }

    /// A constant of a Django module that settings import: `DEFAULT_LOGGING` of `django.utils.log`,
    /// the levels of `django.contrib.messages.constants`, a default of `django.conf.global_settings`.
    pub fn constant(&self, module: &str, name: &str) -> Option<&'static Value> {
        if module == "django.conf.global_settings" {
            return self.get(name);
        }
        at(table().constants.get(format!("{module}.{name}").as_str())?, self.wanted)
    }

    /// The settings that this version of Django itself derives from others when it starts, given what
    /// the project sets: the storages of before 4.2 from `STORAGES` and the other way round, the reset
    /// time from its number of days.
    pub fn derived(&self, project: impl Fn(&str) -> Option<Value>) -> Vec<(&'static str, Value)> {
        let mut out = Vec::new();
        if self.get("STORAGES").is_some() && self.get("DEFAULT_FILE_STORAGE").is_some() {
            self.derive_storages(&project, &mut out);
        }
        if self.get("PASSWORD_RESET_TIMEOUT").is_some()
            && self.get("PASSWORD_RESET_TIMEOUT_DAYS").is_some()
            && let Some(days) = project("PASSWORD_RESET_TIMEOUT_DAYS")
        {
            let seconds = match days {
                Value::Int(days) => Value::Int(days * 86_400),
                _ => unknown("PASSWORD_RESET_TIMEOUT_DAYS"),
            };
            out.push(("PASSWORD_RESET_TIMEOUT", seconds));
        }
        out
    }

    fn derive_storages(
        &self,
        project: &impl Fn(&str) -> Option<Value>,
        out: &mut Vec<(&'static str, Value)>,
    ) {
        const PARTS: [(&str, &str); 2] =
            [("DEFAULT_FILE_STORAGE", "default"), ("STATICFILES_STORAGE", "staticfiles")];
        if let Some(storages) = project("STORAGES") {
            for (setting, alias) in PARTS {
                let backend = match &storages {
                    Value::Dict(_) => match storages.get(alias) {
                        Some(storage @ Value::Dict(_)) => storage.get("BACKEND").cloned(),
                        Some(_) => Some(unknown("STORAGES")),
                        None => None,
                    },
                    _ => Some(unknown("STORAGES")),
                };
                out.push((setting, backend.unwrap_or(Value::None)));
            }
            return;
        }
        let Some(Value::Dict(mut storages)) = self.get("STORAGES").cloned() else { return };
        let mut changed = false;
        for (setting, alias) in PARTS {
            let Some(backend) = project(setting) else { continue };
            let storage = Value::Dict(vec![(Value::Str("BACKEND".into()), backend)]);
            storages.retain(|(name, _)| name.text() != Some(alias));
            storages.push((Value::Str(alias.into()), storage));
            changed = true;
        }
        if changed {
            out.push(("STORAGES", Value::Dict(storages)));
        }
    }
}

fn unknown(setting: &str) -> Value {
    Value::Unknown {
        reason: format!("it follows from {setting}, which is not known"),
        variable: None,
    }
}

#[derive(Default)]
struct Table {
    versions: Vec<&'static str>,
    settings: BTreeMap<&'static str, Vec<Span>>,
    constants: BTreeMap<&'static str, Vec<Span>>,
}

#[derive(Deserialize)]
struct RawTable<'a> {
    #[serde(borrow)]
    versions: Vec<&'a str>,
    #[serde(borrow)]
    settings: BTreeMap<&'a str, Vec<RawSpan<'a>>>,
    #[serde(borrow)]
    constants: BTreeMap<&'a str, Vec<RawSpan<'a>>>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let raw: Result<RawTable<'static>, _> =
            serde_json::from_str(include_str!("../data/django_defaults.json"));
        // A test reads the table, so an unreadable one does not leave the house.
        raw.map(Table::from).unwrap_or_default()
    })
}

impl From<RawTable<'static>> for Table {
    fn from(raw: RawTable<'static>) -> Self {
        Table {
            versions: raw.versions,
            settings: raw.settings.into_iter().map(|(name, rows)| (name, spans(rows))).collect(),
            constants: raw.constants.into_iter().map(|(name, rows)| (name, spans(rows))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Defaults, defaults};
    use crate::Value;

    fn show(defaults: Defaults, name: &str) -> String {
        match defaults.get(name) {
            None => "absent".into(),
            Some(Value::Bool(flag)) => flag.to_string(),
            Some(Value::Str(text)) => text.clone(),
            Some(Value::Int(number)) => number.to_string(),
            Some(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn a_default_is_the_one_of_its_version() {
        for (name, version, expected) in [
            ("USE_TZ", "4.2.30", "false"),
            ("USE_TZ", "5.0", "true"),
            ("X_FRAME_OPTIONS", "2.2.28", "SAMEORIGIN"),
            ("X_FRAME_OPTIONS", "3.0", "DENY"),
            ("SECURE_CONTENT_TYPE_NOSNIFF", "2.2", "false"),
            ("SECURE_CONTENT_TYPE_NOSNIFF", "6.0.10", "true"),
            ("SECURE_REFERRER_POLICY", "3.0.14", "None"),
            ("SECURE_REFERRER_POLICY", "3.1", "same-origin"),
            ("DEFAULT_AUTO_FIELD", "3.1", "absent"),
            ("DEFAULT_AUTO_FIELD", "5.2", "django.db.models.AutoField"),
            ("DEFAULT_AUTO_FIELD", "6.0", "django.db.models.BigAutoField"),
            ("SECURE_CSP", "5.2", "absent"),
            ("SECURE_CSP", "6.0", "Dict([])"),
            ("USE_L10N", "3.2", "false"),
            ("USE_L10N", "4.0", "true"),
            ("USE_L10N", "5.0", "absent"),
            ("DEFAULT_FILE_STORAGE", "5.0.14", "django.core.files.storage.FileSystemStorage"),
            ("DEFAULT_FILE_STORAGE", "5.1", "absent"),
            ("MIDDLEWARE", "1.11", "None"),
            ("FILE_UPLOAD_PERMISSIONS", "3.2", "420"),
            // Came with patch releases.
            ("DATA_UPLOAD_MAX_NUMBER_FILES", "3.2.17", "absent"),
            ("DATA_UPLOAD_MAX_NUMBER_FILES", "3.2.18", "100"),
            ("DATA_UPLOAD_MAX_NUMBER_FILES", "3.2", "100"),
            ("DATA_UPLOAD_MAX_NUMBER_FILES", "4.0.9", "absent"),
            ("DATA_UPLOAD_MAX_NUMBER_FILES", "4.1.7", "100"),
            // A release candidate has its version's.
            ("USE_TZ", "5.0rc1", "true"),
        ] {
            assert_eq!(show(defaults(Some(version)), name), expected, "{name} in {version}");
        }
    }

    #[test]
    fn a_version_that_is_not_in_the_table_says_which_is_used() {
        for (version, used, is_exact) in [
            (Some("4.2.30"), "4.2.30", true),
            (Some("4.2.11"), "4.2", true),
            (Some("1.8"), "1.11", false),
            (Some("nonsense"), defaults(None).version, false),
            (Some(""), defaults(None).version, false),
            (Some("99.1"), defaults(None).version, false),
        ] {
            let found = defaults(version);
            assert_eq!((found.version, found.is_exact), (used, is_exact), "{version:?}");
        }
        assert!(!defaults(None).is_exact);
        assert!(defaults(None).iter().count() > 140);
    }

    #[test]
    fn constants_of_django_modules() {
        let newest = defaults(None);
        let level = newest.constant("django.contrib.messages.constants", "ERROR");
        assert_eq!(level.and_then(Value::integer), Some(40));
        let logging = newest.constant("django.utils.log", "DEFAULT_LOGGING").unwrap();
        assert!(logging.get("handlers").is_some());
        let languages = newest.constant("django.conf.global_settings", "LANGUAGES").unwrap();
        assert!(matches!(languages.items().unwrap()[0], Value::Tuple(_)));
        assert_eq!(newest.constant("django.utils.log", "NOTHING"), None);
    }

    #[test]
    fn what_django_derives_from_other_settings() {
        let text = |text: &str| Value::Str(text.into());
        let project = |name: &str| (name == "STATICFILES_STORAGE").then(|| text("mine"));
        let derived = defaults(Some("4.2")).derived(project);
        let [("STORAGES", storages)] = derived.as_slice() else { panic!("{derived:?}") };
        let backend = |alias: &str| storages.get(alias).and_then(|storage| storage.get("BACKEND"));
        assert_eq!(backend("staticfiles"), Some(&text("mine")));
        assert!(backend("default").is_some());
        assert!(defaults(Some("5.1")).derived(project).is_empty());
        assert!(defaults(Some("3.2")).derived(project).is_empty());

        let days =
            |name: &str| (name == "PASSWORD_RESET_TIMEOUT_DAYS").then(|| Value::Int(2.into()));
        let derived = defaults(Some("3.2")).derived(days);
        assert_eq!(derived, [("PASSWORD_RESET_TIMEOUT", Value::Int(172_800.into()))]);
        assert!(defaults(Some("4.0")).derived(days).is_empty());
    }
}
