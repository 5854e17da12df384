//! What the settings say of access: DRF's default permissions.

use plimsoll_python::{Settings, Value};

/// DRF's default permission classes.
#[derive(Clone, Debug)]
pub(super) enum Defaults {
    /// These.
    Known(Vec<String>),
    /// They cannot be told.
    Unknown,
}

impl Defaults {
    pub(super) fn of(settings: &Settings) -> Self {
        let Some(setting) = settings.get("REST_FRAMEWORK") else {
            // DRF's own default.
            return Self::Known(vec!["AllowAny".to_owned()]);
        };
        let Some(value) = setting.partial() else { return Self::Unknown };
        match value.get("DEFAULT_PERMISSION_CLASSES") {
            None if value.is_known() => Self::Known(vec!["AllowAny".to_owned()]),
            Some(listed) => {
                let texts: Option<Vec<String>> = match listed {
                    Value::Str(one) => Some(vec![one.clone()]),
                    listed => listed.items().and_then(|items| {
                        items.iter().map(|item| item.text().map(str::to_owned)).collect()
                    }),
                };
                texts.map_or(Self::Unknown, Self::Known)
            }
            None => Self::Unknown,
        }
    }
}
