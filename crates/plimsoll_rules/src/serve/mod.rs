//! Rules about the application server and the services that run it.

mod app_port_public;
mod app_server_config_unloaded;
mod app_server_unpinned;
mod development_server_in_production;
mod entrypoint_ignores_command;
mod entrypoint_without_exec;
mod options;
mod proxy_timeout_shorter;
mod restart_policy_missing;
mod runtime_directory_missing;
mod server_option_unknown;
mod service_runs_as_root;
mod service_user_is_proxy_user;
mod stop_timeout_shorter;
mod supervisor_leaves_children;
mod unit_invalid;
mod unit_not_enabled;
mod unit_type_mismatch;
mod worker_count_contradictory;
mod worker_count_unset;
mod worker_timeout_default;
mod wsgi_module_missing;

use plimsoll_facts::{Process, ProcessKind, UnitFacts};

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    app_server_unpinned::RULE,
    development_server_in_production::RULE,
    wsgi_module_missing::RULE,
    entrypoint_ignores_command::RULE,
    app_server_config_unloaded::RULE,
    server_option_unknown::RULE,
    worker_count_contradictory::RULE,
    worker_count_unset::RULE,
    worker_timeout_default::RULE,
    proxy_timeout_shorter::RULE,
    app_port_public::RULE,
    service_runs_as_root::RULE,
    unit_invalid::RULE,
    unit_type_mismatch::RULE,
    service_user_is_proxy_user::RULE,
    runtime_directory_missing::RULE,
    restart_policy_missing::RULE,
    unit_not_enabled::RULE,
    stop_timeout_shorter::RULE,
    entrypoint_without_exec::RULE,
    supervisor_leaves_children::RULE,
];

/// Whether a process runs until it is stopped.
fn lasting(process: &Process) -> bool {
    use ProcessKind as K;
    matches!(process.kind, K::Web | K::Worker | K::Scheduler | K::Monitor | K::DevelopmentServer)
}

/// Whether a unit belongs to the manager of a user, who needs no other user for it.
fn is_user_unit(unit: &UnitFacts) -> bool {
    unit.file.as_str().contains("systemd/user/")
        || unit.unit.wanted_by().iter().any(|target| target.value == "default.target")
}
