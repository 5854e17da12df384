//! What is wrong with ignores, waivers and parameters themselves.

use plimsoll_catalog::Severity;
use plimsoll_source::Span;
use serde::Serialize;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// An ignore comment gives no reason, so it has no effect.
    IgnoreWithoutReason,
    /// An ignore comment names a rule that does not exist.
    IgnoreUnknownRule,
    /// An ignore comment that cannot be read.
    IgnoreMalformed,
    /// An ignore comment that no finding needs.
    IgnoreUnused,
    /// A waiver whose last day has passed.
    WaiverExpired,
    /// A waiver that nothing needs.
    WaiverUnused,
    /// A parameter that no rule measures by.
    ParameterIdle,
}

/// Something about an ignore, a waiver or a parameter that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// How bad it is; only an expired waiver that is still needed is an error.
    pub severity: Severity,
    /// Where.
    pub at: Span,
    /// What is the matter, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}
