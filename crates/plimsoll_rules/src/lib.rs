//! Static rules: facts to findings.

mod rule;

pub use rule::Rule;
