//! Rules about speed.

mod list_unbounded;
mod query_in_loop;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[query_in_loop::RULE, list_unbounded::RULE];
