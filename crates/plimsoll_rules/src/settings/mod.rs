//! Rules about the settings module, its environment and cookies.

mod allowed_hosts_development;
mod allowed_hosts_empty;
mod allowed_hosts_malformed;
mod allowed_hosts_wildcard;
mod app_missing;
mod application_mode_not_production;
mod async_unsafe_allowed;
mod cache_default_missing;
mod cache_location_exposed;
mod cache_location_relative;
mod csrf_cookie_hidden_from_scripts;
mod csrf_cookie_insecure;
mod csrf_cookie_samesite_none;
mod csrf_failure_view_broken;
mod csrf_middleware_missing;
mod debug_default_on;
mod debug_enabled;
mod debug_not_boolean;
mod debug_toolbar_enabled;
mod deploy_check_not_gating;
mod entry_points;
mod env_example_holds_secret;
mod env_example_incomplete;
mod env_example_stale;
mod env_readers_disagree;
mod env_value_contradictory;
mod env_value_misparsed;
mod env_value_placeholder;
mod env_variable_missing;
mod env_variable_unread;
mod exceptions_propagated;
mod integration_credentials_missing;
mod proxy_ssl_header_malformed;
mod secret_key;
mod secret_key_default;
mod secret_key_fallback_weak;
mod secret_key_in_repository;
mod secret_key_per_process;
mod secret_key_weak;
mod security_checks_silenced;
mod security_middleware_missing;
mod session_cookie_domain_wide;
mod session_cookie_insecure;
mod session_cookie_samesite_none;
mod session_cookie_script_readable;
mod setting_misspelt;
mod setting_removed;
mod settings_import_fails;
mod settings_module_development;
mod settings_module_mismatch;
mod settings_module_missing;
mod settings_syntax_error;
mod settings_syntax_too_new;
mod ssl_redirect_disabled;
mod xframe_middleware_missing;

use crate::Rule;
pub(crate) use application_mode_not_production::{falls_to_developing, is_mode};
pub(crate) use plimsoll_facts::is_placeholder;
use plimsoll_python::{Setting, Value, VariableUse};
use plimsoll_source::{Problem, ProblemKind};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    debug_enabled::RULE,
    debug_not_boolean::RULE,
    debug_default_on::RULE,
    debug_toolbar_enabled::RULE,
    exceptions_propagated::RULE,
    secret_key_weak::RULE,
    secret_key_fallback_weak::RULE,
    secret_key_in_repository::RULE,
    secret_key_default::RULE,
    secret_key_per_process::RULE,
    allowed_hosts_empty::RULE,
    allowed_hosts_wildcard::RULE,
    allowed_hosts_malformed::RULE,
    allowed_hosts_development::RULE,
    settings_module_mismatch::RULE,
    settings_module_development::RULE,
    settings_module_missing::RULE,
    security_checks_silenced::RULE,
    deploy_check_not_gating::RULE,
    security_middleware_missing::RULE,
    xframe_middleware_missing::RULE,
    csrf_middleware_missing::RULE,
    ssl_redirect_disabled::RULE,
    session_cookie_insecure::RULE,
    session_cookie_script_readable::RULE,
    csrf_cookie_insecure::RULE,
    csrf_failure_view_broken::RULE,
    cache_default_missing::RULE,
    cache_location_exposed::RULE,
    cache_location_relative::RULE,
    async_unsafe_allowed::RULE,
    proxy_ssl_header_malformed::RULE,
    session_cookie_samesite_none::RULE,
    session_cookie_domain_wide::RULE,
    csrf_cookie_samesite_none::RULE,
    csrf_cookie_hidden_from_scripts::RULE,
    env_variable_missing::RULE,
    env_variable_unread::RULE,
    env_value_placeholder::RULE,
    env_value_misparsed::RULE,
    env_value_contradictory::RULE,
    application_mode_not_production::RULE,
    integration_credentials_missing::RULE,
    env_readers_disagree::RULE,
    env_example_incomplete::RULE,
    env_example_stale::RULE,
    env_example_holds_secret::RULE,
    settings_syntax_error::RULE,
    settings_syntax_too_new::RULE,
    settings_import_fails::RULE,
    app_missing::RULE,
    setting_removed::RULE,
    setting_misspelt::RULE,
];

/// Of the readings of a setting's variables, those of the module that sets it last, where it reads
/// any: what a base module read before is overridden.
fn last_reads<'f>(reads: Vec<&'f VariableUse>, setting: &Setting) -> Vec<&'f VariableUse> {
    let Some(at) = &setting.at else { return reads };
    if reads.iter().any(|used| used.at.file == at.file) {
        reads.into_iter().filter(|used| used.at.file == at.file).collect()
    } else {
        reads
    }
}

/// The reading that decides a setting's value: the last one that is not set, preferably in the
/// module that sets it last.
fn decisive<'f>(reads: &[&'f VariableUse], setting: &Setting) -> Option<&'f VariableUse> {
    let unset: Vec<&VariableUse> = reads.iter().copied().filter(|used| !used.is_set).collect();
    last_reads(unset, setting).into_iter().next_back()
}

/// The folders of file-based caches in CACHES.
fn file_cache_locations(caches: &Value) -> Vec<&str> {
    let Value::Dict(pairs) = caches else { return Vec::new() };
    let is_file = |cache: &&Value| {
        cache
            .get("BACKEND")
            .and_then(Value::text)
            .is_some_and(|backend| backend.ends_with("FileBasedCache"))
    };
    pairs
        .iter()
        .map(|(_, cache)| cache)
        .filter(is_file)
        .filter_map(|cache| cache.get("LOCATION")?.text())
        .collect()
}

/// Whether one path is the other or lies inside it.
fn overlap(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim_end_matches('/'), b.trim_end_matches('/'));
    let inside = |inner: &str, outer: &str| {
        inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
    };
    inside(a, b) || inside(b, a)
}

/// Whether a problem of the evaluation says that syntax is newer than the declared Python; the
/// parser words it so: "Cannot use X on Python 3.9 (syntax was added in Python 3.10)".
fn is_version_problem(problem: &Problem) -> bool {
    problem.kind == ProblemKind::Syntax && problem.message.contains("(syntax was ")
}
