//! Constants of third-party modules that settings import.
//!
//! The table is `data/library_constants.json`, written by `tools/library_constants.py` from releases
//! on PyPI; those of `ldap`, which is a C extension, are OpenLDAP's from `ldap.h`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::versions::{RawSpan, Span, Version, at, spans};
use crate::Value;

/// A constant of a module, in the given version of its distribution ([`constant_distribution`]):
/// `default_headers` of `corsheaders.defaults`. Where the version is not known and it makes a
/// difference, one of several. `None` where the table has no such name.
pub fn constant(module: &str, name: &str, version: Option<&str>) -> Option<Value> {
    if module == "ldap" {
        let (_, number) = LDAP.iter().find(|(known, _)| *known == name)?;
        return Some(Value::Int((*number).into()));
    }
    let spans = table().get(module)?.names.get(name)?;
    if let Some(version) = version.and_then(Version::parse) {
        return at(spans, version).cloned();
    }
    let mut values: Vec<Value> = Vec::new();
    for span in spans {
        if !values.contains(&span.value) {
            values.push(span.value.clone());
        }
    }
    if values.len() > 1 { Some(Value::OneOf(values)) } else { values.pop() }
}

/// The names that a module of the table has, in any version.
pub(crate) fn constant_names(module: &str) -> Vec<&'static str> {
    if module == "ldap" {
        return LDAP.iter().map(|(name, _)| *name).collect();
    }
    table().get(module).map(|it| it.names.keys().copied().collect()).unwrap_or_default()
}

/// The distribution that a module of the table belongs to, in normalized form.
pub fn constant_distribution(module: &str) -> Option<&'static str> {
    if module == "ldap" { Some("python-ldap") } else { Some(table().get(module)?.distribution) }
}

const LDAP: &[(&str, i64)] = &[
    ("NO_LIMIT", 0),
    ("OPT_DEBUG_LEVEL", 0x5001),
    ("OPT_DEREF", 0x02),
    ("OPT_NETWORK_TIMEOUT", 0x5005),
    ("OPT_OFF", 0),
    ("OPT_ON", 1),
    ("OPT_PROTOCOL_VERSION", 0x11),
    ("OPT_REFERRALS", 0x08),
    ("OPT_TIMEOUT", 0x5002),
    ("OPT_X_TLS_ALLOW", 3),
    ("OPT_X_TLS_CACERTDIR", 0x6003),
    ("OPT_X_TLS_CACERTFILE", 0x6002),
    ("OPT_X_TLS_CERTFILE", 0x6004),
    ("OPT_X_TLS_CIPHER_SUITE", 0x6008),
    ("OPT_X_TLS_DEMAND", 2),
    ("OPT_X_TLS_HARD", 1),
    ("OPT_X_TLS_KEYFILE", 0x6005),
    ("OPT_X_TLS_NEVER", 0),
    ("OPT_X_TLS_NEWCTX", 0x600f),
    ("OPT_X_TLS_REQUIRE_CERT", 0x6006),
    ("OPT_X_TLS_TRY", 4),
    ("SCOPE_BASE", 0),
    ("SCOPE_ONELEVEL", 1),
    ("SCOPE_SUBTREE", 2),
    ("VERSION2", 2),
    ("VERSION3", 3),
];

struct Library {
    distribution: &'static str,
    names: BTreeMap<&'static str, Vec<Span>>,
}

#[derive(Deserialize)]
struct RawTable<'a> {
    #[serde(borrow)]
    modules: BTreeMap<&'a str, RawLibrary<'a>>,
}

#[derive(Deserialize)]
struct RawLibrary<'a> {
    distribution: &'a str,
    #[serde(borrow)]
    names: BTreeMap<&'a str, Vec<RawSpan<'a>>>,
}

fn table() -> &'static BTreeMap<&'static str, Library> {
    static TABLE: OnceLock<BTreeMap<&'static str, Library>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let raw: Result<RawTable<'static>, _> =
            serde_json::from_str(include_str!("../../data/library_constants.json"));
        // A test reads the table, so an unreadable one does not leave the house.
        let modules = raw.map(|table| table.modules).unwrap_or_default();
        modules
            .into_iter()
            .map(|(module, RawLibrary { distribution, names })| {
                let names = names.into_iter().map(|(name, rows)| (name, spans(rows))).collect();
                (module, Library { distribution, names })
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{constant, constant_distribution};
    use crate::Value;

    #[test]
    fn a_constant_is_the_one_of_its_version() {
        let length = |version| match constant("corsheaders.defaults", "default_headers", version) {
            Some(Value::Tuple(items)) => items.len(),
            other => panic!("{other:?}"),
        };
        assert_eq!((length(Some("3.14.0")), length(Some("4.3.1"))), (9, 6));
        let unknown = constant("corsheaders.defaults", "default_headers", None);
        assert!(matches!(unknown, Some(Value::OneOf(values)) if values.len() == 2));
        let same = constant("corsheaders.defaults", "default_methods", None);
        assert!(matches!(same, Some(Value::Tuple(items)) if items.len() == 6));
        assert_eq!(constant("corsheaders.defaults", "nothing", None), None);
        assert_eq!(constant_distribution("csp.constants"), Some("django-csp"));
        assert_eq!(constant("ldap", "SCOPE_SUBTREE", None), Some(Value::Int(2.into())));
    }
}
