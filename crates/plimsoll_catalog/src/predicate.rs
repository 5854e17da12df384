//! Conditions over facts: when a control or a profile applies.
//!
//! A condition is data: `always`, a fact's name, `not(…)`, `all(…, …)`, `any(…, …)`. It is
//! evaluated in three values: a fact nobody could determine makes the answer unknown unless the
//! others settle it, and unknown never counts as "does not apply".

use std::fmt;

/// The nesting that a condition may have: far above what the catalog holds.
const DEPTH_LIMIT: usize = 16;

macro_rules! facts {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A yes-or-no fact about a system that conditions may ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FactPredicate {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl FactPredicate {
            /// All of them, in the order of the documentation.
            pub const ALL: &[FactPredicate] = &[$(FactPredicate::$variant,)+];

            /// Its name in conditions and in `plimsoll.toml`: `uses-celery`.
            pub fn name(self) -> &'static str {
                match self { $(FactPredicate::$variant => $name,)+ }
            }

            /// What it says of a system, in one sentence.
            pub fn description(self) -> &'static str {
                match self { $(FactPredicate::$variant => concat!($($doc,)+).trim_ascii(),)+ }
            }
        }
    };
}

facts! {
    /// Tasks are queued for workers: Celery, RQ, Huey, Dramatiq, django-q or Django's own tasks.
    UsesTaskQueue = "uses-task-queue",
    /// The task queue is Celery.
    UsesCelery = "uses-celery",
    /// Tasks are scheduled by a process of the project: Celery beat or its like.
    UsesPeriodicTasks = "uses-periodic-tasks",
    /// A compose file describes the deployment.
    HasCompose = "has-compose",
    /// A Dockerfile or Containerfile builds the project.
    HasDockerfile = "has-dockerfile",
    /// The deployment is described for Kubernetes.
    HasKubernetes = "has-kubernetes",
    /// An nginx configuration is part of the repository.
    HasNginx = "has-nginx",
    /// A Caddyfile is part of the repository.
    HasCaddy = "has-caddy",
    /// Systemd units run the project.
    HasSystemd = "has-systemd",
    /// Gunicorn serves the project.
    UsesGunicorn = "uses-gunicorn",
    /// A platform runs the project and owns its proxy and machine: Heroku, Render, Fly and the like.
    PlatformAsAService = "platform-as-a-service",
    /// Requests are served by functions that start on demand, with no server process.
    Serverless = "serverless",
    /// Several instances stand behind a load balancer.
    LoadBalanced = "load-balanced",
    /// Continuous integration workflows are part of the repository.
    HasWorkflows = "has-workflows",
    /// The production database is PostgreSQL.
    DatabasePostgresql = "database-postgresql",
    /// The production database is MySQL or MariaDB.
    DatabaseMysql = "database-mysql",
    /// The production database is SQLite.
    DatabaseSqlite = "database-sqlite",
    /// A provider runs the database server.
    ManagedDatabase = "managed-database",
    /// Data moves from SQLite to another database for production.
    MigratesFromSqlite = "migrates-from-sqlite",
    /// Fixtures or a command load initial data.
    LoadsInitialData = "loads-initial-data",
    /// Redis or Valkey serves as cache, broker, session store or lock store.
    UsesRedis = "uses-redis",
    /// The project caches: a cache backend that more than the framework's default uses.
    UsesCache = "uses-cache",
    /// Sessions are in use: the session middleware is installed.
    UsesSessions = "uses-sessions",
    /// People log in.
    HasLogin = "has-login",
    /// People register themselves.
    HasRegistration = "has-registration",
    /// The admin is routed.
    HasAdmin = "has-admin",
    /// A package limits failed logins: django-axes, django-defender and the like.
    UsesLockoutPackage = "uses-lockout-package",
    /// Pages are rendered from templates.
    HasTemplates = "has-templates",
    /// A front end of its own, on its own origin or built apart, talks to the project.
    SeparateFrontend = "separate-frontend",
    /// An API for programs: REST framework, Ninja, Graphene, Strawberry, Tastypie or views of JSON.
    ServesApi = "serves-api",
    /// The API is built with Django REST framework.
    UsesRestFramework = "uses-rest-framework",
    /// Clients authenticate with signed tokens (JWT).
    UsesJwt = "uses-jwt",
    /// Cross-origin requests are allowed by a package or by code.
    UsesCors = "uses-cors",
    /// Several customers share the system and must not see each other's data.
    MultiTenant = "multi-tenant",
    /// People upload files.
    HasUploads = "has-uploads",
    /// Files are kept in an object store: S3 and the like.
    UsesObjectStorage = "uses-object-storage",
    /// A content delivery network serves files.
    UsesCdn = "uses-cdn",
    /// The project sends mail.
    SendsMail = "sends-mail",
    /// The project sends text messages or calls through a provider.
    UsesTextMessages = "uses-text-messages",
    /// A variable of the project's own says in which mode it runs.
    HasApplicationMode = "has-application-mode",
    /// An error tracker is configured: Sentry, Rollbar, GlitchTip and the like.
    UsesErrorTracker = "uses-error-tracker",
    /// Personal data is stored.
    StoresPersonalData = "stores-personal-data",
    /// Data about health, care or other specially protected matters is stored.
    StoresCareData = "stores-care-data",
    /// Model fields are encrypted by the application.
    EncryptsFields = "encrypts-fields",
    /// Changes are recorded in an audit trail.
    KeepsAuditTrail = "keeps-audit-trail",
    /// Clients work offline and send later.
    HasOfflineClient = "has-offline-client",
    /// Rows are imported in bulk from files.
    HasBulkImport = "has-bulk-import",
    /// Reports or exports are produced.
    HasReports = "has-reports",
    /// Staff shifts are planned.
    HasShiftPlanning = "has-shift-planning",
    /// Leave is requested and approved.
    HasLeaveRequests = "has-leave-requests",
    /// Exams are marked.
    HasExamMarking = "has-exam-marking",
    /// Contracts and estimates are managed.
    HasContracts = "has-contracts",
    /// Goods are sold.
    HasShop = "has-shop",
    /// Guides for users are part of the repository.
    HasUserGuides = "has-user-guides",
    /// The system takes the place of one that is already running.
    ReplacesExistingSite = "replaces-existing-site",
}

impl FactPredicate {
    /// The fact with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fact| fact.name() == name)
    }
}

/// A condition over facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// Holds for every system.
    Always,
    /// Holds when the fact does.
    Fact(FactPredicate),
    /// Holds when the other does not.
    Not(Box<Predicate>),
    /// Holds when all do.
    All(Vec<Predicate>),
    /// Holds when one does.
    Any(Vec<Predicate>),
}

/// Why a text is not a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredicateError {
    /// Offset of the trouble, in bytes of the text.
    pub offset: usize,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for PredicateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "condition, at byte {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for PredicateError {}

impl Predicate {
    /// Reads a condition: `all(uses-celery, not(has-compose))`.
    pub fn parse(text: &str) -> Result<Self, PredicateError> {
        let mut reader = Reader { text, offset: 0 };
        let predicate = reader.condition(0)?;
        reader.blanks();
        if reader.offset < text.len() {
            return Err(reader.error("something follows the condition"));
        }
        Ok(predicate)
    }

    /// Whether the condition holds, where `fact` says what is known of a fact.
    ///
    /// `None` is unknown: it stays unknown unless another part settles the answer.
    pub fn evaluate(&self, fact: &dyn Fn(FactPredicate) -> Option<bool>) -> Option<bool> {
        match self {
            Predicate::Always => Some(true),
            Predicate::Fact(name) => fact(*name),
            Predicate::Not(inner) => inner.evaluate(fact).map(|holds| !holds),
            Predicate::All(parts) => settle(parts, fact, false),
            Predicate::Any(parts) => settle(parts, fact, true),
        }
    }

    /// The facts that the condition asks for.
    pub fn facts(&self) -> Vec<FactPredicate> {
        match self {
            Predicate::Always => Vec::new(),
            Predicate::Fact(fact) => vec![*fact],
            Predicate::Not(inner) => inner.facts(),
            Predicate::All(parts) | Predicate::Any(parts) => {
                parts.iter().flat_map(Predicate::facts).collect()
            }
        }
    }
}

impl fmt::Display for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, name: &str, parts: &[Predicate]| {
            write!(f, "{name}(")?;
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    f.write_str(", ")?;
                }
                write!(f, "{part}")?;
            }
            f.write_str(")")
        };
        match self {
            Predicate::Always => f.write_str("always"),
            Predicate::Fact(fact) => f.write_str(fact.name()),
            Predicate::Not(inner) => write!(f, "not({inner})"),
            Predicate::All(parts) => list(f, "all", parts),
            Predicate::Any(parts) => list(f, "any", parts),
        }
    }
}

/// `decisive` where a part has that value; else unknown where a part is; else its opposite.
fn settle(
    parts: &[Predicate],
    fact: &dyn Fn(FactPredicate) -> Option<bool>,
    decisive: bool,
) -> Option<bool> {
    let mut answer = Some(!decisive);
    for part in parts {
        match part.evaluate(fact) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

struct Reader<'t> {
    text: &'t str,
    offset: usize,
}

impl<'t> Reader<'t> {
    fn condition(&mut self, depth: usize) -> Result<Predicate, PredicateError> {
        if depth > DEPTH_LIMIT {
            return Err(self.error("nested too deeply"));
        }
        self.blanks();
        let start = self.offset;
        match self.word() {
            "" => Err(self.error("a fact's name, always, not, all or any is missing")),
            "always" => Ok(Predicate::Always),
            "not" => {
                let mut parts = self.arguments(depth)?;
                match (parts.pop(), parts.is_empty()) {
                    (Some(part), true) => Ok(Predicate::Not(Box::new(part))),
                    _ => Err(self.error("not takes one condition")),
                }
            }
            "all" => self.arguments(depth).map(Predicate::All),
            "any" => self.arguments(depth).map(Predicate::Any),
            name => FactPredicate::from_name(name).map(Predicate::Fact).ok_or_else(|| {
                PredicateError { offset: start, message: format!("`{name}` is not a fact") }
            }),
        }
    }

    fn arguments(&mut self, depth: usize) -> Result<Vec<Predicate>, PredicateError> {
        self.expect('(')?;
        let mut parts = vec![self.condition(depth + 1)?];
        while self.accept(',') {
            parts.push(self.condition(depth + 1)?);
        }
        self.expect(')')?;
        Ok(parts)
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
            .unwrap_or(rest.len());
        self.offset += length;
        rest.get(..length).unwrap_or_default()
    }

    fn expect(&mut self, wanted: char) -> Result<(), PredicateError> {
        if self.accept(wanted) {
            Ok(())
        } else {
            Err(self.error(&format!("`{wanted}` is missing")))
        }
    }

    fn accept(&mut self, wanted: char) -> bool {
        self.blanks();
        let found = self.rest().starts_with(wanted);
        if found {
            self.offset += wanted.len_utf8();
        }
        found
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.offset += rest.len() - rest.trim_start().len();
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn error(&self, message: &str) -> PredicateError {
        PredicateError { offset: self.offset, message: message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in [
            "always",
            "uses-celery",
            "not(has-compose)",
            "all(uses-celery, not(any(has-compose, has-systemd)))",
        ] {
            assert_eq!(Predicate::parse(text).map(|p| p.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn slips_are_refused_at_their_place() {
        for (text, offset) in [
            ("", 0),
            ("uses-celry", 0),
            ("not()", 4),
            ("all(uses-celery", 15),
            ("all(uses-celery,)", 16),
            ("uses-celery has-compose", 12),
            ("not(always, always)", 19),
        ] {
            assert_eq!(Predicate::parse(text).map_err(|e| e.offset), Err(offset), "{text}");
        }
        let deep = format!("{}always{}", "not(".repeat(500), ")".repeat(500));
        assert!(Predicate::parse(&deep).is_err());
    }

    #[test]
    fn unknown_stays_unknown_until_settled() {
        let fact = |fact| match fact {
            FactPredicate::UsesCelery => Some(true),
            FactPredicate::HasCompose => Some(false),
            _ => None,
        };
        for (text, expected) in [
            ("uses-redis", None),
            ("not(uses-redis)", None),
            ("all(uses-celery, uses-redis)", None),
            ("all(has-compose, uses-redis)", Some(false)),
            ("any(uses-redis, uses-celery)", Some(true)),
            ("any(uses-redis, has-compose)", None),
            ("not(has-compose)", Some(true)),
        ] {
            let predicate = Predicate::parse(text).unwrap_or(Predicate::Always);
            assert_eq!(predicate.evaluate(&fact), expected, "{text}");
        }
    }
}
