//! Rules about who hears of errors and outages.

mod error_tracker_development;
mod error_tracker_missing;
mod exception_swallowed;
mod health_check_blind;
mod health_endpoint_missing;
mod health_endpoint_shallow;
mod performance_agent_missing;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[
    error_tracker_missing::RULE,
    error_tracker_development::RULE,
    exception_swallowed::RULE,
    health_endpoint_missing::RULE,
    health_endpoint_shallow::RULE,
    health_check_blind::RULE,
    performance_agent_missing::RULE,
];

/// Libraries that report errors.
pub(crate) const TRACKERS: [&str; 15] = [
    "sentry-sdk",
    "raven",
    "rollbar",
    "bugsnag",
    "honeybadger",
    "airbrake",
    "pybrake",
    "raygun4py",
    "elastic-apm",
    "newrelic",
    "ddtrace",
    "scout-apm",
    "appsignal",
    "opencensus-ext-django",
    "exceptionite",
];
