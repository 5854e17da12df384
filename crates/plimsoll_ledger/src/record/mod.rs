//! Records: the stored format, version 1.

mod assessment;
mod envelope;
mod evidence;
mod operations;
mod people;
mod words;

pub use assessment::{
    Accepted, Assessment, ControlResult, FindingNote, FindingState, OpenQuestion, Scope, System,
    Tool,
};
pub use envelope::{Body, FORMAT, Kind, Record, Sealed, Unreadable};
pub use evidence::{
    Artefact, CheckRef, Evidence, How, Limit, Measurement, NegativeControl, Observation, Statement,
};
pub use operations::{Backup, Checkpoint, Drill, Release, Step};
pub use people::{Attestation, Proof, Role, SignOff, Waiver};
pub use words::{Fresh, Place, Subject};
