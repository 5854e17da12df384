//! Tables of facts about Django and the libraries that settings modules use.

mod languages;
mod library_constants;
mod removed_settings;
pub(crate) mod versions;

pub(crate) use languages::languages;
pub(crate) use library_constants::constant_names;
pub use library_constants::{constant, constant_distribution};
pub use removed_settings::{RemovedSetting, removed_setting, removed_settings};
