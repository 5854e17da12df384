//! Checklists in, items, controls and boxes out.

mod figures;
mod placing;
mod reading;
mod ticking;
mod vocabulary;
