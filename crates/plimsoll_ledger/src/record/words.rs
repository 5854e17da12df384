//! Parts that several kinds of records share.

use plimsoll_catalog::Freshness;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Digest;

/// Exactly what was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The release's digest: over the names and contents of its files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Digest>,
    /// The digest of the configuration that production is taken to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Digest>,
    /// The commit that was checked out, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file, from the root of what was looked at.
    pub file: String,
    /// The line, from one.
    pub line: u32,
}

/// How long evidence holds, as text: `commit`, `24 hours`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh(pub Freshness);

impl Serialize for Fresh {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Freshness::Commit => serializer.serialize_str("commit"),
            Freshness::Hours(hours) => serializer.collect_str(&format_args!("{hours} hours")),
        }
    }
}

impl<'de> Deserialize<'de> for Fresh {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parsed = Freshness::parse(&text).map(Fresh);
        parsed.ok_or_else(|| serde::de::Error::custom("no time that evidence stays fresh"))
    }
}
