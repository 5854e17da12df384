//! Which facts hold of a system: the conditions under which controls apply.
//!
//! Three-valued throughout: what the repository cannot tell is `None`, never "no".

use plimsoll_catalog::FactPredicate;
use plimsoll_facts::inventory::Role;
use plimsoll_facts::{Declaration, Facts, ProcessKind, View};
use plimsoll_python::Value;

use crate::subjects;

/// Whether a fact holds of the system; `None` where the repository does not tell.
pub fn holds(facts: &Facts, fact: FactPredicate) -> Option<bool> {
    use FactPredicate as F;
    match fact {
        F::UsesTaskQueue => task_queue(facts),
        F::UsesCelery => {
            either(distribution(facts, &["celery"]), facts.mentions_celery().then_some(true))
        }
        F::UsesPeriodicTasks => periodic_tasks(facts),
        F::HasCompose => Some(has(facts, Role::Compose)),
        F::HasDockerfile => Some(has(facts, Role::Dockerfile)),
        F::HasNginx => Some(has(facts, Role::Nginx)),
        F::HasCaddy => Some(has(facts, Role::Caddyfile)),
        F::HasSystemd => Some(has(facts, Role::Unit)),
        F::HasWorkflows => Some(has(facts, Role::Workflow)),
        F::PlatformAsAService => platform(facts),
        F::UsesGunicorn => distribution(facts, &["gunicorn"]),
        F::DatabasePostgresql => {
            engine(facts, &["postgresql", "postgis", "psycopg", "cockroach", "timescale"])
        }
        F::DatabaseMysql => engine(facts, &["mysql", "mariadb"]),
        F::DatabaseSqlite => engine(facts, &["sqlite", "spatialite"]),
        F::UsesRedis => redis(facts),
        F::UsesCache => cache(facts),
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
        F::HasTemplates => {
            let own = has(facts, Role::Template).then_some(true);
            own.or_else(|| facts.has_app("django.contrib.admin"))
        }
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
            distribution(
                facts,
                &[
                    "django-storages",
                    "boto3",
                    "minio",
                    "django-minio-backend",
                    "django-minio-storage",
                    "google-cloud-storage",
                    "azure-storage-blob",
                    "cloudinary",
                    "django-cloudinary-storage",
                    "s3fs",
                    "oss2",
                    "django-s3-storage",
                    "imagekitio",
                ],
            ),
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
            // Django's own pages for a forgotten password.
            let resets = facts.code.routes.views.iter().any(|route| {
                matches!(&route.view, View::Library(name) if name.contains("PasswordReset"))
            });
            if sends || resets || SET.iter().any(|name| facts.is_set(name)) {
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
                "django-encrypted-json-fields",
                "django-mirage-field",
                "django-pgcrypto-fields",
                "django-pgcrypto",
                "django-crypto-fields",
                "pycryptodome",
                "pycryptodomex",
                "pynacl",
                "cryptography",
            ],
        )
        .or_no_only()
        .filter(|_| facts.code.modules.iter().all(|module| module.facts.keys.is_empty())),
        F::KeepsAuditTrail => apps(
            facts,
            &["auditlog", "simple_history", "easyaudit", "reversion", "pghistory", "actstream"],
        )
        .or_yes_only(),
        F::SeparateFrontend => apps(facts, &["corsheaders"]).or_yes_only(),
        F::HasApplicationMode => {
            Some(facts.settings.variables.iter().any(|used| crate::settings::is_mode(&used.name)))
        }
        F::HasShiftPlanning => subjects::speaks_of(facts, &subjects::SHIFTS),
        F::HasLeaveRequests => subjects::speaks_of(facts, &subjects::LEAVE),
        F::HasExamMarking => subjects::speaks_of(facts, &subjects::EXAMS),
        F::HasContracts => subjects::speaks_of(facts, &subjects::CONTRACTS),
        F::HasShop => subjects::speaks_of(facts, &subjects::SHOP),
        F::StoresCareData => subjects::speaks_of(facts, &subjects::CARE),
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
    if seen { Some(true) } else { declared.filter(|holds| *holds || !stays(facts)) }
}

/// Whether a process of these kinds is declared; that none is says little.
fn runs(facts: &Facts, kinds: &[ProcessKind]) -> Option<bool> {
    facts.processes.iter().any(|process| kinds.contains(&process.kind)).then_some(true)
}

/// Whether a hosting platform runs the system: its file is there, and nothing of a host of one's
/// own beside it. With both, or with neither and no stack of containers that is production's, the
/// repository does not tell.
fn platform(facts: &Facts) -> Option<bool> {
    let named = has(facts, Role::Platform) || has(facts, Role::Procfile);
    let own = [Role::Unit, Role::Nginx, Role::Caddyfile, Role::Supervisor, Role::Uwsgi]
        .into_iter()
        .any(|role| has(facts, role))
        || facts.containers.production_stack().is_some();
    (named != own).then_some(named)
}

/// Whether something is run again and again by a schedule.
fn periodic_tasks(facts: &Facts) -> Option<bool> {
    let known = any_set(
        facts,
        &["CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE", "Q_CLUSTER", "CRONJOBS", "CRON_CLASSES"],
        &[
            "django-celery-beat",
            "celery",
            "huey",
            "django-q2",
            "django-q",
            "apscheduler",
            "django-apscheduler",
            "django-crontab",
            "django-cron",
            "rq-scheduler",
            "django-rq-scheduler",
            "django-tasks-scheduler",
            "dramatiq-crontab",
            "procrastinate",
            "schedule",
        ],
        facts
            .has_app("django_celery_beat")
            .or_yes_only()
            .or_else(|| runs(facts, &[ProcessKind::Scheduler])),
    );
    // A crontab may run what a scheduler would, and a command that stays may be one.
    known.filter(|holds| *holds || !(has(facts, Role::Crontab) || stays(facts)))
}

/// Whether a management command of the project is declared as a process beside the server: it may
/// be a worker or scheduler of the project's own.
fn stays(facts: &Facts) -> bool {
    facts.processes.iter().any(|process| {
        process.kind == ProcessKind::Management
            && !matches!(process.declared, Declaration::Crontab | Declaration::Image)
    })
}

/// Whether Redis or Valkey is used: by a library, a setting that names it, or a server beside the
/// application.
fn redis(facts: &Facts) -> Option<bool> {
    const SETTINGS: [&str; 8] = [
        "CELERY_BROKER_URL",
        "BROKER_URL",
        "CELERY_RESULT_BACKEND",
        "CHANNEL_LAYERS",
        "RQ_QUEUES",
        "HUEY",
        "REDIS_URL",
        "CACHES",
    ];
    let named = SETTINGS.iter().filter_map(|name| facts.partial(name)).any(|value| {
        value.text().is_some_and(|text| text.starts_with("redis") || text.starts_with("valkey"))
    });
    if named || !facts.containers.redis.is_empty() || facts.is_set("REDIS_URL") {
        return Some(true);
    }
    let declared = distribution(
        facts,
        &[
            "redis",
            "django-redis",
            "channels-redis",
            "valkey",
            "django-valkey",
            "rq",
            "django-rq",
            "redis-om",
            "django-redis-sessions",
            "arq",
        ],
    );
    // Celery takes Redis as an extra of its own, which declares nothing else.
    let celery = facts.mentions_celery() || distribution(facts, &["celery"]) == Some(true);
    let broker = ["CELERY_BROKER_URL", "BROKER_URL"].iter().find_map(|name| facts.certain(name));
    let other = broker.and_then(Value::text).is_some_and(|text| text.contains("://"));
    let open = celery && !other && declared == Some(false);
    either(declared.filter(|_| !open), cache_backend(facts, "redis"))
}

/// Whether a cache is configured. Without CACHES each process has one in its memory, which nobody
/// counts as one; CACHES that are not known leave the question open.
fn cache(facts: &Facts) -> Option<bool> {
    if !facts.is_set("CACHES") {
        return Some(false);
    }
    let caches = facts.partial("CACHES")?;
    if backends(caches).iter().any(|backend| !backend.ends_with("DummyCache")) {
        return Some(true);
    }
    caches.is_known().then_some(false)
}

/// Whether the front end works offline. A service worker may be there for pushes and caching
/// alone, so that one is there tells nothing; that none is there does.
fn offline_client(facts: &Facts) -> Option<bool> {
    let mut scripts = facts.inventory.main(Role::Script).peekable();
    scripts.peek()?;
    let is_worker = |name: &str| {
        let name = name.to_ascii_lowercase().replace(['-', '_', '.'], "");
        name.contains("serviceworker") || name == "swjs" || name == "swts"
    };
    (!scripts.any(|file| is_worker(file.path.file_name()))).then_some(false)
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
