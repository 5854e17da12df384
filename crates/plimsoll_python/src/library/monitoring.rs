//! Error reporting and logging that settings start: the calls are facts, without an effect on
//! settings.

use super::prelude::*;
use crate::settings::LibraryCall;

pub(super) const MODELS: &[Model] = &[
    Model { name: "sentry_sdk", distribution: Some("sentry-sdk"), build: build_sentry },
    Model { name: "sentry_sdk.integrations", distribution: Some("sentry-sdk"), build: build_open },
    Model {
        name: "sentry_sdk.integrations.logging",
        distribution: Some("sentry-sdk"),
        build: build_sentry_logging,
    },
    Model { name: "structlog", distribution: Some("structlog"), build: build_structlog },
    Model { name: "loguru", distribution: Some("loguru"), build: build_loguru },
    Model { name: "boto3", distribution: Some("boto3"), build: build_boto },
];

static INIT: Native = function("sentry_sdk.init", init);
static SET_TAG: Native = function("sentry_sdk.set_tag", quiet);
static IGNORE: Native = function("sentry_sdk.integrations.logging.ignore_logger", quiet);
static CONFIGURE: Native = function("structlog.configure", configure);
static GET_LOGGER: Native = function("structlog.get_logger", logger);

fn build_open(module: &mut Builder<'_, '_>) {
    let name = module.module.clone();
    module.unknown(&format!("this part of {name} is not modelled"));
}

fn build_sentry(module: &mut Builder<'_, '_>) {
    module.function("init", &INIT);
    for name in ["set_tag", "set_user", "set_context", "set_level"] {
        module.function(name, &SET_TAG);
    }
    build_open(module);
}

fn build_sentry_logging(module: &mut Builder<'_, '_>) {
    module.record("LoggingIntegration", "sentry_sdk.integrations.logging.LoggingIntegration");
    module.function("ignore_logger", &IGNORE);
    build_open(module);
}

fn build_structlog(module: &mut Builder<'_, '_>) {
    module.function("configure", &CONFIGURE);
    module.function("configure_once", &CONFIGURE);
    module.function("get_logger", &GET_LOGGER);
    module.function("getLogger", &GET_LOGGER);
    for name in ["stdlib", "dev", "processors", "contextvars"] {
        let below = module.interp.model_module(&format!("structlog.{name}"));
        module.value(name, below.unwrap_or(Val::NONE));
    }
    build_open(module);
}

/// What loguru's logger has that changes nothing in the settings (0.5 to 0.7).
const LOGURU: &[&str] = &[
    "add",
    "remove",
    "complete",
    "catch",
    "opt",
    "contextualize",
    "bind",
    "patch",
    "level",
    "disable",
    "enable",
    "configure",
    "trace",
    "debug",
    "info",
    "success",
    "warning",
    "error",
    "critical",
    "exception",
    "log",
    "start",
    "stop",
];
static LOGURU_CALL: Native = method("loguru.logger", quiet);

fn build_loguru(module: &mut Builder<'_, '_>) {
    let class = module.class("Logger", &[], |class| {
        for name in LOGURU {
            class.method(name, &LOGURU_CALL);
        }
        class.unknown("this part of loguru is not modelled");
    });
    let logger = module.interp.new_instance(&class);
    module.value("logger", logger);
    build_open(module);
}

/// Clients of AWS: they take what they are given and change nothing of it.
static BOTO: Native = function("boto3.client", |_, _| Ok(Val::unknown("a client of AWS")));

fn build_boto(module: &mut Builder<'_, '_>) {
    for name in ["client", "resource", "setup_default_session", "set_stream_logger", "Session"] {
        module.function(name, &BOTO);
    }
    build_open(module);
}

fn init(interp: &mut Interp<'_>, call: Call) -> Outcome {
    record(interp, "sentry_sdk.init", &call);
    quiet(interp, call)
}

fn configure(interp: &mut Interp<'_>, call: Call) -> Outcome {
    record(interp, "structlog.configure", &call);
    quiet(interp, call)
}

/// Keeps what a call was given as a fact.
fn record(interp: &mut Interp<'_>, function: &str, call: &Call) {
    let positional = call.positional.iter().map(|value| (None, interp.export(value)));
    let named =
        call.named.iter().map(|(name, value)| (Some(name.to_string()), interp.export(value)));
    let arguments = positional.chain(named).collect();
    let at = interp.span(call.at);
    let call = LibraryCall { function: function.to_owned(), at, arguments };
    if !interp.calls.contains(&call) {
        interp.calls.push(call);
    }
}

/// A call that changes nothing in the settings.
fn quiet(_: &mut Interp<'_>, _: Call) -> Outcome {
    Ok(Val::unknown("what starting a library gives back is not modelled"))
}

fn logger(_: &mut Interp<'_>, _: Call) -> Outcome {
    Ok(Val::unknown("a logger"))
}
