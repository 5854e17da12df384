//! Rules about versions of Python, Django and packages.

mod dependency_audit_missing;
mod dependency_undeclared;
mod dependency_unlocked;
mod dependency_unpinned;
mod dependency_unsupported;
mod dependency_updates_unscheduled;
mod dependency_vulnerable;
mod django_behind_security_release;
mod django_unsupported;
mod hook_never_called;
mod packages;
mod python_django_mismatch;
mod python_unsupported;
mod support;

pub(crate) use dependency_undeclared::is_well_known;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    dependency_unpinned::RULE,
    python_django_mismatch::RULE,
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
