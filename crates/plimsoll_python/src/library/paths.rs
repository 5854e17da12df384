//! Paths as `os.path` and `pathlib` treat them (POSIX).

use std::rc::Rc;

use crate::interp::Interp;
use crate::interp::files::Place;
use crate::interp::native::{Call, Outcome, Raise};
use crate::interp::value::{Kind, Val};

/// `posixpath.normpath`.
pub(crate) fn normalize(path: &str) -> String {
    let absolute = path.starts_with('/');
    let double = path.starts_with("//") && !path.starts_with("///");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            other => parts.push(other),
        }
    }
    let start = if double {
        "//"
    } else if absolute {
        "/"
    } else {
        ""
    };
    let joined = format!("{start}{}", parts.join("/"));
    if joined.is_empty() { ".".to_owned() } else { joined }
}

/// A path as `pathlib` writes it: `.` and double slashes dropped, `..` kept.
pub(crate) fn pure(path: &str) -> String {
    let start = if path.starts_with("//") && !path.starts_with("///") {
        "//"
    } else if path.starts_with('/') {
        "/"
    } else {
        ""
    };
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let joined = format!("{start}{}", parts.join("/"));
    if joined.is_empty() { ".".to_owned() } else { joined }
}

/// `PurePosixPath(*parts)`: an absolute part starts anew.
pub(crate) fn join(parts: &[&str]) -> String {
    let mut path = String::new();
    for part in parts {
        if part.starts_with('/') || path.is_empty() {
            path = (*part).to_owned();
        } else if !part.is_empty() {
            // The root has its slash already; two would be another root.
            if !path.ends_with('/') {
                path.push('/');
            }
            path.push_str(part);
        }
    }
    pure(&path)
}

/// `posixpath.join`.
pub(crate) fn os_join(parts: &[&str]) -> String {
    let Some((first, rest)) = parts.split_first() else { return String::new() };
    let mut path = (*first).to_owned();
    for part in rest {
        if part.starts_with('/') {
            path = (*part).to_owned();
        } else if path.is_empty() || path.ends_with('/') {
            path.push_str(part);
        } else {
            path.push('/');
            path.push_str(part);
        }
    }
    path
}

/// `posixpath.split`.
pub(crate) fn os_split(path: &str) -> (String, String) {
    let at = path.rfind('/').map_or(0, |at| at + 1);
    let (head, tail) = path.split_at(at);
    let trimmed = head.trim_end_matches('/');
    let head = if trimmed.is_empty() { head } else { trimmed };
    (head.to_owned(), tail.to_owned())
}

/// `posixpath.splitext`.
pub(crate) fn split_extension(path: &str) -> (String, String) {
    let name_start = path.rfind('/').map_or(0, |at| at + 1);
    let name = path.get(name_start..).unwrap_or_default();
    let leading = name.len() - name.trim_start_matches('.').len();
    match name.get(leading..).and_then(|rest| rest.rfind('.')) {
        Some(dot) => {
            let (stem, extension) = path.split_at(name_start + leading + dot);
            (stem.to_owned(), extension.to_owned())
        }
        None => (path.to_owned(), String::new()),
    }
}

fn parent(path: &str) -> String {
    match path {
        "/" | "." | "//" => path.to_owned(),
        _ => match path.rsplit_once('/') {
            Some(("", _)) => "/".to_owned(),
            // Two slashes at the start are another root than one.
            Some(("/", _)) => "//".to_owned(),
            Some((head, _)) => head.to_owned(),
            None => ".".to_owned(),
        },
    }
}

fn file_name(path: &str) -> &str {
    if matches!(path, "/" | "." | "//") { "" } else { path.rsplit('/').next().unwrap_or(path) }
}

/// Stem and suffix of a name as `pathlib` sees them.
fn stem_and_suffix(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && at + 1 < name.len() => name.split_at(at),
        _ => (name, ""),
    }
}

/// An absolute path without `.` and `..`; a relative one as it is.
fn full_path(path: &str) -> String {
    if path.starts_with('/') { normalize(path) } else { path.to_owned() }
}

/// Whether a text may stand for the last part of a path.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains('/') && text != "."
}

impl Interp<'_> {
    /// The text of a path: a `str`, a `Path`, or an object with `__fspath__`.
    pub(crate) fn to_path(&self, value: &Val) -> Option<Rc<str>> {
        match &self.unwrapped(value).kind {
            Kind::Str(text) | Kind::Path(text) => Some(text.clone()),
            _ => super::django_environ_path::root_text(self, value),
        }
    }

    /// Attributes of builtin values that are no methods.
    pub(crate) fn builtin_property(
        &mut self,
        value: &Val,
        name: &str,
    ) -> Result<Option<Val>, Raise> {
        Ok(match (&value.kind, name) {
            (Kind::Path(path), _) => {
                let path = path.clone();
                self.path_property(&path, name)
            }
            (Kind::Timedelta(micros), _) => {
                let (days, seconds, micros) = crate::interp::repr::timedelta_parts(*micros);
                match name {
                    "days" => Some(Val::int(days)),
                    "seconds" => Some(Val::int(seconds)),
                    "microseconds" => Some(Val::int(micros)),
                    _ => None,
                }
            }
            (Kind::Int(_) | Kind::Bool(_), "real" | "numerator") => value.as_int().map(Val::int),
            (Kind::Int(_) | Kind::Bool(_), "imag") => Some(Val::int(0)),
            (Kind::Int(_) | Kind::Bool(_), "denominator") => Some(Val::int(1)),
            (Kind::Method(method), "__name__") => Some(Val::str(&*method.1)),
            (_, "__doc__") => Some(Val::unknown("a docstring")),
            _ => None,
        })
    }

    fn path_property(&mut self, path: &str, name: &str) -> Option<Val> {
        let own = file_name(path);
        let (stem, suffix) = stem_and_suffix(own);
        Some(match name {
            "parent" => Val::path(parent(path)),
            "name" => Val::str(own),
            "stem" => Val::str(stem),
            "suffix" => Val::str(suffix),
            "suffixes" => {
                let rest = own.trim_start_matches('.');
                let items = if own.ends_with('.') {
                    Vec::new()
                } else {
                    rest.split('.').skip(1).map(|part| Val::str(format!(".{part}"))).collect()
                };
                self.new_list(items)
            }
            "parents" => {
                let mut parents = Vec::new();
                let mut current = path.to_owned();
                while parent(&current) != current {
                    current = parent(&current);
                    parents.push(Val::path(&current));
                }
                Val::tuple(parents)
            }
            "parts" => {
                let root = path.starts_with('/').then(|| Val::str("/"));
                let rest = path.split('/').filter(|part| !part.is_empty() && *part != ".");
                Val::tuple(root.into_iter().chain(rest.map(Val::str)).collect())
            }
            "root" | "anchor" => Val::str(if path.starts_with('/') { "/" } else { "" }),
            "drive" => Val::str(""),
            _ => return None,
        })
    }

    pub(crate) fn path_method(&mut self, this: &Val, name: &str, call: Call) -> Outcome {
        let Some(path) = self.to_path(this) else { return Ok(Val::NONE) };
        if let Some(unknown) = call.unknown() {
            return Ok(unknown.clone());
        }
        let argument = call.positional.first().and_then(|value| self.to_path(value));
        match name {
            "resolve" | "absolute" => {
                let full = self.in_working_folder(&path);
                Ok(match full.starts_with('/') {
                    true if name == "resolve" => Val::path(normalize(&full)),
                    true => Val::path(pure(&full)),
                    false => {
                        Val::unknown("a path relative to the folder that the process starts in")
                    }
                })
            }
            "joinpath" => {
                let mut parts: Vec<Rc<str>> = vec![path];
                for value in &call.positional {
                    match self.to_path(value) {
                        Some(part) => parts.push(part),
                        None => {
                            return Err(self.raise(
                                "TypeError",
                                "argument should be a str or an os.PathLike object",
                            ));
                        }
                    }
                }
                let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
                Ok(Val::path(join(&parts)))
            }
            "as_posix" => Ok(Val::str(&*path)),
            "as_uri"
                if path.starts_with('/')
                    && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-~".contains(&b)) =>
            {
                Ok(Val::str(format!("file://{path}")))
            }
            "is_absolute" => Ok(Val::bool(path.starts_with('/'))),
            "with_name" => match argument {
                Some(new) if !is_name(&new) || file_name(&path).is_empty() => {
                    Err(self.raise("ValueError", "Invalid name"))
                }
                Some(new) => Ok(Val::path(join(&[&parent(&path), &new]))),
                None => Ok(Val::unknown("a name that is not known")),
            },
            "with_suffix" | "with_stem" => {
                let Some(new) = argument else {
                    return Ok(Val::unknown("a suffix that is not known"));
                };
                let (stem, suffix) = stem_and_suffix(file_name(&path));
                let is_suffix = new.is_empty() || new.len() > 1 && new.starts_with('.');
                if stem.is_empty() || new.contains('/') || name == "with_suffix" && !is_suffix {
                    return Err(self.raise("ValueError", "Invalid suffix or name"));
                }
                let new = if name == "with_suffix" {
                    format!("{stem}{new}")
                } else {
                    format!("{new}{suffix}")
                };
                Ok(Val::path(join(&[&parent(&path), &new])))
            }
            "relative_to" | "is_relative_to" => {
                let Some(base) = argument else {
                    return Ok(Val::unknown("a base that is not known"));
                };
                let base = pure(&base);
                let rest = if base == "." && !path.starts_with('/') {
                    Some(path.to_string())
                } else if *path == *base {
                    Some(".".to_owned())
                } else {
                    let prefix =
                        if base.ends_with('/') { base.clone() } else { format!("{base}/") };
                    path.strip_prefix(&prefix).map(str::to_owned)
                };
                match (name, rest) {
                    ("is_relative_to", rest) => Ok(Val::bool(rest.is_some())),
                    (_, Some(rest)) => Ok(Val::path(rest)),
                    (_, None) => {
                        Err(self.raise("ValueError", "the path is not in the subpath of the other"))
                    }
                }
            }
            "exists" | "is_file" | "is_dir" => Ok(self.path_test(&path, name)),
            "read_text" => self.read_path(&path, call.at),
            "open" => {
                let mut call = call;
                call.positional.insert(0, this.clone());
                crate::library::os::open(self, call)
            }
            "expanduser" if !path.starts_with('~') => Ok(this.clone()),
            "expanduser" => {
                let expanded = self.expand_user(&path);
                Ok(match expanded.as_str() {
                    Some(text) => Val::path(pure(text)).with_deps(&expanded.deps),
                    None => expanded,
                })
            }
            "mkdir" | "touch" | "write_text" | "write_bytes" | "chmod" | "unlink" | "rename"
            | "replace" | "rmdir" | "symlink_to" => {
                self.note_write(Some(&path));
                Ok(Val::unknown("the result of writing to the disk"))
            }
            "iterdir" | "glob" | "rglob" => {
                super::file_search::of_path(self, &path, name, argument.as_deref())
            }
            _ => Ok(Val::unknown(format!("Path.{name} depends on the machine"))),
        }
    }

    /// `exists`, `is_file`, `is_dir` of a path.
    pub(crate) fn path_test(&mut self, path: &str, name: &str) -> Val {
        if path.is_empty() {
            return Val::bool(false);
        }
        let full = full_path(&self.in_working_folder(path));
        let path = full.as_str();
        if !path.starts_with('/') {
            return Val::unknown(format!(
                "whether {path} exists depends on the folder that the process starts in"
            ));
        }
        match self.place(path) {
            Place::Outside => Val::unknown(format!("whether {path} exists depends on the machine"))
                .with_deps(&self.of_file(path)),
            Place::File => Val::bool(name != "is_dir"),
            Place::Folder => Val::bool(name != "is_file"),
            Place::Absent => {
                let at = self.here;
                if self.to_repo(path).is_some() {
                    self.missing(path, at);
                }
                Val::bool(false)
            }
        }
    }

    pub(crate) fn read_path(&mut self, path: &str, at: crate::interp::heap::Event) -> Outcome {
        if path == "/dev/null" {
            return Ok(Val::str(""));
        }
        let full = full_path(&self.in_working_folder(path));
        let path = full.as_str();
        if !path.starts_with('/') {
            self.may_raise("a file relative to the folder that the process starts in");
            return Ok(Val::unknown(format!(
                "{path} depends on the folder that the process starts in"
            )));
        }
        match self.read_file(path, at) {
            Ok(Some(source)) => {
                Ok(Val::str(source.text().replace("\r\n", "\n").replace('\r', "\n")))
            }
            Ok(None) => {
                let message = format!("No such file or directory: '{path}'");
                self.note_absent_read(path);
                Err(self.raise("FileNotFoundError", &message))
            }
            Err(reason) => {
                self.may_raise(&reason);
                Ok(Val::unknown(reason).with_deps(&self.of_file(path)))
            }
        }
    }
}
