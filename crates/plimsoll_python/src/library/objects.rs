//! Classes of libraries whose instances are kept as they were made: schedules, queues, searches,
//! integrations. Settings hold them; nothing looks inside.

use super::prelude::*;

/// A module with classes that are records.
struct Records {
    module: &'static str,
    classes: &'static [&'static str],
}

const TABLE: &[Records] = &[
    Records { module: "celery.schedules", classes: &["crontab", "schedule", "solar"] },
    Records { module: "celery.beat", classes: &["crontab"] },
    Records { module: "kombu", classes: &["Queue", "Exchange", "binding"] },
    Records { module: "kombu.common", classes: &["Broadcast"] },
    Records { module: "kombu.entity", classes: &["Queue", "Exchange"] },
    Records {
        module: "django_auth_ldap.config",
        classes: &[
            "LDAPSearch",
            "LDAPSearchUnion",
            "LDAPGroupQuery",
            "GroupOfNamesType",
            "GroupOfUniqueNamesType",
            "NestedGroupOfNamesType",
            "NestedGroupOfUniqueNamesType",
            "ActiveDirectoryGroupType",
            "NestedActiveDirectoryGroupType",
            "MemberDNGroupType",
            "NestedMemberDNGroupType",
            "OrganizationalRoleGroupType",
            "PosixGroupType",
            "NestedOrganizationalRoleGroupType",
        ],
    },
    Records {
        module: "structlog.stdlib",
        classes: &[
            "BoundLogger",
            "LoggerFactory",
            "ProcessorFormatter",
            "PositionalArgumentsFormatter",
            "ExtraAdder",
            "add_logger_name",
            "add_log_level",
            "filter_by_level",
        ],
    },
    Records { module: "structlog.dev", classes: &["ConsoleRenderer", "set_exc_info"] },
    Records {
        module: "structlog.processors",
        classes: &[
            "JSONRenderer",
            "KeyValueRenderer",
            "LogfmtRenderer",
            "TimeStamper",
            "StackInfoRenderer",
            "UnicodeDecoder",
            "CallsiteParameterAdder",
            "ExceptionPrettyPrinter",
            "format_exc_info",
            "add_log_level",
            "dict_tracebacks",
        ],
    },
    Records { module: "structlog.contextvars", classes: &["merge_contextvars"] },
    Records { module: "pymongo", classes: &["MongoClient", "AsyncMongoClient"] },
    Records { module: "redis", classes: &["Redis", "StrictRedis", "ConnectionPool"] },
    Records { module: "redis.sentinel", classes: &["Sentinel"] },
    Records { module: "elasticsearch", classes: &["Elasticsearch"] },
    Records { module: "pythonjsonlogger.jsonlogger", classes: &["JsonFormatter"] },
    Records { module: "pythonjsonlogger.json", classes: &["JsonFormatter"] },
    Records { module: "sentry_sdk.integrations.django", classes: &["DjangoIntegration"] },
    Records { module: "sentry_sdk.integrations.celery", classes: &["CeleryIntegration"] },
    Records { module: "sentry_sdk.integrations.redis", classes: &["RedisIntegration"] },
    Records { module: "sentry_sdk.integrations.rq", classes: &["RqIntegration"] },
    Records { module: "sentry_sdk.integrations.asyncio", classes: &["AsyncioIntegration"] },
    Records { module: "sentry_sdk.integrations.aiohttp", classes: &["AioHttpIntegration"] },
    Records { module: "sentry_sdk.integrations.httpx", classes: &["HttpxIntegration"] },
    Records { module: "sentry_sdk.integrations.tornado", classes: &["TornadoIntegration"] },
    Records { module: "sentry_sdk.integrations.argv", classes: &["ArgvIntegration"] },
    Records { module: "sentry_sdk.integrations.strawberry", classes: &["StrawberryIntegration"] },
];

macro_rules! models {
    ($($distribution:literal: $($module:literal),+;)+) => {
        /// The modules of the table, each with the distribution that installs it.
        pub(super) const MODELS: &[Model] = &[
            $($(Model { name: $module, distribution: Some($distribution), build },)+)+
            Model { name: "kombu.utils.url", distribution: Some("kombu"), build: build_kombu_url },
        ];
    };
}

models! {
    "pymongo": "pymongo";
    "redis": "redis", "redis.sentinel";
    "elasticsearch": "elasticsearch";
    "celery": "celery.schedules", "celery.beat";
    "kombu": "kombu", "kombu.common", "kombu.entity";
    "django-auth-ldap": "django_auth_ldap.config";
    "structlog": "structlog.stdlib", "structlog.dev", "structlog.processors", "structlog.contextvars";
    "python-json-logger": "pythonjsonlogger.jsonlogger", "pythonjsonlogger.json";
    "sentry-sdk": "sentry_sdk.integrations.django", "sentry_sdk.integrations.celery",
        "sentry_sdk.integrations.redis", "sentry_sdk.integrations.rq",
        "sentry_sdk.integrations.asyncio", "sentry_sdk.integrations.aiohttp",
        "sentry_sdk.integrations.httpx", "sentry_sdk.integrations.tornado",
        "sentry_sdk.integrations.argv", "sentry_sdk.integrations.strawberry";
}

fn build(module: &mut Builder<'_, '_>) {
    let name = module.module.clone();
    let records = TABLE.iter().find(|records| records.module == &*name);
    for class in records.map_or(&[][..], |records| records.classes) {
        module.record(class, &format!("{name}.{class}"));
    }
    module.unknown(&format!("this part of {name} is not modelled"));
}

static SAFE_QUOTE: Native = function("kombu.utils.url.safequote", safe_quote);

fn build_kombu_url(module: &mut Builder<'_, '_>) {
    module.function("safequote", &SAFE_QUOTE);
    module.unknown("this part of kombu is not modelled");
}

fn safe_quote(_: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "string").cloned().unwrap_or(Val::NONE);
    Ok(match value.as_str() {
        Some(text) if call.positional.len() + call.named.len() == 1 => {
            Val::str(super::stdlib_text::url::quote(text, ""))
        }
        _ if value.is_unknown() => value,
        _ => Val::unknown("kombu's safequote with further arguments"),
    })
}
