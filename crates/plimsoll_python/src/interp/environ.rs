//! The process environment as the code sees it: `os.environ` at this moment.

use std::rc::Rc;

use plimsoll_source::{Problem, ProblemKind, RepoPath};

use super::Interp;
use super::heap::{Event, Key};
use super::value::{Kind, Val};
use crate::settings::VariableUse;
use crate::value::Value;

/// What a variable is.
#[derive(Clone, Debug)]
pub(crate) enum Lookup {
    /// Set to this string, which may be one of several.
    Set(Val),
    /// Not set.
    Unset,
    /// Set or not to something that cannot be known here.
    Unknown(Val),
}

/// So many absent env files are remembered: one is enough to know that there is a gap.
const MAX_ABSENT: usize = 64;

impl Interp<'_> {
    pub(super) fn fill_environ(&mut self) {
        let environment = self.request.environment;
        let known = environment.variables.iter();
        let mut values: Vec<(String, Val)> = known
            .map(|(name, variable)| {
                (name.clone(), Val::str(variable.value.expose()).depending_on(name))
            })
            .collect();
        for (name, (reason, _)) in &environment.unknown {
            values.push((name.clone(), Val::unknown_variable(reason.clone(), name)));
        }
        let id = self.environ;
        if let Some(dict) = self.dict_mut(id) {
            for (name, value) in values {
                dict.set_str(&name, value);
            }
        }
    }

    /// Looks a variable up. The reading is not recorded: see [`Self::record_use`].
    pub(crate) fn environment_get(&self, name: &str) -> Lookup {
        let Some(dict) = self.dict(self.environ) else {
            let reason = "the environment was changed in a way that is not known";
            return Lookup::Unknown(Val::unknown_variable(reason, name));
        };
        match dict.get(name) {
            Some(value) if value.is_unknown() => Lookup::Unknown(value.clone().depending_on(name)),
            Some(value) => match &value.kind {
                Kind::OneOf(values) if values.iter().any(|v| matches!(v.kind, Kind::Unbound)) => {
                    let reason = format!("whether {name} is set depends on an undecided branch");
                    Lookup::Unknown(Val::unknown_variable(reason, name))
                }
                Kind::Unbound => Lookup::Unset,
                _ => Lookup::Set(value.clone().depending_on(name)),
            },
            None => match &dict.open {
                Some(reason) => {
                    let reason = format!("{name} may be set: {reason}");
                    Lookup::Unknown(Val::unknown_variable(reason, name))
                }
                None => Lookup::Unset,
            },
        }
    }

    /// Sets a variable for what is evaluated from here on.
    pub(crate) fn environment_set(&mut self, name: &str, value: Val) {
        let id = self.environ;
        let key: Rc<str> = Rc::from(name);
        if let Some(dict) = self.dict_mut(id) {
            dict.set(Key::Str(key.clone()), Val::new(Kind::Str(key)), value, None);
        }
    }

    /// Sets a variable unless it is set; what may be set stays unknown.
    pub(crate) fn environment_setdefault(&mut self, name: &str, value: Val) {
        if matches!(self.environment_get(name), Lookup::Unset) {
            self.environment_set(name, value);
        }
    }

    /// Anything may be set from here on (an env file that is not known was loaded). With
    /// `overrides`, what is set now may change too.
    pub(crate) fn environment_open(&mut self, reason: &str, overrides: bool) {
        let id = self.environ;
        if let Some(dict) = self.dict_mut(id) {
            dict.open.get_or_insert_with(|| Rc::from(reason));
            if overrides {
                for (key, entry) in &mut dict.entries {
                    if let Key::Str(name) = key {
                        entry.value = Val::unknown_variable(reason, name);
                    }
                }
            }
        }
    }

    /// Notes that code reads a variable: with the value it falls to where it has one, how the
    /// text becomes a value, and the library that reads.
    pub(crate) fn record_use(
        &mut self,
        name: &str,
        at: Event,
        fallback: Option<&Val>,
        cast: Option<&str>,
        reader: &'static str,
    ) {
        let is_set = !matches!(self.environment_get(name), Lookup::Unset);
        let fallback: Option<Value> = fallback.map(|value| self.export(value));
        let span = self.span(at);
        let known = self
            .uses
            .iter()
            .any(|usage| usage.name == name && usage.at == span && usage.cast.as_deref() == cast);
        if !known {
            self.uses.push(VariableUse {
                name: name.to_owned(),
                at: span,
                fallback,
                cast: cast.map(str::to_owned),
                is_set,
                reader,
            });
        }
    }

    /// Notes that the code reads a file if it is present, and that the repository has none: the
    /// values it would give in production are not known here.
    pub(crate) fn missing(&mut self, file: &str, at: Event) {
        let message = format!(
            "{file} is read if present; it is not in the repository, so its values are not known here"
        );
        // One place may look for several files.
        let problem = Problem::new(ProblemKind::Missing, self.span(at), message);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Records that an env file would be loaded if it were there, once for each place.
    pub(crate) fn absent_env_file(&mut self, file: &str, at: Event) {
        let name = self.to_repo(file).map_or_else(|| file.to_owned(), |path| path.to_string());
        let span = self.span(at);
        let known = &mut self.absent_env_files;
        if known.len() < MAX_ABSENT
            && !known.iter().any(|(other, at)| *other == name && *at == span)
        {
            known.push((name, span));
        }
    }

    /// The repository's path of an absolute path on the machine.
    pub(crate) fn to_repo(&self, path: &str) -> Option<RepoPath> {
        let root = self.request.absolute_root.trim_end_matches('/');
        let rest = path.strip_prefix(root)?;
        if !rest.is_empty() && !rest.starts_with('/') {
            return None;
        }
        RepoPath::new(rest.trim_start_matches('/'))
    }

    /// The absolute path on the machine of a path of the repository.
    pub(crate) fn to_absolute(&self, path: &RepoPath) -> String {
        let root = self.request.absolute_root.trim_end_matches('/');
        if path.is_root() { root.to_owned() } else { format!("{root}/{path}") }
    }
}
