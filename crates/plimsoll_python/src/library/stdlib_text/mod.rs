//! Functions over text of Python's standard library that models of libraries build on.

pub(crate) mod literal;
pub(crate) mod shlex;
pub(crate) mod url;

/// Why a function of a library gives no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It raises an exception: the class, and a message that holds no part of the input.
    Raise(&'static str, &'static str),
    /// Not modelled for this input: why.
    Unknown(&'static str),
}

/// What `str.isspace` calls white space.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}
