//! PostgreSQL's server files, and the privileges that SQL scripts give.
//!
//! Failure policy: a line that PostgreSQL refuses is a problem, the rest is read; a statement of
//! SQL that is none of the modelled ones is left alone.

mod conf;
mod hba;
mod lexer;
mod sql;

pub use conf::{PostgresConf, PostgresSetting, bytes, milliseconds};
pub use hba::{HbaAddress, HbaRule, PgHba};
pub use sql::{Privileges, RoleChange, RoleStatement, SqlGrants, SqlStatement};
