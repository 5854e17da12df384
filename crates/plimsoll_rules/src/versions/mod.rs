//! Rules about versions of Python, Django and packages.

mod dependency_audit_missing;
mod dependency_conflict;
mod dependency_undeclared;
mod dependency_unlocked;
mod dependency_unpinned;
mod dependency_unsupported;
mod dependency_updates_unscheduled;
mod dependency_vulnerable;
mod dependency_without_wheel;
mod django_behind_security_release;
mod django_unsupported;
mod hook_never_called;
mod packages;
mod python_django_mismatch;
mod python_unsupported;
mod support;

pub(crate) use dependency_undeclared::is_well_known;
use plimsoll_facts::versions::Distribution;
use plimsoll_formats::requirements::Version;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    dependency_unpinned::RULE,
    python_django_mismatch::RULE,
    dependency_conflict::RULE,
    dependency_without_wheel::RULE,
    dependency_audit_missing::RULE,
    dependency_vulnerable::RULE,
    dependency_unlocked::RULE,
    dependency_undeclared::RULE,
    django_unsupported::RULE,
    django_behind_security_release::RULE,
    python_unsupported::RULE,
    dependency_unsupported::RULE,
    dependency_updates_unscheduled::RULE,
    hook_never_called::RULE,
];

/// The range of versions that a requirement accepts, for a message: ` (>=20,<21)`; empty where it
/// accepts every one.
pub(crate) fn range(distribution: &Distribution) -> String {
    let clauses = distribution.accepts.iter().flat_map(|accepts| &accepts.0);
    let shown: Vec<String> = clauses.map(ToString::to_string).collect();
    if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(",")) }
}

/// Whether a requirement accepts no version of the next major number but one, so that an
/// installation stays within what was tested or close to it.
pub(crate) fn is_bounded(distribution: &Distribution) -> bool {
    let (Some(accepts), Some(lowest)) = (&distribution.accepts, &distribution.lowest) else {
        return false;
    };
    let later = [1, 2, 50].map(|more| Version::parse(&format!("{}.0", lowest.part(0) + more)));
    let refuses = |version: &Option<Version>| {
        version.as_ref().is_some_and(|version| !accepts.contains(version))
    };
    later.iter().all(refuses)
}

/// Whether a distribution is one that decides how production behaves.
pub(crate) fn is_core(name: &str) -> bool {
    dependency_unpinned::CORE.contains(&name)
}
