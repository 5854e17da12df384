//! The catalog's data is whole.

mod whole;
