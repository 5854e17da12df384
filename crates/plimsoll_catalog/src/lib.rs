//! The catalog of controls and the vocabulary of assessment.
//!
//! The words of the whole product are defined here once: control, check, finding, evidence,
//! verdict. The catalog itself is data under `controls/` of this crate.

mod words;

pub use words::{
    Confidence, Criticality, Evidence, Family, Finding, Outcome, Related, Severity, Target,
    Undetermined, Verdict,
};
