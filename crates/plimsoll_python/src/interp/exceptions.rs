//! Exceptions: raising, matching, and what happens when nothing catches them.

use std::rc::Rc;

use super::heap::Object;
use super::native::{Outcome, Raise};
use super::value::{Id, Kind, Val};
use super::{Catches, Flow, Interp};

/// Modules of exceptions that models raise by their bare name.
const HOMES: &[(&str, &str)] = &[("ImproperlyConfigured", "django.core.exceptions")];

/// The numbers of errors of Linux that Python raises as classes of their own.
const ERRNO: &[(&str, i32)] = &[
    ("FileNotFoundError", 2),
    ("FileExistsError", 17),
    ("NotADirectoryError", 20),
    ("IsADirectoryError", 21),
];

impl Interp<'_> {
    /// An exception by the name of a builtin class, `ImproperlyConfigured`, or a dotted name of a
    /// model's class (`decouple.UndefinedValueError`).
    pub(crate) fn raise(&mut self, class: &str, message: &str) -> Raise {
        let at = self.here;
        let class = self.exception_class(class);
        let exception = match class {
            Some(class) => self.own_exception(class, message),
            None => Val::unknown("an exception whose class is not known"),
        };
        Raise { exception, variable: None, at }
    }

    /// An exception of Python or a library itself. Its wording differs between versions and is not
    /// ours, so code that looks at it gets an unknown text; people are shown `message`.
    fn own_exception(&mut self, class: Id, message: &str) -> Val {
        let text = match message {
            "division by zero" | "substring not found" | "empty separator" => Val::str(message),
            _ => Val::unknown("the wording of an exception"),
        };
        let exception = self.new_exception(class, vec![text]);
        if let Some(Object::Instance { attributes, .. }) = self.object(&exception) {
            let attributes = *attributes;
            self.namespace_set(attributes, "__message__", Val::str(message));
            let number = self
                .class_name(class)
                .and_then(|name| ERRNO.iter().find(|(class, _)| **class == name).map(|it| it.1));
            if let Some(number) = number {
                self.namespace_set(attributes, "errno", Val::int(number));
            }
        }
        exception
    }

    /// As [`Self::raise`] where the absence of an environment variable is the cause.
    pub(crate) fn raise_variable(&mut self, class: &str, message: &str, variable: &str) -> Raise {
        let mut raise = self.raise(class, message);
        raise.variable = Some(Rc::from(variable));
        raise.exception = raise.exception.depending_on(variable);
        raise
    }

    /// Any exception may come from here.
    pub(crate) fn raise_unknown(&mut self, reason: &str) -> Raise {
        Raise { exception: Val::unknown(reason), variable: None, at: self.here }
    }

    /// The class of an exception by name.
    pub(crate) fn exception_class(&mut self, name: &str) -> Option<Id> {
        if let Some(id) = self.namespace_get(self.builtins, name).and_then(|value| value.as_id()) {
            return Some(id);
        }
        let (module, name) = match name.rsplit_once('.') {
            Some(parts) => parts,
            None => HOMES
                .iter()
                .find(|(class, _)| *class == name)
                .map(|(class, home)| (*home, *class))?,
        };
        let module = self.model_module(module)?;
        let namespace = self.module_namespace(&module)?;
        self.namespace_get(namespace, name)?.as_id()
    }

    pub(crate) fn new_exception(&mut self, class: Id, args: Vec<Val>) -> Val {
        let attributes = self.new_namespace();
        self.namespace_set(attributes, "args", Val::tuple(args));
        Val::reference(self.alloc(Object::Instance { class, attributes, inner: None }))
    }

    /// The class of a raised exception; `None` where it is not known.
    pub(crate) fn raised_class(&self, raise: &Raise) -> Option<Id> {
        match self.object(&raise.exception)? {
            Object::Instance { class, .. } => Some(*class),
            _ => None,
        }
    }

    /// Whether `class` is `parent` or extends it; `None` where bases are not known.
    pub(crate) fn is_subclass(&self, class: Id, parent: Id) -> Option<bool> {
        match self.heap.object(class)? {
            Object::Class(it) => {
                if it.mro.contains(&parent) {
                    Some(true)
                } else if it.open.is_some() {
                    None
                } else {
                    Some(false)
                }
            }
            _ => None,
        }
    }

    /// Whether some `try` in progress may catch it.
    pub(crate) fn is_catchable(&self, raise: &Raise) -> bool {
        let class = self.raised_class(raise);
        self.catching.iter().any(|catches| match (catches, class) {
            (Catches::Everything, _) | (_, None) => true,
            (Catches::Classes(classes), Some(class)) => {
                classes.iter().any(|parent| self.is_subclass(class, *parent) != Some(false))
            }
        })
    }

    /// What an expression gives whose exception nothing catches: the stop is recorded, and the
    /// value is unknown so that the evaluation can go on. On a path that may not be taken the
    /// exception goes up: that path ends the process.
    pub(crate) fn survive(&mut self, outcome: Outcome) -> Outcome {
        match outcome {
            Err(raise) if self.survives(&raise) => {
                let reason = self.record_stop(&raise);
                let value = match &raise.variable {
                    Some(variable) => Val::unknown_variable(reason, variable),
                    None => Val::unknown(reason),
                };
                Ok(value.with_deps(&raise.exception.deps))
            }
            other => other,
        }
    }

    /// As [`Self::survive`] for a statement of a module.
    pub(crate) fn survive_flow(&mut self, flow: Flow) -> Flow {
        match flow {
            Flow::Raise(raise) if self.survives(&raise) => {
                self.record_stop(&raise);
                Flow::Normal
            }
            other => other,
        }
    }

    fn survives(&self, raise: &Raise) -> bool {
        (self.uncertain == 0 || raise.variable.is_some()) && !self.is_catchable(raise)
    }

    fn record_stop(&mut self, raise: &Raise) -> String {
        let class = self.raised_class(raise).and_then(|class| self.class_name(class));
        let class = class.unwrap_or_else(|| "an exception".to_owned());
        let reason = match &raise.variable {
            Some(variable) => {
                format!(
                    "{class}: the environment variable {variable} is not set; set it to know the value"
                )
            }
            None => match self.shown_message(raise) {
                Some(message) => format!("{class}: {message}"),
                None => class,
            },
        };
        if raise.exception.is_unknown() {
            return reason;
        }
        self.stop(raise.at, format!("the process stops here with {reason}"));
        let unset = self.unset_among(&raise.exception.deps);
        let span = self.span(raise.at);
        if !unset.is_empty() && !self.refusals.iter().any(|(at, _)| *at == span) {
            self.refusals.push((span, unset));
        }
        reason
    }

    /// The message of an exception, where it cannot hold a variable's value.
    fn shown_message(&self, raise: &Raise) -> Option<String> {
        let Object::Instance { attributes, .. } = self.object(&raise.exception)? else {
            return None;
        };
        if let Some(message) = self.namespace_get(*attributes, "__message__") {
            let is_shown = raise.exception.deps.is_none();
            return message.as_str().filter(|text| is_shown && !text.is_empty()).map(str::to_owned);
        }
        let args = self.namespace_get(*attributes, "args")?;
        let Kind::Tuple(items) = &args.kind else { return None };
        let first = items.first()?;
        let is_shown =
            first.deps.is_none() && args.deps.is_none() && raise.exception.deps.is_none();
        first.as_str().filter(|text| is_shown && !text.is_empty()).map(str::to_owned)
    }

    pub(crate) fn class_name(&self, class: Id) -> Option<String> {
        match self.heap.object(class)? {
            Object::Class(it) => Some(it.name.to_string()),
            _ => None,
        }
    }

    /// A further path on which an unknown operation raises, where a `try` would notice.
    pub(crate) fn may_raise(&mut self, reason: &str) {
        if !self.catching.is_empty() {
            let raise = self.raise_unknown(reason);
            self.spend(1 + self.heap.weight() / 8);
            let heap = self.heap.clone();
            self.wait(Flow::Raise(raise), heap);
        }
    }
}
