//! Rules about containers: what is kept, collected, logged and asked in them.

mod container_log_unbounded;
mod health_path_redirected;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[health_path_redirected::RULE, container_log_unbounded::RULE];
