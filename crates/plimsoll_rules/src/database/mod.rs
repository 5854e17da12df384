//! Rules about the database: what the settings connect to, its roles, poolers and limits.

pub(crate) mod connection;
mod connections_exceed_limit;
mod database_engine_unknown;
mod database_host_container_local;
mod database_name_mismatch;
mod database_password_in_repository;
mod database_password_weak;
mod database_port_published;
mod database_role_superuser;
mod database_settings_incomplete;
mod database_sqlite;
mod database_tls_missing;
mod database_tls_unverified;
mod database_version_unsupported;
mod grants_without_default_privileges;
mod pooler;
mod pooler_cursors_enabled;
mod pooler_persistent_connections;
mod support;
mod tenant_index_missing;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    database_sqlite::RULE,
    database_engine_unknown::RULE,
    database_version_unsupported::RULE,
    database_settings_incomplete::RULE,
    database_name_mismatch::RULE,
    database_host_container_local::RULE,
    database_tls_missing::RULE,
    database_tls_unverified::RULE,
    database_role_superuser::RULE,
    grants_without_default_privileges::RULE,
    pooler_cursors_enabled::RULE,
    pooler_persistent_connections::RULE,
    connections_exceed_limit::RULE,
    database_password_weak::RULE,
    database_password_in_repository::RULE,
    database_port_published::RULE,
    tenant_index_missing::RULE,
];
