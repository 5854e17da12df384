//! What a process has besides its variables: its home folder and the folder that it works in.

use super::Interp;
use super::environ::Lookup;
use super::value::{Kind, Val};

/// What a path below an unknown home folder is unknown for.
const OF_THE_USER: &str = "lies depends on the process's user";

impl Interp<'_> {
    /// `$HOME`, text. Without the variable Python asks the machine's list of users.
    pub(crate) fn home_folder(&self) -> Val {
        match self.environment_get("HOME") {
            Lookup::Set(value) if value.as_str().is_some() => value,
            _ => Val::unknown("the home folder of the process's user"),
        }
    }

    /// `os.path.expanduser` (`posixpath` of Python 3.6 to 3.14), as text.
    pub(crate) fn expand_user(&self, path: &str) -> Val {
        let Some(rest) = path.strip_prefix('~') else { return Val::str(path) };
        // `~name` is the folder of another user.
        if !rest.is_empty() && !rest.starts_with('/') {
            return Val::unknown(format!("where {path} lies depends on the machine's users"));
        }
        let home = self.home_folder();
        let Some(folder) = home.as_str() else {
            return Val::unknown(format!("where {path} {OF_THE_USER}"));
        };
        let expanded = format!("{}{rest}", folder.trim_end_matches('/'));
        Val::str(if expanded.is_empty() { "/" } else { &expanded }).with_deps(&home.deps)
    }

    /// Whether a path is unknown only because nobody knows the home folder, and what lies there is
    /// taken to be absent.
    pub(crate) fn is_absent_at_home(&self, path: &Val) -> bool {
        let reason = match &path.kind {
            Kind::Unknown(unknown) => &unknown.reason,
            _ => return false,
        };
        self.request.machine.rest_is_absent && reason.ends_with(OF_THE_USER)
    }

    /// The dependence of a value on a file outside of the repository; none on one inside.
    pub(crate) fn of_file(&self, path: &str) -> super::value::Deps {
        if self.to_repo(path).is_some() {
            return None;
        }
        Some(std::rc::Rc::new([std::rc::Rc::from(path)].into()))
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
