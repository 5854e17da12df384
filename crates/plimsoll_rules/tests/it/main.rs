//! The rules as their users meet them: files in, findings out.

mod cases;
mod examples;
mod registry;
mod support;
