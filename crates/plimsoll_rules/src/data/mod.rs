//! Rules about data protection.

mod audit_bypassed;
mod deletion_flow_missing;
mod dumpdata_as_backup;
mod field_key_derived;
mod field_key_in_repository;
mod field_key_missing;
mod field_unclassified;
mod model_without_audit;
mod password_hasher_weak;
mod retention_undeclared;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    dumpdata_as_backup::RULE,
    password_hasher_weak::RULE,
    audit_bypassed::RULE,
    field_key_derived::RULE,
    field_key_in_repository::RULE,
    field_key_missing::RULE,
    model_without_audit::RULE,
    retention_undeclared::RULE,
    deletion_flow_missing::RULE,
    field_unclassified::RULE,
];

/// Settings by which libraries of encrypted fields are given their key.
const KEY_SETTINGS: [&str; 7] = [
    "FIELD_ENCRYPTION_KEY",
    "FIELD_ENCRYPTION_KEYS",
    "FERNET_KEYS",
    "FERNET_KEY",
    "CRYPTOGRAPHY_KEY",
    "ENCRYPTED_FIELDS_KEY",
    "SALT_KEY",
];
