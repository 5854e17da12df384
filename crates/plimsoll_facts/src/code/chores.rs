//! Chores that something must run again and again: where they are named, and whether the
//! repository schedules anything at all.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_source::{SourceText, Span};

use crate::inventory::Role;
use crate::words;

/// Chores and schedules of the repository.
#[derive(Clone, Debug, Default)]
pub struct Chores {
    /// Where `clearsessions` or its function is run.
    pub session_purges: Vec<Span>,
    /// Where `flushexpiredtokens` or its kin is run.
    pub token_purges: Vec<Span>,
    /// The files in which the repository schedules something: crontabs, timers, schedules of
    /// Celery.
    pub schedules: Vec<Span>,
    /// Where something is named that backs up: programs, libraries, services and images for it.
    /// Shell scripts are left to the routines.
    pub backups: Vec<Span>,
}

/// Longer files are no scripts.
const LONGEST: usize = 400_000;

/// Words that name a purge of sessions.
const SESSIONS: [&str; 4] =
    ["clearsessions", "clear_expired_sessions", "clear_expired()", "clean_sessions"];

/// Words that name a purge of tokens.
const TOKENS: [&str; 3] = ["flushexpiredtokens", "flush_expired_tokens", "cleartokens"];

/// Words by which Python schedules something.
const SCHEDULES: [&str; 6] = [
    "beat_schedule",
    "BEAT_SCHEDULE",
    "add_periodic_task(",
    "CRONJOBS",
    "@periodic_task",
    "db_periodic_task",
];

/// Words that name a backup: programs, libraries, images, and what platforms call theirs.
const BACKUPS: [&str; 27] = [
    "pg_dump",
    "pg_basebackup",
    "mysqldump",
    "mariadb-dump",
    "dbbackup",
    "mediabackup",
    "restic",
    "borgmatic",
    "borgbackup",
    "wal-g",
    "wal-e",
    "pgbackrest",
    "litestream",
    "velero",
    "barmanObjectStore",
    "ScheduledBackup",
    "backup_retention_period",
    "backupRetentionPeriod",
    "postgres-backup",
    "pg-backup",
    "pgbackups",
    "postgresql-backup",
    "mysql-backup",
    "db-backup",
    "volume-backup",
    "autopostgresqlbackup",
    "automysqlbackup",
];

/// A timer of systemd, a job of Kubernetes.
const TIMER: &str = "[Timer]";
const CRON_JOB: &str = "kind: CronJob";

impl Chores {
    pub(crate) fn extend(&mut self, other: Chores) {
        self.session_purges.extend(other.session_purges);
        self.token_purges.extend(other.token_purges);
        self.schedules.extend(other.schedules);
        self.backups.extend(other.backups);
    }
}

/// The chores that a file names; a file has at most one place of each.
pub(crate) fn of_file(source: &SourceText, role: Role) -> Chores {
    static ANY: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let mut chores = Chores::default();
    let text = source.text();
    let any = ANY.get_or_init(|| {
        let all = SESSIONS.into_iter().chain(TOKENS).chain(SCHEDULES).chain(BACKUPS);
        words::matcher(all.chain([TIMER, CRON_JOB]))
    });
    let named_at_all = || any.as_ref().is_none_or(|any| any.is_match(text));
    if !runs(role) || text.len() > LONGEST || (role != Role::Crontab && !named_at_all()) {
        return chores;
    }
    let named = |words: &[&str]| words.iter().find_map(|word| place(source, word));
    chores.session_purges.extend(named(&SESSIONS));
    chores.token_purges.extend(named(&TOKENS));
    if !matches!(role, Role::Shell | Role::Workflow) {
        chores.backups.extend(named(&BACKUPS));
    }
    let schedules = match role {
        Role::Crontab => Some(Span::of_file(source.path().clone())),
        Role::Unit => named(&[TIMER]),
        Role::Python => named(&SCHEDULES),
        Role::Platform | Role::OtherText => named(&[CRON_JOB]),
        _ => None,
    };
    // `CELERY_BEAT_SCHEDULE = {}` schedules nothing.
    let empty = schedules.as_ref().is_some_and(|at: &Span| {
        let line = source.line(at.start.line).unwrap_or("");
        line.trim_end().ends_with("{}") || line.trim_end().ends_with("[]")
    });
    if !empty {
        chores.schedules.extend(schedules);
    }
    chores
}

fn runs(role: Role) -> bool {
    matches!(
        role,
        Role::Python
            | Role::Shell
            | Role::Crontab
            | Role::Unit
            | Role::Compose
            | Role::Dockerfile
            | Role::Supervisor
            | Role::Procfile
            | Role::Platform
            | Role::Workflow
            | Role::OtherText
    )
}

/// The first place of a word outside of comments.
fn place(source: &SourceText, word: &str) -> Option<Span> {
    let text = source.text();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(word)).map(|at| from + at) {
        from = at + word.len();
        let line = text.get(..at).map_or("", |before| before.rsplit('\n').next().unwrap_or(""));
        if !line.trim_start().starts_with('#') {
            return Some(source.span(at..from));
        }
    }
    None
}
