//! Modules that act or that depend on the machine: `logging`, `warnings`, `random`, `socket`…

use std::rc::Rc;

use crate::interp::builder::ClassBuilder;
use crate::interp::builtins::NOTHING;
use crate::library::prelude::*;

pub(in crate::library) const MODELS: &[Model] = &[
    Model { name: "logging", distribution: None, build: build_logging },
    Model { name: "logging.config", distribution: None, build: build_logging_config },
    Model { name: "logging.handlers", distribution: None, build: build_handlers },
    Model { name: "warnings", distribution: None, build: build_warnings },
    Model { name: "datetime", distribution: None, build: build_datetime },
    Model { name: "platform", distribution: None, build: build_platform },
    Model {
        name: "random",
        distribution: None,
        build: |module| machine(module, "a random value, different in each process"),
    },
    Model {
        name: "secrets",
        distribution: None,
        build: |module| machine(module, "a random value, different in each process"),
    },
    Model { name: "uuid", distribution: None, build: build_uuid },
    Model { name: "socket", distribution: None, build: build_socket },
    Model {
        name: "subprocess",
        distribution: None,
        build: |module| machine(module, "it depends on a command that is run"),
    },
    Model {
        name: "time",
        distribution: None,
        build: |module| machine(module, "it depends on the time"),
    },
    Model {
        name: "getpass",
        distribution: None,
        build: |module| machine(module, "it depends on the process's user"),
    },
    Model {
        name: "multiprocessing",
        distribution: None,
        build: |module| machine(module, "it depends on the machine's processors"),
    },
    Model { name: "tempfile", distribution: None, build: build_tempfile },
    Model { name: "gettext", distribution: None, build: |module| machine(module, "a translation") },
    Model { name: "mimetypes", distribution: None, build: build_mimetypes },
    Model {
        name: "locale",
        distribution: None,
        build: |module| quiet(module, "it depends on the machine's locale"),
    },
    Model {
        name: "signal",
        distribution: None,
        build: |module| quiet(module, "signals are not modelled"),
    },
    Model {
        name: "gc",
        distribution: None,
        build: |module| quiet(module, "the garbage collector is not modelled"),
    },
    Model {
        name: "faulthandler",
        distribution: None,
        build: |module| quiet(module, "it has no effect on settings"),
    },
];

static MACHINE: Native = function("unknown", |_, _| Ok(Val::NONE));

/// A module all of whose results are unknown for one reason; it changes nothing it is given.
fn machine(module: &mut Builder<'_, '_>, reason: &str) {
    module.unknown(reason);
}

/// As [`machine`], with the usual functions of configuration that have no effect here.
fn quiet(module: &mut Builder<'_, '_>, reason: &str) {
    for name in ["setlocale", "signal", "enable", "disable", "freeze", "set_threshold", "collect"] {
        module.function(name, &MACHINE);
    }
    module.unknown(reason);
}

/// Why a value is not known that the machine's name decides.
const NAME: &str = "it depends on the machine's name or network";

fn host_name(interp: &Interp<'_>, function: &str) -> Val {
    match &interp.request.machine.host_name {
        Some(name) => Val::str(name),
        None => Val::unknown(format!("{function}: {NAME}")),
    }
}

fn build_socket(module: &mut Builder<'_, '_>) {
    static HOST: Native =
        function("socket.gethostname", |interp, _| Ok(host_name(interp, "socket.gethostname")));
    // Of another name, or an address, only the network knows.
    static FULL: Native = function("socket.getfqdn", |interp, call| {
        let name = call.get(0, "name").cloned();
        let is_own = name.is_none_or(|name| name.as_str() == Some(""));
        Ok(match &interp.request.machine.full_name {
            Some(name) if is_own => Val::str(name),
            _ => Val::unknown(format!("socket.getfqdn: {NAME}")),
        })
    });
    module.function("gethostname", &HOST);
    module.function("getfqdn", &FULL);
    module.unknown(NAME);
}

fn build_tempfile(module: &mut Builder<'_, '_>) {
    static FOLDER: Native =
        function("tempfile.gettempdir", |interp, _| Ok(temporary_folder(interp)));
    module.function("gettempdir", &FOLDER);
    module.unknown("a temporary file of the machine");
}

/// `tempfile.gettempdir()` (CPython 3.8 to 3.14): the first folder that can be written to.
fn temporary_folder(interp: &mut Interp<'_>) -> Val {
    let mut folders = Vec::new();
    for name in ["TMPDIR", "TEMP", "TMP"] {
        match interp.environment_get(name) {
            Lookup::Unset => {}
            Lookup::Set(value) => match value.as_str() {
                Some("") => {}
                Some(_) => folders.push(value),
                None => return interp.why_unknown(&value),
            },
            Lookup::Unknown(value) => return value,
        }
    }
    folders.extend(["/tmp", "/var/tmp", "/usr/tmp"].map(Val::str));
    for folder in folders {
        let Some(path) = folder.as_str() else { break };
        let full = interp.in_working_folder(path);
        if !full.starts_with('/') {
            break;
        }
        let full = crate::library::paths::normalize(&full);
        match interp.is_writable(&full) {
            Some(true) => return Val::str(full).with_deps(&folder.deps),
            Some(false) => {}
            None => break,
        }
    }
    Val::unknown("the folder for temporary files, which depends on the machine")
}

fn build_mimetypes(module: &mut Builder<'_, '_>) {
    for name in ["add_type", "init"] {
        module.function(name, &NOTHING);
    }
    module.unknown("mimetypes are not modelled");
}

fn build_uuid(module: &mut Builder<'_, '_>) {
    module.record("UUID", "uuid.UUID");
    module.unknown("a random value, different in each process");
}

fn build_platform(module: &mut Builder<'_, '_>) {
    static SYSTEM: Native = function("platform.system", |_, _| Ok(Val::str("Linux")));
    module.function("system", &SYSTEM);
    static NODE: Native =
        function("platform.node", |interp, _| Ok(host_name(interp, "platform.node")));
    module.function("node", &NODE);
    module.unknown("it depends on the machine");
}

fn build_warnings(module: &mut Builder<'_, '_>) {
    for name in ["warn", "filterwarnings", "simplefilter", "resetwarnings", "warn_explicit"] {
        module.function(name, &NOTHING);
    }
    module.class("catch_warnings", &[], silent);
    module.unknown("this part of warnings is not modelled");
}

static SILENT: Native = method("silent", |_, _| Ok(Val::NONE));
static ITSELF: Native =
    method("itself", |_, call| Ok(call.positional.first().cloned().unwrap_or(Val::NONE)));

/// A context manager that does nothing.
fn silent(class: &mut ClassBuilder<'_, '_>) {
    class.method("__init__", &SILENT);
    class.method("__enter__", &ITSELF);
    class.method("__exit__", &SILENT);
}

fn build_logging(module: &mut Builder<'_, '_>) {
    for (name, level) in [
        ("CRITICAL", 50),
        ("FATAL", 50),
        ("ERROR", 40),
        ("WARNING", 30),
        ("WARN", 30),
        ("INFO", 20),
        ("DEBUG", 10),
        ("NOTSET", 0),
    ] {
        module.value(name, Val::int(level));
    }
    let logger = module.class("Logger", &[], |class| {
        for name in [
            "debug",
            "info",
            "warning",
            "warn",
            "error",
            "exception",
            "critical",
            "log",
            "setLevel",
            "addHandler",
            "removeHandler",
            "addFilter",
            "__init__",
        ] {
            class.method(name, &SILENT);
        }
        class.unknown("the state of a logger");
    });
    let root = module.interp.new_instance(&logger);
    module.value("root", root);
    static GET: Native = function("logging.getLogger", |interp, _| {
        let class = interp
            .model_module("logging")
            .and_then(|module| interp.module_namespace(&module))
            .and_then(|namespace| interp.namespace_get(namespace, "Logger"));
        Ok(match class {
            Some(class) => interp.new_instance(&class),
            None => Val::unknown("a logger"),
        })
    });
    module.function("getLogger", &GET);
    for name in [
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "critical",
        "log",
        "basicConfig",
        "captureWarnings",
        "disable",
        "addLevelName",
    ] {
        module.function(name, &NOTHING);
    }
    for name in [
        "Filter",
        "Formatter",
        "Handler",
        "StreamHandler",
        "FileHandler",
        "NullHandler",
        "LoggerAdapter",
    ] {
        let class = module.record(name, &format!("logging.{name}"));
        let _ = class;
    }
    let config = module.interp.model_module("logging.config").unwrap_or(Val::NONE);
    module.value("config", config);
    let handlers = module.interp.model_module("logging.handlers").unwrap_or(Val::NONE);
    module.value("handlers", handlers);
    module.unknown("this part of logging is not modelled");
}

fn build_logging_config(module: &mut Builder<'_, '_>) {
    for name in ["dictConfig", "fileConfig"] {
        module.function(name, &NOTHING);
    }
    module.unknown("this part of logging is not modelled");
}

/// Facilities of `logging.handlers.SysLogHandler` by number; those that are not used have no name.
const SYSLOG_FACILITIES: &[&str] = &[
    "LOG_KERN",
    "LOG_USER",
    "LOG_MAIL",
    "LOG_DAEMON",
    "LOG_AUTH",
    "LOG_SYSLOG",
    "LOG_LPR",
    "LOG_NEWS",
    "LOG_UUCP",
    "LOG_CRON",
    "LOG_AUTHPRIV",
    "LOG_FTP",
    "LOG_NTP",
    "LOG_SECURITY",
    "LOG_CONSOLE",
    "LOG_SOLCRON",
    "LOG_LOCAL0",
    "LOG_LOCAL1",
    "LOG_LOCAL2",
    "LOG_LOCAL3",
    "LOG_LOCAL4",
    "LOG_LOCAL5",
    "LOG_LOCAL6",
    "LOG_LOCAL7",
];
const SYSLOG_LEVELS: &[&str] = &[
    "LOG_EMERG",
    "LOG_ALERT",
    "LOG_CRIT",
    "LOG_ERR",
    "LOG_WARNING",
    "LOG_NOTICE",
    "LOG_INFO",
    "LOG_DEBUG",
];

fn build_handlers(module: &mut Builder<'_, '_>) {
    for name in [
        "SysLogHandler",
        "RotatingFileHandler",
        "TimedRotatingFileHandler",
        "SMTPHandler",
        "QueueHandler",
    ] {
        module.record(name, &format!("logging.handlers.{name}"));
    }
    let class = module.interp.namespace_get(module.namespace, "SysLogHandler");
    if let Some(crate::interp::heap::Object::Class(it)) =
        class.as_ref().and_then(|class| module.interp.object(class))
    {
        let namespace = it.namespace;
        let facilities = SYSLOG_FACILITIES.iter().zip(0..);
        for (name, number) in facilities.chain(SYSLOG_LEVELS.iter().zip(0..)) {
            module.interp.namespace_set(namespace, name, Val::int(number));
        }
        module.interp.namespace_set(namespace, "socket", Val::native(&SYSLOG_SOCKET));
    }
    module.unknown("this part of logging is not modelled");
}

/// The `socket` of a `SysLogHandler` (CPython 3.7 to 3.14): where its address is a path at which
/// nothing lies, it is closed.
static SYSLOG_SOCKET: Native = property("SysLogHandler.socket", |interp, call| {
    let this = call.positional.first().cloned().unwrap_or(Val::NONE);
    let address = interp.record_argument(&this, "address", 0);
    let path = address.as_ref().and_then(Val::as_str).map(str::to_owned);
    let is_absent = path.is_some_and(|path| {
        path.starts_with('/') && interp.place(&path) == crate::interp::files::Place::Absent
    });
    if !is_absent {
        let reason = "whether the machine has a system log";
        interp.may_raise(reason);
        return Ok(Val::unknown(reason));
    }
    static DESCRIPTOR: Native = method("socket.fileno", |_, _| Ok(Val::int(-1)));
    let class = interp.native_class("socket", "socket", &[], None);
    if let Some(crate::interp::heap::Object::Class(it)) = interp.object(&class) {
        let namespace = it.namespace;
        interp.namespace_set(namespace, "fileno", Val::native(&DESCRIPTOR));
        if let Some(dict) = interp.dict_mut(namespace) {
            dict.open = Some(Rc::from("a socket"));
        }
    }
    Ok(interp.new_instance(&class))
});

fn build_datetime(module: &mut Builder<'_, '_>) {
    let timedelta = module.interp.class_of_builtin(crate::interp::heap::Builtin::Timedelta);
    module.value("timedelta", timedelta);
    let now = "it depends on the time";
    for name in ["datetime", "date", "time"] {
        let class = module.record(name, &format!("datetime.{name}"));
        if let Some(crate::interp::heap::Object::Class(it)) = module.interp.object(&class) {
            let namespace = it.namespace;
            for method in ["now", "today", "utcnow"] {
                module.interp.namespace_set(namespace, method, Val::unknown(now));
            }
            if let Some(dict) = module.interp.dict_mut(namespace) {
                dict.open = Some(Rc::from("this part of datetime is not modelled"));
            }
        }
    }
    let timezone = module.record("timezone", "datetime.timezone");
    let utc = module.interp.new_instance(&timezone);
    if let Some(crate::interp::heap::Object::Class(it)) = module.interp.object(&timezone) {
        let namespace = it.namespace;
        module.interp.namespace_set(namespace, "utc", utc.clone());
    }
    module.value("UTC", utc);
    module.unknown("this part of datetime is not modelled");
}
