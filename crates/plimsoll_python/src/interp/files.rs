//! Files that settings code looks at, from the repository only.

use plimsoll_source::SourceText;

use super::Interp;
use super::heap::Event;

/// What lies at a path of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    File,
    Folder,
    /// Not in the repository, though the path lies in it: absent in this checkout.
    Absent,
    /// Outside of the repository, or relative to an unknown folder: not known.
    Outside,
}

/// Folders that a tree leaves out: whether they are there is not known.
const UNLISTED: &[&str] =
    &[".git", "node_modules", "venv", ".venv", "env", "__pycache__", ".tox", "site-packages"];

/// How files of settings end.
const SETTINGS_FILES: &[&str] = &["conf", "cfg", "ini", "env", "json", "toml", "yaml", "yml", "py"];
/// Files with such a name that a machine has by itself.
const MACHINE_FILES: &[&str] = &[
    "adduser.conf",
    "host.conf",
    "krb5.conf",
    "ld.so.conf",
    "ldap.conf",
    "my.cnf",
    "nginx.conf",
    "nsswitch.conf",
    "odbc.ini",
    "odbcinst.ini",
    "redis.conf",
    "resolv.conf",
    "sysctl.conf",
];
const MACHINE_FOLDERS: &[&str] = &[
    "/bin/",
    "/dev/",
    "/lib",
    "/proc/",
    "/run/",
    "/sbin/",
    "/sys/",
    "/usr/lib",
    "/usr/share/",
    "/var/run/",
];

impl Interp<'_> {
    /// What lies at an absolute path.
    pub(crate) fn place(&self, path: &str) -> Place {
        let Some(inside) = self.to_repo(path) else { return Place::Outside };
        if inside.as_str().split('/').any(|part| UNLISTED.contains(&part)) {
            return Place::Outside;
        }
        if inside.is_root() || self.request.tree.has_folder(&inside) {
            Place::Folder
        } else if self.request.tree.has_file(&inside) {
            Place::File
        } else {
            Place::Absent
        }
    }

    /// Whether a path that is not in the repository is that of a file of settings which is read
    /// where it is present, and is taken to be absent: `/etc/name.conf`, `../name.cfg`. What the
    /// machine itself brings, what a variable of the environment names and what may be a file of
    /// the repository under another root is not known instead.
    pub(crate) fn is_absent_elsewhere(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        if !SETTINGS_FILES.contains(&extension) || MACHINE_FILES.contains(&name) {
            return false;
        }
        if MACHINE_FOLDERS.iter().any(|folder| path.starts_with(folder))
            || (path.starts_with('/') && self.to_repo(path).is_some())
        {
            return false;
        }
        let named = |value: &str| value.len() > 1 && path.starts_with(value);
        let variables = &self.request.environment.variables;
        let mut others = variables.iter().filter(|(name, _)| *name != "HOME");
        !others.any(|(_, variable)| named(variable.value.expose()))
            && !self.request.tree.files().iter().any(|entry| entry.path.file_name() == name)
    }

    /// The text of a file at an absolute path. `Ok(None)` where the repository has no such file.
    ///
    /// # Errors
    /// The reason why its content cannot be known: outside of the repository, not text, too long.
    pub(crate) fn read_file(
        &mut self,
        path: &str,
        at: Event,
    ) -> Result<Option<SourceText>, String> {
        match self.place(path) {
            Place::Outside if !self.is_absent_elsewhere(path) => {
                return Err(format!("the file {path} is outside of the repository"));
            }
            Place::Absent | Place::Outside => {
                self.missing(path, at);
                return Ok(None);
            }
            Place::Folder => return Ok(None),
            Place::File => {}
        }
        let Some(inside) = self.to_repo(path) else { return Ok(None) };
        match self.request.tree.read(&inside) {
            Ok(source) if source.text().len() > self.request.limits.size => {
                Err(format!("the file {inside} is too long to be read here"))
            }
            Ok(source) => {
                if !self.files_read.contains(&inside) {
                    self.files_read.push(inside);
                }
                Ok(Some(source))
            }
            Err(problem) => {
                Err(format!("the file {inside} could not be read: {}", problem.message))
            }
        }
    }
}
