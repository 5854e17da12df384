//! Crontabs, those of users and those of /etc/cron.d with a user field.
//!
//! Accepted is what Debian's and Vixie's cron accept: five fields or `@daily` and its like,
//! variables, comments on lines of their own, `%` as the end of the command. Failure policy: a
//! line whose fields are wrong is a problem, and gives no job.

mod schedule;

use plimsoll_source::{Problem, ProblemKind, Secret, SourceText};

use crate::Spanned;
use crate::command::{CommandLine, split_command};
use crate::scan::{blank_words, lines, spanned};

pub use schedule::{Field, Schedule};

/// Which kind of crontab a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrontabKind {
    /// A user's own: the command follows the five fields.
    User,
    /// `/etc/crontab` and files of `/etc/cron.d`: a user name stands before the command.
    System,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// When it runs.
    pub schedule: Spanned<Schedule>,
    /// Who runs it, in a system crontab.
    pub user: Option<Spanned<String>>,
    /// The command up to an unescaped `%`, `\%` still written as such.
    pub command: Spanned<String>,
    /// Where an unescaped `%` ends the command: the rest is its input.
    pub percent: Option<Spanned<String>>,
    /// The command cut into simple commands.
    pub line: CommandLine,
    /// How many of the crontab's variables are set above it.
    above: usize,
}

/// A crontab.
#[derive(Clone, Debug)]
pub struct Crontab {
    /// Which kind it was read as.
    pub kind: CrontabKind,
    /// Its jobs in order.
    pub jobs: Vec<Job>,
    /// Its variables in order: name and value.
    pub variables: Vec<(Spanned<String>, Secret)>,
    /// Lines that cron refuses.
    pub problems: Vec<Problem>,
}

/// Tells which kind of crontab a text is: by its folder (`cron.d`) or name (`/etc/crontab`), else
/// by whether the sixth field of most jobs is a lone lower-case name of a system user or all jobs
/// have the same bare name there.
pub fn kind_of(text: &SourceText) -> CrontabKind {
    let path = text.path().as_str();
    if path.split('/').any(|part| part == "cron.d") || path.ends_with("etc/crontab") {
        return CrontabKind::System;
    }
    const USERS: [&str; 8] =
        ["root", "www-data", "postgres", "nobody", "ubuntu", "django", "deploy", "app"];
    let mut jobs = 0;
    let mut with_user = 0;
    for (_, line) in lines(text.text()) {
        let words = blank_words(line);
        let Some((_, first)) = words.first() else { continue };
        let at = if first.starts_with('@') { 1 } else { 5 };
        let fields = words.get(..at).unwrap_or(&[]);
        let is_job = !first.starts_with('#')
            && fields.len() == at
            && Schedule::parse(&fields.iter().map(|(_, w)| *w).collect::<Vec<_>>()).is_ok();
        if !is_job {
            continue;
        }
        jobs += 1;
        let named = words.get(at).is_some_and(|(_, word)| USERS.contains(word));
        with_user += usize::from(named && words.len() > at + 1);
    }
    if jobs > 0 && with_user == jobs { CrontabKind::System } else { CrontabKind::User }
}

/// Whether a text has at least one job line and nothing that no crontab has.
pub fn looks_like(text: &SourceText) -> bool {
    let crontab = read(text, kind_of(text));
    !crontab.jobs.is_empty() && crontab.problems.is_empty()
}

/// Reads a crontab.
pub fn read(text: &SourceText, kind: CrontabKind) -> Crontab {
    let mut file = Crontab { kind, jobs: Vec::new(), variables: Vec::new(), problems: Vec::new() };
    for (start, line) in lines(text.text()) {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = assignment(line) {
            let name = spanned(text, start, name);
            file.variables.push((name, Secret::new(unquoted(value))));
            continue;
        }
        match job(text, start, line, kind) {
            Ok(mut job) => {
                job.above = file.variables.len();
                file.jobs.push(job);
            }
            Err(message) => file.problems.push(Problem::new(
                ProblemKind::Syntax,
                spanned(text, start, line).span,
                message,
            )),
        }
    }
    let ends = text.text().is_empty() || text.text().ends_with('\n');
    if !ends && !file.jobs.is_empty() {
        let length = text.text().len();
        let at = text.span(length..length);
        let message = "cron ignores a last line without a line break";
        file.problems.push(Problem::new(ProblemKind::Syntax, at, message));
    }
    file
}

impl Crontab {
    /// The value of a variable where a job stands.
    pub fn variable(&self, job: &Job, name: &str) -> Option<&Secret> {
        let above = self.variables.get(..job.above)?;
        above.iter().rfind(|(key, _)| key.value == name).map(|(_, value)| value)
    }
}

/// `NAME = value`, the name in quotes or not.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let bare = name.trim().trim_matches(['"', '\'']);
    let mut chars = bare.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let is_name = starts && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some((name, value))
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for mark in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(mark).and_then(|v| v.strip_suffix(mark)) {
            return inner;
        }
    }
    value
}

fn job(text: &SourceText, start: usize, line: &str, kind: CrontabKind) -> Result<Job, String> {
    let words = blank_words(line);
    let named = words.first().is_some_and(|(_, word)| word.starts_with('@'));
    let count = if named { 1 } else { 5 };
    let fields = words.get(..count).ok_or("cron wants five fields and a command")?;
    let schedule = Schedule::parse(&fields.iter().map(|(_, word)| *word).collect::<Vec<_>>())?;
    let (first, last) = (fields.first(), fields.last());
    let from = start + first.map_or(0, |(at, _)| *at);
    let to = start + last.map_or(0, |(at, word)| at + word.len());
    let mut rest = words.get(count..).unwrap_or(&[]);
    let mut user = None;
    if kind == CrontabKind::System {
        let (at, word) = rest.first().ok_or("a system crontab wants a user before the command")?;
        user = Some(spanned(text, start + at, word));
        rest = rest.get(1..).unwrap_or(&[]);
    }
    let (at, _) = rest.first().ok_or("this line has no command")?;
    let whole = line.get(*at..).unwrap_or("");
    let end = unescaped_percent(whole).unwrap_or(whole.len());
    let command_text = whole.get(..end).unwrap_or("");
    let begin = start + at;
    Ok(Job {
        schedule: Spanned::new(schedule, text.span(from..to)),
        user,
        command: spanned(text, begin, command_text),
        percent: (end < whole.len())
            .then(|| spanned(text, begin + end, whole.get(end..).unwrap_or(""))),
        line: split_command(text, begin..begin + end),
        above: 0,
    })
}

fn unescaped_percent(command: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in command.char_indices() {
        match c {
            '%' if !escaped => return Some(at),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}
