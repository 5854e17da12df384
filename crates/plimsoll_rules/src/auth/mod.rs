//! Rules about authentication.

mod access_token_lifetime_long;
mod auth_mixin_order;
mod backend_ignores_inactive;
mod cookie_token_without_csrf;
mod csrf_exempt_view;
mod csrf_origin_malformed;
mod csrf_origins_missing;
mod default_credentials;
mod jwt_algorithm_mismatch;
mod jwt_key_in_repository;
mod jwt_key_shared;
mod jwt_key_weak;
mod lockout_backend_order;
mod lockout_cooloff_unset;
mod lockout_disabled;
mod lockout_keyed_on_address;
mod lockout_limit_high;
mod lockout_limit_unset;
mod lockout_middleware_order;
mod lockout_missing;
mod lockout_proxy_uncounted;
mod login_bypasses_authenticate;
mod logout_by_get;
mod logout_keeps_tokens;
mod object_without_owner;
mod open_redirect;
mod password_guessable;
mod password_length_short;
mod password_reset_lifetime_long;
mod password_validation_bypassed;
mod password_validators_missing;
mod privilege_field_writable;
mod refresh_token_lifetime_long;
mod session_age_long;
mod session_idle_not_renewed;
mod session_purge_missing;
mod session_serializer_unsafe;
mod state_change_by_get;
mod token_blacklist_not_installed;
mod token_purge_missing;
mod token_rotation_off;
mod view_without_permission;

use plimsoll_facts::Facts;
use plimsoll_python::Value;

use crate::{Judgement, Look, Rule};

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    password_reset_lifetime_long::RULE,
    password_validators_missing::RULE,
    password_length_short::RULE,
    lockout_missing::RULE,
    lockout_disabled::RULE,
    lockout_limit_unset::RULE,
    lockout_limit_high::RULE,
    lockout_cooloff_unset::RULE,
    lockout_keyed_on_address::RULE,
    lockout_backend_order::RULE,
    lockout_middleware_order::RULE,
    session_age_long::RULE,
    session_idle_not_renewed::RULE,
    session_serializer_unsafe::RULE,
    csrf_origin_malformed::RULE,
    csrf_origins_missing::RULE,
    access_token_lifetime_long::RULE,
    refresh_token_lifetime_long::RULE,
    token_blacklist_not_installed::RULE,
    token_rotation_off::RULE,
    logout_keeps_tokens::RULE,
    jwt_key_shared::RULE,
    csrf_exempt_view::RULE,
    cookie_token_without_csrf::RULE,
    default_credentials::RULE,
    logout_by_get::RULE,
    password_validation_bypassed::RULE,
    password_guessable::RULE,
    session_purge_missing::RULE,
    token_purge_missing::RULE,
    jwt_algorithm_mismatch::RULE,
    jwt_key_in_repository::RULE,
    jwt_key_weak::RULE,
    lockout_proxy_uncounted::RULE,
    view_without_permission::RULE,
    auth_mixin_order::RULE,
    privilege_field_writable::RULE,
    object_without_owner::RULE,
    open_redirect::RULE,
    state_change_by_get::RULE,
    login_bypasses_authenticate::RULE,
    backend_ignores_inactive::RULE,
];

pub(crate) use lockout_missing::limits_logins;

/// Whether the API logs in by simplejwt: its app is installed, or DRF authenticates by it.
fn uses_simplejwt(facts: &Facts) -> bool {
    facts.has_app("rest_framework_simplejwt") == Some(true)
        || facts.is_set("SIMPLE_JWT")
        || facts
            .partial("REST_FRAMEWORK")
            .and_then(|value| value.get("DEFAULT_AUTHENTICATION_CLASSES"))
            .and_then(|value| value.items())
            .is_some_and(|items| {
                items
                    .iter()
                    .filter_map(|item| item.text())
                    .any(|text| text.starts_with("rest_framework_simplejwt."))
            })
}

/// Judges how long one kind of simplejwt's tokens lives, `default` and `wanted` in seconds.
fn token_lifetime(look: &mut Look, what: &str, key: &str, default: i128, wanted: i64) {
    if !uses_simplejwt(look.facts) {
        return;
    }
    let judge = |seconds: i128| {
        if seconds <= i128::from(wanted) {
            return Judgement::Good(format!("{what} tokens live {seconds} seconds"));
        }
        Judgement::warning(
            format!("{what} tokens live {seconds} seconds, the wanted lifetime is {wanted}"),
            "a token that leaks is good for as long, and cannot be taken back",
            format!(
                "set SIMPLE_JWT['{key}'] to {wanted} seconds, or set the agreed lifetime as a parameter of this control"
            ),
        )
    };
    if !look.facts.is_set("SIMPLE_JWT") {
        look.settle_default("INSTALLED_APPS", judge(default));
        return;
    }
    look.judge_keys("SIMPLE_JWT", &[key], |value| match value.get(key) {
        Some(Value::Timedelta(micros)) => judge(micros / 1_000_000),
        None if value.is_known() => judge(default),
        _ => Judgement::Neither,
    });
}
