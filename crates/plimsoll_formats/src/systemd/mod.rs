//! systemd units: services, sockets, timers and drop-ins.
//!
//! [`Unit::read`] accepts what systemd accepts (joined lines with comments inside, repeated keys,
//! empty assignments that reset), and templates in Jinja as far as they are unit lines. Specifiers
//! (`%i`) and variables stay as written. Failure policy: what systemd ignores is a problem and
//! the rest is read; keys it does not know are in [`Unit::unknown_directives`].

mod exec;
mod syntax;
mod time;
mod unit;
mod views;

pub use exec::{Exec, ExecPrefix};
pub use syntax::Entry;
pub use time::TimeSpan;
pub use unit::{Unit, UnitKind, UnknownDirective};
pub use views::{
    EnvironmentFile, HARDENING, Service, ServiceType, Socket, SocketAddress, Timer, UnitVariable,
};
