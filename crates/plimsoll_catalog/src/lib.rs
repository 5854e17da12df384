//! The catalog of controls and the vocabulary of assessment.
//!
//! The words of the whole product are defined here once: control, check, finding, evidence,
//! verdict. The catalog itself is data: `controls/<family>.toml` says when each control applies
//! and what proves it, `controls/<family>.md` holds its texts, `checks.toml` declares every check,
//! `profiles/` selects and tunes controls, `requirements.csv` is what they answer.

mod catalog;
mod control;
mod load;
mod markdown;
mod predicate;
mod profile;
mod repair;
mod requirements;
mod text;
mod words;

pub use catalog::{Catalog, built_rules, catalog, planned_rules};
pub use control::{
    Attestation, Bound, Check, CheckKind, Control, Freshness, Parameter, ParameterValue,
};
pub use markdown::{explain_check_markdown, explain_markdown};
pub use predicate::{FactPredicate, Predicate, PredicateError};
pub use profile::{Applicability, Profile, Tune};
pub use repair::{Change, Repair};
pub use requirements::Requirement;
pub use text::ControlText;
pub use words::{
    Confidence, Criticality, Evidence, Family, Finding, Outcome, Related, Severity, Target,
    Undetermined, Verdict,
};
