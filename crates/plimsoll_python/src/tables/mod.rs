//! Tables of facts about Django and the libraries that settings modules use.

mod removed_settings;

pub use removed_settings::{RemovedSetting, removed_setting, removed_settings};
