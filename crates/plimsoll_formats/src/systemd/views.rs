//! Services, sockets and timers.

use plimsoll_source::Span;

use super::exec::{Exec, commands};
use super::time::TimeSpan;
use super::unit::Unit;
use crate::Spanned;
use crate::dotenv::{EnvValue, environment_directive};

/// What a service runs, from its `[Service]` section.
#[derive(Clone, Copy, Debug)]
pub struct Service<'u>(&'u Unit);

/// How systemd knows that a service has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceType {
    /// The process that is started is the service.
    Simple,
    /// The same, once its program has been executed.
    Exec,
    /// The process that is started exits and leaves a child behind.
    Forking,
    /// It does its work and exits.
    Oneshot,
    /// It takes a name on D-Bus.
    Dbus,
    /// It sends a message when it is ready.
    Notify,
    /// The same, and on reload too.
    NotifyReload,
    /// As simple, but late.
    Idle,
}

/// A variable of `Environment=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitVariable {
    /// Its name.
    pub name: String,
    /// Its value; unknown where a specifier decides it.
    pub value: EnvValue,
    /// The word that sets it.
    pub span: Span,
}

/// An `EnvironmentFile=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentFile {
    /// The path, without `-`; may hold wildcards and specifiers.
    pub path: Spanned<String>,
    /// Whether it may be absent (`-`).
    pub optional: bool,
}

/// Settings of `[Service]` that restrict what a service may do.
pub const HARDENING: &[&str] = &[
    "AmbientCapabilities",
    "CapabilityBoundingSet",
    "DevicePolicy",
    "DynamicUser",
    "IPAddressAllow",
    "IPAddressDeny",
    "InaccessiblePaths",
    "KeyringMode",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "NoNewPrivileges",
    "PrivateDevices",
    "PrivateIPC",
    "PrivateMounts",
    "PrivateNetwork",
    "PrivateTmp",
    "PrivateUsers",
    "ProcSubset",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHome",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "ProtectProc",
    "ProtectSystem",
    "ReadOnlyPaths",
    "ReadWritePaths",
    "RemoveIPC",
    "RestrictAddressFamilies",
    "RestrictFileSystems",
    "RestrictNamespaces",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "SystemCallArchitectures",
    "SystemCallFilter",
    "UMask",
];

impl Unit {
    /// The unit as a service; `None` where it has no `[Service]` section.
    pub fn service(&self) -> Option<Service<'_>> {
        self.has_section("Service").then_some(Service(self))
    }

    /// The unit as a socket.
    pub fn socket(&self) -> Option<Socket<'_>> {
        self.has_section("Socket").then_some(Socket(self))
    }

    /// The unit as a timer.
    pub fn timer(&self) -> Option<Timer<'_>> {
        self.has_section("Timer").then_some(Timer(self))
    }

    /// What pulls it in when it is enabled; empty where it cannot be enabled.
    pub fn wanted_by(&self) -> Vec<Spanned<String>> {
        let mut names = self.names("Install", "WantedBy");
        names.extend(self.names("Install", "RequiredBy"));
        names
    }

    fn has_section(&self, section: &str) -> bool {
        self.sections.iter().any(|s| s.value == section)
    }
}

impl<'u> Service<'u> {
    /// The unit.
    pub fn unit(&self) -> &'u Unit {
        self.0
    }

    /// A text value of `[Service]`.
    pub fn text(&self, key: &str) -> Option<&'u Spanned<String>> {
        self.0.value("Service", key).map(|entry| &entry.value)
    }

    /// How it starts. Without `Type=` simple, or oneshot where there is no `ExecStart=`, or dbus
    /// where there is a `BusName=`. `None` for a type that systemd does not know.
    pub fn service_type(&self) -> Option<ServiceType> {
        let Some(written) = self.text("Type") else {
            return Some(if self.text("BusName").is_some() {
                ServiceType::Dbus
            } else if self.exec("ExecStart").is_empty() {
                ServiceType::Oneshot
            } else {
                ServiceType::Simple
            });
        };
        Some(match written.value.as_str() {
            "simple" => ServiceType::Simple,
            "exec" => ServiceType::Exec,
            "forking" => ServiceType::Forking,
            "oneshot" => ServiceType::Oneshot,
            "dbus" => ServiceType::Dbus,
            "notify" => ServiceType::Notify,
            "notify-reload" => ServiceType::NotifyReload,
            "idle" => ServiceType::Idle,
            _ => return None,
        })
    }

    /// The commands of an `Exec…` key: `ExecStart`, `ExecStartPre`, `ExecStartPost`,
    /// `ExecReload`, `ExecStop`, `ExecStopPost`, `ExecCondition`.
    pub fn exec(&self, key: &str) -> Vec<Exec> {
        self.0.list("Service", key).into_iter().flat_map(|entry| commands(&entry.text)).collect()
    }

    /// The user it runs as; `None` is root, unless `DynamicUser=` is on.
    pub fn user(&self) -> Option<&'u Spanned<String>> {
        self.text("User")
    }

    /// The group it runs as.
    pub fn group(&self) -> Option<&'u Spanned<String>> {
        self.text("Group")
    }

    /// Whether it gets a user of its own for as long as it runs.
    pub fn has_dynamic_user(&self) -> bool {
        self.0.switch("Service", "DynamicUser").is_some_and(|on| on.value)
    }

    /// Whether its commands run as root. `None` where a specifier or template decides.
    pub fn runs_as_root(&self) -> Option<bool> {
        match self.user().map(|user| user.value.as_str()) {
            None => Some(!self.has_dynamic_user()),
            Some("root" | "0") => Some(true),
            Some(user) if user.contains(['%', '{', '$']) => None,
            Some(_) => Some(false),
        }
    }

    /// The folder it runs in, and whether the folder may be absent (`-`).
    pub fn working_directory(&self) -> Option<(Spanned<String>, bool)> {
        let written = self.text("WorkingDirectory")?;
        let path = written.value.strip_prefix('-');
        let optional = path.is_some();
        let path = path.unwrap_or(&written.value).to_owned();
        Some((Spanned::new(path, written.span.clone()), optional))
    }

    /// The variables of `Environment=`, in order; a later one of the same name wins.
    pub fn environment(&self) -> Vec<UnitVariable> {
        let mut found = Vec::new();
        for entry in self.0.list("Service", "Environment") {
            let (assignments, _) = environment_directive(entry.text.text());
            found.extend(assignments.into_iter().map(|assignment| UnitVariable {
                name: assignment.key,
                value: assignment.value,
                span: entry.text.span(assignment.range),
            }));
        }
        found
    }

    /// The words of `Environment=` that systemd ignores, and why.
    pub fn ignored_environment(&self) -> Vec<(Span, &'static str)> {
        let entries = self.0.list("Service", "Environment").into_iter();
        entries
            .flat_map(|entry| {
                let (_, ignored) = environment_directive(entry.text.text());
                ignored.into_iter().map(|(range, why)| (entry.text.span(range), why))
            })
            .collect()
    }

    /// The environment files, in order; they win over `Environment=`.
    pub fn environment_files(&self) -> Vec<EnvironmentFile> {
        let entries = self.0.list("Service", "EnvironmentFile").into_iter();
        entries
            .map(|entry| {
                let written = entry.value.value.as_str();
                let path = written.strip_prefix('-').unwrap_or(written).trim_matches(['"', '\'']);
                EnvironmentFile {
                    optional: written.starts_with('-'),
                    path: Spanned::new(path.to_owned(), entry.value.span.clone()),
                }
            })
            .collect()
    }

    /// When it is started again: `no` (the default), `always`, `on-failure`…
    pub fn restart(&self) -> Option<&'u Spanned<String>> {
        self.text("Restart")
    }

    /// Whether a crash brings it back: any `Restart=` but `no` and `on-success`.
    pub fn restarts_after_failure(&self) -> bool {
        self.restart().is_some_and(|value| !matches!(value.value.as_str(), "no" | "on-success"))
    }

    /// How long it may take to start: `TimeoutStartSec=`, else `TimeoutSec=`; systemd's default
    /// is 90 s.
    pub fn timeout_start(&self) -> Option<Spanned<TimeSpan>> {
        self.timeout("TimeoutStartSec")
    }

    /// How long it may take to stop before it is killed; systemd's default is 90 s.
    pub fn timeout_stop(&self) -> Option<Spanned<TimeSpan>> {
        self.timeout("TimeoutStopSec")
    }

    fn timeout(&self, key: &str) -> Option<Spanned<TimeSpan>> {
        let time = self.0.time("Service", key).or_else(|| self.0.time("Service", "TimeoutSec"))?;
        // 0 switches these limits off.
        let off = time.value.duration().is_some_and(|duration| duration.is_zero());
        Some(time.map(|value| if off { TimeSpan::Infinite } else { value }))
    }

    /// Whom stopping kills: `control-group` (the default), `mixed`, `process`, `none`.
    pub fn kill_mode(&self) -> Option<&'u Spanned<String>> {
        self.text("KillMode")
    }

    /// The folders below `/run` (`RuntimeDirectory`), `/var/lib` (`StateDirectory`),
    /// `/var/log` (`LogsDirectory`), `/var/cache` (`CacheDirectory`) made for it.
    pub fn directories(&self, key: &str) -> Vec<Spanned<String>> {
        self.0.names("Service", key)
    }

    /// The settings that restrict it ([`HARDENING`]), as written.
    pub fn hardening(&self) -> Vec<(&'static str, &'u Spanned<String>)> {
        HARDENING.iter().filter_map(|key| Some((*key, self.text(key)?))).collect()
    }
}

/// What a socket unit listens on.
#[derive(Clone, Copy, Debug)]
pub struct Socket<'u>(&'u Unit);

/// An address of a socket unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketAddress {
    /// The key: `ListenStream`, `ListenDatagram`, `ListenFIFO`…
    pub key: String,
    /// A path, `host:port`, or a port for all addresses.
    pub address: Spanned<String>,
}

impl<'u> Socket<'u> {
    /// The unit.
    pub fn unit(&self) -> &'u Unit {
        self.0
    }

    /// What it listens on. An empty assignment of any of the keys takes all before it away.
    pub fn listens(&self) -> Vec<SocketAddress> {
        let mut found = Vec::new();
        for entry in &self.0.entries {
            if entry.section != "Socket" || !entry.key.value.starts_with("Listen") {
                continue;
            }
            if entry.value.value.is_empty() {
                found.clear();
            } else {
                let (key, address) = (entry.key.value.clone(), entry.value.clone());
                found.push(SocketAddress { key, address });
            }
        }
        found
    }

    /// The owner of the socket file.
    pub fn user(&self) -> Option<&'u Spanned<String>> {
        self.0.value("Socket", "SocketUser").map(|entry| &entry.value)
    }

    /// The group of the socket file.
    pub fn group(&self) -> Option<&'u Spanned<String>> {
        self.0.value("Socket", "SocketGroup").map(|entry| &entry.value)
    }

    /// The permissions of the socket file, such as 0o660; systemd's default is 0o666.
    pub fn mode(&self) -> Option<Spanned<u32>> {
        let entry = self.0.value("Socket", "SocketMode")?;
        let mode = u32::from_str_radix(&entry.value.value, 8).ok()?;
        Some(Spanned::new(mode, entry.value.span.clone()))
    }

    /// The service it starts, by name: `Service=`, else its own name.
    pub fn service_name(&self) -> String {
        named_or(self.0, "Socket", "Service", ".socket")
    }
}

/// When a timer starts its unit.
#[derive(Clone, Copy, Debug)]
pub struct Timer<'u>(&'u Unit);

impl<'u> Timer<'u> {
    /// The unit.
    pub fn unit(&self) -> &'u Unit {
        self.0
    }

    /// The calendar expressions.
    pub fn on_calendar(&self) -> Vec<&'u Spanned<String>> {
        self.0.list("Timer", "OnCalendar").into_iter().map(|entry| &entry.value).collect()
    }

    /// The other triggers: `OnBootSec`, `OnUnitActiveSec`… with their times as written.
    pub fn on_elapsed(&self) -> Vec<(&'u str, &'u Spanned<String>)> {
        const KEYS: [&str; 5] =
            ["OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"];
        KEYS.iter()
            .flat_map(|key| self.0.list("Timer", key))
            .map(|entry| (entry.key.value.as_str(), &entry.value))
            .collect()
    }

    /// Whether a run that was missed while the machine was off is made up for.
    pub fn is_persistent(&self) -> bool {
        self.0.switch("Timer", "Persistent").is_some_and(|on| on.value)
    }

    /// The unit it starts, by name: `Unit=`, else the service of its own name.
    pub fn unit_name(&self) -> String {
        named_or(self.0, "Timer", "Unit", ".timer")
    }
}

fn named_or(unit: &Unit, section: &str, key: &str, ending: &str) -> String {
    match unit.value(section, key) {
        Some(entry) => entry.value.value.clone(),
        None => format!("{}.service", unit.name.strip_suffix(ending).unwrap_or(&unit.name)),
    }
}
