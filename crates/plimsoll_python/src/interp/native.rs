//! What a model of a library gets and gives: calls, arguments, exceptions.

use std::fmt;
use std::rc::Rc;

use super::value::{Deps, Val, union};
use super::{Interp, heap::Event};

/// What an expression or a call gives.
pub(crate) type Outcome = Result<Val, Raise>;

/// A Python exception on its way.
#[derive(Clone, Debug)]
pub(crate) struct Raise {
    /// The exception instance; unknown where any exception is possible.
    pub(crate) exception: Val,
    /// The environment variable whose absence is the cause.
    pub(crate) variable: Option<Rc<str>>,
    /// Where it was raised.
    pub(crate) at: Event,
}

/// How a native function takes its place in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    /// A plain function; an instance does not become its first argument.
    Function,
    /// The instance is its first argument.
    Method,
    /// The class is its first argument.
    Class,
    /// Called with the instance when the attribute is read.
    Property,
}

/// A function of a model.
pub(crate) struct Native {
    /// Dotted name, for messages and `repr`.
    pub(crate) name: &'static str,
    pub(crate) binding: Binding,
    pub(crate) call: fn(&mut Interp<'_>, Call) -> Outcome,
}

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The evaluated arguments of a call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Positional; for a method the instance comes first.
    pub(crate) positional: Vec<Val>,
    /// By name, in order.
    pub(crate) named: Vec<(Rc<str>, Val)>,
    /// The call in the source.
    pub(crate) at: Event,
}

impl Call {
    /// A call with positional arguments only.
    pub(crate) fn of(positional: Vec<Val>, at: Event) -> Self {
        Self { positional, named: Vec::new(), at }
    }

    /// The argument at a position, or by name. Unlike [`Call::bind`] it checks nothing.
    pub(crate) fn get(&self, position: usize, name: &str) -> Option<&Val> {
        self.positional
            .get(position)
            .or_else(|| self.named.iter().find(|(key, _)| **key == *name).map(|(_, value)| value))
    }

    /// The value of a keyword.
    pub(crate) fn keyword(&self, name: &str) -> Option<&Val> {
        self.named.iter().find(|(key, _)| **key == *name).map(|(_, value)| value)
    }

    /// All argument values.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Val> {
        self.positional.iter().chain(self.named.iter().map(|(_, value)| value))
    }

    /// The variables that the arguments depend on.
    pub(crate) fn deps(&self) -> Deps {
        self.values().fold(None, |deps, value| union(&deps, &value.deps))
    }

    /// The first argument that is unknown, or unknown between alternatives.
    pub(crate) fn unknown(&self) -> Option<&Val> {
        self.values().find(|value| value.is_unknown())
    }

    /// Distributes the arguments over parameters as Python does for
    /// `def f(a, b, c=…)`: `required` of `names` have no default.
    ///
    /// # Errors
    /// `TypeError` for a missing, unexpected or repeated argument.
    pub(crate) fn bind<const N: usize>(
        self,
        interp: &mut Interp<'_>,
        function: &str,
        names: [&str; N],
        required: usize,
    ) -> Result<[Option<Val>; N], Raise> {
        let mut bound: [Option<Val>; N] = std::array::from_fn(|_| None);
        let given = self.positional.len();
        if given > N {
            let text =
                format!("{function}() takes {N} positional arguments but {given} were given");
            return Err(interp.raise("TypeError", &text));
        }
        for (place, value) in bound.iter_mut().zip(self.positional) {
            *place = Some(value);
        }
        for (name, value) in self.named {
            let place = names.iter().position(|known| **known == *name);
            match place.and_then(|at| bound.get_mut(at)) {
                Some(place @ None) => *place = Some(value),
                Some(Some(_)) => {
                    let text = format!("{function}() got multiple values for argument '{name}'");
                    return Err(interp.raise("TypeError", &text));
                }
                None => {
                    let text = format!("{function}() got an unexpected keyword argument '{name}'");
                    return Err(interp.raise("TypeError", &text));
                }
            }
        }
        let missing = bound.iter().zip(names).take(required).find(|(value, _)| value.is_none());
        if let Some((_, name)) = missing {
            let text = format!("{function}() missing 1 required positional argument: '{name}'");
            return Err(interp.raise("TypeError", &text));
        }
        Ok(bound)
    }
}
