//! Chores that something must run again and again: where they are named, and whether the
//! repository schedules anything at all.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use plimsoll_source::{SourceText, Span, Tree};
use rayon::prelude::*;

use crate::inventory::{Inventory, Listed, Role};

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
}

/// Longer files are no scripts.
const LONGEST: usize = 400_000;

impl Chores {
    pub(crate) fn gather(tree: &dyn Tree, inventory: &Inventory) -> Self {
        let files: Vec<&Listed> = inventory.iter().filter(|file| file.standing.is_main()).collect();
        let parts: Vec<Self> = files.par_iter().filter_map(|file| Self::of(tree, file)).collect();
        let mut chores = Self::default();
        for part in parts {
            chores.session_purges.extend(part.session_purges);
            chores.token_purges.extend(part.token_purges);
            chores.schedules.extend(part.schedules);
        }
        chores
    }

    /// The chores of one file; `None` where it names none.
    fn of(tree: &dyn Tree, file: &Listed) -> Option<Self> {
        let mut chores = Self::default();
        let runs = matches!(
            file.role,
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
        );
        if !runs {
            return None;
        }
        let source = tree.read(&file.path).ok()?;
        let text = source.text();
        if text.len() > LONGEST || (file.role != Role::Crontab && !has_word(text)) {
            return None;
        }
        let named = |words: &[&str]| words.iter().find_map(|word| place(&source, word));
        chores.session_purges.extend(named(&[
            "clearsessions",
            "clear_expired_sessions",
            "clear_expired()",
            "clean_sessions",
        ]));
        chores.token_purges.extend(named(&[
            "flushexpiredtokens",
            "flush_expired_tokens",
            "cleartokens",
        ]));
        let schedules = match file.role {
            Role::Crontab => Some(Span::of_file(file.path.clone())),
            Role::Unit => named(&["[Timer]"]),
            Role::Python => named(&[
                "beat_schedule",
                "BEAT_SCHEDULE",
                "add_periodic_task(",
                "CRONJOBS",
                "@periodic_task",
                "db_periodic_task",
            ]),
            Role::Platform | Role::OtherText => named(&["kind: CronJob"]),
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
        Some(chores)
    }
}

/// Whether a text holds any of the words that are looked for.
fn has_word(text: &str) -> bool {
    static MATCHER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let words = [
        "clearsessions",
        "clear_expired",
        "clean_sessions",
        "flushexpiredtokens",
        "flush_expired_tokens",
        "cleartokens",
        "[Timer]",
        "beat_schedule",
        "BEAT_SCHEDULE",
        "add_periodic_task(",
        "CRONJOBS",
        "periodic_task",
        "kind: CronJob",
    ];
    let matcher = MATCHER.get_or_init(|| AhoCorasick::new(words).ok());
    matcher.as_ref().is_none_or(|matcher| matcher.is_match(text))
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
