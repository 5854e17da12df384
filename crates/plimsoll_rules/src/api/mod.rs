//! Rules about the API and what other origins may do with it.

mod api_permission_open;
mod api_view_open;
mod cors_any_origin;
mod cors_credentials_any_origin;
mod cors_credentials_unneeded;
mod cors_middleware_late;
mod cors_origin_development;
mod cors_origin_malformed;
mod cors_regex_loose;
mod private_response_cached;
mod queryset_without_tenant;
mod schema_missing;
mod serializer_validation_lost;
mod throttle_address_forgeable;
mod throttle_missing;
mod throttle_per_process;

use plimsoll_facts::Facts;
use plimsoll_python::Value;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    cors_any_origin::RULE,
    cors_regex_loose::RULE,
    cors_origin_malformed::RULE,
    cors_origin_development::RULE,
    cors_middleware_late::RULE,
    cors_credentials_unneeded::RULE,
    cors_credentials_any_origin::RULE,
    throttle_missing::RULE,
    throttle_per_process::RULE,
    throttle_address_forgeable::RULE,
    api_permission_open::RULE,
    api_view_open::RULE,
    schema_missing::RULE,
    private_response_cached::RULE,
    queryset_without_tenant::RULE,
    serializer_validation_lost::RULE,
];

/// Whether django-cors-headers answers for other origins: without its middleware its settings do
/// nothing.
fn uses_cors(facts: &Facts) -> bool {
    let middleware = ["corsheaders.middleware.CorsMiddleware"];
    facts.lists("MIDDLEWARE", &middleware) == Some(true)
}

pub(crate) use cors_credentials_unneeded::logs_in_by_header;

/// Whether the API is made with Django REST framework.
pub(crate) fn uses_drf(facts: &Facts) -> bool {
    facts.has_app("rest_framework") == Some(true)
}

/// The name under which a setting of django-cors-headers is set: the current one, else the one of
/// versions before 3.5, which is still read.
fn cors_name(facts: &Facts, names: [&'static str; 2]) -> Option<&'static str> {
    names.into_iter().find(|name| facts.is_set(name))
}

const ANY_ORIGIN: [&str; 2] = ["CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"];
const ORIGINS: [&str; 2] = ["CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST"];
const PATTERNS: [&str; 2] = ["CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ORIGIN_REGEX_WHITELIST"];

/// A pattern's text: as a string or inside `re.compile(…)`.
fn pattern(value: &Value) -> Option<&str> {
    match value {
        Value::Object(object) => object.arguments.first().and_then(|(_, value)| value.text()),
        value => value.text(),
    }
}

/// Why a pattern for origins lets more in than it seems to, where it does. The middleware matches
/// from the start of the origin and does not ask for its end.
fn looseness(pattern: &str) -> Option<&'static str> {
    let open_end =
        !pattern.ends_with('$') && !pattern.ends_with("\\Z") && !pattern.ends_with("\\z");
    if matches!(pattern, ".*" | "^.*$" | ".+" | "^.*" | "^https?://.*$" | "https?://.*") {
        return Some("matches every origin");
    }
    if open_end && !pattern.contains("localhost") && !pattern.contains("127") {
        return Some("is not anchored at its end");
    }
    // A dot between two letters that nothing escapes or repeats.
    let bytes = pattern.as_bytes();
    let bare = bytes.windows(3).any(|three| {
        matches!(three, [before, b'.', after]
            if before.is_ascii_alphanumeric() && after.is_ascii_alphabetic())
    });
    bare.then_some("has a dot that is not escaped, which stands for any character")
}
