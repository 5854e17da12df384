//! Rules about data protection.

mod dumpdata_as_backup;
mod password_hasher_weak;

use crate::Rule;

/// The rules of this area, in the order of their controls.
pub(crate) const RULES: &[Rule] = &[dumpdata_as_backup::RULE, password_hasher_weak::RULE];
