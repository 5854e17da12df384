//! What a process has besides its variables: its home folder and the folder that it works in.

use super::Interp;
use super::environ::Lookup;
use super::value::Val;

/// Why `~` is not known.
const HOME: &str = "the home folder of the process's user";

impl Interp<'_> {
    /// `$HOME`, text. Without the variable Python asks the machine's list of users.
    pub(crate) fn home_folder(&self) -> Val {
        match self.environment_get("HOME") {
            Lookup::Set(value) if value.as_str().is_some() => value,
            _ => Val::unknown(HOME),
        }
    }

    /// `os.path.expanduser` (`posixpath` of Python 3.6 to 3.14), as text.
    pub(crate) fn expand_user(&self, path: &str) -> Val {
        let Some(rest) = path.strip_prefix('~') else { return Val::str(path) };
        // `~name` is the folder of another user.
        if !rest.is_empty() && !rest.starts_with('/') {
            return Val::unknown(HOME);
        }
        let home = self.home_folder();
        let Some(folder) = home.as_str() else { return home };
        let expanded = format!("{}{rest}", folder.trim_end_matches('/'));
        Val::str(if expanded.is_empty() { "/" } else { &expanded }).with_deps(&home.deps)
    }

    /// Whether a value is a path of the home folder, known or not. Such files are none of the
    /// project's.
    pub(crate) fn is_in_home(&self, path: &Val) -> bool {
        match &path.kind {
            super::value::Kind::Unknown(it) => it.reason.starts_with("the home folder"),
            _ => self.to_path(path).is_some_and(|path| self.is_home_path(&path)),
        }
    }

    /// Whether an absolute path lies in the known home folder, and not in the repository.
    pub(crate) fn is_home_path(&self, path: &str) -> bool {
        let home = self.home_folder();
        let Some(home) = home.as_str().map(|home| home.trim_end_matches('/')) else { return false };
        home.len() > 1
            && path.strip_prefix(home).is_some_and(|rest| rest.starts_with('/'))
            && self.to_repo(path).is_none()
    }

    /// The folder that the process works in, where that is known.
    pub(crate) fn working_folder(&self) -> Option<&str> {
        if self.moved { None } else { self.request.working_folder.as_deref() }
    }

    /// A path as an absolute one; a relative one stays as it is where the folder that the process
    /// works in is not known. Not normalized.
    pub(crate) fn in_working_folder(&self, path: &str) -> String {
        match self.working_folder() {
            Some(folder) if !path.starts_with('/') => match path {
                "" | "." => folder.to_owned(),
                path => format!("{}/{path}", folder.trim_end_matches('/')),
            },
            _ => path.to_owned(),
        }
    }
}
