//! Outcomes of checks, ignores and waivers to verdicts.
//!
//! Pure: the outcomes, the text of the configuration and today's date are handed in. Every
//! verdict is decided in one function, [`decide`](verdict), from what the checks gave; waivers
//! and ignores change the state of findings, never what a check said.

mod assessment;
pub mod config;
mod ignore;
mod notice;
mod subject;
mod suggest;
mod verdict;

pub use assessment::{
    AssessedFinding, Assessment, Attested, ControlVerdict, FindingState, Input, OpenQuestion,
    assess,
};
pub use ignore::{Ignore, IgnoreDefect, read_ignores};
pub use notice::{Notice, NoticeKind};
pub use subject::{
    Applicability, AskedCheck, ElsewhereCheck, ProfileChoice, Subject, choose_profiles, subjects,
};
pub use suggest::suggest;
