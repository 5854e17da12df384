//! Rules about security headers.

mod csp_middleware_missing;
mod csp_missing;
mod csp_report_only;
mod csp_setting_invalid;
mod csp_unsafe_script;
mod hsts_missing;
mod hsts_short;
mod hsts_without_preload;
mod hsts_without_subdomains;
mod nosniff_disabled;
mod opener_policy_disabled;
mod opener_policy_invalid;
mod referrer_policy_invalid;
mod referrer_policy_missing;
mod referrer_policy_unsafe;
mod security_middleware_late;
mod xframe_exempt_view;
mod xframe_options_not_deny;
mod xss_filter_setting_obsolete;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    hsts_missing::RULE,
    hsts_without_subdomains::RULE,
    hsts_without_preload::RULE,
    nosniff_disabled::RULE,
    xframe_options_not_deny::RULE,
    referrer_policy_missing::RULE,
    referrer_policy_invalid::RULE,
    opener_policy_invalid::RULE,
    csp_setting_invalid::RULE,
    hsts_short::RULE,
    csp_missing::RULE,
    csp_report_only::RULE,
    csp_unsafe_script::RULE,
    csp_middleware_missing::RULE,
    xss_filter_setting_obsolete::RULE,
    referrer_policy_unsafe::RULE,
    security_middleware_late::RULE,
    opener_policy_disabled::RULE,
    xframe_exempt_view::RULE,
];
