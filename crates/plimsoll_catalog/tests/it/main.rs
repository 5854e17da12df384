//! The catalog's data is whole, and its texts are written.

mod markdown;
mod profiles;
mod texts;
mod whole;
