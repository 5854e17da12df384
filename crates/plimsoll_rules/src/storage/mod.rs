//! Rules about static files and media.

mod media_acl_public;
mod media_credentials_missing;
mod media_inside_static;
mod media_root_ephemeral;
mod media_root_in_code;
mod media_root_missing;
mod media_storage_ignored;
mod media_url_unsigned;
mod static_collected_nowhere;
mod static_finder_overlap;
mod static_root_missing;
mod static_storage_ignored;
mod static_unserved;
mod upload_permissions_open;
mod whitenoise_misplaced;

use plimsoll_facts::{Facts, Interior};
use plimsoll_python::Value;
use plimsoll_source::RepoPath;

use crate::{Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    static_collected_nowhere::RULE,
    static_root_missing::RULE,
    static_storage_ignored::RULE,
    static_unserved::RULE,
    static_finder_overlap::RULE,
    whitenoise_misplaced::RULE,
    media_storage_ignored::RULE,
    media_root_missing::RULE,
    media_root_in_code::RULE,
    media_root_ephemeral::RULE,
    media_inside_static::RULE,
    media_credentials_missing::RULE,
    media_url_unsigned::RULE,
    media_acl_public::RULE,
    upload_permissions_open::RULE,
];

/// The backend of a storage by its alias in STORAGES, or by the older setting where the project
/// sets that on a Django that reads it.
fn backend<'f>(facts: &'f Facts, alias: &str, older: &str) -> Option<&'f str> {
    let storages =
        facts.partial("STORAGES").and_then(|value| value.get(alias)?.get("BACKEND")?.text());
    let old = facts
        .partial(older)
        .and_then(Value::text)
        .filter(|_| facts.is_set(older) && facts.django_at_least(5, 1) != Some(true));
    old.or(storages)
}

/// Where a path of the settings is in a container: a path of the repository by what is copied and
/// mounted there, any other as it stands. `None` where that is not known.
fn path_inside(facts: &Facts, interior: &Interior, path: &str) -> Option<String> {
    let code = facts.absolute_root.as_str();
    let inner = path.strip_prefix(code).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match inner.filter(|_| !code.is_empty()) {
        Some(inner) => interior.path_of(&RepoPath::new(inner.trim_start_matches('/'))?),
        None => path.starts_with('/').then(|| path.trim_end_matches('/').to_owned()),
    }
}

/// Whether a backend keeps files elsewhere than on the local disk.
fn is_remote(backend: &str) -> bool {
    !backend.starts_with("django.")
        && !backend.starts_with("whitenoise.")
        && !backend.contains("FileSystem")
        && !backend.contains("ManifestStatic")
        && !backend.contains("StaticFilesStorage")
}

/// The backend of static files.
pub(crate) fn static_backend(facts: &Facts) -> Option<&str> {
    backend(facts, "staticfiles", "STATICFILES_STORAGE")
}

fn static_is_remote(facts: &Facts) -> bool {
    backend(facts, "staticfiles", "STATICFILES_STORAGE").is_some_and(is_remote)
}

fn media_is_remote(facts: &Facts) -> bool {
    backend(facts, "default", "DEFAULT_FILE_STORAGE").is_some_and(is_remote)
}

/// Whether uploads go to S3 or what speaks its protocol, by django-storages.
fn media_is_s3(facts: &Facts) -> bool {
    backend(facts, "default", "DEFAULT_FILE_STORAGE").is_some_and(|backend| {
        backend.starts_with("storages.backends.s3") || backend.to_ascii_lowercase().contains("s3")
    })
}

/// An option of the default storage in STORAGES.
fn storage_option<'f>(facts: &'f Facts, name: &str) -> Option<&'f Value> {
    facts.partial("STORAGES")?.get("default")?.get("OPTIONS")?.get(name)
}

/// Says that uploads do not go to S3, where the backend of uploads is known.
fn not_s3(look: &mut Look) {
    let facts = look.facts;
    match backend(facts, "default", "DEFAULT_FILE_STORAGE") {
        Some(backend) => look.evidence(
            format!("uploads are stored by {backend}, not in S3"),
            facts.place_of("STORAGES"),
        ),
        None if facts.django_at_least(4, 2) == Some(false) => {
            look.evidence("uploads are stored on the local disk, by Django's default", None);
        }
        None => look.undetermined(
            "the storage of uploads is not known",
            crate::way_to_know("STORAGES"),
            facts.place_of("STORAGES"),
        ),
    }
}
