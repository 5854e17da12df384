//! Rules about data protection.

mod password_hasher_weak;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[password_hasher_weak::RULE];
