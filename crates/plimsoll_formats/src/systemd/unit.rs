//! A unit with its drop-ins, and what its assignments mean.

use plimsoll_source::{Problem, RepoPath, SourceText};

use super::syntax::{Entry, parse};
use crate::Spanned;

/// What a unit file configures, by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitKind {
    /// `.service`.
    Service,
    /// `.socket`.
    Socket,
    /// `.timer`.
    Timer,
    /// `.path`.
    Path,
    /// `.target`, `.mount`, `.slice` and others.
    Other,
}

/// A unit file.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The file.
    pub path: RepoPath,
    /// Its name without folder and without the ending of a template (`.j2`).
    pub name: String,
    /// What it configures.
    pub kind: UnitKind,
    /// Its assignments in order, those of drop-ins after its own.
    pub entries: Vec<Entry>,
    /// Its section headers.
    pub sections: Vec<Spanned<String>>,
    /// What systemd ignores or refuses.
    pub problems: Vec<Problem>,
}

/// An assignment that systemd does not know where it stands.
#[derive(Clone, Debug)]
pub struct UnknownDirective<'u> {
    /// The assignment.
    pub entry: &'u Entry,
    /// The section the key belongs into, where that is another one.
    pub belongs_in: Option<&'static str>,
    /// A key of the section that is written much alike.
    pub similar: Option<&'static str>,
}

impl Unit {
    /// Reads a unit file.
    pub fn read(text: &SourceText) -> Self {
        let parsed = parse(text);
        let path = text.path().clone();
        let file_name = path.file_name();
        let name = [".j2", ".jinja2", ".jinja", ".tmpl", ".tpl", ".template", ".in", ".example"]
            .iter()
            .find_map(|ending| file_name.strip_suffix(ending))
            .unwrap_or(file_name)
            .to_owned();
        let has = |section: &str| parsed.sections.iter().any(|s| s.value == section);
        let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("service") => UnitKind::Service,
            Some("socket") => UnitKind::Socket,
            Some("timer") => UnitKind::Timer,
            Some("path") => UnitKind::Path,
            _ if has("Service") => UnitKind::Service,
            _ if has("Socket") => UnitKind::Socket,
            _ if has("Timer") => UnitKind::Timer,
            _ => UnitKind::Other,
        };
        Self {
            path,
            name,
            kind,
            entries: parsed.entries,
            sections: parsed.sections,
            problems: parsed.problems,
        }
    }

    /// The unit with a drop-in (`name.service.d/x.conf`) read after it.
    #[must_use]
    pub fn with_drop_in(mut self, text: &SourceText) -> Self {
        let parsed = parse(text);
        self.entries.extend(parsed.entries);
        self.sections.extend(parsed.sections);
        self.problems.extend(parsed.problems);
        self
    }

    /// Whether a text is a unit: it has a section that units have.
    pub fn looks_like(text: &str) -> bool {
        const HEADS: [&str; 5] = ["[Unit]", "[Service]", "[Socket]", "[Timer]", "[Install]"];
        text.lines().any(|line| HEADS.contains(&line.trim()))
    }

    /// The assignment that holds for a key with one value: the last; `None` where there is none,
    /// or the last is empty and so brings back the default.
    pub fn value(&self, section: &str, key: &str) -> Option<&Entry> {
        let last = self.entries_of(section, key).pop();
        last.filter(|entry| !entry.value.value.is_empty())
    }

    /// The assignments that hold for a key that takes a list: those after the last empty one.
    pub fn list(&self, section: &str, key: &str) -> Vec<&Entry> {
        let mut found = Vec::new();
        for entry in self.entries_of(section, key) {
            if entry.value.value.is_empty() {
                found.clear();
            } else {
                found.push(entry);
            }
        }
        found
    }

    fn entries_of(&self, section: &str, key: &str) -> Vec<&Entry> {
        let named = |e: &&Entry| e.section == section && e.key.value == key;
        self.entries.iter().filter(named).collect()
    }

    /// The words of a list of names (`After=`, `WantedBy=`, `RuntimeDirectory=`).
    pub fn names(&self, section: &str, key: &str) -> Vec<Spanned<String>> {
        let lists = self.list(section, key).into_iter();
        lists.flat_map(|e| super::exec::words(&e.text)).map(|(word, _)| word).collect()
    }

    /// A switch: `yes`, `true`, `on`, `1` and their opposites; `None` where it is not set or not
    /// one of them.
    pub fn switch(&self, section: &str, key: &str) -> Option<Spanned<bool>> {
        let entry = self.value(section, key)?;
        let value = boolean(&entry.value.value)?;
        Some(Spanned::new(value, entry.value.span.clone()))
    }

    /// A time in systemd's notation.
    pub fn time(&self, section: &str, key: &str) -> Option<Spanned<super::time::TimeSpan>> {
        let entry = self.value(section, key)?;
        let value = super::time::TimeSpan::parse(&entry.value.value)?;
        Some(Spanned::new(value, entry.value.span.clone()))
    }

    /// Assignments that systemd does not know, so that it logs a warning and ignores them. Keys
    /// that begin with `X-` and sections that do are for others and left out.
    pub fn unknown_directives(&self) -> Vec<UnknownDirective<'_>> {
        let own = |entry: &&Entry| {
            !entry.section.is_empty()
                && !entry.section.starts_with("X-")
                && !entry.key.value.starts_with("X-")
                && !entry.key.value.contains(['{', '<'])
        };
        let known = |section: &str, key: &str| {
            all().any(|(s, k)| s == section && k == key) || is_legacy(section, key)
        };
        let entries = self.entries.iter().filter(own);
        entries
            .filter(|entry| !known(&entry.section, &entry.key.value))
            .map(|entry| UnknownDirective {
                entry,
                belongs_in: home(&entry.key.value),
                similar: all()
                    .filter(|(section, _)| *section == entry.section)
                    .map(|(_, key)| key)
                    .find(|key| alike(key, &entry.key.value)),
            })
            .collect()
    }
}

/// Sections and keys that systemd 252 to 258 know (`systemd --dump-configuration-items`).
fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("directives.txt").lines().filter_map(|line| line.split_once('.'))
}

/// The section a key belongs into, the common ones first.
fn home(key: &str) -> Option<&'static str> {
    const ORDER: [&str; 5] = ["Unit", "Service", "Socket", "Timer", "Install"];
    let sections: Vec<_> = all().filter(|(_, k)| *k == key).map(|(s, _)| s).collect();
    ORDER.into_iter().find(|s| sections.contains(s)).or_else(|| sections.first().copied())
}

/// Keys that moved to `[Unit]` and are still read in `[Service]`.
fn is_legacy(section: &str, key: &str) -> bool {
    section == "Service"
        && matches!(
            key,
            "StartLimitInterval"
                | "StartLimitBurst"
                | "StartLimitAction"
                | "FailureAction"
                | "SuccessAction"
                | "RebootArgument"
                | "PermissionsStartOnly"
        )
}

/// Whether two keys differ in case only, or in one character left out, added or replaced.
fn alike(known: &str, written: &str) -> bool {
    if known.eq_ignore_ascii_case(written) {
        return true;
    }
    let (a, b) = (known.as_bytes(), written.as_bytes());
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let back = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let longer = a.len().max(b.len());
    a.len().abs_diff(b.len()) <= 1 && longer > 3 && front + back >= longer - 1
}

/// systemd's booleans.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}
