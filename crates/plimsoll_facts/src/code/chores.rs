//! Chores that something must run again and again: where they are named, and whether the
//! repository schedules anything at all.

use plimsoll_source::{SourceText, Span, Tree};

use crate::inventory::{Inventory, Role};

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
        let mut chores = Self::default();
        for file in inventory.iter().filter(|file| file.standing.is_main()) {
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
                continue;
            }
            let Ok(source) = tree.read(&file.path) else { continue };
            let text = source.text();
            if text.len() > LONGEST {
                continue;
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
        }
        chores
    }
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
