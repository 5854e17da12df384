//! Which facts hold of a system: the conditions under which controls apply.
//!
//! Three-valued throughout: what the repository cannot tell is `None`, never "no".

use plimsoll_catalog::FactPredicate;
use plimsoll_facts::inventory::Role;
use plimsoll_facts::{Facts, ProcessKind};
use plimsoll_python::Value;

/// Whether a fact holds of the system; `None` where the repository does not tell.
pub fn holds(facts: &Facts, fact: FactPredicate) -> Option<bool> {
    use FactPredicate as F;
    match fact {
        F::UsesTaskQueue => task_queue(facts),
        F::UsesCelery => {
            either(distribution(facts, &["celery"]), facts.mentions_celery().then_some(true))
        }
        F::UsesPeriodicTasks => any_set(
            facts,
            &["CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE", "Q_CLUSTER"],
            &["django-celery-beat", "celery", "huey", "django-q2"],
            facts
                .has_app("django_celery_beat")
                .or_yes_only()
                .or_else(|| runs(facts, &[ProcessKind::Scheduler])),
        ),
        F::HasCompose => Some(has(facts, Role::Compose)),
        F::HasDockerfile => Some(has(facts, Role::Dockerfile)),
        F::HasNginx => Some(has(facts, Role::Nginx)),
        F::HasCaddy => Some(has(facts, Role::Caddyfile)),
        F::HasSystemd => Some(has(facts, Role::Unit)),
        F::HasWorkflows => Some(has(facts, Role::Workflow)),
        F::PlatformAsAService => Some(has(facts, Role::Platform) || has(facts, Role::Procfile)),
        F::UsesGunicorn => distribution(facts, &["gunicorn"]),
        F::DatabasePostgresql => {
            engine(facts, &["postgresql", "postgis", "psycopg", "cockroach", "timescale"])
        }
        F::DatabaseMysql => engine(facts, &["mysql", "mariadb"]),
        F::DatabaseSqlite => engine(facts, &["sqlite", "spatialite"]),
        F::UsesRedis => either(
            distribution(
                facts,
                &["redis", "django-redis", "channels-redis", "valkey", "django-valkey"],
            ),
            cache_backend(facts, "redis"),
        ),
        F::UsesCache => facts
            .partial("CACHES")
            .filter(|_| facts.is_set("CACHES"))
            .map(|caches| backends(caches).iter().any(|backend| !backend.ends_with("DummyCache")))
            .or(Some(false)),
        F::UsesSessions => middleware(
            facts,
            "django.contrib.sessions.middleware.SessionMiddleware",
            "SessionMiddleware",
        ),
        F::HasLogin => facts.has_app("django.contrib.auth"),
        F::HasAdmin => match facts.has_app("django.contrib.admin") {
            Some(false) => Some(false),
            _ => None,
        },
        F::HasRegistration => apps(
            facts,
            &[
                "allauth.account",
                "registration",
                "django_registration",
                "dj_rest_auth.registration",
                "djoser",
            ],
        )
        .or_yes_only(),
        F::UsesLockoutPackage => apps(facts, &["axes", "defender", "lockout"]),
        F::HasTemplates => has(facts, Role::Template)
            .then_some(true)
            .or_else(|| facts.has_app("django.contrib.admin").filter(|admin| *admin))
            .or(Some(false)),
        F::UsesRestFramework => {
            either(facts.has_app("rest_framework"), distribution(facts, &["djangorestframework"]))
        }
        F::ServesApi => either(
            apps(
                facts,
                &["rest_framework", "ninja", "graphene_django", "strawberry_django", "tastypie"],
            ),
            distribution(
                facts,
                &[
                    "djangorestframework",
                    "django-ninja",
                    "graphene-django",
                    "strawberry-graphql-django",
                    "django-tastypie",
                ],
            ),
        )
        .or_yes_only(),
        F::UsesJwt => either(
            facts.is_set("SIMPLE_JWT").then_some(true),
            distribution(
                facts,
                &[
                    "djangorestframework-simplejwt",
                    "djangorestframework-jwt",
                    "pyjwt",
                    "django-graphql-jwt",
                    "django-ninja-jwt",
                ],
            ),
        ),
        F::UsesCors => {
            either(apps(facts, &["corsheaders"]), distribution(facts, &["django-cors-headers"]))
        }
        F::MultiTenant => apps(
            facts,
            &["django_tenants", "tenant_schemas", "django_multitenant", "organizations"],
        )
        .or_yes_only(),
        F::HasUploads => (!facts.code.file_fields.is_empty()).then_some(true),
        F::UsesObjectStorage => either(
            apps(facts, &["storages"]),
            distribution(facts, &["django-storages", "boto3", "django-minio-backend"]),
        ),
        F::UsesCdn => {
            let elsewhere = |name: &str| {
                let text = facts.certain(name).and_then(Value::text)?;
                ["http://", "https://", "//"]
                    .iter()
                    .any(|from| text.starts_with(from))
                    .then_some(true)
            };
            either(elsewhere("STATIC_URL"), elsewhere("MEDIA_URL"))
        }
        F::SendsMail => {
            const SET: [&str; 6] = [
                "EMAIL_HOST",
                "EMAIL_BACKEND",
                "DEFAULT_FROM_EMAIL",
                "ANYMAIL",
                "ADMINS",
                "MAILERS",
            ];
            // Applications that send mail by themselves.
            const APPS: [&str; 8] = [
                "allauth",
                "dj_rest_auth",
                "djoser",
                "django_registration",
                "registration",
                "wagtail.admin",
                "post_office",
                "anymail",
            ];
            let sends = !facts.code.sends_mail.is_empty();
            if sends || SET.iter().any(|name| facts.is_set(name)) {
                Some(true)
            } else {
                apps(facts, &APPS)
            }
        }
        F::UsesTextMessages => distribution(facts, &["twilio", "vonage", "messagebird"]),
        F::UsesErrorTracker => distribution(
            facts,
            &["sentry-sdk", "rollbar", "bugsnag", "raven", "honeybadger", "airbrake"],
        ),
        F::EncryptsFields => distribution(
            facts,
            &[
                "django-encrypted-model-fields",
                "django-cryptography",
                "django-fernet-fields",
                "django-encrypted-fields",
                "django-searchable-encrypted-fields",
                "django-fernet-encrypted-fields",
                "cryptography",
            ],
        )
        .or_no_only(),
        F::KeepsAuditTrail => apps(
            facts,
            &["auditlog", "simple_history", "easyaudit", "reversion", "pghistory", "actstream"],
        )
        .or_yes_only(),
        F::SeparateFrontend => apps(facts, &["corsheaders"]).or_yes_only(),
        F::HasApplicationMode => {
            Some(facts.settings.variables.iter().any(|used| crate::settings::is_mode(&used.name)))
        }
        F::HasShiftPlanning => speaks_of(facts, &["shift", "rota", "roster", "rostering"]),
        F::HasLeaveRequests => speaks_of(facts, &["leave", "absence", "vacation", "holiday"]),
        F::HasExamMarking => speaks_of(facts, &["exam", "examination", "osce", "examiner"]),
        F::HasContracts => speaks_of(facts, &["contract", "contrato", "estimate", "quotation"]),
        F::HasShop => speaks_of(facts, &["product", "cart", "basket", "checkout", "shop"]),
        F::StoresCareData => speaks_of(
            facts,
            &["patient", "resident", "care", "carer", "medication", "diagnosis", "ward"],
        ),
        F::HasOfflineClient => offline_client(facts),
        F::HasBulkImport => {
            distribution(facts, &["django-import-export", "openpyxl", "pandas", "tablib", "xlrd"])
                .or_yes_only()
        }
        F::HasReports => distribution(
            facts,
            &["reportlab", "weasyprint", "xlsxwriter", "openpyxl", "django-weasyprint"],
        )
        .or_yes_only(),
        F::HasUserGuides => (!facts.guides.guides.is_empty()).then_some(true),
        _ => None,
    }
}

/// Whether tasks are queued for workers: no where the project declares what it needs, and nothing
/// of a queue is among it, set, or started.
fn task_queue(facts: &Facts) -> Option<bool> {
    const QUEUES: [&str; 12] = [
        "celery",
        "rq",
        "django-rq",
        "huey",
        "dramatiq",
        "django-dramatiq",
        "django-q2",
        "django-q",
        "django-tasks",
        "procrastinate",
        "arq",
        "taskiq",
    ];
    const SETTINGS: [&str; 8] = [
        "CELERY_BROKER_URL",
        "BROKER_URL",
        "CELERY_TASK_ALWAYS_EAGER",
        "RQ_QUEUES",
        "HUEY",
        "Q_CLUSTER",
        "DRAMATIQ_BROKER",
        "TASKS",
    ];
    let declared = distribution(facts, &QUEUES);
    let seen = facts.mentions_celery()
        || SETTINGS.iter().any(|name| facts.is_set(name))
        || runs(facts, &[ProcessKind::Worker, ProcessKind::Scheduler]) == Some(true);
    if seen { Some(true) } else { declared }
}

/// Whether a process of these kinds is declared; that none is says little.
fn runs(facts: &Facts, kinds: &[ProcessKind]) -> Option<bool> {
    facts.processes.iter().any(|process| kinds.contains(&process.kind)).then_some(true)
}

/// Whether the project's apps or models are named after one of these; `None` where it has no
/// models that could tell.
fn speaks_of(facts: &Facts, words: &[&str]) -> Option<bool> {
    let vocabulary = &facts.vocabulary;
    (!vocabulary.is_empty()).then(|| words.iter().any(|word| vocabulary.contains(*word)))
}

/// Whether a service worker is among the project's own scripts.
fn offline_client(facts: &Facts) -> Option<bool> {
    let mut scripts = facts.inventory.main(Role::Script).peekable();
    scripts.peek()?;
    let is_worker = |name: &str| {
        let name = name.to_ascii_lowercase().replace(['-', '_', '.'], "");
        name.contains("serviceworker") || name == "swjs" || name == "swts"
    };
    Some(scripts.any(|file| is_worker(file.path.file_name())))
}

/// Narrows what an answer is taken for.
trait Narrow {
    /// Only "yes" counts: there are other ways to have it that leave no trace.
    fn or_yes_only(self) -> Option<bool>;
    /// Only "no" counts: what was seen has other uses too.
    fn or_no_only(self) -> Option<bool>;
}

impl Narrow for Option<bool> {
    fn or_yes_only(self) -> Option<bool> {
        self.filter(|holds| *holds)
    }

    fn or_no_only(self) -> Option<bool> {
        self.filter(|holds| !*holds)
    }
}

fn has(facts: &Facts, role: Role) -> bool {
    facts.inventory.main(role).next().is_some()
}

/// Yes where either says yes; no where both say no.
fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// Whether one of these distributions is declared; `None` where the project declares none at all.
fn distribution(facts: &Facts, names: &[&str]) -> Option<bool> {
    let declared = &facts.versions.distributions;
    if names.iter().any(|name| declared.contains_key(*name)) {
        return Some(true);
    }
    (!declared.is_empty()).then_some(false)
}

/// Whether one of these apps is installed.
fn apps(facts: &Facts, names: &[&str]) -> Option<bool> {
    let answers: Vec<Option<bool>> = names.iter().map(|name| facts.has_app(name)).collect();
    if answers.contains(&Some(true)) {
        Some(true)
    } else {
        answers.iter().all(|answer| *answer == Some(false)).then_some(false)
    }
}

fn any_set(facts: &Facts, settings: &[&str], packages: &[&str], app: Option<bool>) -> Option<bool> {
    if settings.iter().any(|name| facts.is_set(name)) || app == Some(true) {
        return Some(true);
    }
    distribution(facts, packages).or_no_only()
}

fn middleware(facts: &Facts, class: &str, tail: &str) -> Option<bool> {
    let items = facts.partial("MIDDLEWARE")?.items()?;
    let named = |text: &str| {
        text == class || text.rsplit('.').next().is_some_and(|last| last.ends_with(tail))
    };
    if items.iter().filter_map(Value::text).any(named) {
        return Some(true);
    }
    items.iter().all(Value::is_known).then_some(false)
}

/// Whether the default database is one of a kind, by its engine. SQLite that holds only while a
/// variable is unset is what developers get, and says nothing of production.
fn engine(facts: &Facts, kinds: &[&str]) -> Option<bool> {
    let engine = facts.partial("DATABASES")?.get("default")?.get("ENGINE")?.text()?;
    if is_sqlite(engine) && !facts.open_variables("DATABASES").is_empty() {
        return None;
    }
    Some(kinds.iter().any(|kind| engine.contains(kind)))
}

fn is_sqlite(engine: &str) -> bool {
    engine.contains("sqlite") || engine.contains("spatialite")
}

fn cache_backend(facts: &Facts, kind: &str) -> Option<bool> {
    let caches = facts.partial("CACHES")?;
    if backends(caches).iter().any(|backend| backend.to_ascii_lowercase().contains(kind)) {
        return Some(true);
    }
    caches.is_known().then_some(false)
}

fn backends(caches: &Value) -> Vec<&str> {
    match caches {
        Value::Dict(pairs) => {
            pairs.iter().filter_map(|(_, cache)| cache.get("BACKEND")?.text()).collect()
        }
        _ => Vec::new(),
    }
}
