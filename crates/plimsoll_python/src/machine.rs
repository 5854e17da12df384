//! What is known of the machine that a process runs on, outside of the repository.

use std::collections::BTreeMap;

use plimsoll_source::Secret;

/// Files and folders of the machine by absolute path. Of paths that are not named, nothing is
/// known: neither that something lies there nor that nothing does, unless `rest_is_absent`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    entries: BTreeMap<String, MachineEntry>,
    /// Its name, as `hostname` prints it.
    pub host_name: Option<String>,
    /// Its name with its domain, as `hostname -f` prints it.
    pub full_name: Option<String>,
    /// Whether files that are not named are taken to be absent, those of the system itself left out.
    /// What depends on them is then known only as far as that holds: [`crate::Settings::outside`]
    /// names them.
    pub rest_is_absent: bool,
}

/// What is known of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineEntry {
    /// What lies there when the process starts.
    pub presence: Presence,
    /// Whether the process may write there, where that is known.
    pub writable: Option<bool>,
}

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Absent,
    /// A folder.
    Folder,
    /// A file, with its text where that is known.
    File(Option<Secret>),
}

impl Machine {
    /// Tells of an absolute path, without `.`, `..` and a slash at its end.
    pub fn insert(&mut self, path: impl Into<String>, entry: MachineEntry) {
        self.entries.insert(path.into(), entry);
    }

    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What lies at a path. Nothing lies below what is absent or is a file; what holds something
    /// is a folder.
    pub(crate) fn presence(&self, path: &str) -> Option<&Presence> {
        let path = if path == "/" { path } else { path.trim_end_matches('/') };
        if let Some(entry) = self.entries.get(path) {
            return Some(&entry.presence);
        }
        let below = format!("{}/", path.trim_end_matches('/'));
        let held = self
            .entries
            .range(below.clone()..)
            .take_while(|(other, _)| other.starts_with(&below))
            .any(|(_, entry)| entry.presence != Presence::Absent);
        if held {
            return Some(&Presence::Folder);
        }
        let mut above = path;
        while let Some((parent, _)) = above.rsplit_once('/') {
            match self.entries.get(parent).map(|entry| &entry.presence) {
                Some(Presence::Absent | Presence::File(_)) => return Some(&Presence::Absent),
                Some(Presence::Folder) => return None,
                None => above = parent,
            }
        }
        None
    }

    /// Whether a path that is not named is taken to be absent. Folders that every machine has, and
    /// what is made for a process when it starts (`/run/secrets`), are not.
    pub(crate) fn is_taken_for_absent(&self, path: &str) -> bool {
        const OTHERS: [&str; 11] =
            ["bin", "boot", "dev", "lib", "lib64", "proc", "run", "sbin", "sys", "tmp", "usr"];
        let mut parts = path.trim_matches('/').split('/');
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        let own = !OTHERS.contains(&first) || (first, second) == ("usr", Some("local"));
        self.rest_is_absent && own && second.is_some()
    }

    /// Whether the process may write at a path. Where nothing lies, it may not.
    pub(crate) fn is_writable(&self, path: &str) -> Option<bool> {
        match self.presence(path) {
            Some(Presence::Absent) => Some(false),
            _ => self.entries.get(path.trim_end_matches('/'))?.writable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_path_tells_of_those_around_it() {
        let mut machine = Machine::default();
        for (path, presence) in [
            ("/etc/app/app.cfg", Presence::File(None)),
            ("/etc/gone", Presence::Absent),
            ("/var", Presence::Folder),
        ] {
            machine.insert(path, MachineEntry { presence, writable: Some(true) });
        }
        for (path, expected) in [
            ("/etc/app/app.cfg", Some(Presence::File(None))),
            ("/etc/app", Some(Presence::Folder)),
            ("/etc/app/", Some(Presence::Folder)),
            ("/", Some(Presence::Folder)),
            ("/etc/gone/a/b", Some(Presence::Absent)),
            ("/etc/app/app.cfg/x", Some(Presence::Absent)),
            ("/etc/app/other.cfg", None),
            ("/etc/app.cfg", None),
            ("/etc/gone.d", None),
            ("/var/lib", None),
            ("/opt", None),
        ] {
            assert_eq!(machine.presence(path), expected.as_ref(), "{path}");
        }
        assert_eq!(machine.is_writable("/var"), Some(true));
        assert_eq!(machine.is_writable("/var/lib"), None);
        assert_eq!(machine.is_writable("/etc/gone/a"), Some(false));
    }
}
