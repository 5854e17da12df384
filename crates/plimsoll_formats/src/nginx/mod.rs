//! nginx configuration.
//!
//! Text becomes tokens ([`lexer`], nginx's own rules), tokens a tree of directives ([`parse`]),
//! and a tree with its includes a [`Config`], whose [`Server`]s, [`Location`]s and [`Scope`]s
//! answer what holds where.
//!
//! Accepted: complete files, fragments (`sites-available`, `conf.d`, snippets), envsubst
//! templates, Lua blocks, and Jinja, Go or ERB templates as far as they are nginx (directives
//! inside a template's `{% if %}` are marked conditional, both branches are read). Failure policy:
//! what nginx would refuse is a [`plimsoll_source::Problem`] and reading goes on; an include that
//! is not in the repository is recorded and makes unset values unknown instead of default, as
//! does a missing `http` level.

mod config;
mod include;
mod known;
mod lexer;
mod limits;
mod route;
mod scope;
mod server;
mod syntax;
mod upstream;
pub mod values;

pub use config::{Config, Include, Included, read_all};
pub use include::Resolver;
pub use known::is_known_directive;
pub use lexer::Quote;
pub use limits::{Limit, RealIp, Zone};
pub use route::{NameMatch, Route};
pub use scope::{AddedHeader, Effective, PassedHeader, Scope};
pub use server::{Answer, Listen, Location, Modifier, Root, Server};
pub use syntax::{Block, Directive, NginxFile, Word, parse};
pub use upstream::{Address, Pass, PassKind, Peer, Upstream};
